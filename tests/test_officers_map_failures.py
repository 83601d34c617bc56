"""The officers' map when a part of it does not come: the page says so, and goes on with what it has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from officers_page import DESK, OfficersPage
from playwright.sync_api import Browser, Page, expect
from served import served
from small_town import make_town

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make_town(tmp_path_factory.mktemp("town")).settings) as address:
        yield address


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    """A page whose requests all pass by the test; a service worker would take them from it."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, service_workers="block")
    yield context.new_page()
    context.close()


def test_a_list_that_cannot_be_read_is_not_an_empty_one_and_can_be_asked_for_again(page: Page, address: str) -> None:
    page.route("**/map/cases", lambda route: route.abort())
    opened = OfficersPage(page.context.browser, address, page=page)  # type: ignore[arg-type]
    assert opened.count() == "The list of cases could not be read"
    expect(page.locator("#cases [role=alert]")).to_contain_text("Check the connection, then try again.")
    page.mouse.move(800, 400)
    page.mouse.wheel(0, 300)
    opened.settle()
    assert opened.count() == "The list of cases could not be read"
    page.unroute("**/map/cases")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#count")).to_contain_text("0 of 0 open cases")
    expect(page.locator("#cases [role=alert]")).to_have_count(0)


def test_a_map_whose_worker_never_comes_gives_way_to_the_list(page: Page, address: str) -> None:
    page.context.route("**/maplibre-gl-worker.mjs*", lambda route: route.abort())
    page.goto(f"{address}/map")
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    expect(page.locator("#late-map")).to_be_visible()
    expect(page.locator("#count")).to_have_text("0 open cases")
    page.fill("#search", "hy-1")
    page.locator("#hits [role=option]").click()
    expect(page.locator("#here .cards")).to_be_visible()
