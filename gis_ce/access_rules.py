"""What a city says of access: the roles of its own lanes, and how long the log of accesses is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gis_ce.roles import ROLE_NAMES, SHIPPED_LANES, LaneRoles
from layers.errors import Mistake
from layers.toml_table import did_you_mean

_KEYS = ("lanes", "log_days")
_LOG_DAYS, _LEAST_DAYS, _MOST_DAYS = 3 * 365, 30, 10 * 365


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The table `[access]` of a city, or what is shipped."""

    lanes: LaneRoles = SHIPPED_LANES
    log_days: int = _LOG_DAYS


def access_rules(table: Mapping[str, Any]) -> AccessRules:
    """The shipped rules with those of a table `[access]` that has no mistakes."""
    return AccessRules(LaneRoles(dict(table.get("lanes", {}))), int(table.get("log_days", _LOG_DAYS)))


def access_mistakes(table: Mapping[str, Any], lanes: Collection[str]) -> list[Mistake]:
    """Everything that is wrong with a table `[access]`, all at once; `lanes` are those of the city's process maps."""
    found = [Mistake(f"[access] {key}", f"is not a key of this table; {_near(key, _KEYS)}") for key in table]
    found = [mistake for mistake, key in zip(found, table, strict=True) if key not in _KEYS]
    days = table.get("log_days", _LOG_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not _LEAST_DAYS <= days <= _MOST_DAYS:
        found.append(Mistake("[access] log_days", f"is a whole number of days from {_LEAST_DAYS} to {_MOST_DAYS:,}"))
    own = table.get("lanes", {})
    if not isinstance(own, Mapping):
        return [*found, Mistake("[access] lanes", 'is a table such as { zoo = "officer" }')]
    known = sorted({*lanes, "admin"})
    for lane, role in own.items():
        if lane not in known:
            found.append(Mistake(f"[access] lanes.{lane}", f"is on no process map; {_near(lane, known)}"))
        if role not in ROLE_NAMES:
            found.append(Mistake(f"[access] lanes.{lane}", f"there is no role {role!r}; {_near(role, ROLE_NAMES)}"))
    return found


def _near(word: object, known: Collection[str]) -> str:
    return did_you_mean(str(word), sorted(known))
