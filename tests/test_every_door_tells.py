"""Every route as every role: who is let in, and that no answer holds what its reader may not see; names are logged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from allowed_doors import ALLOWED, ROLES
from case_doors import Doors, doors_of, ok, own_store
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sewer_street import make_street_town
from small_town import lonlat

from api.doors import DOORS, door_of
from gis_ce.api_keys import SCOPES
from gis_ce.persons_seen import MOST, AccessFilter, accesses
from maps.tile_grid import tiles_over

INTAKE = '\n[open311]\nagency = "Smallville Utilities"\n'
STAFF_LAYERS = ("water_mains", "hydrants", "easements", "laterals")
LAYER_WORDS = ("WM-1", "HY-1", "EA-1", "LAT-N1", "WATER_MAINS")
"""Features of layers of staff, and the name of one; the other names are words that every town's page has."""
OWNERS = ("OWNER OF", "ASH, NORA", "NORA ASH", "BIG FIRM", "OWNED ON FILE")
REPORTERS = ("COMPLAINANT",)
CASES = ("KEPT APART", "WATER ON FILE")
OTHERS_CASES = ("KEPT APART",)
"""What stands in a case of a kind in which no field staff works."""
HIDDEN = {
    "p": (*LAYER_WORDS, *OWNERS, *REPORTERS, *CASES),
    "f": (*OWNERS, *REPORTERS, *OTHERS_CASES),
    "e": REPORTERS,
    "o": (),
    "m": (),
    "a": (*OWNERS, *REPORTERS, *CASES),
}
"""Words that must be in no answer to a role."""
LON, LAT = lonlat(50, 120)
_SAY_WHO = ("/session", "/sign-in")
"""Routes that answer 401 to whoever lets them in without a name."""
BOX = {"bbox": "-83,34,-80,37", "zoom": 20}


@dataclass
class Service:
    """A service with cases in it, a client for each role, and what its routes are filled with."""

    doors: Doors
    words: dict[str, str]
    clients: dict[str, TestClient] = field(default_factory=dict)

    def routes(self) -> Iterator[tuple[str, str]]:
        """Method and path of every route that the service has."""
        for route in iter_route_contexts(self.doors.app.routes):
            for method in sorted(route.methods or ()):
                if method != "HEAD" and route.path not in (None, "/openapi.json"):
                    yield method, str(route.path)

    def filled(self, path: str) -> str:
        """The address of a route for what is there."""
        first, number = path.split("/")[1], "{number}"
        if first in ("arcgis", "decisions", "open311"):
            path = path.replace(number, self.words[f"{first} number"])
        path = path.replace("{form}", "json" if first == "open311" else "public_report")
        for name, word in self.words.items():
            path = path.replace(f"{{{name}}}", word)
        return path


@pytest.fixture(scope="module", name="service")
def _service(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Service:
    folder = tmp_path_factory.mktemp("told")
    town = make_street_town(folder, staff=STAFF_LAYERS)
    town.city_file.write_text(town.city_file.read_text("utf-8") + INTAKE, "utf-8")
    doors = doors_of(town, own_store(folder, sqlite_template))
    service = Service(doors, _seeded(doors.here))
    for letter, role in ROLES.items():
        service.clients[letter] = doors.public
        if letter != "p":
            body = {"name": role, "role": role, "scopes": list(SCOPES)}
            key = ok(doors.here.post("/keys", json=body), 201)["key"]
            service.clients[letter].headers["Authorization"] = f"Bearer {key}"
    return service


def _seeded(here: TestClient) -> dict[str, str]:
    """Cases with names in every place where names can stand; the words that fill the routes."""
    people = [
        {"role": "reporter", "name": "COMPLAINANT ONE", "phone": "COMPLAINANT 555"},
        {"role": "owner", "name": "OWNED ON FILE"},
        {"role": "occupant", "name": "COMPLAINANT NEXT DOOR"},
    ]
    at = {"lon": LON, "lat": LAT}
    leak = _opened(here, type="leaks", title="WATER ON FILE", place=at, parties=people)
    apart = _opened(here, type="utility_obstructions", title="KEPT APART", place=at, parties=people)
    lon, lat = lonlat(300, 30)
    sso = _opened(here, type="sso", title="WATER ON FILE", place={"lon": lon, "lat": lat})
    said = {"direction": "in", "channel": "call", "text": "COMPLAINANT CALLED", "party": _party(here, leak)}
    ok(here.post(f"/cases/{leak}/contacts", json=said))
    ok(here.post(f"/cases/{leak}/steps", json={"step": "site_visit"}))
    sent = here.post(f"/cases/{leak}/attachments", files={"file": ("list.csv", b"a,b\n1,2\n", "text/csv")})
    mailing = ok(here.post("/mailings", json={"case": sso}), 201)["number"]
    letter = ok(here.post(f"/cases/{leak}/letters", json={"template": "nov"}))["made"]["letter"]
    column, _, row, _ = tiles_over((LON, LAT, LON, LAT), 18)
    told = ok(here.get("/collections/parcels/tiles/WebMercatorQuad?f=tilejson"))
    return {
        "no": leak,
        "case": sso,
        "apart": apart,
        "letter": letter,
        "mailing": mailing,
        "attachment": ok(sent)["made"]["attachment"],
        "decision": ok(here.get(f"/cases/{leak}/proposals"))["proposals"][0]["id"],
        "decisions number": str(ok(here.get("/decisions"))["decisions"][0]["number"]),
        "arcgis number": "0",
        "open311 number": leak,
        "proceeding": "none",
        "officer": "ann",
        "register": "sso_log",
        "ending": "csv",
        "process": "leaks",
        "code": "leak",
        "key": "none",
        "path:path": "page/town.css",
        "feature:path": "N0",
        "grid": "WebMercatorQuad",
        "zoom": "18",
        "row": str(row),
        "column": str(column),
        "version": told["tiles"][0].split("/")[5],
        "name": "parcels",
    }


def _opened(here: TestClient, **body: Any) -> str:
    return str(ok(here.post("/cases", json=body), 201)["number"])


def _party(here: TestClient, case: str) -> str:
    return str(ok(here.get(f"/cases/{case}"))["parties"][0]["id"])


def everything(response: Any) -> str:
    """All that an answer says, in capitals."""
    return (response.content.decode(errors="replace") + json.dumps(dict(response.headers))).upper()


def told_to(letter: str, response: Any, asked: str) -> list[str]:
    """Words in an answer that the role may not see, but for those that it asked with."""
    text = everything(response)
    return [word for word in HIDDEN[letter] if word.upper() in text and word.upper() not in asked.upper()]


def asked_of(service: Service, client: TestClient, method: str, path: str) -> Any:
    """What a route answers to an empty body."""
    params = {**BOX, "lon": LON, "lat": LAT} if path in ("/here", "/research", "/layers/{name}/features") else {}
    json_body: Any = {} if method == "POST" else None
    if path == "/checks":
        json_body = {"places": [{"lon": LON, "lat": LAT}], "evidence": True}
    return client.request(method, service.filled(path), params=params, json=json_body, follow_redirects=False)


def test_every_route_stands_on_both_lists(service: Service) -> None:
    routes = {f"{method} {path}" for method, path in service.routes()}
    assert routes == set(ALLOWED)
    assert [route for route in routes if door_of(*route.split(" ", 1)) is None] == []
    assert set(DOORS) <= routes


@pytest.mark.parametrize("letter", ROLES)
def test_each_role_comes_in_where_it_may_and_reads_nothing_that_it_may_not(service: Service, letter: str) -> None:
    client, wrong = service.clients[letter], []
    for method, path in sorted(service.routes()):
        response = asked_of(service, client, method, path)
        shut = response.status_code == 401 or "This is for the roles" in response.text
        if shut == (letter in ALLOWED[f"{method} {path}"]) and path not in _SAY_WHO:
            wrong.append((method, path, response.status_code, response.text[:200]))
        if words := told_to(letter, response, service.filled(path)):
            wrong.append((method, path, response.status_code, str(words)))
    assert wrong == []


def _more_addresses(service: Service) -> Iterator[str]:
    """Filters, counts, words of search and other collections: ways to ask that the plain routes do not show."""
    for name in (*STAFF_LAYERS, "cases", "evidence", "encroachments", "sewer_mains", "addresses"):
        yield from (f"/collections/{name}{end}" for end in ("", "/items", "/items?f=csv", "/queryables", "/tiles"))
        yield f"/layers/{name}/features?bbox={BOX['bbox']}&zoom=20"
        yield f"/tiles/{name}/x/18/1/1.mvt"
    yield from ("/collections/parcels/items?f=csv", "/collections/parcels/items?f=html")
    yield "/collections/parcels/items?filter=owner_name LIKE 'Own%'"
    yield "/collections/parcels/items?owner_name=Owner of N0"
    yield "/arcgis/rest/services/gis-ce/FeatureServer?f=json"
    for number in range(12):
        layer = f"/arcgis/rest/services/gis-ce/FeatureServer/{number}"
        yield from (
            f"{layer}?f=json",
            f"{layer}/query?where=1=1&outFields=*&f=json",
            f"{layer}/query?where=1=1&f=geojson",
        )
        yield f"{layer}/query?where=owner_name LIKE 'Own%25'&returnCountOnly=true&f=json"
    yield from (f"/cases?text={word}" for word in ("KEPT", "APART", "WATER"))
    yield from (f"/cases?parcel=N0&type={kind}" for kind in ("utility_obstructions", "leaks"))
    apart = service.words["apart"]
    yield from (
        f"/cases/{apart}{end}" for end in ("", "/events", "/notes", "/proposals", "/process.svg", "/attachments")
    )
    yield f"/trace/upstream?case={apart}"
    yield f"/research?lon={LON}&lat={LAT}&parcel=N0"
    yield f"/open311/v2/requests/{apart}.json"


@pytest.mark.parametrize("letter", ROLES)
def test_no_way_to_ask_tells_a_role_what_it_may_not_see(service: Service, letter: str) -> None:
    client, wrong = service.clients[letter], []
    for address in _more_addresses(service):
        response = client.get(address)
        if words := told_to(letter, response, address):
            wrong.append((address, response.status_code, str(words)))
        assert response.status_code < 500, address
    assert wrong == []


def test_a_count_does_not_tell_whether_a_name_is_right(service: Service) -> None:
    for letter in "pfa":
        for named in ("Owner of N0", "nobody"):
            asked = service.clients[letter].get("/collections/parcels/items", params={"owner_name": named})
            assert asked.status_code == 400, letter


def test_a_case_of_others_is_answered_like_one_that_is_not_there(service: Service) -> None:
    apart, field_staff = service.words["apart"], service.clients["f"]
    for end in ("", "/events", "/process.svg", "/attachments/x"):
        hidden, unknown = (field_staff.get(f"/cases/{number}{end}") for number in (apart, "OBS-1999-00001"))
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.text.replace(apart, "") == unknown.text.replace("OBS-1999-00001", "")
    listed = {row["number"] for row in ok(field_staff.get("/cases"))["cases"]}
    assert service.words["no"] in listed
    assert apart not in listed


def test_who_may_finds_every_word_that_others_must_not(service: Service) -> None:
    client = service.clients["o"]
    said = "".join(
        everything(asked_of(service, client, method, path)) for method, path in service.routes() if method == "GET"
    )
    said += "".join(everything(client.get(address)) for address in _more_addresses(service))
    wanted = (*LAYER_WORDS, *OWNERS, *REPORTERS, *CASES)
    assert [word for word in wanted if word.upper() not in said] == []


def test_every_answer_with_a_name_stands_in_the_log_of_accesses(service: Service) -> None:
    client, named = service.clients["o"], set()
    for method, path in service.routes():
        response = asked_of(service, client, method, path) if method == "GET" or path == "/checks" else None
        if response is not None and response.status_code < 400:
            text = everything(response)
            if any(word in text for word in (*OWNERS, *REPORTERS)):
                named.add(f"{method} {path}")
    with service.doors.app.state.office().store.reading() as session:
        rows = accesses(session, AccessFilter(by="key:officer"), MOST)
        logged = {row.route for row in rows}
        cases = {row.case_number for row in rows if row.route == "GET /cases/{no}"}
    assert {"GET /here", "GET /cases/{no}", "GET /cases/{no}/contacts", "GET /mailings/{mailing}/rows"} <= named
    plain = {route.replace("/ogc/collections", "/collections") for route in named}
    assert sorted(plain - logged) == []
    assert cases == {service.words["no"], service.words["apart"]}
