"""Which decisions a change of the layers could change: what differs, joined to what each decision rests on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import orjson
import shapely
from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import Session

from gis_ce.tables import Case, Decision, DecisionArea, Json, LayerSet
from layers.changed import Changed, changed, largest_values, wholly
from layers.features import LayerPart
from layers.query import LayerQuery

PartOf = Callable[[str], LayerPart | None]
"""The layer of a version id; None where that version is kept no longer."""
WATCHED = ("proposed", "confirmed", "overridden")
"""The states of decisions that a change of the layers may turn."""
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Area:
    """What one decision rests on, as it is kept, with the day of its event."""

    decision_id: str
    layer_set: str
    day: date
    asked: Json


@dataclass(frozen=True)
class Difference:
    """All that differs between a set of layer versions and those of now.

    `aged` has by role from which day on it was too old, before and now; `larger` the roles of which a column has
    another largest value; `roles` those that there are now.
    """

    changed: tuple[Changed, ...]
    aged: tuple[tuple[str, date, date], ...]
    larger: frozenset[str]
    roles: frozenset[str]
    _known: dict[tuple[Any, ...], bool] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def trees(self) -> dict[str, shapely.STRtree]:
        """The shapes of what differs, by role."""
        shapes: dict[str, list[Any]] = {}
        for each in self.changed:
            shapes.setdefault(each.role, []).extend(each.shapes.tolist())
        return {role: shapely.STRtree(np.array(some, dtype=object)) for role, some in shapes.items() if some}

    def beside_places(self, area: Area) -> bool:
        """Whether a decision has to be looked at again for another reason than what lies near its places."""
        asked = area.asked
        largest, whole = (role for role, *_ in asked["largest"]), asked.get("whole", ())
        of_layers = (area.day, *asked["roles"], None, *asked["absent"], None, *largest, None, *whole)
        if of_layers not in self._known:
            self._known[of_layers] = _beside_features(area, self)
        named = asked["ids"]
        return self._known[of_layers] or (
            bool(named) and any(not each.ids.isdisjoint(named.get(each.role, ())) for each in self.changed)
        )


def areas_of(session: Session, *, beyond: str) -> Iterator[list[Area]]:
    """Of every decision that still counts what it rests on, unless it was held against the set `beyond` already.

    Comes some at a time: what many decisions rest on is large.
    """
    asked = cast(DecisionArea.asked, Text)
    columns = (DecisionArea.decision_id, DecisionArea.layer_set, Case.event_on, asked)
    rows = session.execute(_watched(*columns, beyond=beyond).execution_options(yield_per=_AT_ONCE))
    for some in rows.partitions():
        yield [Area(name, layers, day, orjson.loads(said)) for name, layers, day, said in some]


def sets_of(session: Session, *, beyond: str) -> dict[str, Json]:
    """The sets of layer versions that these areas name."""
    named = _watched(DecisionArea.layer_set, beyond=beyond).distinct()
    return {row.id: dict(row.layers) for row in session.scalars(select(LayerSet).where(LayerSet.id.in_(named)))}


def _watched(*columns: Any, beyond: str) -> Select[Any]:
    joined = select(*columns).select_from(DecisionArea).join(Decision, Decision.id == DecisionArea.decision_id)
    cases = joined.join(Case, Case.id == Decision.case_id)
    return cases.where(Decision.state.in_(WATCHED), DecisionArea.layer_set != beyond)


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
            ids |= {area.decision_id for area in of_set if difference.beside_places(area)}
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


def _beside_features(area: Area, difference: Difference) -> bool:
    """Whether layers came or went that it asked, are too old now or no more, say otherwise of themselves, or have
    changed anywhere where all of them counts."""
    asked, roles = area.asked, set(area.asked["roles"])
    if not difference.roles.isdisjoint(asked["absent"]) or not roles <= difference.roles:
        return True
    if any(each.wholly and each.role in roles for each in difference.changed):
        return True
    if any(role in roles and (area.day > before) != (area.day > now) for role, before, now in difference.aged):
        return True
    if any(each.role in asked.get("whole", ()) and each.ids for each in difference.changed):
        return True
    return any(role in difference.larger for role, *_ in asked["largest"])


def _near_changes(areas: Sequence[Area], difference: Difference) -> Iterator[str]:
    for role, (owners, texts, reaches) in _asked_by_role(areas, difference.trees.keys()).items():
        places, owner = shapely.from_wkb(np.array(texts, dtype=object)), np.array(owners, dtype=np.intp)
        met, _ = difference.trees[role].query(places, predicate="dwithin", distance=np.array(reaches))
        for row in np.unique(owner[met]).tolist():
            yield areas[row].decision_id


def _asked_by_role(
    areas: Sequence[Area], roles: Collection[str]
) -> dict[str, tuple[list[int], list[str], list[float]]]:
    """All places asked about some roles: the rows of the areas, the shapes as they are kept, the reaches in feet."""
    found: dict[str, tuple[list[int], list[str], list[float]]] = {}
    for row, area in enumerate(areas):
        shapes = area.asked["shapes"]
        for role, number, reach in area.asked["asked"]:
            if role in roles:
                owners, texts, reaches = found.setdefault(role, ([], [], []))
                owners.append(row)
                texts.append(shapes[number])
                reaches.append(reach)
    return found
