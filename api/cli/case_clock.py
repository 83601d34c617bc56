"""`gis-ce case pass-deadlines`: for a machine without a running service, by its clock."""

from __future__ import annotations

from dataclasses import asdict

from api.case_clock import pass_all, remind_all
from api.cli.case_desk import office_here
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text


def pass_deadlines(city: CityOption = None, json: JsonOption = False) -> None:
    """Let the cases go on whose deadlines have passed, and note which are near; the service does so every minute."""
    office = office_here(city)
    passed, reminded = pass_all(office), remind_all(office)
    if json:
        as_json([asdict(done) for done in passed])
        return
    if reminded:
        aside().print(f"Near their deadline: {', '.join(reminded)}.")
    if not passed:
        out().print("No deadline has passed.")
        return
    shown = table("Number", "Goes on at")
    for done in passed:
        shown.add_row(done.number, text(done.step))
    out().print(shown)
