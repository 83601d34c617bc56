"""The made-up town has cases to look at, each with what the map says of it."""

from __future__ import annotations

from pathlib import Path

from case_doors import doors_of, ok
from small_town import Town

from api.case_office import open_office
from api.cli.demo import make_demo, with_demo_cases
from api.settings import Settings


def test_each_known_place_of_the_made_up_town_has_a_case_with_its_answer(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    city, _ = make_demo(settings, None, "hamlet")
    opened = with_demo_cases(settings, city)
    office = open_office(settings, city)
    here = doors_of(Town(settings, city.city_file, city.store), office.store.engine.url.render_as_string()).here
    listed = ok(here.get("/cases"))["cases"]
    assert len(listed) == opened >= 7
    answers: dict[str, list[str | None]] = {}
    for case in listed:
        for proposal in ok(here.get(f"/cases/{case['number']}/proposals"))["proposals"]:
            answers.setdefault(proposal["check"], []).append(proposal["proposed"])
    assert answers["tolerance_zone"] == ["within"]
    assert answers["asset_clearance"] == ["no"]
    assert answers["locate_ticket"] == ["no"]
    assert answers["services_available"] == ["sewer_only"]
    assert answers["sso_properties_on_line"] == ["listed"]
    assert sorted(answers["right_of_way"], key=str) == [None, "inside"]
    assert len(answers["easement_encroachment"]) == 1
