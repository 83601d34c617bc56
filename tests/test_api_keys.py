"""API keys: made once, kept as a hash, for their scopes and role only, and revoked at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from case_doors import LEAK, Doors, ok, opened, problem
from fastapi.testclient import TestClient
from small_town import SECRETS, Town, make_town
from sqlalchemy import select

from gis_ce.api_keys import SCOPES, NewKey, all_keys, key_shown, make_key, note_use, revoke_key
from gis_ce.case_store import CaseStore
from gis_ce.errors import KeyRefused, SignInRefused
from gis_ce.tables import ApiKey

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NOTHING = "This key opens nothing: it is unknown, revoked or expired."
ALL = tuple(SCOPES)


def made(store: CaseStore, name: str = "tablet-3", **more: Any) -> str:
    with store.session() as session:
        wanted = NewKey(name, more.pop("role", "field"), more.pop("scopes", ("cases:read",)), **more)
        key = make_key(session, wanted, "boss", NOW)
        session.commit()
    return key


def test_a_key_opens_and_is_kept_as_a_hash_alone(case_store: CaseStore) -> None:
    key = made(case_store)
    assert re.fullmatch(r"gisce_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", key)
    with case_store.reading() as session:
        found = key_shown(session, key, NOW)
        assert (found.name, found.role, found.scopes, found.signs_as) == (
            "tablet-3",
            "field",
            frozenset(("cases:read",)),
            "key:tablet-3",
        )
        (row,) = all_keys(session)
        kept = str([getattr(row, column.name) for column in ApiKey.__table__.columns])
    assert key.rpartition("_")[2] not in kept
    assert key not in kept


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.replace("gisce_", "gisce-"),
        lambda key: key[:6] + "0" * 12 + key[18:],
        lambda key: key + "x",
        lambda _: "",
        lambda _: "\ud800",
    ],
)
def test_what_is_no_key_opens_nothing(case_store: CaseStore, change: Any) -> None:
    wrong = change(made(case_store))
    with case_store.reading() as session, pytest.raises(SignInRefused, match=NOTHING):
        key_shown(session, wrong, NOW)


def test_a_revoked_and_an_expired_key_are_refused_like_an_unknown_one(case_store: CaseStore) -> None:
    revoked, short = made(case_store, "a"), made(case_store, "b", expires_at=NOW + timedelta(days=1))
    with case_store.session() as session:
        revoke_key(session, "a", "boss", NOW)
        session.commit()
    with case_store.reading() as session:
        assert key_shown(session, short, NOW).name == "b"
        for key in (revoked, short):
            with pytest.raises(SignInRefused, match=NOTHING):
                key_shown(session, key, NOW + timedelta(days=1))


def test_the_last_use_is_noted_now_and_then(case_store: CaseStore) -> None:
    key = made(case_store)
    with case_store.session() as session:
        first = key_shown(session, key, NOW)
        assert first.use_is_new
        note_use(session, first, NOW)
        session.commit()
    with case_store.reading() as session:
        assert not key_shown(session, key, NOW + timedelta(minutes=4)).use_is_new
        assert key_shown(session, key, NOW + timedelta(minutes=5)).use_is_new


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"name": "Tablet 3"}, "no name of a key"),
        ({"name": "taken"}, "There is, or was, a key taken already"),
        ({"role": "public"}, "no role of a key; these are: field, engineer"),
        ({"scopes": ("cases:everything",)}, "is no scope; these are: checks:run"),
        ({"scopes": ()}, "Say what the key is for"),
        ({"expires_at": NOW}, "would have expired already"),
    ],
)
def test_what_no_key_can_be_is_said_in_words(case_store: CaseStore, wanted: dict[str, Any], said: str) -> None:
    made(case_store, "taken")
    with pytest.raises(KeyRefused, match=said):
        made(case_store, **wanted)


def test_an_unknown_key_cannot_be_revoked(case_store: CaseStore) -> None:
    with case_store.session() as session, pytest.raises(KeyRefused, match="There is no key 'x'"):
        revoke_key(session, "x", "boss", NOW)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def keyed(doors: Doors, role: str, *scopes: str, name: str = "tablet-3") -> TestClient:
    """Somebody elsewhere with a new key, which the officer of the machine makes over HTTP."""
    body = {"name": name, "role": role, "scopes": list(scopes)}
    client = doors.public
    client.headers["Authorization"] = f"Bearer {ok(doors.here.post('/keys', json=body), 201)['key']}"
    return client


def test_a_key_is_for_its_scopes_and_no_more(doors: Doors) -> None:
    reader = keyed(doors, "officer", "cases:read")
    number = opened(doors.here)
    assert ok(reader.get(f"/cases/{number}"))["number"] == number
    said = problem(reader.post("/cases", json=LEAK), 403)
    assert said == "This needs a key with the scope cases:write; key:tablet-3 has cases:read."
    assert "scope layers:read" in problem(reader.get("/layers"), 403)
    assert "scope checks:run" in problem(reader.get("/here", params={"lon": -81.9, "lat": 35.3}), 403)
    assert ok(reader.get("/health"))["caller"] == "staff"


def test_a_key_of_layers_alone_finds_no_case_among_the_collections(doors: Doors) -> None:
    opened(doors.here)
    layers = keyed(doors, "officer", "layers:read")
    listed = {row["id"] for row in ok(layers.get("/collections"))["collections"]}
    assert "water_mains" in listed
    assert listed.isdisjoint(("cases", "evidence", "encroachments"))
    both = keyed(doors, "officer", "layers:read", "cases:read", name="both")
    assert "cases" in {row["id"] for row in ok(both.get("/collections"))["collections"]}


def test_what_a_key_writes_names_the_key(doors: Doors) -> None:
    app = keyed(doors, "officer", "cases:read", "cases:write")
    number = opened(app)
    assert {event["by"] for event in ok(app.get(f"/cases/{number}/events"))["events"]} == {"key:tablet-3"}


def test_a_field_key_acts_in_the_lanes_of_field_staff(doors: Doors) -> None:
    app = keyed(doors, "field", "cases:read", "cases:write")
    number = opened(app)
    assert "is done by Code Enforcement" in problem(
        app.post(f"/cases/{number}/steps", json={"step": "site_visit"}), 403
    )


def test_a_key_can_be_sent_in_its_own_header(doors: Doors) -> None:
    key = keyed(doors, "field", "cases:read").headers["Authorization"].removeprefix("Bearer ")
    assert doors.public.get("/cases", headers={"X-Api-Key": key}).status_code == 200


def test_a_revoked_key_opens_nothing_from_the_next_request_on(doors: Doors) -> None:
    app = keyed(doors, "field", *ALL)
    ok(app.get("/cases"))
    assert ok(doors.here.post("/keys/tablet-3/revoke"))["revoked_by"]
    for path in ("/cases", "/layers", "/health"):
        assert problem(app.get(path), 401) == NOTHING


def test_keys_are_made_listed_and_revoked_by_administrators_alone(doors: Doors) -> None:
    keyed(doors, "officer", *ALL)
    ann, root = doors.add("ann", "ce"), doors.add("root", "admin")
    body = {"name": "more", "role": "manager", "scopes": ["cases:read"]}
    for asked in (ann.get("/keys"), ann.post("/keys", json=body), ann.post("/keys/tablet-3/revoke")):
        assert problem(asked, 403) == "This is for the roles admin; ann is officer."
    assert doors.public.get("/keys").status_code == 401
    (row,) = ok(root.get("/keys"))["keys"]
    assert (row["name"], row["role"], row["scopes"]) == ("tablet-3", "officer", sorted(ALL))
    assert "gisce_" not in root.get("/keys").text
    assert ok(root.post("/keys", json=body), 201)["name"] == "more"
    assert "no scope" in problem(root.post("/keys", json=body | {"name": "x", "scopes": ["root"]}), 422)


def test_a_field_key_sees_layers_of_staff_and_no_owner(doors: Doors) -> None:
    app, officer = keyed(doors, "field", *ALL), keyed(doors, "officer", *ALL, name="desk")
    box = {"bbox": "-83,34,-80,37", "zoom": 20}
    told = app.get("/layers/parcels/features", params=box).text + app.get("/collections/parcels/items").text
    told += app.get("/layers/water_mains/features", params=box).text
    assert "WM-1" in told
    assert [word for word in SECRETS if "OWNER" in word and word in told] == []
    assert "OWNER OF LOT" in officer.get("/layers/parcels/features", params=box).text


def test_the_store_of_a_service_holds_no_key_in_clear(doors: Doors) -> None:
    key = keyed(doors, "field", "cases:read").headers["Authorization"].removeprefix("Bearer ")
    with doors.app.state.office().store.reading() as session:
        assert key.rpartition("_")[2] not in str(session.execute(select(ApiKey.__table__)).all())
