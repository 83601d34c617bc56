"""One call gathers what is on record about a place; what cannot be said never reads as none found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from made_layers import DAY
from records_town import TABLES, publish_table, records_town
from small_town import Town, place

from api.wiring import open_city
from gis_ce.checks.check import Sites
from gis_ce.research import Research, research
from gis_ce.research_sources import SOURCES
from gis_ce.research_words import research_said
from layers.catalog import ROLE_BY_NAME
from layers.reference import ReferenceTables, open_tables
from layers.versions import LayerStore

ON_N2 = place(150, 130)
IN_STREET = place(150, 30)
TEN_MILES_OFF = place(52_800, 0)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return records_town(tmp_path_factory.mktemp("records"))


def tables_of(store: LayerStore, *left_out: str) -> ReferenceTables:
    current = {name: version for name, version in store.current().items() if name not in left_out}
    return open_tables(store, [(version, store.part(version.version).description.role) for version in current.values()])


def asked(
    town: Town,
    *places: shapely.Geometry | None,
    day: date = DAY,
    left_out: tuple[str, ...] = (),
    **details: list[object],
) -> Research:
    city = open_city(town.settings)
    nothing = np.full(len(places), None, dtype=object)
    shapes = nothing.copy()
    shapes[:] = places
    columns = {name: np.array(values, dtype=object) for name, values in details.items()}
    sites = Sites(shapes, nothing, np.zeros(len(places)), np.full(len(places), np.datetime64(day)), columns)
    versions = {name: v.version for name, v in town.store.current().items() if name not in left_out}
    query = town.store.open(versions, grid_epsg=2264)
    return research(sites, query, tables_of(town.store, *left_out), city.rules.rulebook)


def ids(found: Research, name: str, row: int = 0) -> list[str]:
    return [each.id for each in found.found[name].rows_of(row)]


def statuses(found: Research, row: int = 0) -> dict[str, str]:
    return {name: source.status_of(row) for name, source in found.found.items()}


def test_one_call_finds_all_that_is_on_record_at_a_parcel(town: Town) -> None:
    found = asked(town, ON_N2)
    assert {name: ids(found, name) for name in found.found} == {
        "parcels": ["N2"],
        "accounts": ["A-1", "A-2"],
        "permits": ["P-2", "P-1"],
        "work_orders": ["WO-2"],
        "deeds": [],
        "tickets": ["T-1"],
    }
    assert statuses(found)["deeds"] == "none found"


def test_an_account_is_found_by_the_meter_that_serves_the_parcel(town: Town) -> None:
    by = {row.id: row.by for row in asked(town, ON_N2).found["accounts"].rows_of(0)}
    assert by == {"A-1": "under the place", "A-2": "meter MT-1 on parcel N2"}


def test_a_work_order_is_found_by_the_facility_near_the_place_and_by_the_one_named(town: Town) -> None:
    near = asked(town, IN_STREET)
    assert [(row.id, row.by) for row in near.found["work_orders"].rows_of(0)] == [
        ("WO-1", "nearest water main, 10.0 ft")
    ]
    named = asked(town, TEN_MILES_OFF, facility_id=["wm-1"])
    assert [row.by for row in named.found["work_orders"].rows_of(0)] == ["named by the case"]


def test_every_row_says_its_layer_version_and_day(town: Town) -> None:
    (order,) = asked(town, ON_N2).found["work_orders"].rows_of(0)
    assert order.layer == town.store.current()["work_orders"]
    assert order.layer.as_of == DAY
    assert order.days == (DAY - date(2026, 2, 1)).days
    assert order.fields["kind"] == "leak"
    assert order.fields["closed_on"] is None


def test_none_found_still_names_the_version_that_was_asked(town: Town) -> None:
    found = asked(town, ON_N2)
    assert found.found["deeds"].layers == (town.store.current()["deeds"],)
    assert research_said(found, "deeds", 0) == "Deeds: none found for parcel N2 (deeds as of 2026-03-02)."


@pytest.mark.parametrize("name", ["accounts", "permits", "work_orders", "deeds", "tickets", "parcels"])
def test_a_source_that_is_not_there_is_missing_and_not_empty(town: Town, name: str) -> None:
    found = asked(town, ON_N2, left_out=(name,))
    assert found.found[name].status_of(0) == "source missing"
    assert "not there" in research_said(found, name, 0) or "is there" in research_said(found, name, 0)


def test_without_parcels_nothing_that_is_kept_by_parcel_reads_as_none_found(town: Town) -> None:
    found = asked(town, ON_N2, left_out=("parcels", "meters"))
    assert [statuses(found)[name] for name in ("accounts", "permits", "deeds")] == ["not asked"] * 3
    assert "the parcel of the place is not known" in research_said(found, "permits", 0)


def test_in_the_street_no_parcel_is_known_so_parcel_tables_are_not_asked(town: Town) -> None:
    found = asked(town, IN_STREET)
    assert [statuses(found)[name] for name in ("parcels", "permits", "deeds")] == [
        "none found",
        "not asked",
        "not asked",
    ]
    assert "name the parcel" in research_said(found, "permits", 0)


def test_work_orders_asked_by_facility_alone_say_that_no_parcel_was_asked(town: Town) -> None:
    found = asked(town, place(700, 30))
    assert statuses(found)["work_orders"] == "none found"
    assert "no parcel was asked for" in research_said(found, "work_orders", 0)


def test_a_case_that_names_its_parcel_is_looked_up_by_it_wherever_it_lies(town: Town) -> None:
    found = asked(town, IN_STREET, None, parcel_id=["S4", "n2"])
    assert ids(found, "permits", 0) == ["P-3"]
    assert ids(found, "permits", 1) == ["P-2", "P-1"]
    assert statuses(found, 1)["tickets"] == "not asked"


def test_a_place_without_position_and_parcel_is_not_asked(town: Town) -> None:
    found = asked(town, None)
    assert set(statuses(found).values()) == {"not asked"}
    assert "no position" in research_said(found, "permits", 0)


def test_a_table_too_old_for_the_day_is_stale_and_shows_what_it_has_all_the_same(tmp_path: Path) -> None:
    town = records_town(tmp_path, permits=30, deeds=30)
    fresh, late = asked(town, ON_N2, day=date(2026, 4, 1)), asked(town, ON_N2, day=date(2026, 4, 2))
    assert (statuses(fresh)["permits"], statuses(late)["permits"]) == ("found", "stale")
    assert [row.is_stale for row in late.found["permits"].rows_of(0)] == [True, True]
    assert statuses(late)["deeds"] == "stale"
    assert "too old for this day" in research_said(late, "deeds", 0)


def test_a_table_without_any_row_is_missing(tmp_path: Path) -> None:
    town = records_town(tmp_path)
    publish_table(town.store, "permits", "permit", [])
    assert statuses(asked(town, ON_N2))["permits"] == "source missing"


def test_a_table_whose_parcel_numbers_are_not_the_maps_is_missing(tmp_path: Path) -> None:
    town = records_town(tmp_path)
    rows = [{"permit_number": "P-1", "parcel_id": "0012-4"}, {"permit_number": "P-2", "parcel_id": "0012-5"}]
    publish_table(town.store, "permits", "permit", rows)
    found = asked(town, ON_N2)
    assert statuses(found)["permits"] == "source missing"
    assert "names a parcel of the map" in research_said(found, "permits", 0)


def test_tickets_come_with_distance_and_days_and_with_the_checks_answer(town: Town) -> None:
    found = asked(town, place(150, 100), place(150, 40), day=date(2026, 3, 1))
    (ticket,) = found.found["tickets"].rows_of(0)
    assert (ticket.distance_ft, ticket.days) == (pytest.approx(30.0), 9.0)
    assert found.ticket.answer_of(0) == "no"
    assert found.ticket.answer_of(1) == "yes"


def test_a_place_near_a_boundary_names_the_neighbours_that_may_be_meant(town: Town) -> None:
    city = open_city(town.settings)
    shapes, nothing = np.array([place(195, 120)], dtype=object), np.full(1, None, dtype=object)
    sites = Sites(shapes, nothing, np.array([4.0]), np.array([np.datetime64(DAY)]))
    found = research(sites, town.store.open(), tables_of(town.store), city.rules.rulebook)
    assert (found.asked_by("parcel", 0), found.neighbours.texts_of(0)) == (["N2"], ["N3"])


def test_many_places_at_once_get_the_same_as_each_alone(town: Town) -> None:
    places = [place(x, y) for x in range(-20, 1020, 65) for y in (-100, 30, 100)]
    together = asked(town, *places)
    for row, one in enumerate(places):
        alone = asked(town, one)
        for source in SOURCES:
            assert ids(together, source.name, row) == ids(alone, source.name), (row, source.name)
            assert research_said(together, source.name, row) == research_said(alone, source.name, 0)


def test_no_place_at_all_gives_no_answer_and_no_error(town: Town) -> None:
    found = asked(town)
    assert all(len(source.status) == 0 for source in found.found.values())


def test_a_place_on_a_corner_is_looked_up_by_every_parcel_that_it_touches(town: Town) -> None:
    found = asked(town, place(200, 120))
    assert found.asked_by("parcel", 0) == ["N2", "N3"]
    assert ids(found, "deeds") == ["D-1"]


def test_every_personal_and_linking_field_is_a_field_of_its_role() -> None:
    for source in SOURCES:
        names = {field.name for field in ROLE_BY_NAME[source.role].fields}
        assert {*source.personal, *source.linking, *(field for field, _ in source.keys)} <= names, source.name


def test_no_sentence_names_a_person_or_a_firm(town: Town) -> None:
    found = asked(town, ON_N2)
    said = " ".join(research_said(found, source.name, 0) for source in SOURCES if not source.for_staff)
    rows = [row for _, _, rows in TABLES.values() for row in rows]
    assert not [row["name"] for row in rows if row.get("name") and row["name"] in said]
    assert "DIGGERS" not in said
