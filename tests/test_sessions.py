"""Sessions of browsers: signed in by a form, kept by a cookie that no script reads, ended at once; no page of another
site changes anything through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsers import SAME_SITE, browser, form_token, hidden_token, sign_in, signed_in
from case_doors import LEAK, PASSWORD, Doors, doors_of, ok, own_store, problem
from small_town import Town, make_town
from sqlalchemy import select

from api.app import make_app
from gis_ce.accounts import Provided, add_user, provided_account, set_active, set_password
from gis_ce.accounts import signed_in as opens
from gis_ce.case_store import CaseStore
from gis_ce.errors import SignInRefused, UserRefused
from gis_ce.failed_sign_ins import FORGOTTEN_AFTER, forget_failures, note_failure, refused_until
from gis_ce.sessions import IDLE, LONGEST, begin_session, end_session, note_seen, session_of
from gis_ce.sign_ins_under_way import WITHIN, begin_sign_in, end_sign_in
from gis_ce.tables import FailedSignIn, SignedSession

OTHERS = ("https://x.example/", "//x.example", "/\\x.example", "javascript:alert(1)", "", "/\r\nX: 1")
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path) -> Doors:
    doors = doors_of(town, own_store(tmp_path, sqlite_template))
    doors.add("ann", "ce")
    return doors


@pytest.fixture(name="store")
def _store(case_store: CaseStore) -> CaseStore:
    with case_store.session() as session:
        add_user(session, "ann", "Ann Ode", PASSWORD, ["ce"])
        session.commit()
    return case_store


def test_a_form_signs_in_and_the_browser_is_an_officer(doors: Doors) -> None:
    client = browser(doors)
    assert client.get("/cases").status_code == 401
    answer = sign_in(client, "ann", then="/cases?limit=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?limit=1")
    assert ok(client.get("/cases"))["cases"] == []
    told = ok(client.get("/session"))
    assert (told["name"], told["roles"], told["lanes"], told["how"]) == ("ann", ["officer"], ["ce"], "session")


def test_the_cookie_is_for_no_script_and_no_other_site(doors: Doors, town: Town) -> None:
    cookie = sign_in(browser(doors), "ann").headers["set-cookie"]
    assert cookie.startswith("gis-ce-session=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    settings = town.settings.model_copy(
        update={"cases": doors.settings.cases, "public_url": "https://gis.city.example"}
    )
    over_tls = browser(Doors(make_app(settings), settings))
    secure = sign_in(over_tls, "ann").headers["set-cookie"]
    assert secure.startswith("__Host-gis-ce-session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in secure.split(";")}
    assert "Domain" not in secure
    assert over_tls.get("/health").headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in browser(doors).get("/health").headers


def test_a_sign_in_makes_a_new_session_and_ends_the_one_before(doors: Doors) -> None:
    client = signed_in(doors, "ann")
    before = client.cookies["gis-ce-session"]
    assert sign_in(client, "ann").status_code == 303
    assert client.cookies["gis-ce-session"] != before
    client.cookies.set("gis-ce-session", before, domain="127.0.0.1", path="/")
    planted = browser(doors)
    planted.cookies.set("gis-ce-session", before)
    assert planted.get("/cases").status_code == 401


def test_signing_out_ends_the_session_in_the_store_too(doors: Doors) -> None:
    client = signed_in(doors, "ann")
    kept = client.cookies["gis-ce-session"]
    token = hidden_token(client.get("/sign-in").text)
    out = client.post("/sign-out", data={"csrf": token}, headers=SAME_SITE)
    assert "You are signed out here" in out.text
    assert "gis-ce-session" not in client.cookies
    again = browser(doors)
    again.cookies.set("gis-ce-session", kept)
    assert again.get("/cases").status_code == 401


def test_nobody_is_signed_out_by_another_site(doors: Doors) -> None:
    client = signed_in(doors, "ann")
    token = hidden_token(client.get("/sign-in").text)
    for form, headers in (
        ({}, SAME_SITE),
        ({"csrf": "0" * 64}, SAME_SITE),
        ({"csrf": token}, {"Origin": "https://x.example"}),
    ):
        assert client.post("/sign-out", data=form, headers=headers).status_code == 403
    ok(client.get("/cases"))


def test_a_change_in_a_session_needs_its_token_and_our_own_page(doors: Doors) -> None:
    client = signed_in(doors, "ann")
    said = problem(client.post("/cases", json=LEAK, headers=SAME_SITE), 403)
    assert said.startswith("A change in a session brings its token along: X-CSRF-Token")
    token = form_token(client)
    for headers in (
        {"X-CSRF-Token": "0" * 64},
        token | {"Origin": "https://x.example"},
        token | {"Sec-Fetch-Site": "same-site"},
    ):
        assert client.post("/cases", json=LEAK, headers=headers).status_code == 403
    assert ok(client.get("/cases"))["cases"] == []
    number = opened_with(client, token)
    assert {event["by"] for event in ok(client.get(f"/cases/{number}/events"))["events"]} == {"ann"}


def opened_with(client: object, token: dict[str, str]) -> str:
    sent = client.post("/cases", json=LEAK, headers=SAME_SITE | token)  # type: ignore[attr-defined]
    return str(ok(sent, 201)["number"])


def test_the_token_of_another_session_is_none(doors: Doors) -> None:
    one, two = signed_in(doors, "ann"), signed_in(doors, "ann")
    assert one.post("/cases", json=LEAK, headers=SAME_SITE | form_token(two)).status_code == 403


def test_asking_the_map_needs_no_token(doors: Doors) -> None:
    place = {"places": [{"address": "121 MAIN ST"}]}
    assert signed_in(doors, "ann").post("/checks", json=place, headers=SAME_SITE).status_code == 200


def test_a_form_of_another_site_signs_nobody_in(doors: Doors) -> None:
    form = {"name": "ann", "password": PASSWORD}
    refused = browser(doors).post("/sign-in", data=form, headers={"Origin": "https://x.example"})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("then", OTHERS)
def test_one_goes_on_to_a_page_of_ours_alone(doors: Doors, then: str) -> None:
    assert sign_in(browser(doors), "ann", then=then).headers["location"] == "/"


def test_a_wrong_password_shows_the_form_again_without_saying_what_was_wrong(doors: Doors) -> None:
    for name in ("ann", "nobody", '"><script>'):
        page = sign_in(browser(doors), name, "not it at all")
        assert page.status_code == 401
        assert "This name and password open no account." in page.text
        assert "<script>" not in page.text
        assert "not it at all" not in page.text


def test_guessing_is_slowed_down_and_told_when_to_try_again(doors: Doors) -> None:
    client = browser(doors)
    assert [sign_in(client, "ann", f"guess number {i}").status_code for i in range(6)] == [401] * 5 + [429]
    shut = sign_in(client, "ann")
    assert shut.status_code == 429
    assert 1 <= int(shut.headers["retry-after"]) <= 30
    assert "Too many sign-ins failed" in shut.text
    basic = doors.signed_in("ann").get("/cases")
    assert "Too many sign-ins failed" in problem(basic, 429)
    assert int(basic.headers["retry-after"]) >= 1


def test_a_disabled_account_and_a_new_password_end_every_session(doors: Doors) -> None:
    client = signed_in(doors, "ann")
    with doors.app.state.office().store.session() as session:
        set_password(session, "ann", "another long password")
        session.commit()
    assert client.get("/cases").status_code == 401
    with doors.app.state.office().store.session() as session:
        assert session.scalars(select(SignedSession)).all() == []


def test_pages_of_sign_in_are_kept_nowhere_and_framed_by_nobody(doors: Doors) -> None:
    page = browser(doors).get("/sign-in")
    assert "no-store" in page.headers["cache-control"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text


def test_at_the_machine_itself_one_signs_in_once_there_is_an_account(doors: Doors) -> None:
    assert doors.here.get("/session").status_code == 401
    assert ok(doors.here.get("/health"))["caller"] == "public"


def test_a_session_ends_by_time_and_when_nobody_is_there(store: CaseStore) -> None:
    with store.session() as session:
        token = begin_session(session, "ann", NOW)
        session.commit()
    for later, is_good in ((IDLE / 2, True), (IDLE, False)):
        with store.reading() as session:
            assert (session_of(session, token, NOW + later) is not None) == is_good
    now = NOW
    while now < NOW + LONGEST:
        with store.session() as session:
            signed = session_of(session, token, now)
            assert signed is not None
            assert signed.seen_is_old == (now > NOW)
            note_seen(session, signed, now)
            session.commit()
        now += IDLE / 2
    with store.reading() as session:
        assert session_of(session, token, NOW + LONGEST) is None


def test_the_store_holds_no_cookie(store: CaseStore) -> None:
    with store.session() as session:
        token = begin_session(session, "ann", NOW)
        assert token not in str(session.execute(select(SignedSession.__table__)).all())
        end_session(session, token)
        assert session_of(session, token, NOW) is None


def test_a_disabled_account_has_no_session(store: CaseStore) -> None:
    with store.session() as session:
        token = begin_session(session, "ann", NOW)
        assert session_of(session, token, NOW) is not None
        set_active(session, "ann", False)
        assert session_of(session, token, NOW) is None


def test_each_guess_waits_longer_than_the_one_before_up_to_an_hour(store: CaseStore) -> None:
    waits = []
    with store.session() as session:
        for _ in range(16):
            note_failure(session, "ann", "203.0.113.9", NOW)
            until = refused_until(session, "ann", "203.0.113.9", NOW)
            waits.append((until - NOW).total_seconds() if until else 0)
        assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, *[3600] * 5]
        assert refused_until(session, "ann", "198.51.100.7", NOW) is None
        assert refused_until(session, "bob", "203.0.113.9", NOW) is None
        forget_failures(session, "ann", "203.0.113.9")
        assert refused_until(session, "ann", "203.0.113.9", NOW) is None
        note_failure(session, "bob", "198.51.100.7", NOW + FORGOTTEN_AFTER)
        assert len(session.scalars(select(FailedSignIn)).all()) == 3


def test_many_names_from_one_address_and_one_name_from_many_addresses_are_slowed_too(store: CaseStore) -> None:
    with store.session() as session:
        for number in range(50):
            note_failure(session, f"user{number}", "203.0.113.9", NOW)
            note_failure(session, "ann", f"198.51.100.{number}", NOW)
        assert refused_until(session, "never.tried", "203.0.113.9", NOW) is not None
        assert refused_until(session, "ann", "192.0.2.1", NOW) is not None
        assert refused_until(session, "never.tried", "192.0.2.1", NOW) is None


def test_a_sign_in_under_way_comes_back_once_with_its_own_browser_and_soon(store: CaseStore) -> None:
    with store.session() as session:
        cookie, begun = begin_sign_in(session, "/", NOW)
        assert end_sign_in(session, cookie, begun.state, NOW + WITHIN / 2) == begun
        for name, state, later in (
            (cookie, begun.state, timedelta()),
            (None, begun.state, timedelta()),
            ("another", begun.state, timedelta()),
        ):
            with pytest.raises(SignInRefused, match="was not begun here"):
                end_sign_in(session, name, state, NOW + later)
        late, old = begin_sign_in(session, "/", NOW)
        with pytest.raises(SignInRefused):
            end_sign_in(session, late, old.state, NOW + WITHIN)
        forged, other = begin_sign_in(session, "/", NOW)
        with pytest.raises(SignInRefused):
            end_sign_in(session, forged, other.state + "x", NOW)
        with pytest.raises(SignInRefused):
            end_sign_in(session, forged, other.state, NOW)


def test_an_account_of_a_provider_has_no_password_and_takes_no_name_of_another(store: CaseStore) -> None:
    given = Provided("https://id.example", "7", "Bea", "Bea Bo", frozenset(("ce", "emt")))
    with store.session() as session:
        made = provided_account(session, given)
        assert (made.name, made.display, made.lanes) == ("bea", "Bea Bo", frozenset(("ce", "emt")))
        for password in ("", PASSWORD):
            with pytest.raises(SignInRefused):
                opens(session, "bea", password)
        with pytest.raises(UserRefused, match="bea signs in through"):
            set_password(session, "bea", PASSWORD)
        with pytest.raises(SignInRefused, match="The name ann is that of another account"):
            provided_account(session, Provided("https://id.example", "8", "ann", "", frozenset()))
        with pytest.raises(SignInRefused, match="is no user name here"):
            provided_account(session, Provided("https://id.example", "9", "Bea Bo", "", frozenset()))
        renamed = provided_account(session, Provided("https://id.example", "7", "other", "", frozenset()))
        assert (renamed.name, renamed.lanes) == ("bea", frozenset())
