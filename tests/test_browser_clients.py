"""MapLibre, OpenLayers, Leaflet and esri-leaflet in a real Chromium read layers, tiles and cases, and draw them."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_libraries import HERE, libraries
from case_doors import LEAK, ok
from case_server import Server
from playwright.sync_api import Browser, Page, Route, sync_playwright
from small_town import Town, lonlat, make_town

pytestmark = pytest.mark.clients

ELSEWHERE = "http://127.0.0.1:18089"
"""The address of a page of another site; what it serves is put in by the browser."""
PARCELS = {f"{side}{lot}" for side in "NS" for lot in range(4, 8)}
"""Those in the middle of the map."""
HEADS = {
    "maplibre": "",
    "openlayers": '<script src="/libraries/ol/dist/ol.js"></script>',
    "leaflet": '<script src="/libraries/leaflet/dist/leaflet.js"></script>',
    "esri": '<script src="/libraries/leaflet/dist/leaflet.js"></script>'
    '<script src="/libraries/esri-leaflet/dist/esri-leaflet.js"></script>',
}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="packages")
def _packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return libraries(tmp_path_factory.mktemp("npm"))


@pytest.fixture(scope="module", name="address")
def _address(town: Town) -> Iterator[str]:
    """A service with one case."""
    folder = town.city_file.parent
    server = Server(town.settings.data, f"sqlite:///{folder}/cases.sqlite", folder / "attachments")
    with server.client() as client:
        ok(client.post("/cases", json=LEAK | {"place": {"address": "141 Main Street"}}), 201)
    yield server.address
    server.kill()


@pytest.fixture(scope="module", name="browser")
def _browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        flags.append("--disable-features=LocalNetworkAccessChecks")
        flags.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(name="page")
def _page(browser: Browser, packages: Path) -> Iterator[Page]:
    """A page that finds the libraries under /libraries/ and its own script under /pages/, wherever it is opened."""
    page = browser.new_page(viewport={"width": 820, "height": 620})

    def from_here(route: Route) -> None:
        path = route.request.url.partition("?")[0].split("/", 3)[3]
        if path.startswith("pages/") and "." not in path:
            name = path.removeprefix("pages/")
            script = f'{HEADS[name]}<script type="module" src="/pages/{name}.js"></script>'
            route.fulfill(body=(HERE / "page.html").read_text("utf-8") + script, content_type="text/html")
            return
        folder, _, name = path.partition("/")
        file = (packages if folder == "libraries" else HERE) / name
        kind = "text/javascript" if file.suffix == ".mjs" else mimetypes.guess_type(file.name)[0]
        route.fulfill(body=file.read_bytes(), content_type=kind or "application/octet-stream")

    page.route(re.compile(r"^http://127\.0\.0\.1:\d+/(libraries|pages)/"), from_here)
    page.route("**/favicon.ico", lambda route: route.fulfill(body=b"", content_type="image/x-icon"))
    yield page
    page.close()


def drawn(page: Page, client: str, service: str, site: str | None = None) -> dict[str, Any]:
    """What a client says it has drawn, by collection; nothing may have gone wrong on its page."""
    wrong = list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    lon, lat = lonlat(500, 30)
    page.goto(f"{site or service}/pages/{client}?service={service}&lon={lon}&lat={lat}")
    try:
        page.wait_for_function("window.drawn || window.failed", timeout=90_000)
    finally:
        assert wrong == []
    assert page.evaluate("window.failed") is None
    found: dict[str, Any] = page.evaluate("window.drawn")
    return found


@pytest.mark.parametrize("client", ["maplibre", "openlayers", "leaflet", "esri"])
def test_a_client_draws_layers_and_cases(page: Page, address: str, client: str) -> None:
    found = drawn(page, client, address)
    assert set(found["parcels"]) >= PARCELS
    assert set(found["water_mains"]) == {"WM-1", "WM-2"}
    assert found["cases"] == ["LEAK-2026-00001"]


@pytest.mark.parametrize("client", ["maplibre", "esri"])
def test_on_a_page_of_another_site_it_draws_what_is_public(page: Page, address: str, client: str) -> None:
    """Cases and mains are not there for it, which is no mistake of the page: only MapLibre asks for cases by name."""
    nothing = {"type": "FeatureCollection", "features": []}
    page.route("**/collections/cases/**", lambda route: route.fulfill(json=nothing))
    found = drawn(page, client, address, ELSEWHERE)
    assert set(found["parcels"]) >= PARCELS
    assert not set(found) & {"water_mains", "hydrants", "easements", "cases"}


def test_esri_leaflet_counts_what_the_service_counts(page: Page, address: str) -> None:
    drawn(page, "esri", address)
    counted = page.evaluate("window.counted")
    assert counted["Parcels"] == 20
    assert counted["Cases"] == 1
