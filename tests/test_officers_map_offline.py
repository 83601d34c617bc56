"""The officers' map without a connection: what was saved opens, what was written is sent once."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from officers_page import PHONE, OfficersPage
from playwright.sync_api import Browser, Page, expect
from served import served
from small_town import make_town

pytestmark = pytest.mark.heavy

LEAK = "Water on the curb"


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    town = make_town(tmp_path_factory.mktemp("town"))
    with served(town.settings) as address:
        body = {"type": "leaks", "place": {"address": "131 Main Street"}, "title": LEAK, "priority": 1}
        assert httpx.post(f"{address}/cases", json=body, timeout=60).status_code == 201
        yield address


def controlled(opened: OfficersPage) -> Page:
    """The page once its service worker keeps what it fetches, opened anew under it."""
    opened.page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=60_000)
    opened.page.reload()
    opened.page.wait_for_selector("body[data-ready]", timeout=120_000)
    opened.settle()
    return opened.page


def test_what_was_saved_opens_without_a_connection_and_a_note_is_sent_once(browser: Browser, address: str) -> None:
    opened = OfficersPage(browser, address, PHONE)
    page = controlled(opened)
    page.click("#tool-layers")
    page.click("#save-area")
    expect(page.locator("#save-told")).to_have_text("This area is saved on the device.", timeout=60_000)
    expect(page.locator("#saved-areas li")).to_contain_text("MB")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    opened.settle()
    expect(page.locator("#offline")).to_contain_text("Offline, saved ")
    assert opened.drawn("water_mains")
    expect(page.locator("#sheet-title")).to_have_text("1 of 1 open cases in view")
    page.evaluate("() => document.querySelector('#cases button').click()")
    expect(page.locator("#view-case h2")).to_have_text(LEAK)
    page.locator(".later textarea").fill("Still running at noon")
    page.get_by_role("button", name="Keep the note for later").click()
    expect(page.locator("#offline")).to_contain_text("1 thing waits to be sent.")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden(timeout=30_000)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#waiting li")).to_have_count(0)
    notes = httpx.get(f"{address}/cases/LEAK-2026-00001", timeout=60).json()["notes"]
    assert [note["text"] for note in notes] == ["Still running at noon"]
    page.close()


def test_a_saved_area_can_be_deleted(browser: Browser, address: str) -> None:
    opened = OfficersPage(browser, address, PHONE)
    page = controlled(opened)
    page.click("#tool-layers")
    page.click("#save-area")
    expect(page.locator("#saved-areas li")).to_have_count(1, timeout=60_000)
    page.locator("#saved-areas button").click()
    expect(page.locator("#saved-areas li")).to_have_count(0)
    page.close()
