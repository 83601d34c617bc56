"""The parcels on a traced sewer over HTTP: the same as a mailing lists, a row each, and no owner."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, doors_of, ok, own_store, problem
from sewer_street import make_street_town
from small_town import lonlat

from api.trace_parcels import ParcelsAnswer


@pytest.fixture(scope="module", name="doors")
def _doors(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Doors:
    folder = tmp_path_factory.mktemp("street")
    return doors_of(make_street_town(folder), own_store(folder, sqlite_template))


def asked(doors: Doors, **query: Any) -> Any:
    answer = ok(doors.here.get("/trace/parcels", params=query))
    ParcelsAnswer.model_validate(answer)
    return answer


def test_the_parcels_upstream_are_those_that_a_mailing_lists(doors: Doors) -> None:
    lon, lat = lonlat(599, 30)
    told = asked(doors, segment="SM-3", geojson=True)
    case = ok(doors.here.post("/cases", json={"type": "sso", "place": {"lon": lon, "lat": lat}}), 201)["number"]
    mailing = ok(doors.here.post("/mailings", json={"case": case}), 201)["number"]
    rows = doors.here.get(f"/mailings/{mailing}/rows?status=kept").text.splitlines()
    assert len(told["parcels"]) == len(told["geojson"]["features"]) == 12
    assert all(f'"{row["parcel_id"]}"' in "".join(rows) for row in told["parcels"] if row["parcel_id"] != "S0")
    by_lateral = [row["parcel_id"] for row in told["parcels"] if row["tie"] == "lateral"]
    assert by_lateral == ["N1", "N3", "S1"]
    assert "12 parcels to mail" in told["sentence"]
    trace = ok(doors.here.get("/trace/upstream", params={"segment": "SM-3"}))
    assert (told["length_ft"], told["mains"]) == (trace["length_ft"], len(trace["segments"]))


def test_a_table_has_one_row_a_parcel_and_no_name(doors: Doors) -> None:
    table = doors.here.get("/trace/parcels", params={"segment": "SM-1", "f": "csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["parcel_id"] for row in rows] == [row["parcel_id"] for row in asked(doors, segment="SM-1")["parcels"]]
    assert rows[0]["main"] == "SM-1"
    assert "ASH" not in table.text.upper()


def test_the_public_is_asked_to_sign_in(doors: Doors) -> None:
    problem(doors.public.get("/trace/parcels", params={"segment": "SM-1"}), 401)
