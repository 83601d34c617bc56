"""Traces and shut-offs over HTTP and by command: who may ask, what is answered, what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from case_doors import HERE, LEAK, Doors, doors_of, ok, own_store, problem
from command_line import Ran, runner
from small_town import Town, lonlat, make_town

from api.trace_schemas import IsolationAnswer, TraceAnswer
from layers.snapshot import NETWORK

SEWERS = [
    {"id": "S1", "wkt": "LINESTRING (0 40, 300 40)", "upstream_node": "MA", "downstream_node": "MB"},
    {"id": "S2", "wkt": "LINESTRING (300 40, 700 40)", "upstream_node": "MB", "downstream_node": "MC"},
    {"id": "S3", "wkt": "LINESTRING (700 40, 1000 40)", "upstream_node": "MC", "downstream_node": "MD"},
    {"id": "S4", "wkt": "LINESTRING (300 200, 300 40)"},
]
MANHOLES = [
    {"id": name, "facility_id": name, "wkt": f"POINT ({x} 40)", "kind": "outfall" if name == "MD" else None}
    for name, x in (("MA", 0), ("MB", 300), ("MC", 700), ("MD", 1000))
]
VALVES = [{"id": f"V{n}", "facility_id": f"V{n}", "wkt": f"POINT ({x} 20)"} for n, x in ((1, 100), (2, 500), (3, 900))]
METERS = [{"id": f"ME{n}", "facility_id": f"ME{n}", "wkt": f"POINT ({x} 55)"} for n, x in ((1, 150), (2, 600))]
MORE = {
    "manholes": ("manhole", MANHOLES),
    "valves": ("valve", VALVES),
    "meters": ("meter", METERS),
}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    more: Any = {"sewer_mains": ("sewer_main", SEWERS), **MORE}
    return make_town(tmp_path_factory.mktemp("town"), staff=("water_mains", "valves", "meters", "hydrants"), more=more)


@pytest.fixture(scope="module", name="doors")
def _doors(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Doors:
    return doors_of(town, own_store(tmp_path_factory.mktemp("cases"), sqlite_template))


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    return runner(town, monkeypatch, capsys)


def asked(doors: Doors, path: str, **query: Any) -> Any:
    return ok(doors.here.get(path, params=query))


def ids(features: list[dict[str, str]]) -> list[str]:
    return [feature["id"] for feature in features]


def test_a_trace_upstream_is_answered_as_described(doors: Doors, town: Town) -> None:
    answer = asked(doors, "/trace/upstream", manhole="MC", geojson=True)
    TraceAnswer.model_validate(answer)
    assert ids(answer["segments"]) == ["S1", "S2", "S4"]
    assert answer["segments"][0]["direction"] == "from node ids"
    assert answer["layers"]["sewer_mains"] == town.store.current()["sewer_mains"].version
    drawn = [feature["properties"]["kind"] for feature in answer["geojson"]["features"]]
    assert drawn.count("traced") == 3
    assert "start" in drawn


def test_a_point_is_snapped_and_says_how_far(doors: Doors) -> None:
    lon, lat = lonlat(500, 52)
    answer = asked(doors, "/trace/downstream", lon=lon, lat=lat, within_ft=50)
    assert answer["start"]["snapped_ft"] == pytest.approx(12.0, abs=0.05)
    assert (ids(answer["segments"]), answer["length_ft"]) == (["S2"], pytest.approx(50.0, abs=0.05))


def test_a_main_an_address_and_a_line_are_ways_to_start_too(doors: Doors) -> None:
    assert ids(asked(doors, "/trace/upstream", segment="S1")["segments"]) == ["S1"]
    assert ids(asked(doors, "/trace/downstream", address="161 Main Street")["segments"]) == ["S2", "S3"]
    line = asked(doors, "/trace/line", manhole="MA", to_manhole="MC")
    assert (ids(line["segments"]), line["length_ft"]) == (["S1", "S2"], 700.0)


def test_every_form_holds_the_same_mains_and_begins_with_what_is_doubtful(doors: Doors) -> None:
    ends = {"segment": "S4", "to_manhole": "MA"}
    whole = asked(doors, "/trace/line", **ends)
    assert "no way along the flow" in whole["doubts"][0]
    said = [whole["sentence"], *whole["doubts"]]
    lines = doors.here.get("/trace/line", params=ends | {"f": "ndjson"})
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert lines.headers["cache-control"] == "private, no-store"
    rows = [json.loads(line) for line in lines.text.splitlines()]
    assert [row["says"] for row in rows[: len(said)]] == said
    mains = [{name: row[name] for name in row if name != "part"} for row in rows if row["part"] == "main"]
    assert mains == whole["segments"]
    assert [row["name"] for row in rows if row["part"] == "manhole"] == whole["manholes"]
    table = doors.here.get("/trace/line", params=ends | {"f": "csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    read = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["says"] for row in read[: len(said)]] == said
    assert [row["id"] for row in read if row["part"] == "main"] == ids(whole["segments"])
    drawn = doors.here.get("/trace/line", params=ends | {"f": "geojson"})
    assert drawn.headers["content-type"] == "application/geo+json"
    collection = drawn.json()
    assert (collection["type"], collection["doubts"]) == ("FeatureCollection", whole["doubts"])
    found = [each["properties"]["id"] for each in collection["features"] if each["properties"]["kind"] == "traced"]
    assert found == ids(whole["segments"])


def test_a_shut_off_has_a_row_for_each_valve_meter_and_hydrant(doors: Doors) -> None:
    lon, lat = lonlat(600, 25)
    given = {"lon": lon, "lat": lat, "cannot_close": "V2", "f": "ndjson"}
    rows = [json.loads(line) for line in doors.here.get("/isolate", params=given).text.splitlines()]
    parts: dict[str, list[str]] = {}
    for row in rows:
        parts.setdefault(row["part"], []).append(row.get("id", ""))
    assert (parts["valve to close"], parts["valve that cannot be used"]) == (["V1", "V3"], ["V2"])
    assert parts["meter without water"] == ["ME1", "ME2"]
    assert parts["hydrant out of service"] == ["HY-1"]


def test_a_long_trace_is_sent_in_pieces_and_the_first_before_the_last_was_made(
    tmp_path: Path, sqlite_template: Path
) -> None:
    sewers = [
        {"id": f"S{n}", "wkt": f"LINESTRING ({n} 40, {n + 1} 40)", "upstream_node": f"N{n}",
         "downstream_node": f"N{n + 1}"} for n in range(1300)
    ]  # fmt: skip
    more: Any = {"sewer_mains": ("sewer_main", sewers)}
    doors = doors_of(make_town(tmp_path, more=more), own_store(tmp_path, sqlite_template))
    for form in ("json", "geojson", "ndjson", "csv"):
        sent = _pieces_sent(doors, f"manhole=N1300&f={form}")
        assert len(sent) > 3, form
        assert max(map(len, sent)) < sum(map(len, sent)) / 2, form
        assert b"S1299" in b"".join(sent)


def _pieces_sent(doors: Doors, asked: str) -> list[bytes]:
    """The bodies that the service hands to the server, one after the other."""
    scope: Any = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/trace/upstream", "raw_path": b"/trace/upstream", "query_string": asked.encode(), "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000")], "client": HERE, "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    sent: list[bytes] = []

    async def receive() -> Any:
        await anyio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message.get("body"):
            sent.append(message["body"])

    async def ask() -> None:
        await doors.app(scope, receive, send)

    anyio.run(ask)
    return sent


def test_a_case_is_a_start(doors: Doors) -> None:
    number = ok(doors.here.post("/cases", json=LEAK | {"place": {"address": "161 Main Street"}}), 201)["number"]
    answer = asked(doors, "/trace/downstream", case=number)
    assert (answer["start"]["name"], ids(answer["segments"])) == (number, ["S2", "S3"])
    assert "no case" in problem(doors.here.get("/trace/upstream", params={"case": "LEAK-2020-00001"}), 404).lower()


def test_a_shut_off_is_answered_as_described(doors: Doors) -> None:
    lon, lat = lonlat(600, 25)
    answer = asked(doors, "/isolate", lon=lon, lat=lat, geojson=True)
    IsolationAnswer.model_validate(answer)
    assert ids(answer["close"]) == ["V2", "V3"]
    assert ids(answer["without_water"]["meters"]) == ["ME2"]
    wider = asked(doors, "/isolate", lon=lon, lat=lat, cannot_close="V2")
    assert (ids(wider["close"]), ids(wider["unusable"])) == (["V1", "V3"], ["V2"])
    assert ids(wider["without_water"]["hydrants"]) == ["HY-1"]
    valve = asked(doors, "/isolate", valve="V1")
    assert valve["closing_it_alone"]["condition"] == "can be closed"


def test_the_public_is_refused_every_trace_and_learns_nothing(doors: Doors) -> None:
    lon, lat = lonlat(600, 25)
    for path, query in (
        ("/trace/upstream", {"manhole": "MC"}),
        ("/trace/upstream", {"manhole": "NO SUCH"}),
        ("/trace/downstream", {"lon": lon, "lat": lat}),
        ("/trace/line", {"manhole": "MA", "to_manhole": "MC"}),
        ("/isolate", {"lon": lon, "lat": lat}),
        ("/isolate", {"valve": "V1"}),
    ):
        for form in ("json", "geojson", "ndjson", "csv"):
            said = problem(doors.public.get(path, params=query | {"f": form, "geojson": True}), 401)
            assert said == "Traces are for staff: sign in with a name and a password."


@pytest.mark.parametrize(
    ("path", "query", "status", "words"),
    [
        ("/trace/upstream", {}, 422, "Say where once"),
        ("/trace/upstream", {"manhole": "MX"}, 422, "no manhole 'MX'"),
        ("/trace/upstream", {"manhole": "MA", "segment": "S1"}, 422, "Say where once"),
        ("/trace/upstream", {"segment": "SX"}, 422, "no sewer main 'SX'"),
        ("/trace/upstream", {"lon": -80.0}, 400, "go together"),
        ("/trace/upstream", {"lon": 20.0, "lat": 40.0}, 422, "ft away"),
        ("/trace/upstream", {"lon": 200.0, "lat": 40.0}, 400, "lon"),
        ("/trace/upstream", {"manhole": "MA", "within_ft": -1}, 400, "within_ft"),
        ("/trace/upstream", {"address": "7 Double Ct"}, 404, "2 places"),
        ("/trace/line", {"manhole": "MA"}, 422, "Say where once"),
        ("/isolate", {"valve": "VX"}, 422, "no valve 'VX'"),
        ("/isolate", {"valve": "V1", "cannot_close": "VX"}, 422, "no valve 'VX'"),
    ],
)
def test_a_start_that_cannot_be_used_is_refused_in_one_sentence(
    doors: Doors, path: str, query: dict[str, Any], status: int, words: str
) -> None:
    assert words in problem(doors.here.get(path, params=query), status)


def test_a_network_is_kept_beside_its_snapshot_and_goes_with_it(doors: Doors, town: Town) -> None:
    asked(doors, "/trace/upstream", manhole="MC")
    folder = town.store.folder / "sewer_mains"
    version = town.store.current()["sewer_mains"].version.partition("/")[2]
    kept = sorted(folder.glob(f"*{NETWORK}"))
    assert [path.name.partition(".")[0] for path in kept] == [version]


def test_the_command_prints_a_trace_with_its_doubts_and_writes_it(run: Callable[..., Ran], tmp_path: Path) -> None:
    page, drawn = tmp_path / "trace.html", tmp_path / "trace.geojson"
    ran = run("trace", "upstream", "--manhole", "MC", "--map", page, "--geojson", drawn)
    assert ran.code == 0
    assert "Upstream of manhole MC: 3 mains, 860 ft." in ran.out
    assert page.read_text("utf-8").count("S4") >= 2
    rows = tmp_path / "trace.csv"
    assert run("trace", "upstream", "--manhole", "MC", "--csv", rows).code == 0
    assert [row["name"] for row in csv.DictReader(rows.open(encoding="utf-8-sig")) if row["part"] == "main"] == [
        "S1", "S2", "S4",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trace.csv", "trace.geojson", "trace.html"]
    kinds = {feature["properties"]["kind"] for feature in json.loads(drawn.read_text("utf-8"))["features"]}
    assert kinds >= {"traced", "start"}
    TraceAnswer.model_validate(json.loads(run("trace", "downstream", "--segment", "S1", "--json").out))
    assert "S1" in run("trace", "line", "--manhole", "MA", "--to-manhole", "MB").out


def test_the_command_says_what_to_close_and_draws_it(run: Callable[..., Ran], tmp_path: Path) -> None:
    page = tmp_path / "shut.html"
    ran = run("isolate", "--segment", "WM-2", "--cannot-close", "V2", "--map", page)
    assert ran.code == 0
    assert "V1" in ran.out
    assert "cannot be used" in ran.out
    assert "HY-1" in page.read_text("utf-8")
    IsolationAnswer.model_validate(json.loads(run("isolate", "--valve", "V1", "--json").out))


def test_the_command_reports_the_health_of_both_networks(run: Callable[..., Ran], tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    ran = run("network", "report", "--html", page)
    assert ran.code == 0
    assert "4 sewer mains, 5 nodes" in ran.out
    assert "MD" in page.read_text("utf-8")
    told = json.loads(run("network", "report", "--network", "water", "--json").out)
    assert [part["segments"] for part in told["components"]] == [2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("trace", "upstream"), "Say where once"),
        (("trace", "upstream", "--manhole", "MX"), "no manhole 'MX'"),
        (("trace", "line", "--manhole", "MA"), "Say where the line ends"),
        (("trace", "upstream", "--at", "20,40"), "ft away"),
        (("isolate", "--valve", "VX"), "no valve 'VX'"),
        (("isolate", "--valve", "V1", "--segment", "WM-1"), "Say where once"),
        (("trace", "upstream", "--manhole", "MC", "--csv", "no/such/folder.csv"), "There is no folder no/such"),
        (("network", "report", "--network", "gas"), "no network 'gas'"),
    ],
)
def test_a_command_that_cannot_be_done_says_so_in_one_line(
    run: Callable[..., Ran], words: tuple[str, ...], said: str
) -> None:
    assert said in run(*words).line


def test_who_signs_in_may_trace_from_anywhere(town: Town, tmp_path: Path, sqlite_template: Path) -> None:
    doors = doors_of(town, own_store(tmp_path, sqlite_template))
    officer = doors.add("alex", "field")
    assert ids(ok(officer.get("/trace/upstream", params={"manhole": "MB"}))["segments"]) == ["S1", "S4"]
