"""Puts a folium map and a column of facts into one file that asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from markupsafe import Markup

from maps.errors import OutsideAddress
from maps.leaflet_map import MapParts
from maps.vendored import text_of

HERE = Path(__file__).resolve().parent
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=False,
)
_SCRIPTS = (
    "shapes.js",
    "drawing.js",
    "evidence_layer.js",
    "legend_list.js",
    "standalone.js",
    "network_layer.js",
    "day_sheet.js",
)
_SENT_FOR = {"src", "href", "action", "data", "poster", "srcset", "xlink:href", "formaction", "ping"}
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_URL = re.compile(r"url\((?!#)[^)]*\)")
_CREDIT = 'href="https://leafletjs.com"'
"""The link in the attribution control, which our maps do not show; the licence stands in the script's head."""
_MAPPING = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def standalone_page(title: str, facts: Markup, parts: MapParts | None) -> str:
    """The whole page, without a picture where there are no parts of a map.

    Raises OutsideAddress rather than hand out a page that would ask another host. Its content policy
    lets only our own scripts run, by hash, and forbids every request.
    """
    library = _MAPPING.sub("", text_of("leaflet/leaflet.js")).replace(_CREDIT, 'href="#"')
    script = page_modules() + parts.script if parts else ""
    page = TEMPLATES.get_template("standalone.html.j2").render(
        title=title,
        policy=Markup(_policy(library, script)),
        styles=[Markup(css) for css in _styles()],
        header=Markup(parts.header if parts else ""),
        facts=facts,
        map=Markup(parts.html) if parts else None,
        library=Markup(library),
        script=Markup(script),
    )
    refuse_outside_addresses(page)
    return page


def page_modules() -> str:
    """Our own modules as the text of one module: in order, without import and export."""
    texts = [(HERE / "page" / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    return "".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)


def refuse_outside_addresses(page: str) -> None:
    """Raises OutsideAddress if any element of a page would send for something, or any style would."""
    finder = _Addresses()
    finder.feed(page)
    if finder.found:
        raise OutsideAddress(f"The page would ask for {', '.join(finder.found[:5])}.")


def _styles() -> list[str]:
    own = [(HERE / "page" / name).read_text(encoding="utf-8") for name in ("map.css", "standalone.css")]
    return [_URL.sub("none", text_of("leaflet/leaflet.css")), *own]


def _policy(*scripts: str) -> str:
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


class _Addresses(HTMLParser):
    """Collects every address that a browser would send for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.found += [f"{tag} {name}={value}" for name, value in attrs if name in _SENT_FOR and _leaves(value)]
        self.found += [f"{tag} {value}" for name, value in attrs if name == "style" and _URL.search(value or "")]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += [*_URL.findall(data), *re.findall(r"@import[^;]*", data)]


def _leaves(value: str | None) -> bool:
    return not (value or "").startswith(("#", "data:"))
