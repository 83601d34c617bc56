"""At the end of each test, every decision that it has put on record is run again and must come out the same.

Whatever makes it (an action, a command, a request) and on whichever store: all end in a session that adds the
decision's first line. A test that spoils its decisions on purpose says so: `@pytest.mark.spoils_decisions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from edited_layers import parts_of, town_of
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.reproducing import Reproduced, reproduce
from gis_ce.case_engine import READING, make_engine
from gis_ce.geometry_column import stored_srid
from gis_ce.rule_record import pack_on_record
from gis_ce.tables import Decision, DecisionRecord
from layers.errors import VersionMissing
from layers.features import LayerPart
from layers.query import LayerQuery

SPOILS = "spoils_decisions"
_FIRST = ("proposed", "re-evaluated")
_GRID = 2264


@dataclass
class Desks:
    """The desks at which something may have been decided: their layers and rules."""

    known: dict[tuple[int, int], Desk] = field(default_factory=dict)

    def note(self, desk: Desk) -> None:
        """Keeps a desk, one for the same layers and rules."""
        self.known.setdefault((id(desk.query), id(desk.rules)), desk)

    def open_layers(self, versions: Mapping[str, str], days: Mapping[str, date]) -> LayerQuery:
        """The layers of some versions as they were; raises VersionMissing where no desk had them."""
        parts = {part.version.version: part for desk in self.known.values() for part in parts_of(desk.query)}
        wanted = [versions[name] for name in sorted(versions)]
        if gone := [version for version in wanted if version not in parts]:
            raise VersionMissing(f"No desk had {', '.join(gone)}.")
        found = town_of([_as_of(parts[version], days) for version in wanted])
        had = (desk.query for desk in self.known.values() if set(wanted) <= set(desk.query.versions.values()))
        found.network_settings = next((query.network_settings for query in had), found.network_settings)
        return found

    def with_rules_of(self, decision_id: str, session: Session) -> Desk | None:
        """A desk with the rules by which something was decided."""
        line = session.query(DecisionRecord).filter_by(decision_id=decision_id).order_by(DecisionRecord.seq).first()
        assert line is not None
        return next((desk for desk in self.known.values() if _rules_in(desk, line.body)), None)


class RunAgain:
    """The plugin: notes desks and decisions while tests run, and runs the decisions again when each ends."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, bool]] = Counter()
        self._lasting, self._of_module = Desks(), Desks()
        self._made: dict[tuple[str, str], None] = {}
        self._module: object = None

    def start(self) -> None:
        """Begins to note."""
        init, note = Desk.__init__, self._note_desk

        def noting(desk: Desk, *given: Any, **more: Any) -> None:
            init(desk, *given, **more)
            note(desk)

        Desk.__init__ = noting  # type: ignore[method-assign]
        event.listen(Session, "after_flush", self._note_decisions)

    def _note_desk(self, desk: Desk) -> None:
        (self._lasting if self._module is None else self._of_module).note(desk)

    def _note_decisions(self, session: Session, _: object) -> None:
        engine = session.get_bind()
        if isinstance(engine, Engine):
            url = engine.url.render_as_string(hide_password=False)
            for row in session.new:
                if isinstance(row, DecisionRecord) and row.kind in _FIRST:
                    self._made[url, row.decision_id] = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Layers of one module may have the names of those of another."""
        module = item.getparent(pytest.Module)
        if module is not self._module:
            self._module, self._of_module = module, Desks()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Runs again what the test has decided, while its stores are still there."""
        made, self._made = list(self._made), {}
        desks = Desks({**self._lasting.known, **self._of_module.known})
        wrong: list[str] = []
        try:
            if item.get_closest_marker(SPOILS) is None:
                wrong = list(self._differing(made, desks))
        finally:
            yield
        if wrong:
            pytest.fail("\n".join(["Decisions do not come out the same when they are run again:", *wrong]))

    def _differing(self, made: list[tuple[str, str]], desks: Desks) -> Iterator[str]:
        for url in dict.fromkeys(url for url, _ in made):
            ids = [decision_id for of, decision_id in made if of == url]
            for found in run_again(url, ids, desks):
                same = found.same is True and not found.circumstances
                self.counts[url.partition(":")[0].partition("+")[0], same] += 1
                if not same:
                    yield str(found)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """What a worker has counted goes to whom it works for."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["run_again"] = [[*which, count] for which, count in self.counts.items()]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """What a worker has counted."""
        for name, same, count in getattr(node, "workeroutput", {}).get("run_again", []):
            self.counts[name, same] += count

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """How many there were."""
        for (name, same), count in sorted(self.counts.items()):
            terminalreporter.write_line(
                f"{count:,} decisions on {name} were run again: {'the same' if same else 'NOT the same'}."
            )


def run_again(url: str, ids: list[str], desks: Desks) -> Iterator[Reproduced]:
    """Runs decisions of a store again, each by the rules by which it was made.

    Those that were never committed, and those of a store that is gone, are left out.
    """
    engine = make_engine(url, stored_srid(_GRID))
    if not _is_there(engine):
        return
    with Session(engine.execution_options(**READING)) as session:
        for decision_id in ids:
            if session.get(Decision, decision_id) is None:
                continue
            desk = desks.with_rules_of(decision_id, session)
            assert desk is not None, f"no desk had the rules by which {decision_id} was decided"
            yield reproduce(session, desk, decision_id, desks.open_layers)
    engine.dispose()


def _is_there(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite":
        return Path(str(engine.url.database)).is_file()
    try:
        engine.connect().close()
    except OperationalError:
        return False
    return True


def _rules_in(desk: Desk, body: str) -> bool:
    return pack_on_record(desk.rules.rulebook)["digest"] in body and f'"confidence":{desk.rules.confidence!r}' in body


def _as_of(part: LayerPart, days: Mapping[str, date]) -> LayerPart:
    return replace(part, version=replace(part.version, as_of=days[part.version.name]))
