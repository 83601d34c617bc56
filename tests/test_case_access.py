"""Who may do what with cases over HTTP: nothing for the public, lanes for accounts, everything on one's own laptop."""

from __future__ import annotations

import case_stores
import pytest
from case_doors import LEAK, ROOTS, Doors, does, doors_of, ok, opened, problem
from fastapi.testclient import TestClient
from made_pictures import SECRET, gps_tags, jpeg, notes, taken
from small_town import SECRETS, Town, lonlat, make_town
from sqlalchemy import text

import api.sign_in
from api.access import FORWARDED
from api.case_office import CaseOffice
from gis_ce.accounts import set_active, set_password
from gis_ce.actions.desk import Actor
from gis_ce.actions.publishing import publish_process

OTHER_PASSWORD = "another long password"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def office(doors: Doors) -> CaseOffice:
    found: CaseOffice = doors.app.state.office()
    return found


def paths_of_cases(doors: Doors) -> list[tuple[str, str]]:
    """Method and path of everything that tells of cases, registers and processes."""
    described = doors.here.get("/openapi.json").json()["paths"]
    found = [(method, path) for path, methods in described.items() for method in methods]
    return [(method, path) for method, path in found if path.split("/")[1] in ROOTS]


def photo(client: TestClient, number: str) -> str:
    """The id of a photo that says where it was taken."""
    made = jpeg(notes(gps_tags(*lonlat(150, 30)), taken("2026:03:02 10:00:00", "-05:00")))
    sent = client.post(f"/cases/{number}/attachments", files={"file": ("curb.jpg", made, "image/jpeg")})
    return str(ok(sent)["made"]["attachment"])


def test_the_public_sees_no_case_at_all(doors: Doors) -> None:
    number = opened(doors.here)
    asked = paths_of_cases(doors)
    assert len(asked) > 25
    for method, path in asked:
        filled = path.replace("{no}", number).replace("{register}", "sso_log").replace("{process}", "leaks")
        filled = filled.replace("{ending}", "csv")
        response = doors.public.request(method, filled, json={} if method == "post" else None)
        assert problem(response, 401) == "Cases are for staff: sign in with a name and a password.", (method, path)
        assert response.headers["www-authenticate"].startswith("Basic ")
        missing = doors.public.request(method, path.replace("{no}", "LEAK-1999-00001"))
        assert missing.status_code == 401


def test_a_script_of_a_page_is_refused_without_the_browser_asking_for_a_password(doors: Doors) -> None:
    refused = doors.public.get("/cases", headers={"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 401
    assert not refused.headers["www-authenticate"].lower().startswith(("basic", "digest", "negotiate"))


@pytest.mark.parametrize("header", FORWARDED)
def test_a_proxy_on_this_machine_is_the_public(doors: Doors, header: str) -> None:
    assert doors.here.get("/cases", headers={header: "127.0.0.1"}).status_code == 401


def test_without_accounts_who_sits_at_the_machine_is_an_officer_in_every_lane(doors: Doors) -> None:
    number = opened(doors.here)
    does(doors.here, number)("site_visit")
    assert ok(doors.here.get(f"/cases/{number}"))["now"]["may_act"] is True


def test_with_accounts_one_must_sign_in_at_the_machine_too(doors: Doors) -> None:
    number = opened(doors.here)
    ann = doors.add("ann", "ce")
    assert ok(ann.get(f"/cases/{number}"))["number"] == number
    assert "has accounts: sign in" in problem(doors.here.get("/cases"), 401)
    assert doors.here.get("/layers").status_code == 200


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_are_refused_alike(doors: Doors) -> None:
    doors.add("ann", "ce")
    doors.add("bob", "ce")
    with office(doors).store.session() as session:
        set_active(session, "bob", False)
        session.commit()
    wrong = [doors.signed_in("ann", "not it at all"), doors.signed_in("nobody"), doors.signed_in("bob")]
    wrong += [doors.signed_in("ann\0"), doors.signed_in("ann'; --"), doors.signed_in("")]
    assert {problem(client.get("/cases"), 401) for client in wrong} == {"This name and password open no account."}
    assert {client.get("/layers").status_code for client in wrong} == {401}


@pytest.mark.parametrize("header", ["Basic", "Basic !!", "Basic bm9jb2xvbg==", "Basic \xff", "Basic /w=="])
def test_a_sign_in_that_cannot_be_read_is_refused_in_words(doors: Doors, header: str) -> None:
    doors.add("ann")
    response = doors.public.get("/cases", headers={"Authorization": header.encode("latin-1")})
    assert "The sign-in cannot be read" in problem(response, 401)


def test_a_bearer_token_that_is_no_key_opens_nothing(doors: Doors) -> None:
    for path in ("/cases", "/layers"):
        refused = doors.public.get(path, headers={"Authorization": "Bearer x"})
        assert problem(refused, 401) == "This key opens nothing: it is unknown, revoked or expired."


def test_a_changed_password_and_a_disabled_account_count_at_once(doors: Doors) -> None:
    ann = doors.add("ann", "ce")
    ok(ann.get("/cases"))
    with office(doors).store.session() as session:
        set_password(session, "ann", OTHER_PASSWORD)
        session.commit()
    assert ann.get("/cases").status_code == 401
    again = doors.signed_in("ann", OTHER_PASSWORD)
    ok(again.get("/cases"))
    with office(doors).store.session() as session:
        set_active(session, "ann", False)
        session.commit()
    assert again.get("/cases").status_code == 401


def test_too_many_at_once_wait_and_are_told_so(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = doors.add("ann", "ce"), doors.add("bob", "ce")
    ok(ann.get("/cases"))
    monkeypatch.setattr(api.sign_in, "_WAIT_S", 0.01)
    hashing = doors.app.state.porter.sign_ins._hashing
    with hashing, hashing:
        assert "Too many people sign in" in problem(bob.get("/cases"), 503)
        ok(ann.get("/cases"))
    ok(bob.get("/cases"))


def test_who_signs_in_is_staff_on_the_map_too(doors: Doors) -> None:
    ann = doors.add("ann", "ce")
    assert ok(ann.get("/health"))["caller"] == "staff"
    assert not [word for word in SECRETS if word in doors.public.get("/layers").text]


def test_a_step_is_done_by_its_lane_and_by_who_records_for_it(doors: Doors) -> None:
    ann, wes, pat = doors.add("ann", "ce"), doors.add("wes", "wd"), doors.add("pat", "emt")
    number = opened(ann)
    visit = {"step": "site_visit"}
    assert "done by Code Enforcement; wes acts for" in problem(wes.post(f"/cases/{number}/steps", json=visit), 403)
    does(ann, number)("site_visit")
    does(ann, number)("location", "inside", "seen")
    does(wes, number)("wd_to_repair")
    assert "Leaks is done by" in problem(pat.post(f"/cases/{number}/notes", json={"text": "hello"}), 403)
    assert problem(pat.post("/cases", json=LEAK), 403)
    case = ok(pat.get(f"/cases/{number}"))
    assert (case["now"]["may_act"], case["notes"]) == (False, [])


def test_the_original_of_a_photo_is_for_those_who_work_on_such_cases(doors: Doors) -> None:
    ann, pat = doors.add("ann", "ce"), doors.add("pat", "emt")
    number = opened(ann)
    name = photo(ann, number)
    whole, bare = (client.get(f"/cases/{number}/attachments/{name}") for client in (ann, pat))
    assert SECRET.encode() in whole.content
    assert SECRET.encode() not in bare.content
    assert whole.headers["content-type"] == bare.headers["content-type"] == "image/jpeg"
    asked = ann.get(f"/cases/{number}/attachments/{name}", params={"stripped": True})
    assert asked.content == bare.content
    told, hidden = (ok(client.get(f"/cases/{number}"))["attachments"][0] for client in (ann, pat))
    assert told["lon"] == pytest.approx(lonlat(150, 30)[0], abs=1e-6)
    assert (hidden["lon"], hidden["lat"], hidden["captured_at"], hidden["bearing"]) == (None, None, None, None)
    assert ok(pat.get(f"/cases/{number}/attachments"))["attachments"] == [hidden]


def test_a_document_has_no_copy_for_others(doors: Doors) -> None:
    ann, pat = doors.add("ann", "ce"), doors.add("pat", "emt")
    number = opened(ann)
    sent = ann.post(f"/cases/{number}/attachments", files={"file": ("list.csv", b"a,b\n1,2\n", "text/csv")})
    path = f"/cases/{number}/attachments/{ok(sent)['made']['attachment']}"
    assert ann.get(path).headers["content-disposition"] == 'attachment; filename="list.csv"'
    assert "there is no copy of it for others" in problem(pat.get(path), 403)
    assert "no copy" in problem(ann.get(path, params={"stripped": True}), 403)


def test_what_somebody_sent_runs_nothing_where_it_is_opened(doors: Doors) -> None:
    number = opened(doors.here)
    name = photo(doors.here, number)
    headers = doors.here.get(f"/cases/{number}/attachments/{name}").headers
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert "no-store" in headers["cache-control"]


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": "http://127.0.0.1:8000"}, True),
        ({"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "http://127.0.0.1:9000"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_a_page_of_another_site_changes_nothing(doors: Doors, headers: dict[str, str], allowed: bool) -> None:
    response = doors.here.post("/cases", json=LEAK, headers=headers)
    assert response.status_code == (201 if allowed else 403)
    assert len(ok(doors.here.get("/cases"))["cases"]) == int(allowed)


def test_a_store_of_another_version_stops_cases_and_nothing_else(doors: Doors, town: Town) -> None:
    with office(doors).store.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
        session.commit()
    later = doors_of(town, str(office(doors).store.engine.url))
    said = problem(later.here.get("/cases"), 503)
    assert "log" in said
    assert "tomorrow" not in said
    assert later.here.get("/health").status_code == 200


def test_a_store_that_is_gone_is_said_in_one_sentence_and_the_map_goes_on(town: Town, postgis_dsn: str) -> None:
    with case_stores.postgis_database(postgis_dsn) as url:
        case_stores.upgraded(url).close()
        doors = doors_of(town, url)
        number = opened(doors.here)
    for asked in (doors.here.get(f"/cases/{number}"), doors.here.post("/cases", json=LEAK)):
        assert problem(asked, 503) == "The case store cannot be reached just now; try again in a minute."
        assert asked.headers["retry-after"] == "30"
    assert doors.here.get("/health").status_code == 200


def test_the_name_of_who_signs_in_stands_in_the_history(doors: Doors) -> None:
    ann = doors.add("ann", "ce")
    number = opened(ann)
    assert {event["by"] for event in ok(ann.get(f"/cases/{number}/events"))["events"]} == {"ann"}


def test_the_same_key_of_two_people_is_two_requests(doors: Doors) -> None:
    ann, bea = doors.add("ann", "ce"), doors.add("bea", "ce")
    key = {"Idempotency-Key": "field-1"}
    one, two = (ok(client.post("/cases", json=LEAK, headers=key), 201) for client in (ann, bea))
    assert one["number"] != two["number"]
    assert ok(ann.post("/cases", json=LEAK, headers=key), 201) == one | {"repeated": True}


def test_an_officer_of_the_machine_has_lanes_of_published_definitions_too(doors: Doors) -> None:
    shop = office(doors)
    text_ = shop.processes.processes["leaks"].yaml.replace("ce: Code Enforcement", "ce: Code Enforcement, zoo: Zoo")
    text_ = text_.replace("id: site_visit\n  kind: task\n  lane: ce", "id: site_visit\n  kind: task\n  lane: zoo")
    with shop.store.session() as session:
        publish_process(session, shop.desk(Actor("boss", frozenset({"admin"}))), text_)
        session.commit()
    number = opened(doors.here)
    assert ok(doors.here.get(f"/cases/{number}"))["now"]["done_by"] == ["Zoo"]
    does(doors.here, number)("site_visit")
