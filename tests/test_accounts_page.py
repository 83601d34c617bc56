"""The page of accounts in a browser: an administrator lets somebody act elsewhere, and makes an account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from case_doors import PASSWORD, doors_of, own_store
from case_server import Server
from officers_page import DESK, PHONE, browser_with, look_with_axe
from playwright.sync_api import Page, expect
from small_town import make_town

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("accounts")
    town, cases = make_town(tmp_path_factory.mktemp("town")), own_store(folder, sqlite_template)
    doors = doors_of(town, cases)
    doors.add("root", "admin")
    doors.add("ann", "ce")
    server = Server(town.settings.data, cases, folder / "attachments")
    yield server.address
    server.kill()


@pytest.fixture(name="page", params=[DESK, PHONE])
def _page(request: pytest.FixtureRequest, chromium_path: str, address: str) -> Iterator[Page]:
    width, height = request.param
    for browser in browser_with(chromium_path):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/accounts.html")
        expect(page.locator("#said")).to_contain_text("Sign in as an administrator")
        page.goto(f"{address}/sign-in?then=/accounts.html")
        page.fill("#name", "root")
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        yield page


def test_lanes_are_changed_and_an_account_is_made(page: Page) -> None:
    page.click("[data-account=ann] summary")
    look_with_axe(page, "an account open")
    page.check("[data-account=ann] input[value=director]")
    page.click("text=Save the lanes >> visible=true")
    expect(page.locator("[data-account=ann] summary")).to_contain_text("manager, officer")
    expect(page.locator("#changes li").first).to_contain_text("root about ann: other lanes (ce, director)")
    name = f"bob-{page.viewport_size['width']}"  # type: ignore[index]
    page.fill("#new-name", name)
    page.fill("#new-password", "another quiet river 9")
    page.check("#new input[value=field]")
    page.click("text=Make the account")
    expect(page.locator(f"[data-account={name}] summary")).to_contain_text("field")
    page.click(f"[data-account={name}] >> text=Disable")
    expect(page.locator(f"[data-account={name}] summary")).to_contain_text("may not sign in")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("[data-account=root] summary")
    page.click("[data-account=root] >> text=Disable")
    expect(page.locator("#said")).to_contain_text("Nobody would administer this service any longer")
