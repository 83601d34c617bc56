"""Whatever officers do to a case, in whatever order: the store has what the engine says, and nothing stale counts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from action_walks import Walked, opened
from desks import EAST, NORTH, a_desk, later, shown, write
from process_walks import shipped
from sqlalchemy import select

from gis_ce.actions.mending import Correction, correct, reopen
from gis_ce.actions.opening import Opening
from gis_ce.actions.placing import Place
from gis_ce.actions.reviewing import review
from gis_ce.actions.showing import CaseShown
from gis_ce.actions.site_moves import move_site
from gis_ce.actions.stepping import Given
from gis_ce.actions.waits import end_wait, extend_wait
from gis_ce.case_store import CaseStore
from gis_ce.process import Step
from gis_ce.process_corrections import correct_answer, correct_field
from gis_ce.process_corrections import extend_wait as extended
from gis_ce.process_corrections import reopen as reopened
from gis_ce.process_engine import end_wait as ended
from gis_ce.process_state import Moved
from gis_ce.tables import Event

MAPS = shipped()
TURNS = 40


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["leaks", "damages", "easements", "hydrant_meters"])
def test_a_case_that_is_pushed_about_is_always_whole(
    name: str, seed: int, case_store: CaseStore, tmp_path: Path
) -> None:
    luck = random.Random(f"{name} {seed}")
    walked = opened(case_store, a_desk(folder=tmp_path), name, Opening(name, _somewhere(luck)))
    for _ in range(TURNS):
        before = shown(case_store, walked.number)
        walked.desk = later(walked.desk, minutes=luck.randint(1, 600))
        _do_something(luck, walked, before)
        after = shown(case_store, walked.number)
        assert after.case.row_version > before.case.row_version
        _is_whole(case_store, after)
    assert case_store.check() == []


def _do_something(luck: random.Random, walked: Walked, now: CaseShown) -> None:
    if now.form is None:
        steps = [step for step in dict.fromkeys(walked.state.way) if walked.process.steps[step].kind != "start"]
        step = luck.choice(steps)
        write(walked.store, reopen, walked.desk, walked.number, "again", step)
        walked.follow(reopened(walked.process, walked.state, step, "again", walked.desk.act))
        return
    turn = luck.random()
    if turn < 0.12:
        write(walked.store, move_site, walked.desk, walked.number, _somewhere(luck), "measured")
    elif turn < 0.24 and _corrected(luck, walked):
        return
    elif now.form.waits and turn < 0.7 and walked.state.waiting_for != "child":
        _wait(luck, walked)
    else:
        _settle(luck, walked, now)
        now = shown(walked.store, walked.number)
        if now.form is not None:
            walked.step_on(luck.choice(now.form.choices) if now.form.choices else None)


def _settle(luck: random.Random, walked: Walked, now: CaseShown) -> None:
    """Looks at all that is to be reviewed: leaves the answer as the case has it, or takes the map's."""
    while now.review:
        each = luck.choice(now.review)
        value = each.decision.proposed or each.current if luck.random() < 0.3 else each.current
        given = Given(value, why="by the plat")
        write(walked.store, review, walked.desk, walked.number, each.decision.id, given)
        if value != each.current:
            walked.follow(_engine_corrected(walked, each.step, str(value)))
        now = shown(walked.store, walked.number)


def _engine_corrected(walked: Walked, step: Step, value: str) -> Moved:
    if step.kind == "decision":
        return correct_answer(walked.process, walked.state, step.id, value, "by the plat", walked.desk.act)
    return correct_field(walked.process, walked.state, str(step.fills), value, "by the plat", walked.desk.act)


def _corrected(luck: random.Random, walked: Walked) -> bool:
    answered = [step for step in walked.state.answers if step in walked.state.way]
    if not answered:
        return False
    step = luck.choice(answered)
    others = [word for word in walked.process.steps[step].answers if word != walked.state.answers[step]]
    word = luck.choice(others)
    write(walked.store, correct, walked.desk, walked.number, Correction("looked again", step=step, answer=word))
    walked.follow(correct_answer(walked.process, walked.state, step, word, "looked again", walked.desk.act))
    return True


def _wait(luck: random.Random, walked: Walked) -> None:
    if walked.state.waiting_for == "deadline" and luck.random() < 0.4:
        until = later(walked.desk, days=400).today
        write(walked.store, extend_wait, walked.desk, walked.number, until, "ill")
        walked.follow(extended(walked.process, walked.state, until, "ill", walked.desk.act))
        return
    write(walked.store, end_wait, walked.desk, walked.number, "done early")
    walked.follow(ended(walked.process, walked.state, "done early", walked.desk.act))


def _somewhere(luck: random.Random) -> Place:
    xy = (EAST + luck.uniform(0, 1000), NORTH + luck.uniform(-120, 180))
    return Place(xy=xy, sigma_ft=luck.choice([0.0, 1.0, 8.0]))


def _is_whole(store: CaseStore, found: CaseShown) -> None:
    state, case = found.state, found.case
    running = [row for row in found.deadlines if row.state == "running"]
    assert [row.due_at for row in running] == ([case.due_at] if state.waiting_for == "deadline" else [])
    assert (case.closed_at is not None) == state.closed == (case.outcome is not None)
    drafts = [row.step for row in found.letters if row.state == "draft"]
    assert drafts == ([state.step] if not state.closed and found.process.steps[state.step].letter else [])
    _decisions_are_current(found)
    with store.reading() as session:
        ids = session.scalars(select(Event.row_version).where(Event.case_id == case.id).order_by(Event.id)).all()
        versions = [version for version in ids if version is not None]
        assert versions == sorted(versions)
        assert versions[-1] == case.row_version


def _decisions_are_current(found: CaseShown) -> None:
    """What counts of a step is of this place, of a visit that is on the way, and one of each visit."""
    listed = {each.decision.id for each in found.review}
    for step in {str(row.step) for row in found.decisions}:
        rows = [row for row in found.decisions if row.step == step and row.state != "stale"]
        visits = found.state.way.count(step) + (step == found.state.step)
        assert len(rows) <= max(visits, 0)
        for row in rows:
            if row.state != "proposed":
                assert row.site_revision <= found.site.revision
                continue
            here = step == found.state.step
            informs = not found.process.steps[step].fills and found.process.steps[step].kind != "decision"
            assert row.site_revision == found.site.revision
            assert here or row.id in listed or informs
    newest = {row.step: row for row in found.decisions if row.state in ("confirmed", "overridden")}
    for step, row in newest.items():
        if found.process.steps[str(step)].kind == "decision" and step in found.state.answers:
            assert row.answer == found.state.answers[str(step)]
            assert row.site_revision == found.site.revision
