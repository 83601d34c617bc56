"""What a city asks before a case closes, and which steps wait for an approval: shipped, and under `[closing]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from gis_ce.process import Process
from layers.errors import Mistake
from layers.toml_table import did_you_mean

ROLES: Mapping[str, tuple[str, ...]] = {
    "responsible": ("owner", "contractor", "firm"),
    "complaining": ("reporter",),
}
"""Who is told of the closing of a case: the roles of parties."""
_KEYS = ("after_photo", "tell", "approval", "approved_by")


@dataclass(frozen=True, slots=True)
class ClosingRules:
    """Kinds of cases that close with an 'after' photo, who is told, and the steps that wait for an approval."""

    after_photo: frozenset[str]
    tell: tuple[str, ...]
    approval: Mapping[str, tuple[str, ...]]
    approved_by: str

    def needs_approval(self, case_type: str, step: str) -> bool:
        """Whether a step is done only after a shut-off was approved."""
        return step in self.approval.get(case_type, ())


@cache
def shipped_closing() -> ClosingRules:
    """What a city asks that says nothing of its own."""
    return _rules(_shipped())


def city_closing(table: Mapping[str, Any]) -> ClosingRules:
    """The shipped rules with those of a table `[closing]` that has no mistakes."""
    return _rules({**_shipped(), **table})


def closing_mistakes(table: Mapping[str, Any], processes: Mapping[str, Process]) -> list[Mistake]:
    """Everything that is wrong with a table `[closing]`, all at once."""
    found = [
        Mistake(f"[closing] {key}", f"is not a key of this table; {did_you_mean(key, _KEYS)}")
        for key in table
        if key not in _KEYS
    ]
    found += _list_mistakes("after_photo", table.get("after_photo", []), list(processes))
    found += _list_mistakes("tell", table.get("tell", []), list(ROLES))
    approval = table.get("approval", {})
    if not isinstance(approval, Mapping):
        return [*found, Mistake("[closing] approval", 'is a table such as { leaks = ["shut_off"] }')]
    found += _list_mistakes("approval", list(approval), list(processes))
    for name in (name for name in approval if name in processes):
        found += _list_mistakes(f"approval.{name}", approval[name], list(processes[name].steps))
    lanes = sorted({lane for process in processes.values() for lane in process.lanes})
    return found + _list_mistakes("approved_by", [table["approved_by"]] if "approved_by" in table else [], lanes)


def _list_mistakes(key: str, words: Any, known: list[str]) -> list[Mistake]:
    place = f"[closing] {key}"
    if not isinstance(words, list):
        return [Mistake(place, "is a list of names")]
    wrong = [word for word in words if word not in known]
    return [Mistake(place, f"there is no {word!r}; {did_you_mean(str(word), known)}") for word in wrong]


@cache
def _shipped() -> dict[str, Any]:
    rows: dict[str, Any] = yaml.safe_load((files("gis_ce") / "data" / "closing.yaml").read_text(encoding="utf-8"))
    return rows


def _rules(rows: Mapping[str, Any]) -> ClosingRules:
    approval = {name: tuple(steps) for name, steps in rows["approval"].items()}
    return ClosingRules(frozenset(rows["after_photo"]), tuple(rows["tell"]), approval, rows["approved_by"])
