"""`gis-ce decisions`, `gis-ce rules preview --decisions` and /decisions: the same record, whoever asks and however."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_town
from case_doors import does, doors_of, ok, opened, problem
from command_line import Ran, runner
from small_town import Town, lonlat, make_town, publish_rows

from api.decision_schemas import DecisionList, DecisionShown, FlipsAnswer, HeadsAnswer, ProofAnswer, ReproducedAnswer
from layers.model import LayerVersion

Run = Callable[..., Ran]


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    return make_town(tmp_path)


@pytest.fixture(name="run")
def _run(town: Town, store_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(town, monkeypatch, capsys)


@pytest.fixture(name="here")
def _here(town: Town, store_url: str) -> Any:
    return doors_of(town, store_url).here


@pytest.fixture(name="number")
def _number(here: Any) -> str:
    """A leak in the right of way, 30 ft from its edge, that an officer has confirmed to lie there."""
    lon, lat = lonlat(150, 30)
    case = opened(here, place={"lon": lon, "lat": lat})
    do = does(here, case)
    do("site_visit", comments="running")
    do("location", "inside")
    return case


def _street_moves_away(town: Town) -> None:
    """The street becomes 20 ft wide, and the lots of its north side reach down to it."""
    rows = small_town.features()
    street = [{"id": "RW-1", "wkt": "POLYGON ((0 0, 1000 0, 1000 20, 0 20, 0 0))"}]
    publish_rows(town.store, "right_of_way", "right_of_way", street)
    lots = [{**row, "wkt": re.sub(r" 60(?=[,)])", " 20", str(row["wkt"]))} for row in rows["parcels"]]
    publish_rows(town.store, "parcels", "parcel", lots)


def _of(run: Run, check: str = "right_of_way") -> dict[str, Any]:
    listed = json.loads(run("decisions", "list", "--check", check, "--json").out)
    return dict(listed[0])


def test_a_decision_is_listed_shown_proved_and_run_again(run: Run, number: str) -> None:
    listed = _of(run)
    assert (listed["case"], listed["proposed"], listed["state"]) == (number, "inside", "confirmed")
    assert number in run("decisions", "list", "--case", number).out
    shown = run("decisions", "show", listed["number"]).out
    assert "Inside or outside the right of way: inside" in shown.replace("\n", " ")
    assert "right_of_way/" in shown
    assert "Revision 1" in shown.replace("\n", " ")
    assert re.search(r"^Rules pack +nc-raleigh-2016, [0-9a-f]{12} *$", shown, re.MULTILINE)
    assert "scipy" in shown
    assert "The record holds" in run("decisions", "verify").out
    for each in json.loads(run("decisions", "list", "--json").out):
        ran = run("decisions", "reproduce", each["number"])
        assert ran.code == 0, ran.out
        assert "the same result" in ran.out


def test_heads_that_were_sent_out_prove_the_record(run: Run, number: str, tmp_path: Path) -> None:
    mail = tmp_path / "digest.txt"
    sent = run("decisions", "heads").out
    assert number in sent
    mail.write_text(f"Good morning,\n{sent}", encoding="utf-8")
    assert "against the heads of" in run("decisions", "verify", "--heads", mail).out
    mail.write_text(sent.replace(sent.split()[2], "0" * 64), encoding="utf-8")
    ran = run("decisions", "verify", "--heads", mail)
    assert ran.code == 1
    assert "is not the line whose hash was sent out" in ran.out
    mail.write_text("no heads at all", encoding="utf-8")
    assert "no line over all cases is in it" in run("decisions", "verify", "--heads", mail).line


def test_a_changed_layer_turns_a_decision_and_somebody_signs(run: Run, number: str, town: Town) -> None:
    _street_moves_away(town)
    ran = run("decisions", "flips")
    assert ran.code == 0, ran.err
    assert number in ran.out
    turned, to_sign = re.search(r"([0-9]+) turned(?:: ([0-9]+) to sign)?", ran.out).groups()  # type: ignore[union-attr]
    assert "outside" in ran.out
    found = json.loads(run("decisions", "flips", "--only-list", "--json").out)
    assert len(found["waiting"]) == int(to_sign or turned)
    assert all(each["to_sign"] for each in found["waiting"])
    (flip,) = [each for each in found["waiting"] if each["check"] == "right_of_way"]
    assert (flip["before"], flip["now"], flip["case_state"]) == ("inside", "outside", "open")
    assert "say why the older" in run("decisions", "sign", flip["new_number"], "--stays").line.lower()
    assert "The new answer holds" in run("decisions", "sign", flip["new_number"], "--holds").out
    assert "Nothing waits" in run("decisions", "flips").out or "right of way" not in run("decisions", "flips").out
    assert "The record holds" in run("decisions", "verify").out
    again = run("decisions", "reproduce", _of(run)["number"])
    assert "the same result" in again.out


def test_a_pruned_layer_version_is_named(run: Run, number: str, town: Town) -> None:
    old = town.store.current()["right_of_way"].version
    _street_moves_away(town)
    town.store.prune(1)
    ran = run("decisions", "reproduce", _of(run)["number"])
    assert ran.code == 1
    assert f"Layer version {old} is kept no longer." in ran.out.replace("\n", " ").replace("  ", " ")


def test_a_layer_that_speaks_of_a_later_day_changes_nothing_that_is_run_again(
    run: Run, number: str, town: Town
) -> None:
    current: LayerVersion = town.store.current()["right_of_way"]
    town.store.publish(replace(current, as_of=date(2031, 1, 1)))
    ran = run("decisions", "reproduce", _of(run)["number"])
    assert ran.code == 0, ran.out
    assert "What else" not in ran.out


def test_the_same_over_http(here: Any, number: str, town: Town) -> None:
    listed = ok(here.get("/decisions", params={"case": number, "check": "right_of_way"}))
    DecisionList.model_validate(listed)
    n = listed["decisions"][0]["number"]
    DecisionShown.model_validate(ok(here.get(f"/decisions/{n}")))
    heads = ok(here.get("/decisions/heads"))
    HeadsAnswer.model_validate(heads)
    proof = ok(here.post("/decisions/proof", json={"heads": heads["text"]}))
    ProofAnswer.model_validate(proof)
    assert proof["holds"]
    again = ok(here.get(f"/decisions/{n}/reproduction"))
    ReproducedAnswer.model_validate(again)
    assert again["same"] is True
    _street_moves_away(town)
    found = ok(here.post("/decisions/flips"))
    assert 0 < found["evaluated"] <= found["decisions"]
    waiting = ok(here.get("/decisions/flips"))
    FlipsAnswer.model_validate(waiting)
    flip = next(each for each in waiting["waiting"] if each["number"] == n)
    assert "Say why" in problem(here.post(f"/decisions/{flip['new_number']}/signature", json={"holds": False}), 422)
    signed = ok(here.post(f"/decisions/{flip['new_number']}/signature", json={"holds": True}))
    assert signed["number"] == number
    assert ok(here.post("/decisions/proof", json={}))["holds"]
    assert "waits for no signature" in problem(
        here.post(f"/decisions/{flip['new_number']}/signature", json={"holds": True}), 409
    )


def test_mistakes_are_one_clear_sentence(run: Run, here: Any, number: str) -> None:
    assert "There is no decision '999' on record" in run("decisions", "show", 999).line
    assert "There is no decision" in problem(here.get("/decisions/999"), 404)
    assert "There is no case" in problem(here.get("/decisions", params={"case": "LEAK-1"}), 404)
    assert "no line over all cases" in problem(here.post("/decisions/proof", json={"heads": "x"}), 400)


def test_the_public_sees_no_decision(town: Town, store_url: str, number: str) -> None:
    public = doors_of(town, store_url).public
    for path in ("/decisions", "/decisions/1", "/decisions/flips", "/decisions/heads", "/decisions/1/reproduction"):
        assert public.get(path).status_code == 401
    assert public.post("/decisions/flips").status_code == 401
    assert public.post("/decisions/1/signature", json={"holds": True}).status_code == 401


def test_a_changed_pack_shows_which_past_decisions_would_turn(run: Run, here: Any, number: str) -> None:
    lon, lat = lonlat(150, 22.4)
    dug = opened(here, type="damages", place={"lon": lon, "lat": lat, "sigma_ft": 0.0}, event_on="2015-03-02")
    _walk_to(here, dug, "tolerance")
    nothing = run("rules", "preview", "--decisions", "--to-pack", "nc-raleigh-2016")
    assert "No decision would turn" in nothing.out
    wrong = run("rules", "preview", "--decisions", "--to-day", "2014-01-01", "--from-day", "2013-01-01")
    assert "leave CASES and --from-day out" in wrong.line
    found = json.loads(run("rules", "preview", "--decisions", "--to-day", "2014-01-01", "--json").out)
    (turned,) = [each for each in found["turned"] if each["check"] == "tolerance_zone"]
    assert (turned["case"], turned["before"], turned["after"]) == (dug, "outside", "within")
    assert turned["rule_before"] != turned["rule_after"]
    assert dug in run("rules", "preview", "--decisions", "--to-day", "2014-01-01").out


def _walk_to(here: Any, number: str, step: str) -> None:
    """Does the steps of a case, by the first answer and value that there is, up to one."""
    for _ in range(12):
        now = ok(here.get(f"/cases/{number}"))["now"]
        if now["step"] == step:
            return
        fields = {each["field"]: _some(here, number, each) for each in now["fields"] if each["required"]}
        answer = now["choices"][0] if now["choices"] else None
        ok(here.post(f"/cases/{number}/steps", json={"step": now["step"], "answer": answer, "fields": fields}))
    raise AssertionError(f"{number} does not come to {step}")


def _some(here: Any, number: str, field: dict[str, Any]) -> Any:
    if field["type"] == "attachments":
        sent = here.post(f"/cases/{number}/attachments", files={"file": ("a.txt", b"what was seen", "text/plain")})
        return [ok(sent)["made"]["attachment"]]
    if field["choices"]:
        return field["choices"][0]
    return {"date": "2015-03-02", "number": 1, "flag": True}.get(field["type"], "something")


def test_importing_layers_tells_which_decisions_they_turn(run: Run, number: str, town: Town) -> None:
    small_town.write_sources(town.city_file.parent)
    before = _of(run)
    ran = run("layers", "import", "right_of_way")
    assert ran.code == 0, ran.err
    assert "decisions lay where something changed" in ran.err
    assert "0 turned" in ran.err
    assert "Decisions were not looked at" not in ran.err
    assert _of(run) == before
