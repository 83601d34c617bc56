"""The officers' map in English and Spanish: who gets which, and that the page is whole in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from officers_page import BY_SOFTWARE, OfficersPage, browser_with
from playwright.sync_api import Browser, expect
from served import served
from small_town import make_town

from api.app import make_app


@pytest.fixture(scope="module", name="client")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    town = make_town(tmp_path_factory.mktemp("town"))
    with TestClient(make_app(town.settings)) as client:
        yield client


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        ("", "", "en"),
        ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("", "fr,en;q=0.4,es;q=0.6", "es"),
        ("", "de;q=broken, es;q=0", "en"),
        ("?lang=en", "es", "en"),
        ("?lang=xx", "es", "es"),
    ],
)
def test_the_language_is_what_is_asked_for(client: TestClient, asked: str, header: str, language: str) -> None:
    client.cookies.clear()
    answer = client.get(f"/map{asked}", headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language


def test_a_choice_is_kept(client: TestClient) -> None:
    client.get("/map?lang=es")
    assert '<html lang="es">' in client.get("/map", headers={"Accept-Language": "en"}).text
    client.cookies.clear()


@pytest.fixture(scope="module", name="spanish")
def _spanish(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficersPage]:
    town = make_town(tmp_path_factory.mktemp("town"))
    with served(town.settings) as address:
        for browser in browser_with(chromium_path, *BY_SOFTWARE):
            yield _opened_in_spanish(browser, address)


def _opened_in_spanish(browser: Browser, address: str) -> OfficersPage:
    opened = OfficersPage(browser, address)
    opened.page.click("text=Español")
    opened.page.wait_for_selector("body[data-ready]")
    return opened


@pytest.mark.heavy
def test_the_switch_keeps_the_state_of_the_page_and_turns_all_of_it(spanish: OfficersPage) -> None:
    assert spanish.count() == "0 de 0 casos abiertos a la vista"
    assert "?" not in spanish.page.url
    assert "#map=17.00" in spanish.page.url
    spanish.click((250, 160))
    expect(spanish.page.locator("#here .cards")).to_be_visible()
    told = spanish.page.locator("#here").inner_text()
    assert "INSTALACIONES MÁS CERCANAS" in told
    assert "ft (" in told
