"""Exhibits of a case: one decision each, drawn over the layers that it saw."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.access import works_on
from gis_ce.actions.desk import Desk
from gis_ce.actions.exhibit_facts import ExhibitFacts, Reader, exhibit_facts, exhibited, exhibits_of, may_tell
from gis_ce.actions.reproducing import OpenLayers
from gis_ce.actions.showing import CaseShown, show_case
from gis_ce.roles import Rights
from gis_ce.tables import Decision
from layers.errors import VersionMissing
from layers.query import LayerQuery
from maps.exhibit import Exhibit, exhibit


def exhibit_of(
    session: Session, desk: Desk, open_layers: OpenLayers, case: str, rights: Rights, check: str | None = None
) -> Exhibit:
    """The exhibit of a case: of its newest answer that can be drawn, or of the newest of one check.

    Raises CaseUnknown, and ExhibitRefused where there is nothing to draw.
    """
    shown = show_case(session, desk, case)
    return _drawn(session, desk, open_layers, shown, reader_of(desk, shown, rights), exhibited(shown, rights, check))


def exhibits_of_all(session: Session, desk: Desk, open_layers: OpenLayers, case: str, rights: Rights) -> list[Exhibit]:
    """An exhibit of each decision of a case that stands and has something to draw."""
    shown = show_case(session, desk, case)
    reader = reader_of(desk, shown, rights)
    rows = [row for row in exhibits_of(shown) if may_tell(row, rights) and (row.evidence or {}).get("features")]
    return [_drawn(session, desk, open_layers, shown, reader, row) for row in rows]


def reader_of(desk: Desk, shown: CaseShown, rights: Rights) -> Reader:
    """For whom an exhibit is made."""
    return Reader(rights, works_on(shown.process, desk.actor.lanes))


def _drawn(
    session: Session, desk: Desk, open_layers: OpenLayers, shown: CaseShown, reader: Reader, row: Decision | None
) -> Exhibit:
    facts = exhibit_facts(session, desk, shown, reader, row)
    return exhibit(facts, _seen(open_layers, facts), desk.query)


def _seen(open_layers: OpenLayers, facts: ExhibitFacts) -> LayerQuery | None:
    """The layers as the decision saw them; None where one of them is kept no longer, or none is on record."""
    if not facts.layers:
        return None
    versions = {name: version for name, (version, _) in facts.layers.items()}
    days = {name: day for name, (_, day) in facts.layers.items()}
    try:
        return open_layers(versions, days)
    except VersionMissing:
        return None
