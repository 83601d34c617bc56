"""A desk in the little town, for tests of what users can do with cases: who asks, when, over which layers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import shapely
import small_town
from drawn_towns import drawn_layer, drawn_query
from made_layers import EAST, GRID, NORTH
from process_walks import a_value
from shapely.affinity import translate
from sqlalchemy import select

from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.carried_out import Done
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.showing import CaseShown, show_case
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.attachments.folder import AttachmentFolder
from gis_ce.case_changes import case_named
from gis_ce.case_store import CaseStore
from gis_ce.city_processes import CityProcesses, city_processes
from gis_ce.city_rules import CityRules, city_rules
from gis_ce.closing_rules import city_closing
from gis_ce.locate import AddressBook
from gis_ce.process import Field
from gis_ce.tables import Decision, Event
from layers.model import City
from layers.query import LayerQuery

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Monday 2 March 2026, 10:00 in the town."""
CITY = City(
    "Smallville",
    "America/New_York",
    GRID,
    "NC",
    Path(),
    (),
    extent_lonlat=(-82.2, 35.1, -81.6, 35.7),
    other={"rules": {"pack": "nc-raleigh-2016"}},
)
ASKS_NOTHING = city_closing({"after_photo": [], "tell": [], "approval": {}})
"""A town that closes cases without a photo and without telling anybody, for tests of other things."""
EVERY_LANE = frozenset(
    ("ce", "director", "emt", "field", "internal", "meters", "owner", "reporter", "requestor", "sm", "wd", "admin")
)
MORE = {
    "meters": ("meter", [{"id": "MT-1", "wkt": "POINT (150 58)", "facility_id": "MT-1", "parcel_id": "N2"}]),
    "limits": (
        "jurisdiction",
        [{"id": "L-1", "wkt": "POLYGON ((-500 -500, 1500 -500, 1500 500, -500 500, -500 -500))", "name": "Smallville"}],
    ),
    "tickets": (
        "locate_ticket",
        [
            {
                "id": "T-1",
                "wkt": "POLYGON ((100 0, 200 0, 200 70, 100 70, 100 0))",
                "ticket_number": "C260300001",
                "kind": "normal",
                "firm": "DIGGERS LLC",
            }
        ],
    ),
}


@cache
def town() -> LayerQuery:
    """The little town with a meter, the limits and a ticket, drawn without a store."""
    layers = {name: (small_town.ROLES[name], rows) for name, rows in small_town.features().items()} | MORE
    return drawn_query(
        *(
            drawn_layer(role, [{**row, "wkt": _on_grid(str(row["wkt"]))} for row in rows], name=name)
            for name, (role, rows) in layers.items()
        )
    )


@cache
def rules() -> CityRules:
    """The rules of the town."""
    return city_rules(CITY)


@cache
def processes() -> CityProcesses:
    """The fifteen process maps, as the town follows them."""
    return city_processes(CITY, rules().rulebook.calendar)


@cache
def addresses(query: LayerQuery) -> AddressBook:
    """The addresses of a town."""
    return AddressBook(query)


def a_desk(
    name: str = "ann",
    lanes: frozenset[str] = EVERY_LANE,
    now: datetime = MONDAY,
    query: LayerQuery | None = None,
    folder: Path | None = None,
) -> Desk:
    """Ann at her desk on Monday morning, who may act in every lane."""
    asked = query or town()
    return Desk(
        query=asked,
        addresses=addresses(asked),
        rules=rules(),
        city=CITY,
        processes=processes(),
        now=now,
        actor=Actor(name, lanes),
        attachments=AttachmentFolder(folder) if folder else None,
        closing=ASKS_NOTHING,
    )


def later(desk: Desk, **time: float) -> Desk:
    """The same desk, so much later."""
    return replace(desk, now=desk.now + timedelta(**time))


def as_somebody(desk: Desk, name: str, *lanes: str) -> Desk:
    """Somebody else at the same desk."""
    return replace(desk, actor=Actor(name, frozenset(lanes)))


def _on_grid(wkt: str) -> str:
    return shapely.to_wkt(translate(shapely.from_wkt(wkt), EAST, NORTH), rounding_precision=-1)


def write(store: CaseStore, action: Callable[..., Done], desk: Desk, *given: object, **more: object) -> Done:
    """Do something in a session of its own, and commit."""
    with store.session() as session:
        done = action(session, desk, *given, **more)
        session.commit()
    return done


def leak(store: CaseStore, desk: Desk, x: float = 50, y: float = 30, **more: object) -> Done:
    """A leak so many feet from the town's corner: by default in the street, 30 ft from its edge."""
    place = Place(xy=(EAST + x, NORTH + y), sigma_ft=float(str(more.pop("sigma_ft", 1.0))))
    return write(store, open_case, desk, Opening("leaks", place, **more))  # type: ignore[arg-type]


def at_location(store: CaseStore, desk: Desk, x: float = 50, y: float = 30, **more: object) -> Done:
    """A leak that stands at its first decision: inside or outside the right of way."""
    opened = leak(store, desk, x, y, **more)
    return write(store, answer_step, desk, opened.number, "site_visit", Given())


def shown(store: CaseStore, number: str) -> CaseShown:
    with store.session() as session:
        found = show_case(session, a_desk(), number)
        session.expunge_all()
        return found


def decision(store: CaseStore, number: str, step: str) -> Decision:
    """The newest decision of a step."""
    with store.reading() as session:
        case = case_named(session, number)
        rows = select(Decision).where(Decision.case_id == case.id, Decision.step == step)
        return session.scalars(rows.order_by(Decision.proposed_at.desc(), Decision.id.desc())).first() or Decision()


def kinds(store: CaseStore, number: str) -> list[str]:
    with store.reading() as session:
        case = case_named(session, number)
        return list(session.scalars(select(Event.kind).where(Event.case_id == case.id).order_by(Event.id)))


def attached(store: CaseStore, desk: Desk, number: str, content: bytes = b"what was seen", name: str = "a.txt") -> str:
    """The id of a file that is attached to a case."""
    kept = take_file(desk, io.BytesIO(content), name)
    return str(write(store, attach, desk, number, kept).made["attachment"])


def go_to(store: CaseStore, desk: Desk, number: str, step: str, **answers: str) -> None:
    """Take a case to a step: by the given answers and values, else as the map proposes, else by the first there is."""
    form = shown(store, number).form
    while form is not None and form.step.id != step:
        here, proposed = form.step, form.proposal.proposed if form.proposal and form.decides else None
        values = {each.field.name: a_value(each.field, desk.today) for each in form.fields}
        values |= {each.field.name: [attached(store, desk, number)] for each in form.fields if is_file(each.field)}
        values |= {here.fills: proposed} if here.fills and proposed else {}
        values |= {name: value for name, value in answers.items() if name in values}
        word = answers.get(here.id, proposed or form.choices[0]) if form.choices else None
        write(store, answer_step, desk, number, here.id, Given(word, values, "seen there"))
        form = shown(store, number).form


def is_file(field: Field) -> bool:
    """Whether a field holds files."""
    return field.type == "attachments"
