"""Which decisions a change of the layers could change: what differs, joined to what each decision rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.tables import Case, Decision, DecisionArea, Json, LayerSet
from layers.changed import Changed, changed, largest_values, wholly
from layers.features import LayerPart
from layers.model import LayerVersion
from layers.query import LayerQuery

PartOf = Callable[[str], LayerPart | None]
"""The layer of a version id; None where that version is kept no longer."""
WATCHED = ("proposed", "confirmed", "overridden")
"""The states of decisions that a change of the layers may turn."""


@dataclass(frozen=True, slots=True)
class Area:
    """What one decision rests on, as it is kept, with the day of its event."""

    decision_id: str
    layer_set: str
    day: date
    asked: Json


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between a set of layer versions and those of now.

    `aged` has by role from which day on it was too old, before and now; `larger` the roles of which a column has
    another largest value; `roles` those that there are now.
    """

    changed: tuple[Changed, ...]
    aged: tuple[tuple[str, date, date], ...]
    larger: frozenset[str]
    roles: frozenset[str]


def areas_of(session: Session, *, beyond: str) -> list[Area]:
    """Of every decision that still counts what it rests on, unless it was held against the set `beyond` already."""
    wanted = (
        select(DecisionArea.decision_id, DecisionArea.layer_set, Case.event_on, DecisionArea.asked)
        .join(Decision, Decision.id == DecisionArea.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.state.in_(WATCHED), DecisionArea.layer_set != beyond)
    )
    return [Area(*row) for row in session.execute(wanted)]


def sets_of(session: Session, areas: Sequence[Area]) -> dict[str, Json]:
    """The sets of layer versions that areas name."""
    rows = session.scalars(select(LayerSet).where(LayerSet.id.in_({area.layer_set for area in areas})))
    return {row.id: dict(row.layers) for row in rows}


def differences(sets: Mapping[str, Json], query: LayerQuery, part_of: PartOf) -> dict[str, Difference]:
    """For each set of layer versions what differs from those of a query. No pair is compared twice."""
    known: dict[tuple[str, str], Changed] = {}
    parts = {part.version.name: part for role in query.roles for part in query.features(role).parts}
    return {name: _difference(layers, parts, query, part_of, known) for name, layers in sets.items()}


def touched(areas: Sequence[Area], found: Mapping[str, Difference]) -> set[str]:
    """The ids of the decisions whose area meets something that differs; no other can have another answer."""
    ids: set[str] = set()
    by_set: dict[str, list[Area]] = {}
    for area in areas:
        by_set.setdefault(area.layer_set, []).append(area)
    for name, of_set in by_set.items():
        difference = found.get(name)
        if difference is None:
            ids |= {area.decision_id for area in of_set}
        else:
            ids |= {area.decision_id for area in of_set if _beside_places(area, difference)}
            ids |= set(_near_changes(of_set, difference))
    return ids


def _difference(
    layers: Json,
    parts: Mapping[str, LayerPart],
    query: LayerQuery,
    part_of: PartOf,
    known: dict[tuple[str, str], Changed],
) -> Difference:
    found: list[Changed] = []
    aged: list[tuple[str, date, date]] = []
    larger: set[str] = set()
    for name in sorted({*layers, *parts}):
        after, was = parts.get(name), layers.get(name)
        before = None if was is None else part_of(was["version"])
        if after is None or before is None or was is None:
            roles = {each.description.role for each in (before, after) if each is not None}
            found += [wholly(role) for role in roles or set(query.roles)]
            continue
        role = after.description.role
        if before.version.version != after.version.version:
            pair = (before.version.version, after.version.version)
            known[pair] = known.get(pair) or changed(before, after)
            found.append(known[pair])
            found += [wholly(before.description.role)] if before.description.role != role else []
            if largest_values([before]) != largest_values([after]):
                larger.add(role)
        if after.description.stale_after_days is not None:
            life = timedelta(days=after.description.stale_after_days)
            aged.append((role, date.fromisoformat(was["as_of"]) + life, after.version.as_of + life))
    return Difference(tuple(found), tuple(aged), frozenset(larger), frozenset(query.roles))


def _beside_places(area: Area, difference: Difference) -> bool:
    """Whether a decision has to be looked at again for another reason than what lies near its places."""
    asked, roles = area.asked, set(area.asked["roles"])
    if not difference.roles.isdisjoint(asked["absent"]) or not roles <= difference.roles:
        return True
    if any(each.wholly and each.role in roles for each in difference.changed):
        return True
    if any(role in roles and (area.day > before) != (area.day > now) for role, before, now in difference.aged):
        return True
    if any(role in difference.larger for role, *_ in asked["largest"]):
        return True
    if any(each.role in asked.get("whole", ()) and each.ids for each in difference.changed):
        return True
    return any(not each.ids.isdisjoint(asked["ids"].get(each.role, ())) for each in difference.changed)


def _near_changes(areas: Sequence[Area], difference: Difference) -> Iterator[str]:
    shapes: dict[str, list[Any]] = {}
    for each in difference.changed:
        shapes.setdefault(each.role, []).extend(each.shapes.tolist())
    for role, of_role in shapes.items():
        owner, places, reach = _asked_of(areas, role)
        if not of_role or not len(places):
            continue
        tree = shapely.STRtree(np.array(of_role, dtype=object))
        met, _ = tree.query(places, predicate="dwithin", distance=reach)
        for row in np.unique(owner[met]).tolist():
            yield areas[row].decision_id


def _asked_of(areas: Sequence[Area], role: str) -> tuple[Any, Any, Any]:
    """All places asked about a role: the row of the area, the shape, the reach in feet."""
    rows = [
        (row, area.asked["shapes"][number], reach)
        for row, area in enumerate(areas)
        for name, number, reach in area.asked["asked"]
        if name == role
    ]
    if not rows:
        nothing = np.empty(0, dtype=np.intp)
        return nothing, np.empty(0, dtype=object), np.empty(0)
    owner, texts, reach = zip(*rows, strict=True)
    return np.array(owner, dtype=np.intp), shapely.from_wkb(np.array(texts, dtype=object)), np.array(reach)


def as_it_spoke(part: LayerPart, as_of: date) -> LayerPart:
    """A layer as it was when it spoke of a day: the same content may have been published again for a later one."""
    version: LayerVersion = replace(part.version, as_of=as_of)
    return replace(part, version=version)
