"""Cases over HTTP: opened, carried along their process map, listed, looked at, put right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import case_stores
import geopandas
import pytest
from case_doors import LEAK, Doors, does, doors_of, ok, opened, problem
from fastapi.testclient import TestClient
from made_layers import EAST, NORTH
from small_town import Town, in_degrees, lonlat, make_town, place

from api.case_answer_schemas import CaseAnswer, CasesPage, Done, Proposals
from api.case_record_schemas import Deadlines, Events, Letters, Notes
from api.case_schemas import ANSWER_EXAMPLE, NOTATE_EXAMPLE, OVERRIDE_EXAMPLE
from api.process_answer_schemas import ProcessAnswer, ProcessList, RegisterAnswer, RegisterList
from gis_ce.case_exchange.table_reading import read_table


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="doors", params=["sqlite", "postgis"])
def _doors(request: pytest.FixtureRequest, town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The service on a store of its own: on SQLite, then on PostGIS."""
    with case_stores.own_store(request, tmp_path_factory.mktemp("cases")) as store:
        yield doors_of(town, store.engine.url.render_as_string(hide_password=False))


@pytest.fixture(name="client")
def _client(doors: Doors) -> TestClient:
    return doors.here


def degrees(shape: Any) -> dict[str, Any]:
    return dict(in_degrees(shape).__geo_interface__)


def case_of(client: TestClient, number: str) -> dict[str, Any]:
    answer = ok(client.get(f"/cases/{number}"))
    CaseAnswer.model_validate(answer)
    return dict(answer)


def test_a_case_is_opened_at_an_address_and_its_place_is_told(client: TestClient) -> None:
    response = client.post("/cases", json=LEAK)
    done = ok(response, 201)
    Done.model_validate(done)
    assert done["made"]["located"].startswith("address point")
    assert response.headers["location"] == f"/cases/{done['number']}"
    assert response.headers["etag"] == f'"{done["row_version"]}"'
    case = case_of(client, done["number"].lower())
    assert (case["address"], case["parcel_id"], case["step"]) == ("111 Main Street", "N2", "site_visit")
    assert case["now"]["proposal"]["sentence"].startswith("Nearest facility")
    assert client.get(f"/cases/{done['case_id']}").json() == case


@pytest.mark.parametrize(
    "where",
    [
        {"lon": lonlat(150, 30)[0], "lat": lonlat(150, 30)[1]},
        {"easting_ft": EAST + 150, "northing_ft": NORTH + 30},
        {"geometry": degrees(place(150, 30))},
        {"geometry": {"type": "Point", "coordinates": [EAST + 150, NORTH + 30]}, "crs": "grid"},
        {"lon": lonlat(150, 30)[0], "lat": lonlat(150, 30)[1], "datum": "NAD83(2011)", "sigma_ft": 0.5},
    ],
)
def test_a_place_can_be_said_in_many_ways(client: TestClient, where: dict[str, Any]) -> None:
    case = case_of(client, opened(client, place=where))
    assert case["place"]["easting_ft"] == pytest.approx(EAST + 150, abs=0.01)
    assert case["place"]["northing_ft"] == pytest.approx(NORTH + 30, abs=0.01)


def test_the_map_proposes_and_the_officer_confirms_or_overrides_with_a_reason(client: TestClient) -> None:
    number = opened(client, place={"lon": lonlat(150, 30)[0], "lat": lonlat(150, 30)[1]})
    do = does(client, number)
    do("site_visit", comments="running")
    proposal = case_of(client, number)["now"]["proposal"]
    assert (proposal["proposed"], proposal["check"]) == ("inside", "right_of_way")
    refused = client.post(f"/cases/{number}/steps", json={"step": "location", "answer": "outside"})
    assert "To answer outside, say why" in problem(refused, 422)
    assert do("location", "outside", "the pins are elsewhere")["step"] == "meter_side"
    told = ok(client.get(f"/cases/{number}/proposals", params={"evidence": True}))
    Proposals.model_validate(told)
    (decided,) = (row for row in told["proposals"] if row["check"] == "right_of_way")
    assert (decided["state"], decided["why"]) == ("overridden", "the pins are elsewhere")
    kinds = {feature["properties"]["kind"] for feature in decided["evidence"]["features"]}
    assert "site" in kinds
    assert decided["evidence"]["features"][0]["geometry"]["coordinates"][0] == pytest.approx(lonlat(150, 30)[0])


def test_a_leak_becomes_a_damage_case(client: TestClient) -> None:
    number = opened(client)
    do = does(client, number)
    do("site_visit")
    do("location", "inside", "seen on the ground")
    do("wd_to_repair")
    do("wd_investigation", wd_investigation="a cut")
    do("root_cause", root_cause="an auger")
    do("cause", "contractor")
    do("research_tickets")
    do("close_leak", final_comments="to be billed")
    done = do("to_damage")
    (damage,) = done["made"]["opened"]
    assert done["status"] == "closed"
    assert case_of(client, number)["links"][0]["number"] == damage
    assert case_of(client, damage)["links"][0]["said"] == "came from"
    assert case_of(client, number)["now"] is None


def test_a_wait_runs_is_extended_and_ended_and_its_letter_is_kept(client: TestClient) -> None:
    number = opened(client)
    do = does(client, number)
    do("site_visit")
    do("location", "outside")
    do("meter_side", "behind")
    do("advise_owner")
    do("major_leak", "no")
    do("notice_48h", notice_issued_on=case_of(client, number)["event_on"])
    case = case_of(client, number)
    assert case["now"]["waiting_for"] == "deadline"
    deadlines = Deadlines.model_validate(ok(client.get(f"/cases/{number}/deadlines"))).deadlines
    assert [row.state for row in deadlines] == ["running"]
    letters = Letters.model_validate(ok(client.get(f"/cases/{number}/letters"))).letters
    assert [(row.template, row.state) for row in letters] == [("notice_48_hours", "sent")]
    ok(client.post(f"/cases/{number}/extend-wait", json={"until": "2099-01-01", "why": "frost"}))
    assert "frost" in case_of(client, number)["deadlines"][-1]["arithmetic"]
    done = ok(client.post(f"/cases/{number}/end-wait", json={"why": "mended on day 1"}))
    assert done["step"] == "repairs_made"
    do("repairs_made", "yes")
    do("repairs_done")
    assert do("close")["status"] == "closed"
    reopened = ok(client.post(f"/cases/{number}/reopen", json={"why": "it leaks again"}))
    assert (reopened["status"], reopened["step"]) == ("open", "close")


def test_fields_are_noted_without_leaving_and_corrected_with_a_reason(client: TestClient) -> None:
    number = opened(client)
    noted = {"step": "site_visit", "fields": {"comments": "wet"}}
    assert ok(client.post(f"/cases/{number}/fields", json=noted))["step"] == "site_visit"
    assert case_of(client, number)["now"]["fields"][1]["noted"] == "wet"
    does(client, number)("site_visit")
    correction = {"field": "comments", "value": "dry", "why": "it was the sprinkler"}
    ok(client.post(f"/cases/{number}/corrections", json=correction))
    assert case_of(client, number)["data"] == {"comments": "dry"}
    does(client, number)("location", "outside")
    back = {"step": "location", "answer": "inside", "why": "measured"}
    assert ok(client.post(f"/cases/{number}/corrections", json=back))["step"] == "wd_to_repair"


def test_moving_the_place_asks_the_map_anew_and_lists_what_to_look_at(client: TestClient) -> None:
    number = opened(client)
    do = does(client, number)
    do("site_visit")
    do("location", "outside")
    lon, lat = lonlat(150, 30)
    moved = ok(client.post(f"/cases/{number}/move", json={"place": {"lon": lon, "lat": lat}, "why": "the crew says"}))
    (review,) = moved["made"]["to_review"]
    assert (review["current"], review["proposed"], review["holds"]) == ("outside", "inside", False)
    assert case_of(client, number)["place"]["moves"][0]["why"] == "the crew says"
    done = ok(client.post(f"/cases/{number}/proposals/{review['decision']}", json={}))
    assert done["step"] == "wd_to_repair"
    assert case_of(client, number)["to_review"] == []
    ok(client.post(f"/cases/{number}/proposals"))
    again = client.post(f"/cases/{number}/proposals/{review['decision']}", json={})
    assert "still to review: none" in problem(again, 404)


def test_what_stands_at_the_place_is_described_in_degrees_or_feet(client: TestClient) -> None:
    number = opened(client)
    shed = place(260, 100).buffer(5, cap_style="square")
    ok(client.post(f"/cases/{number}/site", json={"structure": degrees(shed), "details": {"obstruction": "structure"}}))
    told = case_of(client, number)["place"]
    assert told["details"] == {"obstruction": "structure"}
    assert told["structure"]["type"] == "Polygon"
    in_feet = {"type": "Polygon", "coordinates": [list(map(list, shed.exterior.coords))]}
    ok(client.post(f"/cases/{number}/site", json={"structure": in_feet, "crs": "grid"}))
    assert case_of(client, number)["place"]["structure"] == told["structure"]


def test_notes_parties_links_references_priority_and_officer(client: TestClient) -> None:
    number, other = opened(client), opened(client)
    note = ok(client.post(f"/cases/{number}/notes", json={"text": "called back"}))["made"]["note"]
    ok(client.post(f"/cases/{number}/notes", json={"text": "called back twice", "corrects": note}))
    ok(client.post(f"/cases/{number}/parties", json={"role": "owner", "name": "Doe, Jane"}))
    ok(client.post(f"/cases/{number}/links", json={"other": other, "kind": "duplicate"}))
    ok(client.post(f"/cases/{number}/references", json={"system": "EnerGov", "reference": "CE-7"}))
    ok(client.post(f"/cases/{number}/priority", json={"priority": 80, "why": "a school"}))
    me = ok(client.get(f"/cases/{number}/events"))["events"][0]["by"]
    ok(client.post(f"/cases/{number}/assign", json={"officer": me}))
    case = case_of(client, number)
    assert [row["text"] for row in case["notes"]] == ["called back", "called back twice"]
    assert ok(client.get(f"/cases/{number}/notes"))["notes"][1]["corrects"] == note
    assert (case["parties"][0]["name"], case["links"][0]["said"]) == ("Doe, Jane", "is a duplicate of")
    assert (case["references"][0]["reference"], case["priority"], case["officer"]) == ("CE-7", 80, me)
    Notes.model_validate(ok(client.get(f"/cases/{number}/notes")))


def test_the_history_is_read_from_where_one_knows_it(client: TestClient) -> None:
    number = opened(client)
    first = Events.model_validate(ok(client.get(f"/cases/{number}/events", params={"limit": 1})))
    assert [event.kind for event in first.events] == ["opened"]
    rest = Events.model_validate(ok(client.get(f"/cases/{number}/events", params={"next": first.next})))
    assert "placed" in {event.kind for event in rest.events}
    nothing = ok(client.get(f"/cases/{number}/events", params={"next": rest.next}))
    assert nothing == {"events": [], "next": rest.next}


def test_the_case_is_drawn_on_its_map(client: TestClient) -> None:
    number = opened(client)
    does(client, number)("site_visit")
    picture = client.get(f"/cases/{number}/process.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert '<g id="location" class="node decision current">' in picture.text
    assert "sandbox" in picture.headers["content-security-policy"]


def test_a_list_is_filtered_and_comes_page_by_page(doors: Doors) -> None:
    client = doors.here
    here = {"lon": lonlat(850, -60)[0], "lat": lonlat(850, -60)[1]}
    numbers = [opened(client, place=here, title=f"Valve {count}", type="illegal_valve_operation") for count in range(5)]
    found: list[str] = []
    asked: dict[str, Any] = {"type": "illegal_valve_operation", "limit": 2}
    while True:
        page = ok(client.get("/cases", params=asked))
        CasesPage.model_validate(page)
        found += [case["number"] for case in page["cases"]]
        if page["next"] is None:
            break
        asked["next"] = page["next"]
    assert found == numbers[::-1]
    west, south, east, north = (*lonlat(840, -70), *lonlat(860, -50))
    area = json.dumps(degrees(place(850, -60).buffer(20)))
    step = case_of(client, numbers[0])["step"]
    for where in (
        {"bbox": f"{west},{south},{east},{north}"},
        {"area": area},
        {"near": f"{here['lon']},{here['lat']}", "within_ft": 5},
        {"text": "valve"},
        {"type": "illegal_valve_operation", "status": "open", "step": step, "opened_from": "2020-01-01"},
    ):
        listed = [case["number"] for case in ok(client.get("/cases", params=where))["cases"]]
        assert listed == numbers[::-1], where
    assert [case["number"] for case in ok(client.get("/cases", params={"text": "VALVE 3"}))["cases"]] == [numbers[3]]
    assert ok(client.get("/cases", params={"older_than_days": 1}))["cases"] == []
    assert ok(client.get("/cases", params={"opened_from": "2099-01-01"}))["cases"] == []
    assert ok(client.get("/cases", params={"status": "closed", "officer": "nobody"}))["cases"] == []


@pytest.mark.parametrize("example", [ANSWER_EXAMPLE, OVERRIDE_EXAMPLE, NOTATE_EXAMPLE])
def test_every_example_of_a_step_is_one_that_is_taken(client: TestClient, example: dict[str, Any]) -> None:
    number = opened(client, place={"lon": lonlat(150, 30)[0], "lat": lonlat(150, 30)[1]})
    do = does(client, number)
    ways = [("site_visit", None, {}), ("location", "inside", {}), ("wd_to_repair", None, {})]
    for step, answer, fields in [*ways, ("wd_investigation", None, {"wd_investigation": "a cut"})]:
        if step == example["step"]:
            break
        do(step, answer, **fields)
    ok(client.post(f"/cases/{number}/steps", json=example))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "gpkg", "parquet"])
def test_a_list_comes_as_a_file(client: TestClient, tmp_path: Path, ending: str) -> None:
    number = opened(client, title=f"To be sent as {ending}")
    sent = client.get(f"/exports/cases.{ending}", params={"text": f"sent as {ending}"})
    assert sent.status_code == 200, sent.text
    assert sent.headers["content-disposition"] == f'attachment; filename="cases.{ending}"'
    file = tmp_path / f"cases.{ending}"
    file.write_bytes(sent.content)
    if ending in ("csv", "xlsx"):
        assert [row.cells["number"] for row in read_table(file).rows] == [number]
    else:
        frame = geopandas.read_file(file) if ending == "gpkg" else geopandas.read_parquet(file)
        assert (frame["number"].tolist(), frame.crs.is_geographic) == ([number], False)


def test_a_register_comes_page_by_page_and_as_a_file(client: TestClient) -> None:
    numbers = [opened(client, type="sso", title=f"Overflow {count}") for count in range(3)]
    for number in numbers:
        does(client, number)(case_of(client, number)["step"])
    asked: dict[str, Any] = {"limit": 1, "text": "overflow"}
    found = []
    while True:
        page = ok(client.get("/registers/sso_log", params=asked))
        RegisterAnswer.model_validate(page)
        found += [entry["number"] for entry in page["entries"]]
        if page["next"] is None:
            break
        asked["next"] = page["next"]
    assert found == [number for number in numbers[::-1] if number in found]
    sent = client.get("/exports/registers/sso_log.csv", params={"text": "overflow"})
    assert sent.headers["content-type"].startswith("text/csv")
    assert len(sent.text.splitlines()) == 1 + len(found)
    RegisterList.model_validate(ok(client.get("/registers")))


def test_processes_are_told_step_by_step_and_drawn(client: TestClient) -> None:
    listed = ProcessList.model_validate(ok(client.get("/processes"))).processes
    assert len(listed) == 16
    told = ProcessAnswer.model_validate(ok(client.get("/processes/leaks")))
    assert told.steps[1].step == "site_visit"
    assert client.get("/processes/leaks.svg").text.startswith("<svg")
