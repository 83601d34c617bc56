"""The table `[processes]` of a city file: its own definitions and periods, and how it counts days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from gis_ce.clock import Calendar
from gis_ce.process import Length, Process
from gis_ce.process_deadlines import read_length
from gis_ce.process_files import open_processes
from gis_ce.process_mistakes import is_id
from gis_ce.process_settings import default_settings
from gis_ce.process_state import Timekeeping
from layers.errors import CityFileError, Mistake
from layers.model import City
from layers.toml_table import did_you_mean

_KEYS = ("folder", "last_day", "settings")
_LAST_DAYS = ("as_counted", "next_working_day")


@dataclass(frozen=True, slots=True)
class CityProcesses:
    """The processes of a city by their names, and how it counts time."""

    processes: Mapping[str, Process]
    time: Timekeeping


def city_processes(city: City, calendar: Calendar, path: str = "city.toml") -> CityProcesses:
    """The processes that a city works by; raises CityFileError with every mistake in the table.

    `[processes] folder` is the city's own folder of definitions, relative to the city file's data; a
    definition there replaces a shipped one of the same name. `calendar` is that of the city's rules.
    Raises ProcessFileError where a definition is broken.
    """
    table = city.other.get("processes", {})
    mistakes = _mistakes(table)
    folder = processes_folder(city)
    if folder is not None and not folder.is_dir():
        mistakes.append(Mistake("[processes] folder", f"there is no folder {folder}"))
    if mistakes:
        raise CityFileError(path, mistakes)
    settings = default_settings() | _own(table)
    processes = open_processes(settings, folder)
    unused = _unused(_own(table), processes.values())
    if unused:
        raise CityFileError(path, unused)
    rolls = table.get("last_day") == "next_working_day"
    return CityProcesses(processes, Timekeeping(settings, ZoneInfo(city.time_zone), calendar, rolls))


def processes_folder(city: City) -> Path | None:
    """The city's own folder of definitions; None where its file names none."""
    folder = city.other.get("processes", {}).get("folder")
    return city.folder / folder if isinstance(folder, str) else None


def city_settings(city: City) -> dict[str, Length]:
    """The periods of a city, its own before the shipped ones; what is no period is left out."""
    return default_settings() | _own(city.other.get("processes", {}))


def _own(table: Mapping[str, object]) -> dict[str, Length]:
    own = table.get("settings", {})
    rows = own.items() if isinstance(own, dict) else ()
    return {name: length for name, text in rows if (length := read_length(text)) is not None}


def _mistakes(table: Mapping[str, object]) -> list[Mistake]:
    found = [
        Mistake(f"[processes] {key}", f"is not a key of this table; {did_you_mean(key, _KEYS)}")
        for key in table
        if key not in _KEYS
    ]
    if not isinstance(table.get("folder", ""), str):
        found.append(Mistake("[processes] folder", "must be a text"))
    last_day = table.get("last_day", _LAST_DAYS[0])
    if last_day not in _LAST_DAYS:
        found.append(Mistake("[processes] last_day", f"must be {' or '.join(_LAST_DAYS)}, not {last_day!r}"))
    settings = table.get("settings", {})
    if not isinstance(settings, dict):
        return [*found, Mistake("[processes] settings", "must be a table of periods")]
    return found + [
        Mistake(f"[processes.settings] {name}", f"must be a period such as '30 days', '48 hours', not {text!r}")
        for name, text in settings.items()
        if read_length(text) is None or not is_id(name)
    ]


def _unused(own: Collection[str], processes: Collection[Process]) -> list[Mistake]:
    """Periods that no process uses and that look like a misspelt other one; an older definition may use a third."""
    used = {step.deadline.setting for known in processes for step in known.steps.values() if step.deadline}
    named = {name for name in used if name} | set(default_settings())
    return [
        Mistake(f"[processes.settings] {name}", f"no process uses it; {did_you_mean(name, named)}")
        for name in own
        if name not in named and get_close_matches(name, named, n=1)
    ]
