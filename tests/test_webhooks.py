"""Other systems are told of events: signed, at least once, also after a crash, and nowhere they may not be."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, doors_of, ok, opened, own_store, problem
from case_server import LEAK, Server
from command_line import runner
from desks import MONDAY, a_desk, leak, write
from small_town import Town, make_town
from sqlalchemy import func, select
from standardwebhooks import Webhook as Verifier

from api.webhook_sender import send_due
from gis_ce.actions.notes import add_note
from gis_ce.actions.parties import PartyGiven, add_party
from gis_ce.actions.webhooks import (
    AGAIN_S,
    WebhookGiven,
    add_webhook,
    claim_due,
    deliveries,
    make_messages,
    note_sent,
    retry,
    webhooks,
)
from gis_ce.case_store import CaseStore
from gis_ce.errors import WebhookRefused
from gis_ce.tables import Event, WebhookDelivery
from gis_ce.webhook_sending import Sent, checked_url, is_open, resolved, send, signature

HERE = WebhookGiven("http://127.0.0.1:9/hook")


class Receiver:
    """A real server that takes messages; `answers` are the statuses to come, 204 after them."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.came = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.came:
                    receiver.got.append(({name.lower(): each for name, each in self.headers.items()}, body))
                    status = receiver.answers.pop(0) if receiver.answers else 204
                    receiver.came.notify_all()
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing is told."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        yield self
        self.server.shutdown()
        self.server.server_close()

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]


@pytest.fixture(name="receiver")
def _receiver() -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path) -> Doors:
    settings = town.settings.model_copy(update={"webhooks_inside": True})
    return doors_of(Town(settings, town.city_file, town.store), own_store(tmp_path, sqlite_template))


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether the library of the standard signs a message as it was signed; how old it is does not matter here."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return headers["webhook-signature"] == Verifier(secret).sign(headers["webhook-id"], at, body.decode())


def told(doors: Doors) -> int:
    return send_due(doors.app.state.office(), inside=True)


def test_a_message_is_signed_as_the_standard_says_and_names_nobody(doors: Doors, receiver: Receiver) -> None:
    here = doors.here
    before = opened(here)
    made = ok(here.post("/webhooks", json={"url": receiver.url, "events": ["case.*"], "types": ["leaks"]}), 201)
    assert ok(here.get("/webhooks")) == {"webhooks": [{k: v for k, v in made.items() if k != "secret"}]}
    number = opened(here, title="Secret words", parties=[{"role": "reporter", "name": "Jane Doe", "phone": "555 0100"}])
    ok(here.post(f"/cases/{number}/notes", json={"text": "Jane Doe called"}))
    opened(here, type="sso")
    assert told(doors) > 0
    assert told(doors) == 0
    assert receiver.kinds()[0] == "case.opened"
    assert receiver.kinds()[-1] == "case.note_added"
    bodies = b"".join(body for _, body in receiver.got).decode()
    assert number in bodies
    assert not [word for word in ("Jane", "555", "Secret", "Main Street", before) if word in bodies]
    assert made["secret"] not in here.get("/webhooks").text + here.get("/webhooks/deliveries").text
    assert all(is_signed(made["secret"], headers, body) for headers, body in receiver.got)
    headers, body = receiver.got[0]
    assert not is_signed(made["secret"], headers, body + b" ")
    assert not is_signed(made["secret"], headers, body.replace(b"opened", b"closed"))
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == len(receiver.got)
    rows = ok(here.get("/webhooks/deliveries", params={"state": "delivered"}))["deliveries"]
    assert len(rows) == len(receiver.got)
    assert ok(here.get("/webhooks/deliveries", params={"state": "waiting"}))["deliveries"] == []


def test_our_signature_is_that_of_the_library() -> None:
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime(2026, 11, 30, tzinfo=UTC)
    mine = signature(secret, "msg_1", int(at.timestamp()), '{"a":"ü"}')
    assert mine == Verifier(secret).sign("msg_1", at, '{"a":"ü"}')


def test_a_subscription_of_the_public_is_told_that_cases_open_and_close_and_by_nobody(
    case_store: CaseStore,
) -> None:
    desk = a_desk()
    with case_store.session() as session:
        for sees in ("public", "staff"):
            add_webhook(session, desk, WebhookGiven(HERE.url, sees), inside=True)
        session.commit()
    number = leak(case_store, desk).number
    write(case_store, add_note, desk, number, "wet")
    write(case_store, add_party, desk, number, PartyGiven("owner", "Doe, Jane"))
    with case_store.session() as session:
        make_messages(session, MONDAY)
        public, staff = (
            [json.loads(row.payload) for row in reversed(deliveries(session, hook.id))] for hook in webhooks(session)
        )
        events = session.scalars(select(func.count()).select_from(Event)).one()
    assert [(each["type"], list(each["data"])) for each in public] == [("case.opened", ["case"])]
    assert len(staff) == events
    assert {each["data"]["by"] for each in staff} == {"ann"}
    assert "Doe" not in json.dumps(staff)


def test_what_is_undone_is_told_to_nobody_and_what_is_committed_once(case_store: CaseStore) -> None:
    desk = a_desk()
    with case_store.session() as session:
        add_webhook(session, desk, HERE, inside=True)
        session.commit()
    number = leak(case_store, desk).number
    with case_store.session() as session:
        add_note(session, desk, number, "never committed")
        make_messages(session, MONDAY)
    for _ in range(3):
        with case_store.session() as session:
            make_messages(session, MONDAY)
            session.commit()
    with case_store.reading() as session:
        sources = list(session.scalars(select(WebhookDelivery.source)))
        events = list(session.scalars(select(Event.id)))
    assert sorted(sources) == sorted(f"case {each}" for each in events)


def test_a_message_is_tried_again_later_and_later_then_given_up_and_sent_again_when_asked(
    case_store: CaseStore,
) -> None:
    desk, now = a_desk(), MONDAY
    with case_store.session() as session:
        hook = add_webhook(session, desk, WebhookGiven(HERE.url, events=("case.opened",)), inside=True).id
        session.commit()
    leak(case_store, desk)
    with case_store.session() as session:
        make_messages(session, now)
        waits = []
        for _ in range(len(AGAIN_S) + 1):
            (claimed,) = claim_due(session, now)
            assert claim_due(session, now) == []
            note_sent(session, claimed.id, Sent(False, "answered 500"), now)
            (row,) = deliveries(session, hook)
            waits.append((row.next_at - now).total_seconds())
            now = max(row.next_at, now + timedelta(days=1))
        assert waits[:-1] == list(AGAIN_S)
        assert (row.state, row.tries, row.said) == ("given_up", len(AGAIN_S) + 1, "answered 500")
        assert claim_due(session, now) == []
        assert retry(session, desk, hook) == 1
        (claimed,) = claim_due(session, now)
        note_sent(session, claimed.id, Sent(True, "taken: 204"), now)
        assert (row.state, row.tries) == ("delivered", 1)
        assert retry(session, desk, row.id) == 1


def test_a_claim_that_a_crash_has_cut_off_is_open_to_others_after_a_minute(case_store: CaseStore) -> None:
    desk = a_desk()
    with case_store.session() as session:
        add_webhook(session, desk, WebhookGiven(HERE.url, events=("case.opened",)), inside=True)
        session.commit()
    leak(case_store, desk)
    with case_store.session() as session:
        make_messages(session, MONDAY)
        (first,) = claim_due(session, MONDAY)
        assert claim_due(session, MONDAY + timedelta(seconds=59)) == []
        assert claim_due(session, MONDAY + timedelta(seconds=60)) == [first]


def test_a_redirect_is_not_followed_and_410_ends_it(doors: Doors, receiver: Receiver) -> None:
    here = doors.here
    hook = ok(here.post("/webhooks", json={"url": receiver.url, "events": ["case.opened"]}), 201)["id"]
    receiver.answers = [302, 410]
    opened(here), opened(here)
    told(doors)
    rows = ok(here.get("/webhooks/deliveries", params={"webhook": hook}))["deliveries"]
    said = sorted((row["state"], row["said"]) for row in rows)
    assert said == [("given_up", "answered 410"), ("waiting", "answered 302: redirects are not followed")]
    assert ok(here.get("/webhooks"))["webhooks"][0]["active"] is False
    opened(here)
    assert told(doors) == 0
    assert ok(here.post(f"/webhooks/{hook}/retry")) == {"retried": 1}
    told(doors)
    assert len(receiver.got) == 4
    assert here.delete(f"/webhooks/{hook}").status_code == 204
    assert ok(here.get("/webhooks/deliveries"))["deliveries"] == []


def test_who_does_not_listen_is_said_in_one_sentence(doors: Doors) -> None:
    ok(doors.here.post("/webhooks", json={"url": "http://127.0.0.1:1/", "events": ["case.opened"]}), 201)
    opened(doors.here)
    told(doors)
    (row,) = ok(doors.here.get("/webhooks/deliveries"))["deliveries"]
    assert row["said"].startswith("not reached: ")
    assert (row["state"], row["tries"]) == ("waiting", 1)


INSIDE = """127.0.0.1 10.1.2.3 192.168.0.1 172.16.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
::1 :: fe80::1%eth0 fc00::1 ::ffff:10.0.0.1 2002:0a00:0001:: 64:ff9b::a00:1"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_an_address_inside_is_none_to_be_told(address: str) -> None:
    assert not is_open(address)


def test_an_address_of_the_open_internet_may_be_told() -> None:
    assert all(is_open(address) for address in ("93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://93.184.216.34/hook", "https only"),
        ("https://127.0.0.1/hook", "lies inside"),
        ("https://localhost/hook", "lies inside"),
        ("https://0x7f.1/hook", "lies inside"),
        ("https://2130706433/hook", "lies inside"),
        ("https://[::1]:8000/hook", "lies inside"),
        ("https://169.254.169.254/latest/meta-data", "lies inside"),
        ("https://user:word@93.184.216.34/", "no name, password"),
        ("https://93.184.216.34/#x", "no name, password"),
        ("https:///hook", "no address"),
        ("https://93.184.216.34:99999/", "no address"),
        ("https://93.184.216.34/a b", "no address"),
        ("https://93.184.216.34/\r\nX: y", "no address"),
        ("file:///etc/passwd", "no address"),
        ("gopher://93.184.216.34/", "https only"),
        ("https://no-such-host.invalid/", "cannot be found"),
        ("https://" + "a" * 3_000, "no address"),
    ],
)
def test_where_nothing_may_be_sent_is_refused_when_it_is_added_and_when_it_is_sent(url: str, said: str) -> None:
    with pytest.raises(WebhookRefused, match=said):
        resolved(checked_url(url, False), False)
    sent = send(url, "whsec_AAAA", "msg_1", "{}", MONDAY, False)
    assert (sent.taken, said in sent.said) == (False, True)


def test_what_makes_no_sense_is_no_webhook(doors: Doors, receiver: Receiver) -> None:
    here = doors.here
    for body, status in (
        ({"url": receiver.url, "sees": "all"}, 422),
        ({"url": receiver.url, "events": ["everything"]}, 422),
        ({"url": receiver.url, "types": ["dances"]}, 422),
        ({"url": "x"}, 422),
        ({}, 400),
    ):
        assert problem(here.post("/webhooks", json=body), status)
    assert problem(here.delete("/webhooks/none"), 404)
    assert problem(here.post("/webhooks/none/retry"), 404)
    ann, root = doors.add("ann", "ce"), doors.add("root", "admin")
    for response in (
        ann.get("/webhooks"),
        ann.post("/webhooks", json={"url": receiver.url}),
        ann.get("/webhooks/deliveries"),
    ):
        assert "for the roles admin" in problem(response, 403)
    assert problem(doors.public.get("/webhooks"), 401)
    assert ok(root.get("/webhooks")) == {"webhooks": []}


def test_a_certificate_is_held_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    """By https the connection goes to the address that was looked at, and still asks for the name."""
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _, name, __: asked.append(name)
    with Receiver().listening() as receiver:
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        port = receiver.server.server_port
        sent = send(f"https://localhost:{port}/hook", "whsec_AAAA", "msg_1", "{}", MONDAY, True)
    assert not sent.taken
    assert asked == ["localhost"]


def test_the_commands_show_a_secret_once(
    town: Town, receiver: Receiver, tmp_path: Path, sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("GIS_CE_CASES", own_store(tmp_path, sqlite_template))
    run = runner(town, monkeypatch, capsys)
    assert "lies inside" in run("webhook", "add", receiver.url.replace("http:", "https:")).line
    monkeypatch.setenv("GIS_CE_WEBHOOKS_INSIDE", "1")
    made = json.loads(run("webhook", "add", receiver.url, "--event", "case.*", "--type", "leaks", "--json").out)
    assert made["secret"].startswith("whsec_")
    shown = run("webhook", "list").out
    assert made["id"] in shown
    assert made["secret"] not in shown + run("webhook", "list", "--json").out
    assert json.loads(run("webhook", "deliveries", "--json").out) == {"deliveries": []}
    assert run("webhook", "deliveries").out.strip() == "There is no such message."
    assert "0 messages are sent again" in run("webhook", "retry", made["id"]).err
    assert "is told no more" in run("webhook", "remove", made["id"]).err
    assert run("webhook", "list").out.strip() == "Nobody is told of anything."
    assert "There is no webhook" in run("webhook", "remove", made["id"]).line


@pytest.mark.heavy
def test_the_killed_service_tells_everything_when_it_runs_again(
    town: Town, receiver: Receiver, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed with kill -9 right after it has acknowledged changes, again and again: every event is told in the end."""
    monkeypatch.setenv("GIS_CE_WEBHOOKS_INSIDE", "1")
    url = own_store(tmp_path, sqlite_template)
    server = Server(town.settings.data, url, tmp_path / "attachments")
    receiver.answers = [500]
    with server.client() as client:
        secret = client.post("/webhooks", json={"url": receiver.url, "events": ["case.opened"]}).json()["secret"]
    numbers = []
    for _ in range(3):
        with server.client() as client:
            numbers += [client.post("/cases", json=LEAK).json()["number"] for _ in range(3)]
        server.kill()
        server = Server(town.settings.data, url, tmp_path / "attachments")
    try:
        with receiver.came:
            assert receiver.came.wait_for(lambda: told_of(receiver) >= set(numbers), timeout=600)
    finally:
        server.kill()
    assert told_of(receiver) == set(numbers)
    assert all(is_signed(secret, headers, body) for headers, body in receiver.got)
    by_id = {headers["webhook-id"]: body for headers, body in receiver.got}
    assert len(by_id) == len(numbers)


def told_of(receiver: Receiver) -> set[str]:
    return {json.loads(body)["data"]["case"]["number"] for _, body in receiver.got}
