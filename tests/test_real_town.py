"""The main job on a real town: import it, ask about each of its 5,693 addresses, and explain what differs."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CITY = ROOT / "examples" / "forest-city" / "city.toml"
PUBLISHED = Path("forest-city-nc") / "address_to_parcel_published_vs_spatial.csv"
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Job:
    """What was asked, what came back, and what the command said of it."""

    asked: Rows
    found: Rows
    said: dict[str, Any]


def _gis_ce(data: Path, town: Path, *words: str) -> str:
    """Runs the command as a user would, and gives what it printed."""
    environment = os.environ | {"GIS_CE_DATA": str(data), "GIS_CE_CITY_DATA": str(town / "forest-city-nc")}
    command = [sys.executable, "-c", "from api.cli import main; main()", *words]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _parcel(found: dict[str, str]) -> str:
    """The parcel's number on the map; where a number is used twice, ids carry a suffix that the map does not."""
    return re.sub(r"-[0-9a-f]{12}$", "", found["water_available_parcel_id"])


@pytest.fixture(scope="module")
def job(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("job")
    with (real_data / PUBLISHED).open(encoding="utf-8", newline="") as stream:
        asked = list(csv.DictReader(stream))
    cases, findings = folder / "cases.csv", folder / "findings.csv"
    with cases.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["case", "easting", "northing", "sigma_ft", "on"])
        writer.writerows([row["src_id"], row["x_ft"], row["y_ft"], 3, "2026-11-01"] for row in asked)
    _gis_ce(folder / "data", real_data, "layers", "import", "--city", str(CITY))
    said = json.loads(_gis_ce(folder / "data", real_data, "check", str(cases), "-o", str(findings), "--json"))
    with findings.open(encoding="utf-8", newline="") as stream:
        return Job(asked, list(csv.DictReader(stream)), said)


def test_every_address_is_answered_in_its_place(job: Job) -> None:
    assert len(job.found) == 5693
    assert [row["case"] for row in job.found] == [row["src_id"] for row in job.asked]
    for check in ("right_of_way", "tolerance_zone", "water_available"):
        assert all(bool(row[check]) != bool(row[f"{check}_reason"]) for row in job.found), check


def test_the_parcel_of_each_address_agrees_with_the_published_one_where_the_map_does(job: Job) -> None:
    pairs = list(zip(job.asked, job.found, strict=True))
    equal = [asked for asked, found in pairs if asked["published_mbl"] == _parcel(found)]
    assert len(equal) == 5512
    assert round(100 * len(equal) / len(pairs), 1) == 96.8
    for asked, found in pairs:
        assert _parcel(found) == asked["containing_parcel_mbl"], asked["src_id"]


def test_each_disagreement_can_be_explained(job: Job) -> None:
    known = {row["containing_parcel_mbl"] for row in job.asked}
    reasons = {"no parcel": 0, "none published": 0, "lies in another parcel": 0, "published parcel unknown": 0}
    for asked, found in zip(job.asked, job.found, strict=True):
        here = _parcel(found)
        if asked["published_mbl"] == here:
            continue
        if not here:
            assert "in no parcel" in found["water_available_reason"]
            reasons["no parcel"] += 1
        elif not asked["published_mbl"]:
            reasons["none published"] += 1
        else:
            inside = float(found["nearest_asset_and_address_address_distance_ft"]) < 1.0
            assert inside, asked["src_id"]
            reasons["lies in another parcel" if asked["published_mbl"] in known else "published parcel unknown"] += 1
    assert sum(reasons.values()) == 181
    assert reasons["no parcel"] == 2


def test_at_three_feet_of_doubt_few_right_of_way_answers_are_undecided(job: Job) -> None:
    undecided = [row for row in job.found if not row["right_of_way"]]
    assert 0 < len(undecided) <= 0.02 * len(job.found)
    assert all(row["right_of_way_reason"] for row in undecided)


def test_the_command_counts_undecided_answers_by_check_and_reason(job: Job) -> None:
    counted = {
        (row["check"], row["reason"]): row["count"]
        for row in job.said["counts"]
        if row["answer"] is None and row["reason"]
    }
    for check in ("right_of_way", "tolerance_zone", "water_available"):
        reasons = [row[f"{check}_reason"] for row in job.found if not row[check]]
        assert {reason: counted[check, reason] for reason in set(reasons)} == {
            reason: reasons.count(reason) for reason in set(reasons)
        }
