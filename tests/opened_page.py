"""A town page opened in a browser, with what it said and asked for."""

from __future__ import annotations

from playwright.sync_api import Browser, ConsoleMessage, Request, Response, expect
from small_town import lonlat

DESK, PHONE = (1280, 800), (390, 844)
ZOOM = 18


class Opened:
    """The page, opened at a place of the town, with what it said and asked for."""

    def __init__(
        self, browser: Browser, address: str, size: tuple[int, int], at: tuple[float, float] = (450, 0)
    ) -> None:
        self.page = browser.new_page(viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE)
        self.address = address
        self.said: list[str] = []
        self.requests: list[Request] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", self._count)
        self.answer = self.go((450, 0))

    def _count(self, request: Request) -> None:
        self.requests.append(request)

    def _note(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)

    def go(self, at: tuple[float, float], zoom: float = ZOOM) -> Response:
        """Opens the page with a place of the town, in feet from its corner, in the middle of the map."""
        lon, lat = lonlat(*at)
        self.page.goto("about:blank")
        answer = self.page.goto(f"{self.address}/#{zoom}/{lat}/{lon}")
        assert answer is not None
        self.page.wait_for_selector("body[data-ready]")
        self.settle()
        return answer

    def settle(self) -> None:
        """Waits until every layer that the view needs is drawn."""
        self.page.wait_for_timeout(250)
        expect(self.page.get_by_text("…", exact=True)).to_have_count(0)

    @property
    def map(self) -> tuple[float, float]:
        """The middle of the map on the screen."""
        box = self.page.locator("#map_town").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def ask(self, x: float = 0, y: float = 0) -> None:
        """Clicks so many pixels from the middle of the map."""
        middle = self.map
        self.page.mouse.click(middle[0] + x, middle[1] + y)
        self.page.wait_for_selector("#here .cards")
        self.settle()

    def drawn(self) -> dict[str, int]:
        """How many features of each layer are drawn."""
        told = self.page.locator("#map_town").get_attribute("data-drawn") or ""
        return {name: int(count) for name, count in (entry.split(":") for entry in told.split())}
