"""Takes cases through process maps by the actions, beside the engine alone: both must stand alike after each step."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

from desks import Desk, as_somebody, later
from process_walks import a_value

from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.carried_out import Done
from gis_ce.actions.closing import Closing
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.passing import pass_deadlines
from gis_ce.actions.placing import Place
from gis_ce.actions.shut_offs import ShutOffDecision, ask_shut_off, decide_shut_off
from gis_ce.actions.stepping import Given, answer_step, notate
from gis_ce.case_changes import case_named
from gis_ce.case_state import state_of
from gis_ce.case_store import CaseStore
from gis_ce.process import Process, Step
from gis_ce.process_engine import answer, child_returned, note, pass_deadline, start
from gis_ce.process_paths import Path, covering_paths
from gis_ce.process_state import Act, Moved, State

WHY = "seen on the ground"
CLOSING = Closing(no_photo="a walk for a test, with nothing to see", not_told="a walk for a test, with nobody to tell")
_FILE = b"what was seen\n"


@dataclass
class Walked:
    """One case in the store, and where the engine alone says that it stands."""

    store: CaseStore
    desk: Desk
    process: Process
    number: str
    state: State
    attached: str

    def step_on(self, word: str | None) -> Done:
        """Do the present step as somebody of its own lane, with a value for every field."""
        self.desk = later(self.desk, hours=1)
        step = self.process.steps[self.state.step]
        if step.kind == "wait":
            return self._wait(step)
        desk, fields = self._of(step), self._fields(step)
        self._have_approved(step)
        with self.store.session() as session:
            done = answer_step(session, desk, self.number, step.id, Given(word, fields, WHY, CLOSING))
            session.commit()
        self.follow(answer(self.process, self.state, step.id, word, fields, desk.act))
        if self.state.waiting_for == "child":
            self.close_child(done.made["opened"][0])
        return done

    def close_child(self, child: str) -> None:
        """Take the case for which this one waits to its nearest end."""
        with self.store.reading() as session:
            found = case_named(session, child)
            process = self.desk.processes.processes[found.type]
            walked = replace(self, process=process, number=child, state=state_of(found), attached="")
        walked.attached = walked.attach()
        last = walked.along(min(covering_paths(process), key=lambda path: len(path.arrows)))
        self.desk = walked.desk
        assert last.made["woken"] == [self.number]
        with self.store.reading() as session:
            outcome = str(case_named(session, child).outcome).replace("_", " ")
        self.follow(child_returned(self.process, self.state, child, outcome, last_act(walked)))

    def along(self, path: Path) -> Done:
        """Take the case along a way to its end."""
        for name, word in path.arrows[1:]:
            assert self.state.step == name
            done = self.step_on(word)
        return done

    def follow(self, moved: Moved) -> None:
        """The engine's state, which must be the store's."""
        self.state = moved.state
        with self.store.reading() as session:
            assert state_of(case_named(session, self.number)) == self.state

    def attach(self) -> str:
        """Attach a little file to the case; its id."""
        desk = self._of(self.process.steps[self.state.step])
        kept = take_file(desk, io.BytesIO(_FILE), "seen.txt")
        with self.store.session() as session:
            done = attach(session, desk, self.number, kept)
            session.commit()
        return str(done.made["attachment"])

    def _wait(self, step: Step) -> Done:
        if self.state.waiting_for == "date":
            assert step.deadline is not None
            desk, fields = self._of(step), {str(step.deadline.date_field): self.desk.today.isoformat()}
            with self.store.session() as session:
                notate(session, desk, self.number, step.id, fields)
                session.commit()
            self.follow(note(self.process, self.state, step.id, fields, desk.act))
        assert self.state.due_at is not None
        self.desk = replace(self.desk, now=max(self.state.due_at, self.desk.now))
        with self.store.session() as session:
            passed = {done.number: done for done in pass_deadlines(session, self.desk)}
            session.commit()
        self.follow(pass_deadline(self.process, self.state, self.desk.clock))
        return passed[self.number]

    def _have_approved(self, step: Step) -> None:
        """Have the executive team approve a shut-off before the step that asks for it."""
        if not self.desk.closing.needs_approval(self.process.id, step.id):
            return
        with self.store.session() as session:
            asked = ask_shut_off(session, self._of(step), self.number, "it runs into the street")
            team = as_somebody(self.desk, "the.team", self.desk.closing.approved_by)
            decision = ShutOffDecision(asked.made["proceeding"], approved=True, why="seen")
            decide_shut_off(session, team, self.number, decision)
            session.commit()

    def _of(self, step: Step) -> Desk:
        return as_somebody(self.desk, f"one.of.{step.lane}", step.lane)

    def _fields(self, step: Step) -> dict[str, object]:
        values = {field.name: a_value(field, self.desk.today) for field in step.fields}
        files = {field.name: [self.attached] for field in step.fields if field.type == "attachments"}
        return values | files


def opened(store: CaseStore, desk: Desk, process: str, opening: Opening | None = None) -> Walked:
    """A case just opened in the store, and by the engine."""
    definition = desk.processes.processes[process]
    asked = opening or Opening(process, Place(address="111 Main St"))
    with store.session() as session:
        done = open_case(session, desk, asked)
        session.commit()
    walked = Walked(store, desk, definition, done.number, start(definition, desk.act).state, "")
    walked.follow(start(definition, desk.act))
    walked.attached = walked.attach()
    return walked


def last_act(walked: Walked) -> Act:
    """By whom and when the last step of a case was done."""
    step = walked.process.steps[walked.state.way[-1]]
    return as_somebody(walked.desk, f"one.of.{step.lane}", step.lane).act
