"""The fifteen process maps walked from their start to each of their ends by the actions, in both stores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from action_walks import opened
from desks import a_desk, later
from process_walks import shipped
from sqlalchemy import func, select

from gis_ce.case_store import CaseStore
from gis_ce.closing_rules import shipped_closing
from gis_ce.decision_proof import verify
from gis_ce.process_paths import arrows_of, covering_paths
from gis_ce.tables import Case, CaseLink, Deadline, Decision, Event, Letter

MAPS = shipped()


@pytest.mark.parametrize("name", MAPS)
def test_every_arrow_and_every_end_of_a_map_is_reached_and_kept_as_the_engine_has_it(
    name: str, case_store: CaseStore, tmp_path: Path
) -> None:
    process, desk = MAPS[name], replace(a_desk(folder=tmp_path / "files"), closing=shipped_closing())
    taken, ends = set(), set()
    for number, path in enumerate(covering_paths(process)):
        walked = opened(case_store, later(desk, days=200 * number), name)
        walked.along(path)
        assert walked.state.closed
        taken |= set(path.arrows)
        with case_store.reading() as session:
            case = session.scalars(select(Case).where(Case.number == walked.number)).one()
            assert (case.status, case.outcome, case.closed_at) == ("closed", path.end, walked.desk.now)
            assert case.due_at is None
            ends.add(case.outcome)
    assert taken == set(arrows_of(process))
    assert ends == set(process.ends)
    _nothing_is_left_over(case_store)


def _nothing_is_left_over(store: CaseStore) -> None:
    """Of closed cases nothing runs, nothing is a draft, and no proposal waits; every decision has its event."""
    with store.reading() as session:
        closed = select(Case.id).where(Case.status == "closed")
        running = select(Deadline).where(Deadline.state == "running", Deadline.case_id.in_(closed))
        assert session.scalars(running).all() == []
        assert session.scalars(select(Letter).where(Letter.state == "draft", Letter.case_id.in_(closed))).all() == []
        waiting = select(Decision).where(Decision.state == "proposed", Decision.case_id.in_(closed))
        assert session.scalars(waiting).all() == []
        proposed = session.scalar(select(func.count()).select_from(Event).where(Event.kind == "proposed"))
        assert proposed == session.scalar(select(func.count()).select_from(Decision))
        for link in session.scalars(select(CaseLink)):
            assert link.kind in ("handover", "returns")
        proof = verify(session)
        assert (proof.problems, proof.unrecorded) == ((), 0)
    assert store.check() == []
