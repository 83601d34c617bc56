"""What is of another kind than described is refused in a sentence: a year is no second of 1970, a 0 no `false`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, doors_of, opened, own_store, problem
from small_town import Town, lonlat, make_town

PLACE = {"geometry": {"type": "Point", "coordinates": list(lonlat(150, 30))}}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="doors")
def _doors(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Doors:
    return doors_of(town, own_store(tmp_path_factory.mktemp("cases"), sqlite_template))


@pytest.mark.parametrize(
    "address",
    [
        "/cases?opened_from=",
        "/cases?opened_before=",
        "/decisions/heads?day=",
        "/digest?to=manager&on=",
        "/exports/cases.csv?opened_from=",
        "/registers/encroachment_log?until=",
        "/access-log?since=",
        "/research?parcel=N2&on=",
    ],
)
def test_a_day_in_an_address_is_written_out_in_full(doors: Doors, address: str) -> None:
    for wrong in ("0", "2026", "20260302", "2026-W10-1", "2026-02-30", "2026-03-02T00:00:00Z"):
        assert "one looks like 2026-03-02" in problem(doors.here.get(address + wrong), 400)
    assert doors.here.get(address + "2026-03-02").status_code == 200


def test_a_moment_has_a_day_and_a_time(doors: Doors) -> None:
    for wrong in ("0", "2026-03-02", "20260302T1430"):
        said = problem(doors.here.get("/overflows/X/reporting", params={"known_at": wrong}), 400)
        assert "one looks like 2026-03-02T14:30:00Z" in said


@pytest.mark.parametrize(
    "wrong", [{"evidence": 0}, {"evidence": "yes"}, {"sigma_ft": "2"}, {"sigma_ft": True}, {"on": 0}, {"on": "2026"}]
)
def test_a_check_takes_no_value_of_another_kind(doors: Doors, wrong: dict[str, Any]) -> None:
    name = next(iter(wrong))
    for path, body in {"/checks": PLACE | wrong, "/ogc/processes/checks/execution": {"inputs": PLACE | wrong}}.items():
        assert name in problem(doors.here.post(path, json=body), 400)


def test_a_case_takes_no_value_of_another_kind(doors: Doors) -> None:
    number = opened(doors.here, event_on="2026-03-02")
    for path, body in {
        "priority": {"priority": "5", "why": "as told"},
        "reminder": {"on": 20_260_302},
        "hearings": {"on": "2026-03-02", "at": 3600, "place": "Town hall", "matter": "Costs"},
    }.items():
        problem(doors.here.post(f"/cases/{number}/{path}", json=body), 400)


def test_every_refusal_of_a_piece_of_a_file_is_described(doors: Doors) -> None:
    described = doors.here.get("/openapi.json").json()["paths"]["/uploads/{upload}"]["patch"]["responses"]
    assert {"409", "415", "423", "460"} <= set(described)
    problem(doors.here.patch("/uploads/0", headers={"Upload-Offset": "0", "Content-Type": "text/plain"}), 415)
