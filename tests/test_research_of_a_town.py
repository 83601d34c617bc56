"""What is on record in a whole made-up town, for all parcels at once, held to plain joins of its tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_ce.checks.check import Sites
from gis_ce.city_rules import city_rules
from gis_ce.research import Research, research
from layers.city import read_city
from layers.demo_town import make_town
from layers.ingest import import_city
from layers.query import LayerQuery
from layers.reference import open_tables
from layers.report import ImportReport
from layers.versions import LayerStore

TODAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Researched:
    """A town, and what is on record at a point of each of its parcels."""

    store: LayerStore
    query: LayerQuery
    parcels: list[str]
    found: Research


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Researched:
    folder: Path = tmp_path_factory.mktemp("town")
    city = read_city(make_town(folder / "sources", "hamlet"))
    store = LayerStore(folder / "layers")
    now = datetime(2026, 11, 2, tzinfo=UTC)
    made = import_city(city, store, today=TODAY, now=now, reports=folder / "reports")
    assert [report for report in made if not isinstance(report, ImportReport)] == []
    query = store.open()
    tables = open_tables(
        store, [(version, store.part(version.version).description.role) for version in store.current().values()]
    )
    parcels = query.features("parcel")
    rows = np.flatnonzero(shapely.is_valid(parcels.geometry))
    nothing = np.full(len(rows), None, dtype=object)
    sites = Sites(
        shapely.point_on_surface(parcels.geometry[rows]),
        nothing,
        np.zeros(len(rows)),
        np.full(len(rows), np.datetime64(TODAY)),
        {"parcel_id": parcels.texts("parcel_id")[rows]},
    )
    return Researched(
        store, query, list(sites.detail("parcel_id")), research(sites, query, tables, city_rules(city).rulebook)
    )


@pytest.mark.parametrize(("name", "key"), [("permits", "permit_number"), ("deeds", "deed_id")])
def test_every_parcel_has_exactly_the_rows_that_name_it(town: Researched, name: str, key: str) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in town.store.reference(name).to_pylist():
        wanted[str(row["parcel_id"])].add(str(row[key]))
    source = town.found.found[name]
    for place, parcel in enumerate(town.parcels):
        rows = source.rows_of(place)
        assert {str(row.fields[key]) for row in rows} == wanted[parcel], parcel
        assert source.status_of(place) == ("found" if rows else "none found")


def test_every_account_is_found_by_its_parcel_or_by_a_meter_there(town: Researched) -> None:
    meters, laterals = town.query.features("meter"), town.query.features("lateral")
    served: dict[str, set[str]] = defaultdict(set)
    for features in (meters, laterals):
        for parcel, account in zip(features.texts("parcel_id"), features.texts("account_id"), strict=True):
            served[str(parcel)].add(str(account))
    by_parcel: dict[str, set[str]] = defaultdict(set)
    known = set()
    for row in town.store.reference("accounts").to_pylist():
        by_parcel[row["parcel_id"]].add(row["account_id"])
        known.add(row["account_id"])
    for place, parcel in enumerate(town.parcels):
        rows = town.found.found["accounts"].rows_of(place)
        assert {row.fields["account_id"] for row in rows} == by_parcel[parcel] | (served[parcel] & known), parcel


def test_newest_rows_come_first_and_each_once(town: Researched) -> None:
    for name, dated in (("permits", "issued_on"), ("deeds", "recorded_on"), ("work_orders", "opened_on")):
        for place in range(len(town.parcels)):
            rows = town.found.found[name].rows_of(place)
            days = [str(row.fields[dated]) for row in rows]
            assert days == sorted(days, reverse=True)
            assert len({row.id for row in rows}) == len(rows)


def test_every_work_order_of_a_parcel_names_it_or_a_facility_that_was_asked(town: Researched) -> None:
    total = 0
    for place, parcel in enumerate(town.parcels):
        facilities = set(town.found.asked_by("facility", place))
        for row in town.found.found["work_orders"].rows_of(place):
            total += 1
            assert row.fields["parcel_id"] == parcel or row.fields["facility_id"] in facilities
    assert total > 20
