"""One `[layers.NAME]` table of a city file, read into a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast, get_args

from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.catalog import ROLE_BY_NAME, Role
from layers.model import Audience, Basis, Derivation, LayerDeclaration
from layers.toml_table import TomlTable, did_you_mean

DerivationKind = Literal["right_of_way", "easement", "manhole"]

_DERIVED_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "right_of_way": ("close_ft", "minimum_sqft"),
    "easement": ("width_ft", "minimum_length_ft"),
    "manhole": (),
}
_PLAIN = ("role", "source", "source_layer", "audience", "basis", "sigma_ft", "quality", "stale_after_days")
_RARE = ("derive", "as_of", "source_grid", "coincides_with", "x_field", "y_field", "wkt_field")
LAYER_KEYS = (*_PLAIN, *_RARE, "fields", "values", "only")


def read_layer(table: TomlTable, sigmas: Mapping[str, float]) -> LayerDeclaration | None:
    """The declaration, or None where a mistake was noted; `sigmas` are those of the quality levels."""
    before = len(table.mistakes.found)
    table.know(LAYER_KEYS)
    for key, example in (("role", '"water_main"'), ("audience", '"staff"'), ("basis", '"recorded"')):
        table.require(key, example)
    role = ROLE_BY_NAME.get(table.choice("role", ROLE_BY_NAME) or "")
    declaration = LayerDeclaration(
        name=table.path[-1],
        role_name=role.name if role else "",
        audience=cast(Audience, table.choice("audience", get_args(Audience))),
        basis=cast(Basis, table.choice("basis", get_args(Basis))),
        sigma_ft=_sigma(table, sigmas),
        source=table.text("source"),
        source_layer=table.text("source_layer"),
        derivation=_derivation(table),
        fields=_fields(table, role),
        values=_values(table, role),
        only=_only(table),
        stale_after_days=table.integer("stale_after_days"),
        as_of=table.day("as_of"),
        source_grid=_source_grid(table),
        quality=table.text("quality"),
        coincides_with=table.text("coincides_with"),
        x_field=table.text("x_field"),
        y_field=table.text("y_field"),
        wkt_field=table.text("wkt_field"),
    )
    _check_origin(table, role)
    _check_coordinates(table, role)
    _check_key(table, role)
    return declaration if len(table.mistakes.found) == before else None


def _sigma(table: TomlTable, sigmas: Mapping[str, float]) -> float:
    level, sigma = table.choice("quality", sigmas), table.number("sigma_ft")
    if ("quality" in table.values) == ("sigma_ft" in table.values):
        table.wrong('needs exactly one of sigma_ft (in feet, on one axis) and quality (for example "QL-D")')
    return sigma if sigma is not None else sigmas.get(level or "", 0.0)


def _source_grid(table: TomlTable) -> int | None:
    epsg = table.integer("source_grid")
    if epsg is not None:
        try:
            CRS.from_epsg(epsg)
        except CRSError:
            table.wrong(f"EPSG:{epsg} is not a coordinate system that PROJ knows", "source_grid")
    return epsg


def _fields(table: TomlTable, role: Role | None) -> dict[str, str]:
    mapping = table.table("fields")
    if mapping is None:
        return {}
    _know_fields(mapping, role)
    return {ours: theirs for ours in mapping.values if (theirs := mapping.text(ours)) is not None}


def _values(table: TomlTable, role: Role | None) -> dict[str, dict[str, str]]:
    outer = table.table("values")
    if outer is None:
        return {}
    _know_fields(outer, role)
    inner = {field: codes for field in outer.values if (codes := outer.table(field)) is not None}
    return {
        field: {code: word for code in codes.values if (word := codes.text(code)) is not None}
        for field, codes in inner.items()
    }


def _only(table: TomlTable) -> dict[str, tuple[str, ...]]:
    only = table.table("only")
    if only is None:
        return {}
    return {field: texts for field in only.values if (texts := only.texts(field)) is not None}


def _know_fields(table: TomlTable, role: Role | None) -> None:
    known = [field.name for field in role.fields] if role else []
    for name in table.values:
        if role and name not in known:
            table.wrong(f"the role {role.name} has no field {name!r}; {did_you_mean(name, known)}", name)


def _derivation(table: TomlTable) -> Derivation | None:
    derive = table.table("derive")
    if derive is None:
        return None
    derive.require("kind", '"right_of_way"')
    derive.require("inputs", '["parcels", "limits"]')
    kind, inputs = derive.choice("kind", _DERIVED_NUMBERS), derive.texts("inputs")
    needed = _DERIVED_NUMBERS.get(kind or "")
    if needed is None or kind is None:
        return None
    derive.know(("kind", "inputs", *needed))
    for key in needed:
        derive.require(key, "20.0")
    numbers = {key: derive.number(key) for key in needed}
    if kind not in ("right_of_way", "easement", "manhole") or inputs is None:
        return None
    return Derivation(cast(DerivationKind, kind), inputs, **numbers)


def _check_origin(table: TomlTable, role: Role | None) -> None:
    derived, sourced = "derive" in table.values, "source" in table.values
    if derived == sourced:
        table.wrong("needs exactly one of source (a file, a table or an address) and derive")
    if not derived:
        return
    if table.values.get("basis") in ("surveyed", "recorded"):
        table.wrong("a derived layer is always modelled", "basis")
    derive = table.values["derive"]
    kind = derive.get("kind") if isinstance(derive, dict) else None
    if role and kind in _DERIVED_NUMBERS and role.name != kind:
        table.wrong(f"derive makes {kind}, but the role is {role.name}", "role")
    for key in ("source_layer", "source_grid", "fields", "values", "only", "x_field", "y_field", "wkt_field"):
        if key in table.values:
            table.wrong("is for layers with a source; a derived layer names its own fields", key)


def _check_coordinates(table: TomlTable, role: Role | None) -> None:
    present = [key for key in ("x_field", "y_field", "wkt_field") if key in table.values]
    if present and role and role.geometry == "none":
        table.wrong(f"the role {role.name} has no geometry, so it takes no coordinates", present[0])
    elif present and present not in (["x_field", "y_field"], ["wkt_field"]):
        table.wrong("give either x_field and y_field, or wkt_field", present[0])
    if present and "source_grid" not in table.values:
        table.wrong("coordinates in columns need source_grid, the EPSG code of their grid", present[0])


def _check_key(table: TomlTable, role: Role | None) -> None:
    """A row without a place is known by its key only."""
    fields = table.values.get("fields")
    mapped = isinstance(fields, dict) and role is not None and role.key in fields
    if role and role.geometry == "none" and not mapped:
        table.wrong(f"a reference table is looked up by its {role.key}; map it in [{'.'.join(table.path)}.fields]")
