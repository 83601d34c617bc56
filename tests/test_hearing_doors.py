"""Hearings, appeals, what else runs beside a case, and digests: by command and over HTTP, never for the public."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, doors_of, ok, opened, problem
from command_line import runner
from small_town import Town, make_town

from api.case_office import open_office
from api.due_schemas import DueAnswers, ProceedingAnswers
from api.wiring import open_city

PARTIES = [{"role": "owner", "name": "Olive Owner"}, {"role": "reporter", "name": "Jane Doe"}]
_FAR = timedelta(days=20)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, store_url: str) -> Doors:
    return doors_of(town, store_url)


@pytest.fixture(name="today")
def _today(doors: Doors) -> date:
    """The day in the town; read once, so that a test does not see midnight pass."""
    return open_city(doors.settings).today()


@pytest.fixture(name="run")
def _run(town: Town, doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


def posted(doors: Doors, case: str, path: str, **body: Any) -> Any:
    return ok(doors.here.post(f"/cases/{case}/{path}", json=body))["made"]


def test_a_hearing_is_set_noticed_and_ended_over_http(doors: Doors, today: date) -> None:
    client, number = doors.here, opened(doors.here, parties=PARTIES)
    far = {"on": str(today + _FAR), "what": "Appeal", "at": "14:30", "place": "Town hall"}
    hearing = posted(doors, number, "hearings", **far)["proceeding"]
    due = ok(client.get("/deadlines"))
    DueAnswers.model_validate(due)
    assert sorted(row["what"] for row in due["deadlines"] if row["kind"] == "hearing") == [
        "hearing: Appeal",
        "notice of the hearing to the complaining party",
        "notice of the hearing to the responsible party",
    ]
    at = f"/cases/{number}/hearings/{hearing}"
    for who in ("responsible", "complaining"):
        ok(client.post(f"{at}/notices", json={"who": who, "on": str(today), "how": "certified mail"}))
    held = {"outcome": "upheld", "text": "It stands"}
    said = problem(client.post(f"{at}/outcome", json=held), 422)
    assert said.endswith("before it, it can only be withdrawn or continued.")
    ok(client.post(f"{at}/outcome", json={"outcome": "continued", "text": "The owner is ill"}))
    now = posted(doors, number, "hearings", on=str(today), what="Appeal, continued", notices=[])["proceeding"]
    ok(client.post(f"/cases/{number}/hearings/{now}/outcome", json=held))
    rows = ok(client.get(f"/cases/{number}/proceedings"))
    ProceedingAnswers.model_validate(rows)
    assert [[entry["kind"] for entry in row["entries"]] for row in rows["proceedings"]] == [
        ["notice", "notice", "continued"],
        ["upheld"],
    ]
    assert problem(client.post(f"/cases/{number}/hearings/{now}/outcome", json=held), 404)


def test_what_else_runs_beside_a_case_over_http(doors: Doors, today: date) -> None:
    client, number = doors.here, opened(doors.here, parties=PARTIES)
    appeal = posted(doors, number, "appeals", what="Not my pipe", on=str(today))
    assert "60 calendar days" in appeal["arithmetic"]
    posted(doors, number, f"appeals/{appeal['proceeding']}/decision", outcome="dismissed", text="It is the city's")
    assert problem(client.post(f"/cases/{number}/appeals/x/decision", json={"outcome": "upheld", "text": "x"}), 404)
    cited = {"number": "C-77", "section": "8-2010", "what": "not repaired", "on": str(today)}
    citation = posted(doors, number, "citations", **cited)["proceeding"]
    posted(doors, number, f"proceedings/{citation}/settled", text="paid")
    capped = posted(doors, number, "abatements", what="Cap it", by_whom="Crew 4", on=str(today))["proceeding"]
    posted(doors, number, f"abatements/{capped}/done", text="Capped", cost_cents=80_000, basis="WO 1")
    differ = posted(doors, number, "discrepancies", text="Is it a leak?", told={"manager": "Max"})["proceeding"]
    settled = client.post(f"/cases/{number}/proceedings/{differ}/settled", json={"text": "it is"})
    assert problem(settled, 422) == "First tell the attorney of the discrepancy, and note it."
    posted(doors, number, f"discrepancies/{differ}/told", told={"attorney": "Ada"})
    posted(doors, number, f"proceedings/{differ}/settled", text="it is")
    off = posted(doors, number, "shut-offs", why="It runs")["proceeding"]
    posted(doors, number, f"shut-offs/{off}/decision", approved=True, why="Approved by the team")
    rows = ok(client.get(f"/cases/{number}/proceedings"))["proceedings"]
    ended = [(row["kind"], row["entries"][-1]["kind"]) for row in rows]
    assert ended == [
        ("appeal", "dismissed"),
        ("citation", "settled"),
        ("abatement", "done"),
        ("discrepancy", "settled"),
        ("shut_off", "approved"),
    ]
    assert [row["balance_cents"] for row in ok(client.get(f"/cases/{number}/charges"))["charges"]] == [80_000]
    status = ok(client.get(f"/cases/{number}/status"))
    assert "Olive" not in status["text"]
    for path in ("hearings", "appeals", "citations", "shut-offs", "discrepancies", "abatements"):
        assert problem(doors.public.post(f"/cases/{number}/{path}", json={}), 401)


def test_hearings_appeals_and_the_rest_by_command(doors: Doors, run: Any, today: date) -> None:
    number = opened(doors.here, parties=PARTIES)

    def said(*words: str) -> str:
        ran = run("proceeding", *words)
        assert ran.code == 0, ran.err
        return " ".join(ran.out.split())

    assert "to be decided: appeal filed" in said("appeal", number, "Not mine")
    assert run("proceeding", "appeal", number, "x", "--letter", "none").line == "There is no letter 'none'."
    assert f"set for {today + _FAR}" in said("hearing", number, str(today + _FAR), "Appeal", "--time", "14:30")
    said("notice", number, "last", "responsible", "certified mail")
    said("outcome", number, "last", "withdrawn", "The owner gave up")
    said("decide", number, "last", "withdrawn", "The owner gave up")
    said("cite", number, "C-1", "8-2010", "a leak", "--answer-by", str(today + _FAR))
    said("settle", number, "last", "paid")
    said("abate", number, "today", "Cap it", "--by", "Crew 4")
    assert "its cost is charged" in said("abated", number, "last", "Capped", "--cost", "80", "--basis", "WO 1")
    said("discrepancy", number, "Is it a leak?", "--manager", "Max", "--attorney", "Ada")
    said("settle", number, "last", "it is")
    assert "is no day" in run("proceeding", "abate", number, "soon", "x", "--by", "y").line
    listed = said("list", number)
    for words in ("appeal withdrawn", "hearing withdrawn", "Cap it", "Is it a leak?"):
        assert words.split()[0] in listed


def test_the_digest_by_command_and_over_http_says_the_same(doors: Doors, run: Any, today: date, tmp_path: Path) -> None:
    client, number = doors.here, opened(doors.here, title="Water & <b>more</b>")
    posted(doors, number, "category", category="I", why="a school")
    posted(doors, number, "updates", text="Crew is digging")
    posted(doors, number, "hearings", on=str(today), what="Appeal", notices=[])
    printed = run("digest")
    assert printed.code == 0, printed.err
    over_http = client.get("/digest")
    assert over_http.headers["content-type"] == "text/plain; charset=utf-8"
    assert over_http.headers["cache-control"] == "private, no-store"
    assert over_http.text == printed.out
    for words in ("daily digest for the manager", "hearing: Appeal", "Crew is digging"):
        assert words in printed.out
    for name, kind in (("a.html", "text/html"), ("a.csv", "text/csv"), ("a.txt", "text/plain")):
        form = {"html": "html", "csv": "csv", "txt": "text"}[name.rpartition(".")[2]]
        assert run("digest", "--weekly", "-o", tmp_path / name).code == 0
        answer = client.get("/digest", params={"period": "weekly", "form": form})
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        assert answer.content == (tmp_path / name).read_bytes()
    assert "Water &amp; &lt;b&gt;more&lt;/b&gt;" in (tmp_path / "a.html").read_text("utf-8")
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8"))))
    assert ["Opened", number, "leaks", "nobody", "Water & <b>more</b>", "", ""] in [
        (row + [""] * 7)[:7] for row in rows
    ]
    assert "Nothing is due soon." in client.get("/digest", params={"officer": "ann"}).text
    assert run("digest", "--officer", "ann").out == client.get("/digest", params={"officer": "ann"}).text
    assert "No case was opened." in client.get("/digest", params={"on": str(today - _FAR)}).text
    assert "written as text, html, csv" in run("digest", "--form", "pdf").line
    assert problem(doors.public.get("/digest"), 401).startswith("Cases are for staff")
    assert "daily" in problem(client.get("/digest", params={"period": "monthly"}), 400)


def test_the_maps_wait_as_long_for_an_appeal_as_the_rule_gives(tmp_path: Path, run: Any, town: Town) -> None:
    text = town.city_file.read_text("utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text + '\n[processes.settings]\nappeal_period = "15 working days"\n', "utf-8")
    refused = run("deadlines", "--city", other)
    assert refused.code == 1
    assert (
        "[processes.settings] appeal_period: is 15 working days, but the rule raleigh-2018-service-of-notice gives "
        "30 days to appeal, which letters print; make both the same"
    ) in " ".join(refused.err.split())
    assert open_office(town.settings, open_city(town.settings)).processes.time.settings["appeal_period"].count == 30
