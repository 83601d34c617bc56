"""One place on the command line: located, judged, explained, and drawn if wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from rich.console import Group
from rich.padding import Padding
from shapely.geometry.base import BaseGeometry

from api.access import View
from api.answers import Message, account_message, finding_messages, rules_of
from api.cli.screen import as_json, aside, out, short, table, text
from api.cli.structure_file import in_degrees, read_structure
from api.errors import BadPlace
from api.wiring import OpenCity
from gis_ce.assess import applicable
from gis_ce.batch import feature_ids
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.positions import Terms, on_grid
from maps.evidence import page_check
from maps.folium_pages import evidence_page


@dataclass(frozen=True, slots=True)
class PlaceOptions:
    """Where a place lies, as the options of the command say it."""

    at: str | None
    xy: str | None
    address: str | None
    structure: Path | None
    radius_ft: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """One located place: its site, how it was found, and what to call it."""

    sites: Sites
    located_by: str
    title: str


def check_place(
    city: OpenCity,
    options: PlaceOptions,
    terms: Terms,
    named: Sequence[Check] | None,
    map_file: Path | None,
    json: bool,
) -> None:
    """Prints the answers for one place, and writes them as a page where a map was asked for."""
    view = city.view("staff")
    place = _located(city, view, options, terms)
    checks = applicable(CHECKS, place.sites) if named is None else named
    findings = view.assess(place.sites, checks)
    if json:
        as_json(_message(city, view, place, checks, findings))
    else:
        _show(city, view, place, checks, findings)
    if map_file is not None:
        map_file.write_text(_page(city, view, place, checks, findings), encoding="utf-8")
        aside().print(f"The map is in {map_file}.", soft_wrap=True)


def _located(city: OpenCity, view: View, options: PlaceOptions, terms: Terms) -> Place:
    given = [option for option in (options.at, options.xy, options.address) if option is not None]
    if len(given) > 1 or not (given or options.structure):
        raise BadPlace("Say where: exactly one of --at LON,LAT, --xy E,N and --address, or a --structure.")
    place, how, sigma = position(city, view, options, terms)
    structure = None
    if options.structure is not None:
        structure, added = _onto_grid(city, read_structure(options.structure), terms)
        if place is None:
            place, how, sigma = structure, f"structure of {options.structure.name}", added
    structure = _rounded(structure, place, options.radius_ft)
    sites = Sites(
        np.array([place], dtype=object),
        np.array([structure], dtype=object),
        np.array([float(np.hypot(terms.sigma_ft, sigma))]),
        np.array([terms.day], dtype="datetime64[D]"),
    )
    return Place(sites, how, options.address or options.at or options.xy or how)


def position(city: OpenCity, view: View, options: PlaceOptions, terms: Terms) -> tuple[BaseGeometry | None, str, float]:
    """Where the options say it lies, on the grid in feet, how that was found, and what it adds to sigma."""
    if options.at is not None:
        point = shapely.Point(_pair(options.at, "--at", "LON,LAT in degrees"))
        if not in_degrees(point):
            raise BadPlace(f"--at {options.at}: these are not degrees, longitude first; for feet there is --xy.")
        place, sigma = _onto_grid(city, point, terms)
        return place, "lon and lat", sigma
    if options.xy is not None:
        point = shapely.Point(_pair(options.xy, "--xy", "E,N in feet"))
        if in_degrees(point):
            raise BadPlace(f"--xy {options.xy}: these are degrees; for degrees there is --at.")
        return point, "easting and northing", 0.0
    if options.address is not None:
        found = view.addresses.find(options.address)
        taken = f", taken for {found.address}" if found.corrected else ""
        return found.place, f"{found.how} {found.feature_id}{taken}", found.sigma_ft
    return None, "", 0.0


def _pair(text_: str, option: str, wanted: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text_.replace(";", ",").split(","))
    except ValueError as error:
        raise BadPlace(f"{option} {text_}: give {wanted}, with a comma between.") from error
    if not np.isfinite([first, second]).all():
        raise BadPlace(f"{option} {text_}: give two numbers.")
    return first, second


def _onto_grid(city: OpenCity, shape: BaseGeometry, terms: Terms) -> tuple[BaseGeometry, float]:
    """A shape in degrees on the grid, with what its datum adds to sigma; a shape in feet as it is."""
    if not in_degrees(shape):
        return shape, 0.0
    moved = on_grid(np.array([shape], dtype=object), terms.at(None, None, terms.day), city.grid)
    if moved.problem is not None:
        raise BadPlace(moved.problem)
    place = moved.places[0]
    if place is None or not np.isfinite(place.bounds).all():
        raise BadPlace("The place lies outside what the city's grid can hold.")
    return place, float(moved.sigma_ft[0])


def _rounded(
    structure: BaseGeometry | None, place: BaseGeometry | None, radius_ft: float | None
) -> BaseGeometry | None:
    base = structure if structure is not None else place
    if radius_ft is None or base is None:
        return structure
    if base.geom_type != "Point":
        raise BadPlace(f"--radius-ft goes with a point, not with a {base.geom_type}.")
    return shapely.buffer(base, radius_ft, quad_segs=32)


def _facts(city: OpenCity, place: Place) -> list[tuple[str, str]]:
    middle = shapely.centroid(place.sites.place)
    degrees = city.grid.to_lonlat(middle)[0]
    return [
        ("Place", place.title),
        ("Found by", place.located_by),
        ("Longitude, latitude", f"{degrees.x:.7f}, {degrees.y:.7f}"),
        ("Easting, northing", f"{middle[0].x:,.2f} ft, {middle[0].y:,.2f} ft"),
        ("Position good to", f"{float(place.sites.sigma_ft[0]):.1f} ft (one sigma)"),
        ("Day", str(place.sites.day[0])),
    ]


def _show(city: OpenCity, view: View, place: Place, checks: Sequence[Check], findings: dict[str, Findings]) -> None:
    head = table("", "")
    head.show_header = False
    for name, value in _facts(city, place):
        head.add_row(f"[dim]{name}[/dim]", text(value))
    answers = table("Check", "Answer", "Why")
    answers.columns[0].min_width, answers.columns[1].min_width = 15, 9
    rules: dict[str, str] = {}
    for check in checks:
        found = findings[check.name]
        account = view.explain(check, place.sites, found, 0)
        rule = found.rule_of(0)
        if rule is not None:
            rules[rule.id] = rule.citation
        answers.add_row(check.name.replace("_", " "), _answer(check, found), text(account.sentence))
    versions = ", ".join(short(version) for version in view.query.versions.values())
    notes = [f"[dim]Rule {text(name)}: {text(said)}[/dim]" for name, said in rules.items()]
    notes.append(f"[dim]Layers: {text(versions)}[/dim]")
    out().print(Group(head, Padding(answers, (1, 0)), *notes))


def _answer(check: Check, found: Findings) -> str:
    if not check.answers:
        return ""
    answer = found.answer_of(0)
    return f"[bold]{text(answer)}[/bold]" if answer else "[yellow]undecided[/yellow]"


def _message(
    city: OpenCity, view: View, place: Place, checks: Sequence[Check], findings: dict[str, Findings]
) -> Message:
    told = []
    for check in checks:
        found = findings[check.name]
        told.append(finding_messages(found, view)[0] | account_message(check, place.sites, view, found, 0, city.grid))
    return {
        "city": city.city.name,
        "pack": view.rulebook.pack,
        "layers": dict(view.query.versions),
        "rules": rules_of(findings),
        "places": [{"id": place.title, "located_by": place.located_by, "problem": None, "findings": told}],
    }


def _page(city: OpenCity, view: View, place: Place, checks: Sequence[Check], findings: dict[str, Findings]) -> str:
    shown = []
    for check in checks:
        found = findings[check.name]
        account = view.explain(check, place.sites, found, 0)
        shown.append(page_check(check, found, 0, account, feature_ids(found, view.query)[0]))
    title = f"{city.city.name}: {place.title}"
    return evidence_page(title, _facts(city, place), shown, city.city.grid_epsg, view.query.versions)
