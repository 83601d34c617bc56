"""The table [processes] of a city file: own definitions, own periods, and every mistake at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from process_walks import RIGHT, THANKSGIVING
from small_town import make_town

from gis_ce.city_processes import CityProcesses, city_processes
from gis_ce.clock import NO_HOLIDAYS, Calendar
from gis_ce.file_errors import ProcessFileError
from gis_ce.process import Length
from gis_ce.process_settings import shipped_settings
from layers.city import read_city
from layers.errors import CityFileError


def processes(tmp_path: Path, table: str, calendar: Calendar = NO_HOLIDAYS) -> CityProcesses:
    """The processes of a small town whose city file also has this."""
    path = make_town(tmp_path).city_file
    path.write_text(f"{path.read_text('utf-8')}\n{table}\n", "utf-8")
    return city_processes(read_city(path), calendar, str(path))


def test_without_a_table_the_shipped_maps_and_periods_hold(tmp_path: Path) -> None:
    found = processes(tmp_path, "", Calendar((THANKSGIVING,)))
    assert len(found.processes) == 16
    assert found.time.settings["appeal_period"] == Length(30, "calendar_days")
    assert found.time.zone.key == "America/New_York"
    assert found.time.calendar.holidays == (THANKSGIVING,)
    assert not found.time.next_working_day


def test_a_city_sets_its_own_periods_and_definitions(tmp_path: Path) -> None:
    own = RIGHT.replace("setting:appeal_period", "setting:our_period")
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "mine.yaml").write_text(own, "utf-8")
    found = processes(
        tmp_path,
        '[processes]\nfolder = "maps"\nlast_day = "next_working_day"\n'
        '[processes.settings]\nappeal_period = "15 working days"\nour_period = "5 days"',
    )
    assert found.processes["mine"].title == "A process of ours"
    assert found.time.settings["appeal_period"] == Length(15, "working_days")
    assert found.time.settings["our_period"] == Length(5, "calendar_days")
    assert found.time.settings["follow_up"] == Length(10, "calendar_days")
    assert found.time.next_working_day


def test_every_mistake_in_the_table_is_listed(tmp_path: Path) -> None:
    table = (
        '[processes]\nfoldr = "x"\nfolder = "nowhere"\nlast_day = "tomorrow"\n[processes.settings]\nfollow_up = "soon"'
    )
    with pytest.raises(CityFileError) as refused:
        processes(tmp_path, table)
    said = str(refused.value)
    assert "[processes] foldr: is not a key of this table; did you mean folder?" in said
    assert "[processes] folder: there is no folder" in said
    assert "[processes] last_day: must be as_counted or next_working_day, not 'tomorrow'" in said
    assert "[processes.settings] follow_up: must be a period such as '30 days', '48 hours', not 'soon'" in said


def test_a_period_that_no_process_uses_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match=r"apeal_period: no process uses it; did you mean appeal_period\?"):
        processes(tmp_path, '[processes.settings]\napeal_period = "3 days"')


def test_a_period_of_an_older_definition_may_stay(tmp_path: Path) -> None:
    found = processes(tmp_path, '[processes.settings]\nwinter_break = "14 days"')
    assert found.time.settings["winter_break"] == Length(14, "calendar_days")


def test_a_broken_definition_of_the_city_is_refused(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "mine.yaml").write_text(RIGHT.replace("lane: wd", "lane: wdd"), "utf-8")
    with pytest.raises(ProcessFileError, match="there is no lane 'wdd'"):
        processes(tmp_path, '[processes]\nfolder = "maps"')


def test_every_shipped_period_says_what_it_is_for_and_where_it_comes_from() -> None:
    assert {setting.name for setting in shipped_settings()} == {"appeal_period", "follow_up", "reminder"}
    assert all(setting.what and setting.source for setting in shipped_settings())
