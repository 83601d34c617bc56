"""A look as QGIS draws it: symbols of points, lines and areas, in millimetres, alike on every screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from maps.style import Look

Shape = Literal["Point", "LineString", "Polygon"]
MM_A_PIXEL = 0.26
"""Of the pixels in which a look is told."""
_MARKERS: Mapping[str | None, str] = {
    None: "circle",
    "disc": "circle",
    "ring": "circle",
    "dot": "circle",
    "square": "square",
    "bow_tie": "diamond",
    "target": "circle",
    "cross": "cross2",
}
_HATCHES: Mapping[str, str] = {"diagonal": "b_diagonal", "cross": "diagonal_x", "dots": "dense6"}
_KINDS: Mapping[Shape, str] = {"Point": "marker", "LineString": "line", "Polygon": "fill"}
_CLEAR = "0,0,0,0"


def renderer(look: Look, shape: Shape) -> Element:
    """The element `renderer-v2` that draws every feature of a layer by one look."""
    root = Element("renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0", forceraster="0")
    symbols = SubElement(root, "symbols")
    symbol = SubElement(symbols, "symbol", type=_KINDS[shape], name="0", alpha="1", clip_to_extent="1", force_rhr="0")
    for kind, options in _parts(look, shape):
        part = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
        listed = SubElement(part, "Option", type="Map")
        for name, value in options.items():
            SubElement(listed, "Option", type="QString", name=name, value=value)
    return root


def colour(words: str, opacity: float = 1.0) -> str:
    """`#rrggbb` as QGIS writes it: red, green, blue and alpha, 0 to 255."""
    red, green, blue = (int(words[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def millimetres(pixels: float) -> str:
    """A size."""
    return f"{pixels * MM_A_PIXEL:.2f}"


def _parts(look: Look, shape: Shape) -> list[tuple[str, dict[str, str]]]:
    if shape == "Point":
        return _marker(look)
    return _line(look) if shape == "LineString" else _area(look)


def _marker(look: Look) -> list[tuple[str, dict[str, str]]]:
    hollow = look.symbol in ("ring", "target")
    body = {
        "name": _MARKERS[look.symbol],
        "color": "255,255,255,255" if hollow else colour(look.colour),
        "outline_color": colour(look.colour) if hollow else "255,255,255,255",
        "outline_style": "solid",
        "outline_width": millimetres(2.5 if hollow else 1),
        "outline_width_unit": "MM",
        "size": millimetres(look.size),
        "size_unit": "MM",
    }
    parts = [("SimpleMarker", body)]
    if look.symbol == "target":
        inner = body | {"color": colour(look.colour), "outline_width": "0", "size": millimetres(look.size / 3)}
        parts.append(("SimpleMarker", inner))
    if look.letter is not None:
        letter = {
            "chr": look.letter,
            "font": "Arial",
            "color": colour(look.colour) if hollow else "255,255,255,255",
            "outline_width": "0",
            "size": millimetres(look.size * 0.6),
            "size_unit": "MM",
        }
        parts.append(("FontMarker", letter))
    return parts


def _line(look: Look) -> list[tuple[str, dict[str, str]]]:
    under = [("SimpleLine", _stroke(look.casing, look.width + 2, None))] if look.casing else []
    return [*under, ("SimpleLine", _stroke(look.colour, look.width, look.dash))]


def _stroke(words: str, width: float, dash: str | None) -> dict[str, str]:
    dashes = ";".join(millimetres(float(part)) for part in dash.split()) if dash else "5;2"
    return {
        "line_color": colour(words),
        "line_style": "solid",
        "line_width": millimetres(width),
        "line_width_unit": "MM",
        "capstyle": "flat" if dash else "round",
        "joinstyle": "round",
        "use_custom_dash": "1" if dash else "0",
        "customdash": dashes,
        "customdash_unit": "MM",
    }


def _area(look: Look) -> list[tuple[str, dict[str, str]]]:
    filled = colour(look.fill, look.fill_opacity) if look.fill else _CLEAR
    body = {"color": filled, "style": "solid" if look.fill else "no", "outline_style": "no"}
    parts = [("SimpleFill", body)]
    if look.hatch is not None:
        hatch = {"color": colour(look.fill or look.colour, 0.5), "style": _HATCHES[look.hatch], "outline_style": "no"}
        parts.append(("SimpleFill", hatch))
    return [*parts, ("SimpleLine", _stroke(look.colour, look.width, look.dash))]
