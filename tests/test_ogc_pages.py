"""The pages of the OGC API on a phone: long ids and addresses break, tables become cards, nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from officers_page import PHONE, browser_with
from playwright.sync_api import Page
from served import served
from small_town import make_town

pytestmark = pytest.mark.heavy

LONG = f"T 2026/{'x' * 60}/ü"
TICKETS = [
    {
        "id": LONG,
        "wkt": "POLYGON ((100 0, 100 60, 200 60, 200 0, 100 0))",
        "ticket_number": "T-1",
        "work_type": "https://tickets.example/" + "long" * 40,
    }
]


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    town = make_town(tmp_path_factory.mktemp("town"), more={"tickets": ("locate_ticket", TICKETS)})  # type: ignore[dict-item]
    with served(town.settings) as address:
        yield address


@pytest.fixture(scope="module", name="phone")
def _phone(chromium_path: str) -> Iterator[Page]:
    for browser in browser_with(chromium_path):
        yield browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/conformance",
        "/api",
        "/processes",
        "/collections",
        "/collections/tickets",
        "/collections/tickets/items",
        f"/collections/tickets/items/{quote(LONG, safe='')}",
        "/collections/tickets/queryables",
        "/collections/parcels/tiles",
    ],
)
def test_nothing_of_a_page_lies_beside_a_phones_screen(phone: Page, address: str, path: str) -> None:
    answer = phone.goto(f"{address}/ogc{path}?f=html")
    assert answer is not None
    assert answer.status == 200
    width = "element => element.scrollWidth - element.clientWidth"
    assert phone.locator("html").evaluate(width) == 0
    assert [box.evaluate(width) for box in phone.locator(".scroll").all()] == [0] * phone.locator(".scroll").count()
    for cell in phone.locator(".wide tbody tr").first.locator("td:not(:empty):not(:only-child)").all():
        assert cell.get_attribute("data-heading")
