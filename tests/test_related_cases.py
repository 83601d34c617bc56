"""Earlier cases at the parcel and of the same party, with how sure that is; links between cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely
from made_cases import OPENED, add_case
from sqlalchemy import event
from sqlalchemy.orm import Session

from gis_ce.case_links import add_link, links_of
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseUnknown, LinkRefused
from gis_ce.parties_noted import parties_noted
from gis_ce.party_match import how_alike
from gis_ce.related_cases import earlier_at_parcel, earlier_by_party
from gis_ce.tables import Party, Site

HERE = shapely.Point(2_100_000, 738_000)
OUTLINE = HERE.buffer(80)
LATER = OPENED + timedelta(days=1)


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("SMITH JOHN", "Smith, John", 1.0),
        ("DIGGERS LLC", "Diggers", 0.97),
        ("DIGGERS INC", "DIGGERS, LLC", 0.97),
        ("TOWN OF FOREST CITY", "Forest City, Town of", 1.0),
        ("SMITH JOHN", "SMITH JOHN A", 0.95),
        ("J. SMITH", "JOHN SMITH", 0.8),
        ("JOHNSON PETER", "JOHNSEN PETER", 0.9),
        ("BLUE RIDGE EXCAVATING", "Blue Ridge Excavation", 0.9),
    ],
)
def test_names_that_are_alike_say_how_much(one: str, other: str, least: float) -> None:
    alike, turned = how_alike(one, other), how_alike(other, one)
    assert alike == turned
    if least:
        assert alike is not None
        assert alike.sureness >= least


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SMITH JOHN", "SMITH JOAN"),
        ("SMITH JOHN", "SMITH"),
        ("BROWN DAN", "BROWN DON"),
        ("OAK STREET LLC", "OAK STREET NORTH SOUTH LLC"),
        ("SMITH", "SMITHSON"),
        ("LLC", "INC"),
        ("", "SMITH"),
        (None, None),
        ("...", "..."),
    ],
)
def test_other_names_are_not_alike(one: str | None, other: str | None) -> None:
    assert how_alike(one, other) is None


def on_site(session: Session, name: str, parcel: str | None = None, **columns: object) -> None:
    place = columns.pop("place", None)
    add_case(session, name, place, **columns)  # type: ignore[arg-type]
    session.query(Site).where(Site.case_id == name).one().parcel_id = parcel
    session.flush()


def test_earlier_cases_are_found_by_the_parcels_number_and_by_its_outline(case_store: CaseStore) -> None:
    with case_store.session() as session:
        on_site(session, "a", "n1")
        on_site(session, "b", None, place=HERE)
        on_site(session, "c", "N2", place=shapely.Point(2_101_000, 738_000))
        on_site(session, "d", "N1", opened_at=LATER + timedelta(days=1))
        found = earlier_at_parcel(session, " N1 ", LATER, OUTLINE)
        assert {each.case_id: each.by for each in found} == {"a": "on the parcel N1", "b": "within the parcel"}
        assert [each.case_id for each in earlier_at_parcel(session, "N1", LATER, leave_out=["a"])] == []
        assert earlier_at_parcel(session, None, LATER) == []


def party(session: Session, case: str, **columns: str) -> None:
    add_case(session, case)
    session.add(Party(id=f"party-{case}", case_id=case, **{"role": "contractor", **columns}))
    session.flush()


def test_earlier_cases_of_a_party_say_how_sure_it_is_the_same(case_store: CaseStore) -> None:
    with case_store.session() as session:
        party(session, "a", firm="Diggers, LLC")
        party(session, "b", name="DIGGERS")
        party(session, "c", name="Digger Brothers Inc")
        party(session, "d", name="DIGGERS", role="reporter")
        party(session, "e", firm="Diggers Llc.", name="Ann Other")
        found = earlier_by_party(session, ["DIGGERS LLC", " "], LATER)
        assert [(each.case_id, each.sureness) for each in found] == [("a", 1.0), ("e", 1.0), ("b", 0.97)]
        assert found[0].by == "contractor Diggers, LLC: the same name"
        assert earlier_by_party(session, ["", "  "], LATER) == []
        assert earlier_by_party(session, ["DIGGERS LLC"], OPENED - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("SMITH JOHN", "John Smith"),
        ("john smith", "SMITH, JOHN A"),
        ("JOHN SMITH", "J. Smith"),
        ("Öhler Anne", "ÖHLER ANNE"),
        ("ZIMMER ZOE", "Zoe Zimmer"),
        ("FOREST CITY TOWN OF", "Town of Forest City"),
    ],
)
def test_a_party_is_found_however_its_name_begins(case_store: CaseStore, asked: str, kept: str) -> None:
    with case_store.session() as session:
        party(session, "a", name=kept)
        assert [each.case_id for each in earlier_by_party(session, [asked], LATER)] == ["a"]


def test_each_case_is_told_once_by_its_surest_party(case_store: CaseStore) -> None:
    with case_store.session() as session:
        party(session, "a", name="SMITH JOHN A", role="owner")
        session.add(Party(id="second", case_id="a", role="occupant", name="JOHN SMITH"))
        session.flush()
        (found,) = earlier_by_party(session, ["John Smith"], LATER)
        assert found.by == "occupant JOHN SMITH: the same name"


def test_parties_are_looked_up_by_an_index(case_store: CaseStore) -> None:
    asked: list[tuple[str, object]] = []

    def keep(*given: object) -> None:
        asked.append((str(given[2]), given[3]))

    with case_store.session() as session:
        for number in range(500):
            party(session, f"x{number}", name=f"{chr(65 + number % 26)}{chr(65 + number // 26)} NAME {number}")
        session.commit()
    event.listen(case_store.engine, "before_cursor_execute", keep)
    with case_store.reading() as session:
        earlier_by_party(session, ["QUIMBY OXNARD"], LATER)
    event.remove(case_store.engine, "before_cursor_execute", keep)
    query, values = next(given for given in asked if "FROM party" in given[0])
    sqlite = case_store.engine.dialect.name == "sqlite"
    with case_store.engine.connect() as connection:
        if not sqlite:
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{explain} {query}", values).all())  # type: ignore[arg-type]
    assert "ix_party_name" in plan, plan
    assert "ix_party_firm" in plan, plan
    assert "SCAN party" not in plan, plan
    assert "Seq Scan" not in plan, plan


def test_links_are_told_from_both_sides(case_store: CaseStore) -> None:
    with case_store.session() as session:
        for name in ("a", "b", "c"):
            add_case(session, name)
        add_link(session, "a", "b", "handover", "ann", OPENED)
        add_link(session, "c", "a", "duplicate", "ann", LATER)
        assert [(link.case_id, link.said) for link in links_of(session, "a")] == [
            ("b", "handed over to"),
            ("c", "has the duplicate"),
        ]
        assert [(link.case_id, link.said) for link in links_of(session, "b")] == [("a", "came from")]


@pytest.mark.parametrize(
    ("link", "error", "said"),
    [
        (("a", "a", "related"), LinkRefused, "itself"),
        (("a", "b", "cousin"), LinkRefused, "There is no link 'cousin'"),
        (("a", "zz", "related"), CaseUnknown, "There is no case 'zz'"),
        (("b", "a", "related"), LinkRefused, "already"),
        (("a", "b", "duplicate"), LinkRefused, "already"),
        (("c", "a", "duplicate"), LinkRefused, "the other way round"),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(
    case_store: CaseStore, link: tuple[str, str, str], error: type[Exception], said: str
) -> None:
    with case_store.session() as session:
        for name in ("a", "b", "c"):
            add_case(session, name)
        add_link(session, "a", "b", "related", "ann", OPENED)
        add_link(session, "a", "b", "duplicate", "ann", OPENED)
        add_link(session, "b", "c", "duplicate", "ann", OPENED)
        with pytest.raises(error, match=said):
            add_link(session, *link, "ann", OPENED)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"contractor": " Ann Digger ", "firm": "DIGGERS LLC"}, [("contractor", "Ann Digger", "DIGGERS LLC")]),
        (
            {"firm": "DIGGERS LLC", "work_performed_by": "Bob"},
            [("contractor", None, "DIGGERS LLC"), ("contractor", "Bob", None)],
        ),
        ({"contractor": " ", "firm": None, "cost": "3.00"}, []),
    ],
)
def test_the_fields_of_a_case_name_its_parties(data: dict[str, object], found: list[tuple[object, ...]]) -> None:
    assert [(each.role, each.name, each.firm) for each in parties_noted(data)] == found
