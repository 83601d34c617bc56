"""The cases of a field pack, and what every check says about each of them, worked out before the officer leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import View, works_on
from api.answers import Message, finding_messages
from api.field_pack.tables import PackTable, by_shape
from api.narrowing import may_read_party
from gis_ce.actions.at_hand import Hand, held
from gis_ce.actions.desk import Desk
from gis_ce.assess import applicable
from gis_ce.case_exchange.case_sheet import wanted_cases
from gis_ce.case_lists import CaseFilter
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Evidence, Sites
from gis_ce.decision_inputs import inputs_of, sites_from
from gis_ce.names_kept import without_names
from gis_ce.roles import Rights
from gis_ce.tables import Case, Party
from layers.grid import Geometries
from maps.style import Look, style

CASE_LOOK = Look("Cases", "#c2187a", 300, symbol="target", size=20, label=("number",), label_always=True, label_zoom=0)
_CHECK_LOOK = Look("Checks", "#24455c", 290, symbol="dot", size=6, shown=False)
_NOT_DRAWN = ("site",)
_BY_ROLE = ("main", "zone", "clearance", "facility")
"""Evidence in the colour of the layer that it comes from."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One thing to draw, and which case and check it belongs to."""

    number: str
    check: str
    evidence: Evidence


def case_tables(session: Session, desk: Desk, view: View, wanted: CaseFilter, rights: Rights) -> list[PackTable]:
    """The cases that meet a filter and have a place, with the answers of the checks and what a map draws of them.

    Who does not see all cases has those of kinds in which the actor's lanes work; in their free texts nobody is named
    whose name they may not read.
    """
    own_lanes = rights.cases != "all"
    found = [held(session, desk, session.get_one(Case, name)) for name in wanted_cases(session, wanted)]
    seen = [hand for hand in found if not own_lanes or works_on(hand.process, desk.actor.lanes)]
    hands = sorted((hand for hand in seen if hand.site.geometry is not None), key=lambda hand: hand.case.number)
    if not hands:
        return []
    places = _objects([hand.site.geometry for hand in hands])
    cases = by_shape(
        "cases",
        "Cases",
        CASE_LOOK,
        _columns([_case(hand, _kept_from(session, hand, rights)) for hand in hands]),
        _points(places),
    )
    answers, drawn = _checked(view, hands)
    rows = [row for row, _ in answers]
    at = _objects([places[number].representative_point() for _, number in answers])
    checks = by_shape("checks", "What the checks say", _CHECK_LOOK, _columns(rows), at)
    return [*cases, *checks, *_evidence(drawn)]


def _kept_from(session: Session, hand: Hand, rights: Rights) -> list[Party]:
    """The parties of a case whose names somebody may not read."""
    parties = session.scalars(select(Party).where(Party.case_id == hand.case.id)).all()
    return [party for party in parties if not may_read_party(party.role, rights)]


def _case(hand: Hand, kept: Sequence[Party]) -> Message:
    """A case without the people in it, and its free texts without the names of those that are kept."""
    case, step = hand.case, hand.process.steps[hand.state.step]
    noted = "; ".join(f"{name}: {value}" for name, value in sorted(case.data.items()))
    return {
        "number": case.number,
        "id": case.id,
        "row_version": case.row_version,
        "type": hand.process.title,
        "title": without_names(case.title, kept),
        "description": without_names(case.description, kept),
        "step": step.text,
        "lane": hand.process.lanes.get(case.lane, case.lane),
        "officer": case.officer,
        "priority": case.priority,
        "event_on": case.event_on.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at is not None else None,
        "address": hand.site.address,
        "parcel_id": hand.site.parcel_id,
        "how_located": hand.site.how_located,
        "sigma_ft": hand.site.sigma_ft,
        "noted": without_names(noted, kept),
    }


def _checked(view: View, hands: Sequence[Hand]) -> tuple[list[tuple[Message, int]], list[Explained]]:
    """An answer for each case and check that has something to look at, with the row of its case."""
    sites = sites_from([inputs_of(hand.case, hand.site) for hand in hands])
    answers, drawn = [], list[Explained]()
    for check in applicable(CHECKS, sites):
        findings = view.assess(sites, [check])[check.name]
        for row, (hand, message) in enumerate(zip(hands, finding_messages(findings, view), strict=True)):
            if not _asks(check, sites.take(np.array([row]))):
                continue
            account = view.explain(check, sites, findings, row)
            number = hand.case.number
            answers.append((_answer(number, check, message, account.sentence), row))
            drawn += [Explained(number, check.name, each) for each in account.evidence if each.kind not in _NOT_DRAWN]
    return answers, drawn


def _asks(check: Check, site: Sites) -> bool:
    return check in applicable((check,), site)


def _answer(number: str, check: Check, message: Message, sentence: str) -> Message:
    return {
        "number": number,
        "check": check.name,
        "answer": message["answer"],
        "undecided_because": message["undecided_because"],
        "sentence": sentence,
        "margin_ft": message["margin_ft"],
        "probability": message["probability"],
        "feature_id": message["feature_id"],
        "rule_id": message["rule_id"],
    }


def _evidence(drawn: Sequence[Explained]) -> list[PackTable]:
    """A table for each kind of evidence and role, in its look: a sewer main is not drawn as a water main."""
    found: list[PackTable] = []
    for kind, role in sorted({(each.evidence.kind, each.evidence.role or "") for each in drawn}):
        mine = [each for each in drawn if (each.evidence.kind, each.evidence.role or "") == (kind, role)]
        rows: list[Message] = [
            {"number": each.number, "check": each.check, "label": each.evidence.label, "role": role} for each in mine
        ]
        look = _look(kind, role)
        shapes = _objects([each.evidence.geometry for each in mine])
        label = "coalesce(\"label\", '')" if look.label_always else None
        name = f"evidence_{kind}_{role}" if role not in ("", kind) else f"evidence_{kind}"
        found += by_shape(name, f"Evidence: {look.title}", look, _columns(rows), shapes, label)
    return found


def _look(kind: str, role: str) -> Look:
    look, of_role = style().evidence[kind], style().roles.get(role)
    if kind not in _BY_ROLE or of_role is None:
        return look
    fill = of_role.colour if look.fill else None
    return replace(look, title=f"{look.title}, {of_role.title.lower()}", colour=of_role.colour, fill=fill)


def _columns(rows: Sequence[Message]) -> dict[str, pa.Array]:
    return {name: pa.array([row[name] for row in rows], _kind([row[name] for row in rows])) for name in rows[0]}


def _kind(values: Sequence[object]) -> pa.DataType:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {int, float} else pa.string()


def _points(places: Geometries) -> Geometries:
    return _objects([place.representative_point() for place in places])


def _objects(values: Sequence[object]) -> Geometries:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
