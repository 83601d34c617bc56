"""What the public may report, and the table `[open311]` of a city file that lets them: without it nobody may."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from layers.errors import Mistake
from layers.toml_table import did_you_mean

_TEXTS = ("jurisdiction_id", "agency", "contact", "notice")
_NUMBERS = {"sigma_ft": (1.0, 1_000.0), "per_hour": (1.0, 1_000.0), "per_hour_in_all": (1.0, 100_000.0)}
_KEYS = (*_TEXTS, *_NUMBERS, "services")
_NOTICE = "An officer will look at it. Where it is the same as an earlier report, the two are handled as one."


@dataclass(frozen=True, slots=True)
class Service:
    """One thing that can be reported; a report begins a case of `process`."""

    code: str
    name: str
    description: str
    process: str
    group: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """How a city takes reports. `sigma_ft`: the standard deviation on one axis of a place that somebody gives
    without saying how well they know it; `per_hour`: reports from one address of the network."""

    services: Mapping[str, Service]
    jurisdiction_id: str = ""
    agency: str = ""
    contact: str = ""
    notice: str = _NOTICE
    sigma_ft: float = 30.0
    per_hour: int = 10
    per_hour_in_all: int = 300


@cache
def shipped_services() -> Mapping[str, Service]:
    """All services by their codes."""
    rows = yaml.safe_load((files("gis_ce") / "data" / "public_services.yaml").read_text(encoding="utf-8"))
    return {code: Service(code=code, **(row | {"keywords": tuple(row["keywords"])})) for code, row in rows.items()}


def intake_of(table: Mapping[str, object] | None) -> Intake | None:
    """The intake of a table without mistakes; None without one: then the public may report nothing."""
    if table is None:
        return None
    shipped = shipped_services()
    chosen = table.get("services")
    codes = [str(code) for code in chosen] if isinstance(chosen, list) else list(shipped)
    given: dict[str, Any] = {name: str(table[name]) for name in _TEXTS if name in table}
    given |= {name: int(float(str(table[name]))) for name in ("per_hour", "per_hour_in_all") if name in table}
    if "sigma_ft" in table:
        given["sigma_ft"] = float(str(table["sigma_ft"]))
    return Intake({code: shipped[code] for code in codes}, **given)


def intake_mistakes(table: Mapping[str, object] | None, types: Collection[str]) -> list[Mistake]:
    """Everything that is wrong with a table, all at once; no table at all is no mistake."""
    if table is None:
        return []
    found = [
        Mistake(f"[open311] {key}", f"is not a key of this table; {did_you_mean(key, _KEYS)}")
        for key in table
        if key not in _KEYS
    ]
    for name in (name for name in _TEXTS if name in table):
        if not isinstance(table[name], str) or not str(table[name]).strip():
            found.append(Mistake(f"[open311] {name}", f"must be a text, not {table[name]!r}"))
    for name, (least, most) in ((name, limits) for name, limits in _NUMBERS.items() if name in table):
        value = table[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            found.append(Mistake(f"[open311] {name}", f"must lie between {least:,.0f} and {most:,.0f}, not {value!r}"))
    return [*found, *_wrong_services(table.get("services"), types)]


def _wrong_services(chosen: object, types: Collection[str]) -> list[Mistake]:
    shipped = shipped_services()
    if chosen is not None and (not isinstance(chosen, list) or not chosen):
        return [Mistake("[open311] services", f"must be a list of {', '.join(shipped)}, not {chosen!r}")]
    codes = [str(code) for code in chosen] if isinstance(chosen, list) else list(shipped)
    unknown = [code for code in codes if code not in shipped]
    found = [Mistake("[open311] services", f"there is no {code!r}; {did_you_mean(code, shipped)}") for code in unknown]
    homeless = [code for code in codes if code in shipped and shipped[code].process not in types]
    return found + [
        Mistake("[open311] services", f"{code!r} needs the process {shipped[code].process}, which this city has not")
        for code in homeless
    ]
