"""The `[network]` table of a city file: how lines become a network, and where water leaves or enters it."""

from __future__ import annotations

from dataclasses import dataclass

from layers.toml_table import TomlTable

NETWORK_KEYS = ("snap_ft", "gap_ft", "start_ft", "sewer", "water")
_SEWER_KEYS = ("outfalls", "split_at_junctions")
_WATER_KEYS = ("sources", "split_at_junctions", "valve_ft", "hydrant_ft", "meter_ft")


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Lengths in feet. `split_...` is None where the catalog's role decides.

    `snap_ft`: line ends this near are one node. `gap_ft`: ends this near that do not meet are a gap.
    `start_ft`: a trace from a point farther from every line is refused. `outfalls` and `sources` are
    node or facility ids. `valve_ft`, `hydrant_ft`, `meter_ft`: how far each may lie from its main.
    """

    snap_ft: float = 0.5
    gap_ft: float = 5.0
    start_ft: float = 150.0
    outfalls: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    split_sewer: bool | None = None
    split_water: bool | None = None
    valve_ft: float = 5.0
    hydrant_ft: float = 30.0
    meter_ft: float = 100.0


def read_network(table: TomlTable | None) -> NetworkSettings:
    """The settings of the table; what it does not name keeps its default, what is wrong is noted."""
    if table is None:
        return NetworkSettings()
    table.know(NETWORK_KEYS)
    nothing = TomlTable({}, table.path, table.mistakes)
    sewer, water = table.table("sewer") or nothing, table.table("water") or nothing
    sewer.know(_SEWER_KEYS)
    water.know(_WATER_KEYS)
    default = NetworkSettings()
    return NetworkSettings(
        snap_ft=_length(table, "snap_ft", default.snap_ft),
        gap_ft=_length(table, "gap_ft", default.gap_ft),
        start_ft=_length(table, "start_ft", default.start_ft),
        outfalls=sewer.texts("outfalls") or (),
        sources=water.texts("sources") or (),
        split_sewer=_flag(sewer),
        split_water=_flag(water),
        valve_ft=_length(water, "valve_ft", default.valve_ft),
        hydrant_ft=_length(water, "hydrant_ft", default.hydrant_ft),
        meter_ft=_length(water, "meter_ft", default.meter_ft),
    )


def _length(table: TomlTable, key: str, default: float) -> float:
    found = table.number(key)
    return default if found is None else found


def _flag(table: TomlTable) -> bool | None:
    value = table.values.get("split_at_junctions")
    if value is None or isinstance(value, bool):
        return value
    table.wrong(f"must be true or false, not {value!r}", "split_at_junctions")
    return None
