"""`python -m benchmarks.cases`: lists, filters, boxes and the nearest of many cases, on SQLite and on PostGIS.

`--cases N` says how many, `--write` puts the table into docs/performance.md too.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.performance_page import write_section
from gis_ce.case_lists import After, CaseFilter, page
from gis_ce.case_numbers import next_number
from gis_ce.case_store import CaseStore
from gis_ce.geometry_column import in_order_of_distance, nearest
from gis_ce.ids import new_id
from gis_ce.tables import Case, Event, Site
from tests.case_stores import postgis_database, upgraded
from tests.many_cases import CITY_FT, TODAY, TYPES, X, Y, fill
from tests.postgis_cluster import postgis_cluster

TURNS = 40

Ask = Callable[[Session, np.random.Generator], Sequence[object]]


@dataclass(frozen=True)
class Measured:
    """One question to one store: rows that came, and milliseconds of a query (half are quicker; 19 of 20 are)."""

    store: str
    question: str
    rows: float
    median_ms: float
    slow_ms: float


def questions() -> dict[str, Ask]:
    """What officers ask for, with other words each time; pages have 50 rows."""
    return {
        "newest": lambda session, _: page(session, CaseFilter()),
        "page far down": lambda session, some: page(session, CaseFilter(), _after(some)),
        **{name: _page(wanted) for name, wanted in _filters().items()},
        "the 10 nearest": _nearest,
    }


def _filters() -> dict[str, Callable[[np.random.Generator], CaseFilter]]:
    return {
        "open": lambda _: CaseFilter(status="open"),
        "open, one type": lambda some: CaseFilter(status="open", type=f"type_{some.integers(TYPES)}"),
        "open, one officer": lambda some: CaseFilter(status="open", officer=f"officer_{some.integers(9)}"),
        "open, one priority": lambda some: CaseFilter(status="open", priority=int(some.integers(4))),
        "opened in one month": _month,
        "open and overdue": lambda _: CaseFilter(status="open", due_before=TODAY - timedelta(days=365)),
        "one parcel": lambda some: CaseFilter(parcel_id=f"P{some.integers(2_000):06}"),
        "box of 2,000 ft": lambda some: CaseFilter(area=_box(some, 2_000)),
        "box of 10,000 ft, open": lambda some: CaseFilter(area=_box(some, 10_000), status="open"),
        "box of 50,000 ft, one officer": lambda some: CaseFilter(area=_box(some, 50_000), officer="officer_3"),
        "box of the whole city": lambda some: CaseFilter(area=_box(some, 4 * CITY_FT)),
        "round area of 2,000 ft": lambda some: CaseFilter(area=_place(some).buffer(1_000)),
        "within 500 ft, one type": _near,
        "words that are nowhere": lambda some: CaseFilter(text=f"nowhere {some.integers(99)}"),
        "words that are there": lambda some: CaseFilter(text=f"report {some.integers(10, 99)}"),
    }


def _page(wanted: Callable[[np.random.Generator], CaseFilter]) -> Ask:
    return lambda session, some: page(session, wanted(some))


def _nearest(session: Session, some: np.random.Generator) -> Sequence[object]:
    here = _place(some)
    found = session.execute(select(Site.id, Site.geometry).where(nearest(Site.geometry, here, 10)))
    return in_order_of_distance([(name, place) for name, place in found if place is not None], here, 10)


def main() -> None:
    """Measure, and print one table."""
    options = _options()
    measured: list[Measured] = []
    notes: list[str] = []
    for name, store in _stores():
        seconds = _seconds(lambda opened=store: fill(opened, options.cases))
        notes.append(f"- {name}: {options.cases:,} cases, sites and events written in {seconds:,.1f} s.")
        print(notes[-1], file=sys.stderr)
        measured += [_asked(name, store, question, ask) for question, ask in questions().items()]
        measured.append(_opening(name, store))
    said = "\n".join([_circumstances(), "", *notes, "", table(measured)])
    print(said)
    if options.write:
        write_section(Path("docs/performance.md"), "cases", said)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        yield Path(folder)


def _stores() -> Iterator[tuple[str, CaseStore]]:
    with _folder() as folder:
        store = upgraded(f"sqlite:///{folder / 'cases.sqlite'}")
        yield "SQLite", store
        store.close()
    with postgis_cluster() as dsn, postgis_database(dsn) as url:
        store = upgraded(url)
        _as_in_compose(store)
        yield "PostGIS", store
        store.close()


def _as_in_compose(store: CaseStore) -> None:
    with store.session() as session:
        session.execute(text(f"ALTER DATABASE {store.engine.url.database} SET random_page_cost = 1.1"))
        session.commit()
    store.engine.dispose()


def _asked(name: str, store: CaseStore, question: str, ask: Ask) -> Measured:
    some = np.random.default_rng(11)
    spent, rows = [], 0
    with store.reading() as session:
        ask(session, some)
        for _ in range(TURNS):
            session.expunge_all()
            started = time.perf_counter()
            rows += len(ask(session, some))
            spent.append(1000 * (time.perf_counter() - started))
    return _measured(name, question, rows / TURNS, spent)


def _opening(name: str, store: CaseStore) -> Measured:
    """One case with its number, site and event, committed."""
    spent = []
    for _ in range(TURNS):
        with store.session() as session:
            started = time.perf_counter()
            _open(session, store.srid)
            session.commit()
            spent.append(1000 * (time.perf_counter() - started))
    return _measured(name, "opening a case", 1, spent)


def _open(session: Session, srid: int) -> None:
    case_id, site_id = new_id(TODAY), new_id(TODAY)
    number = next_number(session, "leaks", "LEK", TODAY, "America/New_York")
    where = {"process_version": "v1", "step": "start", "lane": "ce", "opened_at": TODAY, "event_on": TODAY.date()}
    session.add(Case(id=case_id, number=number, type="leaks", site_id=site_id, **where))
    session.add(Site(id=site_id, case_id=case_id, geometry=shapely.Point(X, Y), srid=srid))
    session.add(Event(case_id=case_id, at=TODAY, by="ann", kind="opened"))


def _measured(name: str, question: str, rows: float, spent: list[float]) -> Measured:
    return Measured(name, question, rows, float(np.median(spent)), float(np.percentile(spent, 95)))


def table(measured: list[Measured]) -> str:
    """One line a question, both stores beside each other."""
    head = "| question | rows | SQLite, ms | 19 of 20 within | PostGIS, ms | 19 of 20 within |"
    lines = [head, "|---|---:|---:|---:|---:|---:|"]
    found = {(each.question, each.store): each for each in measured}
    for question in dict.fromkeys(each.question for each in measured):
        pair = [found[question, store] for store in ("SQLite", "PostGIS")]
        cells = " | ".join(f"{each.median_ms:.3g} | {each.slow_ms:.3g}" for each in pair)
        lines.append(f"| {question} | {pair[0].rows:,.0f} | {cells} |")
    return "\n".join(lines)


def _after(some: np.random.Generator) -> After:
    return After(TODAY - timedelta(days=int(some.integers(100, 3_000))), "")


def _month(some: np.random.Generator) -> CaseFilter:
    first = TODAY - timedelta(days=int(some.integers(100, 3_000)))
    return CaseFilter(opened_from=first, opened_before=first + timedelta(days=30))


def _near(some: np.random.Generator) -> CaseFilter:
    return CaseFilter(near=_place(some), within_ft=500, type=f"type_{some.integers(TYPES)}")


def _place(some: np.random.Generator) -> shapely.Point:
    return shapely.Point(*(some.integers(0, CITY_FT, 2) + np.array([X, Y])).tolist())


def _box(some: np.random.Generator, side_ft: float) -> shapely.Polygon:
    here = _place(some)
    return shapely.box(here.x - side_ft / 2, here.y - side_ft / 2, here.x + side_ft / 2, here.y + side_ft / 2)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _circumstances() -> str:
    command = " ".join(["python -m benchmarks.cases", *sys.argv[1:]])
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"Made by `{command}` on {datetime.now(tz=UTC).date()}, {machine}."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cases", description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000, help="how many cases")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
