"""The officers' map opened in a browser that draws by software, with what the page said and asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from small_town import lonlat

DESK, PHONE = (1280, 800), (390, 844)
ONLY_US = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""No other host has an address."""
BY_SOFTWARE = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WITHOUT_WEBGL = ("--disable-gpu", "--disable-3d-apis")


def browser_with(path: str, *flags: str) -> Iterator[Browser]:
    """Chromium with these flags, closed in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", ONLY_US, *flags])
        yield browser
        browser.close()


def look_with_axe(page: Page, state: str) -> None:
    """Fails with the state and what was found, where axe finds anything."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], state


class OfficersPage:
    """The page, opened at a place of the little town in feet from its corner."""

    def __init__(
        self, browser: Browser, address: str, size: tuple[int, int] = DESK, page: Page | None = None, **kept: str
    ) -> None:
        self.page: Page = page or browser.new_page(
            viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE, reduced_motion="reduce"
        )
        self.address = address
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.open(**kept)

    def open(self, at: tuple[float, float] = (450, 100), zoom: float = 17, **kept: str) -> None:
        """Opens the page anew, with this state in its address."""
        lon, lat = lonlat(*at)
        state = "&".join(f"{name}={value}" for name, value in {**kept, "map": f"{zoom}/{lat}/{lon}"}.items())
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}/map#{state}")
        self.page.wait_for_selector("body[data-ready]", timeout=120_000)
        self.settle()

    def settle(self) -> None:
        """Waits until the map has nothing left to draw."""
        self.page.wait_for_function(
            "() => !window.gisCe.map || (window.gisCe.map.loaded() && !window.gisCe.map.isMoving())"
        )

    def count(self) -> str:
        """How many cases the page says there are."""
        return self.page.locator("#count").inner_text()

    def listed(self) -> list[str]:
        """The numbers of the cases in the list, in its order."""
        rows = self.page.locator("#cases [data-number]").all()
        return [row.get_attribute("data-number") or "" for row in rows]

    def drawn(self, *layers: str) -> list[dict[str, Any]]:
        """The properties of what the map shows of these layers."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "layers => window.gisCe.map.queryRenderedFeatures({ layers }).map((one) => one.properties)", list(layers)
        )
        return found

    def point(self, at: tuple[float, float]) -> tuple[float, float]:
        """Where on the screen a place of the town is now."""
        lon, lat = lonlat(*at)
        box = self.page.locator("#map").bounding_box()
        assert box is not None
        x, y = self.page.evaluate("at => { const { x, y } = window.gisCe.map.project(at); return [x, y]; }", [lon, lat])
        return box["x"] + x, box["y"] + y

    def click(self, at: tuple[float, float]) -> None:
        """Clicks on a place of the town."""
        self.page.mouse.click(*self.point(at))

    def opened(self) -> None:
        """Waits until a case is shown."""
        expect(self.page.locator("#view-case h2")).to_be_visible()
        self.settle()
