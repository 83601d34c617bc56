"""The city file: one TOML file that says where a city's layers come from and what they mean."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from layers.city_layers import read_layer
from layers.errors import CityFileError, GridError, Mistake
from layers.grid import Grid
from layers.model import City, LayerDeclaration
from layers.network_settings import read_network
from layers.quality import DEFAULT_SIGMA_FT
from layers.toml_table import Mistakes, TomlTable, is_number, lines_of

CITY_KEYS = ("name", "time_zone", "grid", "jurisdiction", "extent_lonlat", "data")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_INPUT_ROLES = {
    "right_of_way": (("parcel",), ("jurisdiction",)),
    "easement": (("water_main", "sewer_main"), ("parcel",)),
    "manhole": (("sewer_main",),),
}


def read_city(
    path: Path,
    other_tables: Collection[str] = (
        "rules",
        "owners",
        "calendar",
        "decision",
        "processes",
        "duplicates",
        "mailing",
        "targets",
        "closing",
        "letters",
        "open311",
        "access",
    ),
    data_folder: Path | None = None,
) -> City:
    """The city that a file declares; raises CityFileError with every mistake and its line.

    `other_tables` are kept unread for other packages. Relative sources start at `data_folder`, or
    at the file's `[city] data` folder, or at the file's own folder.
    """
    text = _text_of(path)
    root = TomlTable(_parsed(text, path), (), Mistakes(lines_of(text)))
    root.know(("city", "layers", "quality", "network", *other_tables))
    city = _city(root, path, other_tables, data_folder)
    if root.mistakes.found or city is None:
        raise CityFileError(str(path), root.mistakes.in_order())
    return city


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CityFileError(str(path), [Mistake("file", "there is no such file")]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CityFileError(str(path), [Mistake("file", f"cannot be read as UTF-8 text: {error}")]) from error


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CityFileError(str(path), [Mistake("file", f"is not valid TOML: {error}")]) from error


def _city(root: TomlTable, path: Path, other_tables: Collection[str], data_folder: Path | None) -> City | None:
    root.require("city", "(a table [city] with name, time_zone, grid and jurisdiction)")
    head = root.table("city") or TomlTable({}, ("city",), root.mistakes)
    if "city" in root.values:
        head.know(CITY_KEYS)
        for key, example in (("name", '"Forest City"'), ("time_zone", '"America/New_York"')):
            head.require(key, example)
        for key, example in (("grid", "2264"), ("jurisdiction", '"NC"')):
            head.require(key, example)
    return City(
        name=head.text("name") or "",
        time_zone=_time_zone(head),
        grid_epsg=_grid(head),
        jurisdiction=head.text("jurisdiction") or "",
        folder=data_folder or path.parent / (head.text("data") or "."),
        layers=tuple(_layers(root)),
        extent_lonlat=_extent(head),
        network=read_network(root.table("network")),
        other={name: dict(table.values) for name in other_tables if (table := root.table(name)) is not None},
    )


def _time_zone(head: TomlTable) -> str:
    name = head.text("time_zone")
    if name is None:
        return ""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        head.wrong(f'{name!r} is no time zone; write it as in "America/New_York"', "time_zone")
    return name


def _grid(head: TomlTable) -> int:
    epsg = head.integer("grid")
    if epsg is not None:
        try:
            Grid(epsg).crs  # noqa: B018
        except GridError as error:
            head.wrong(str(error), "grid")
    return epsg or 0


def _extent(head: TomlTable) -> tuple[float, float, float, float] | None:
    value = head.values.get("extent_lonlat")
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 4 and all(is_number(part) for part in value):
        west, south, east, north = (float(part) for part in value)
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    head.wrong(f"must be [west, south, east, north] in degrees, not {value!r}", "extent_lonlat")
    return None


def _layers(root: TomlTable) -> list[LayerDeclaration]:
    sigmas = _sigmas(root)
    tables = root.table("layers")
    if tables is None or not tables.values:
        root.wrong("there are no layers; declare at least one table such as [layers.parcels]")
        return []
    read = {name: _layer(table, sigmas) for name in tables.values if (table := tables.table(name)) is not None}
    layers = [layer for layer in read.values() if layer is not None]
    for layer in layers:
        _check_links(tables, layer, layers, tuple(tables.values))
    return layers


def _layer(table: TomlTable, sigmas: dict[str, float]) -> LayerDeclaration | None:
    if not _NAME.fullmatch(table.path[-1]):
        table.wrong("a layer's name has only lower-case letters, digits and _, and starts with a letter")
    return read_layer(table, sigmas)


def _sigmas(root: TomlTable) -> dict[str, float]:
    sigmas = dict(DEFAULT_SIGMA_FT)
    table = root.table("quality")
    if table is not None:
        table.know(tuple(DEFAULT_SIGMA_FT))
        sigmas |= {level: sigma for level in table.values if (sigma := table.number(level)) is not None}
    return sigmas


def _check_links(
    tables: TomlTable, layer: LayerDeclaration, layers: Sequence[LayerDeclaration], names: Sequence[str]
) -> None:
    place = TomlTable({}, (*tables.path, layer.name), tables.mistakes)
    if layer.coincides_with is not None and layer.coincides_with not in names:
        place.wrong(f"there is no layer {layer.coincides_with!r}", "coincides_with")
    if layer.coincides_with == layer.name:
        place.wrong("a layer cannot be compared with itself", "coincides_with")
    if layer.derivation is None:
        return
    unknown = [name for name in layer.derivation.inputs if name not in names]
    for name in unknown:
        place.wrong(f"there is no layer {name!r}", "derive")
    roles = {other.name: other.role_name for other in layers}
    if not unknown and all(name in roles for name in layer.derivation.inputs):
        _check_inputs(place, layer.derivation.kind, [roles[name] for name in layer.derivation.inputs])


def _check_inputs(place: TomlTable, kind: str, roles: Sequence[str]) -> None:
    """Right of way: parcels, limits. Easements: one or more mains, then parcels. Manholes: sewer mains."""
    *first, last = _INPUT_ROLES[kind]
    wanted = [*(first[0] for _ in roles[:-1]), last] if first else [last for _ in roles]
    short = len(roles) < len(_INPUT_ROLES[kind]) or (kind == "right_of_way" and len(roles) != 2)
    if short or any(role not in allowed for role, allowed in zip(roles, wanted, strict=True)):
        order = ", then ".join(" or ".join(allowed) for allowed in _INPUT_ROLES[kind])
        place.wrong(f"{kind} is derived from layers of the roles {order}; these are {', '.join(roles)}", "derive")
