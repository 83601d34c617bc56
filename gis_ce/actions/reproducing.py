"""Runs a decision on record again, and says that it comes out the same or exactly what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.evaluating import PERSONAL, Evaluation, evaluate
from gis_ce.actions.recorded_inputs import Recorded, recorded
from gis_ce.canonical import as_plain, canonical
from gis_ce.case_changes import case_named
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import by_name
from gis_ce.decision_chain import digest_of
from gis_ce.decision_numbers import decision_named
from gis_ce.made_with import made_with
from gis_ce.rule_record import pack_on_record, rule_on_record
from gis_ce.tables import Decision, Json
from layers.errors import VersionMissing
from layers.query import LayerQuery

OpenLayers = Callable[[Mapping[str, str], Mapping[str, date]], LayerQuery]
"""Opens layer versions by layer name, each as it spoke of a day; raises VersionMissing."""


@dataclass(frozen=True, slots=True)
class Differs:
    """One thing that is not as it was recorded."""

    what: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What came of running a decision again.

    `same` is None where it could not be run: `impossible` says why. `result` lists what came out otherwise,
    `circumstances` what else is not as it was: the rule, the pack, the day a layer speaks of, product and libraries.
    """

    number: int
    case: str
    check: str
    same: bool | None
    result: tuple[Differs, ...] = ()
    circumstances: tuple[Differs, ...] = ()
    impossible: tuple[str, ...] = ()


def reproduce(session: Session, desk: Desk, decision: str, open_layers: OpenLayers) -> Reproduced:
    """Runs the check again over the layer versions that the decision names, by the rules of now; only reads.

    Raises DecisionUnknown. Where a version is kept no longer, or the words on people were deleted, it says so.
    """
    row = decision_named(session, decision)
    known = recorded(session, [row]).get(row.id)
    case = case_named(session, row.case_id).number
    problems = _problems(known)
    if known is None or known.inputs is None or problems:
        return Reproduced(known.number if known else 0, case, row.check, None, impossible=tuple(problems))
    query, missing = _opened(known.said["layers"], open_layers)
    check = by_name(CHECKS, row.check)
    if check is None:
        missing.append(f"There is no check {row.check} any more.")
    if query is None or check is None:
        circumstances = tuple(_circumstances(desk, known.said, None))
        return Reproduced(known.number, case, row.check, None, (), circumstances, tuple(missing))
    found = evaluate(check, known.inputs, query, desk.rules)
    result = tuple(_results(known, found, row))
    around = tuple(_circumstances(desk, known.said, found))
    return Reproduced(known.number, case, row.check, not result, result, around)


def _problems(known: Recorded | None) -> list[str]:
    if known is None or "inputs" not in known.said:
        return ["It was made before decisions were kept on record, so its inputs are not known."]
    if known.inputs is None:
        return ["What it was told of people was deleted, so it cannot be run again; the record still verifies."]
    return []


def _opened(layers: Json, open_layers: OpenLayers) -> tuple[LayerQuery | None, list[str]]:
    """The layers as they were; else each version that is kept no longer."""
    versions = {name: str(each["version"]) for name, each in layers.items()}
    days = {name: date.fromisoformat(each["as_of"]) for name, each in layers.items()}
    try:
        return open_layers(versions, days), []
    except VersionMissing:
        return None, [f"Layer version {version} is kept no longer." for version in _gone(versions, days, open_layers)]


def _gone(versions: Mapping[str, str], days: Mapping[str, date], open_layers: OpenLayers) -> Iterator[str]:
    for name, version in versions.items():
        try:
            open_layers({name: version}, {name: days[name]})
        except VersionMissing:
            yield version


def _results(known: Recorded, found: Evaluation, row: Decision) -> Iterator[Differs]:
    then, now = known.said["result"], found.said()["result"]
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield Differs(name, then.get(name), now.get(name))
    told = found.personal()
    for name, digest in known.said["personal"].items():
        kept = (known.personal or {}).get(name)
        if name in PERSONAL and kept is not None and digest_of(kept.salt, canonical(told[name])) != digest:
            yield Differs(name, known.told(name), as_plain(told[name]))


def _circumstances(desk: Desk, said: Json, found: Evaluation | None) -> Iterator[Differs]:
    rule, pack = said["rule"], pack_on_record(desk.rules.rulebook)
    now = found.rule if found is not None else _rule_now(desk, rule)
    for name in sorted({*rule, *now}):
        if rule.get(name) != now.get(name):
            yield Differs(f"rule {rule.get('id') or now.get('id')}: {name}", rule.get(name), now.get(name))
    if said["pack"] != pack:
        yield Differs("rules pack", said["pack"], pack)
    if said["confidence"] != desk.rules.confidence:
        yield Differs("confidence", said["confidence"], desk.rules.confidence)
    for name, version in made_with().items():
        if said["with"].get(name) != version:
            yield Differs(name, said["with"].get(name), version)
    if found is not None and said["layers"] != found.layers:
        yield Differs("layers looked at", said["layers"], found.layers)


def _rule_now(desk: Desk, rule: Json) -> Json:
    return rule_on_record(next((each for each in desk.rules.rulebook.rules if each.id == rule.get("id")), None))
