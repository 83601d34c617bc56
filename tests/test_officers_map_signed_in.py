"""Working on a case as somebody who has signed in: what their role may do, and what becomes of what they typed."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from case_doors import PASSWORD, Doors
from officers_page import OfficersPage
from playwright.sync_api import Browser, Page, expect
from served import served
from small_town import make_town

from api.app import make_app

pytestmark = pytest.mark.heavy

LANES = {"ann": "ce", "wes": "wd", "eve": "internal"}
"""An officer, somebody of the field, and an engineer, who acts in no lane of a leak."""


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    town = make_town(tmp_path_factory.mktemp("town"))
    doors = Doors(make_app(town.settings), town.settings)
    for name, lane in LANES.items():
        doors.add(name, lane)
    with served(town.settings) as address:
        yield address


@pytest.fixture(scope="module", name="number")
def _number(address: str) -> str:
    """A leak that stands at the question of the right of way."""
    with httpx.Client(base_url=address, auth=("ann", PASSWORD), timeout=60, trust_env=False) as client:
        body = {"type": "leaks", "place": {"address": "121 Main Street"}, "title": "Water on the curb"}
        number = str(client.post("/cases", json=body).json()["number"])
        client.post(f"/cases/{number}/steps", json={"step": "site_visit"})
    return number


def signed_in(browser: Browser, address: str, name: str, number: str) -> OfficersPage:
    """The page with that case, as somebody who has signed in sees it."""
    opened = OfficersPage(browser, address)
    sign_in(opened.page, address, name)
    opened.said.clear()
    opened.open(case=number)
    opened.opened()
    return opened


def sign_in(page: Page, address: str, name: str, then: str = "/sign-in") -> None:
    if not page.url.startswith(f"{address}/sign-in"):
        page.goto(f"{address}/sign-in?then={then}")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def look_with_axe(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_who_does_not_do_the_step_is_told_so_and_offered_no_answer(browser: Browser, address: str, number: str) -> None:
    opened = signed_in(browser, address, "wes", number)
    page = opened.page
    expect(page.locator(".not-yours")).to_have_text(
        "You may read this step but not do it: it is done by Code Enforcement. You act for Wd."
    )
    assert page.get_by_role("button", name="Confirm").count() == 0
    assert page.locator(".step-now form").count() == 0
    assert page.get_by_role("link", name="Hearing packet").count() == 0
    page.locator("[data-work=note]").click()
    page.get_by_role("textbox", name="Note").fill("The valve is shut.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator("#view-case .news")).to_have_text("Note kept.")
    look_with_axe(page)
    assert opened.said == []
    page.close()


def test_who_acts_in_no_lane_of_the_process_may_only_read(browser: Browser, address: str, number: str) -> None:
    page = signed_in(browser, address, "eve", number).page
    expect(page.locator("#view-case > .not-yours")).to_contain_text("You may read this case.")
    assert page.locator("[data-work]").count() == 0
    look_with_axe(page)
    page.close()


def test_the_public_is_led_to_the_sign_in_and_opens_nothing(browser: Browser, address: str) -> None:
    opened = OfficersPage(browser, address)
    opened.click((850, 120))
    expect(opened.page.locator("#view-here")).to_contain_text("To open a case here, sign in.")
    assert opened.page.get_by_role("button", name="Open a case here").count() == 0
    look_with_axe(opened.page)
    opened.page.close()


def test_what_was_typed_is_there_again_after_a_sign_in_that_had_ended(
    browser: Browser, address: str, number: str
) -> None:
    opened = signed_in(browser, address, "ann", number)
    page = opened.page
    page.get_by_role("radio", name="Inside").check()
    page.get_by_label("Why not the map's answer").fill("Pins were found")
    page.context.clear_cookies()
    page.get_by_role("button", name="Answer and go on").click()
    alert = page.locator(".step-now").get_by_role("alert")
    expect(alert).to_contain_text("your sign-in has ended. What you typed is kept.")
    look_with_axe(page)
    alert.get_by_role("link", name="Sign in").click()
    sign_in(page, address, "ann")
    page.wait_for_selector("body[data-ready]")
    opened.opened()
    expect(page.get_by_role("radio", name="Inside")).to_be_checked()
    expect(page.get_by_label("Why not the map's answer")).to_have_value("Pins were found")
    page.get_by_role("button", name="Answer and go on").click()
    expect(page.locator("#view-case .news")).to_have_text("Answered: Inside.")
    page.close()
