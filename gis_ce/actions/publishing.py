"""Publishing a changed definition: what it would do to the open cases, and then doing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.definitions import in_store, known, of_version, version_row
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.histories import tell_moves
from gis_ce.actions.on_record import record_change
from gis_ce.actions.proposals import open_at, outdate, propose, standing
from gis_ce.case_state import put_state, state_of
from gis_ce.errors import CannotMove, NotYourLane
from gis_ce.file_errors import ProcessFileError
from gis_ce.lined_yaml import Lined, read_lined
from gis_ce.process import Process
from gis_ce.process_changes import DryRun, dry_run, move_to
from gis_ce.process_files import read_process
from gis_ce.tables import Case, Deadline, Letter, ProcessVersion, Site

PUBLISHERS = "admin"
"""Who acts in this lane may publish definitions."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Publishing:
    """A definition, and what becomes of the open cases with it: which go over, which stay on theirs and why.

    `published` is false where it was only tried.
    """

    process: Process
    before: str | None
    run: DryRun
    published: bool


def dry_run_process(session: Session, desk: Desk, text: str) -> Publishing:
    """What publishing a definition would do to the open cases; nothing is changed. Raises ProcessFileError."""
    process = _read(session, desk, text)
    states = ((case.number, state_of(case)) for case in _on_other_versions(session, process))
    run = dry_run(_versions(session, desk, process), process, states, desk.act)
    return Publishing(process, _current(session, process.id), run, published=False)


def publish_process(session: Session, desk: Desk, text: str) -> Publishing:
    """Makes a definition the one in force, and takes over to it every open case that can go.

    Running deadlines are kept as they are. A case that cannot go over finishes on its own version.
    Raises NotYourLane, ProcessFileError.
    """
    _refuse_others(desk.actor)
    with session.begin_nested():
        tried = dry_run_process(session, desk, text)
        _make_current(session, desk, tried.process)
        olds = _versions(session, desk, tried.process)
        cases = list(_on_other_versions(session, tried.process))
        for start in range(0, len(cases), _BATCH):
            _take_over(session, desk, olds, tried.process, cases[start : start + _BATCH])
        session.flush()
    return Publishing(tried.process, tried.before, tried.run, published=True)


def _refuse_others(actor: Actor) -> None:
    if PUBLISHERS not in actor.lanes:
        raise NotYourLane(
            f"Definitions are published by those who act in the lane {PUBLISHERS}; {actor.name} does not."
        )


def _read(session: Session, desk: Desk, text: str) -> Process:
    document, _ = read_lined(text)
    name = document.get("id") if isinstance(document, Lined) else None
    asked = name if isinstance(name, str) else "process"
    process = read_process(text, f"{asked}.yaml", known(desk, asked))
    others = {**desk.processes.processes, **in_store(session, desk)}
    for other in others.values():
        if other.id != process.id and other.prefix == process.prefix:
            raise ProcessFileError(f"{asked}.yaml", [f"line 1: {other.id} has the prefix {process.prefix} already"])
    return process


def _current(session: Session, name: str) -> str | None:
    query = select(ProcessVersion.id).where(ProcessVersion.process == name, ProcessVersion.current)
    return session.scalars(query).one_or_none()


def _on_other_versions(session: Session, process: Process) -> Iterator[Case]:
    query = select(Case).where(Case.type == process.id, Case.status == "open", Case.process_version != process.version)
    return iter(session.scalars(query.order_by(Case.opened_at, Case.id)).all())


def _versions(session: Session, desk: Desk, process: Process) -> Mapping[str, Process]:
    """The definitions that open cases of a process follow, by their versions."""
    query = select(Case.process_version).where(Case.type == process.id, Case.status == "open").distinct()
    return {version: of_version(session, desk, process.id, version) for version in session.scalars(query)}


def _make_current(session: Session, desk: Desk, process: Process) -> None:
    others = update(ProcessVersion).where(ProcessVersion.process == process.id, ProcessVersion.id != process.version)
    session.execute(others.values(current=False))
    row = session.get(ProcessVersion, process.version)
    if row is None:
        session.add(version_row(desk, process, desk.actor.name))
    elif not row.current:
        row.current, row.published_at, row.by = True, desk.now, desk.actor.name
    session.flush()


def _take_over(session: Session, desk: Desk, olds: Mapping[str, Process], new: Process, cases: Sequence[Case]) -> None:
    ids = [case.id for case in cases]
    sites = {site.case_id: site for site in session.scalars(select(Site).where(Site.case_id.in_(ids)))}
    asked_anew = []
    for case in cases:
        hand = Hand(case, sites[case.id], olds[case.process_version], state_of(case))
        if _taken_over(session, desk, hand, new):
            asked_anew.append(hand)
    propose(session, desk, asked_anew)


def _taken_over(session: Session, desk: Desk, hand: Hand, new: Process) -> bool:
    """Takes one case over, if it can go; whether the map has to be asked again for its step."""
    old = hand.process
    try:
        moved = move_to(old, new, hand.state, desk.act)
    except CannotMove:
        return False
    checked = old.steps[hand.state.step].check
    _rename(session, desk, hand.case, new)
    hand.process, hand.state = new, moved.state
    put_state(hand.case, moved.state, desk.now)
    tell_moves(session, hand.case, desk.act, moved.entries)
    check = new.steps[moved.state.step].check
    if check == checked:
        return False
    outdate(session, desk, open_at(session, hand.case.id, moved.state.step))
    return check is not None


def _rename(session: Session, desk: Desk, case: Case, new: Process) -> None:
    """Lets what still belongs to a step go by the step's new name; what is history keeps the old one."""
    if not new.renamed:
        return
    running = select(Deadline).where(Deadline.case_id == case.id, Deadline.state == "running")
    drafts = select(Letter).where(Letter.case_id == case.id, Letter.state == "draft")
    for row in (*session.scalars(running), *session.scalars(drafts)):
        row.step = new.renamed.get(str(row.step), row.step)
    for decision in standing(session, case.id):
        if decision.step is not None and decision.step in new.renamed:
            decision.step = new.renamed[decision.step]
            record_change(session, desk, decision, "renamed")
