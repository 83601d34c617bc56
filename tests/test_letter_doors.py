"""Letters by command and over HTTP: the same letters; who may not see cases sees none."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from case_doors import Doors, does, doors_of, ok, opened, own_store, problem, town_day
from command_line import runner
from lettered import LETTERS, text_of
from made_pictures import jpeg
from pypdf import PdfReader
from small_town import Town, make_town

from api.letter_schemas import LetterKinds, LetterWhole

OWNER = {"role": "owner", "name": "Olive Owner", "mailing_address": "111 Main Street, Smallville, NC 27001"}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = make_town(tmp_path_factory.mktemp("town"))
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in LETTERS.items())
    town.city_file.write_text(town.city_file.read_text("utf-8") + f"\n[letters]\n{lines}\n", "utf-8")
    return town


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Doors:
    url = own_store(tmp_path, sqlite_template)
    monkeypatch.setenv("GIS_CE_CASES", url)
    monkeypatch.setenv("GIS_CE_ATTACHMENTS", str(tmp_path / "attachments"))
    return doors_of(
        replace(town, settings=town.settings.model_copy(update={"attachments": tmp_path / "attachments"})), url
    )


def at_notice(doors: Doors) -> str:
    """The number of a leak behind the meter that stands at the 48-hour notice."""
    client = doors.here
    number = opened(client, parties=[OWNER])
    do = does(client, number)
    do("site_visit", comments="running")
    do("location", "outside", "seen there")
    do("meter_side", "behind", "seen there")
    do("advise_owner")
    do("major_leak", "no")
    return number


def test_a_letter_goes_its_whole_way_over_http(doors: Doors) -> None:
    client, number = doors.here, at_notice(doors)
    letter = ok(client.post(f"/cases/{number}/letters", json={"values": {"found": "Water runs."}}))["made"]["letter"]
    shown = ok(client.get(f"/letters/{letter}"))
    LetterWhole.model_validate(shown)
    assert (shown["state"], shown["missing"]) == ("draft", [])
    assert "DRAFT" in text_of(client.get(f"/letters/{letter}/pdf").content)
    made = ok(client.post(f"/letters/{letter}/issue"))["made"]
    pdf = client.get(f"/letters/{letter}/pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert "Water runs." in text_of(pdf.content)
    assert client.get(f"/cases/{number}/attachments/{made['attachment']}").content == pdf.content
    today = town_day(ok(client.get(f"/letters/{letter}"))["issued_at"])
    served = ok(client.post(f"/letters/{letter}/served", json={"method": "hand", "on": today, "at": "00:05"}))
    assert served["made"]["clock"]["receipt"]["day"] == today
    LetterWhole.model_validate(ok(client.get(f"/letters/{letter}")))


def test_the_evidence_picture_of_the_place_is_put_in(doors: Doors) -> None:
    client, number = doors.here, at_notice(doors)
    letter = ok(client.post(f"/cases/{number}/letters", json={}))["made"]["letter"]
    shown = ok(client.get(f"/letters/{letter}"))
    picture = next(known["value"] for known in shown["fields"] if known["name"] == "evidence")
    assert "grid north is up" in picture
    words = text_of(client.get(f"/letters/{letter}/pdf").content)
    assert "The place" in words
    assert "Main\n" not in words
    assert "WM-" not in words


def test_the_request_for_a_test_goes_to_the_crew_with_the_map_of_the_mains(doors: Doors) -> None:
    client, number = doors.here, at_notice(doors)
    asked = {
        "template": "request_for_testing",
        "to": ["Crew 4", "1 City Plaza", "Smallville, NC 27001"],
        "values": {"tests": "smoke test\nCCTV\ndye test", "question": "Is the house connected?"},
    }
    letter = ok(client.post(f"/cases/{number}/letters", json=asked))["made"]["letter"]
    assert ok(client.get(f"/letters/{letter}"))["missing"] == []
    assert ok(client.post(f"/letters/{letter}/issue"))["made"]["sha256"]
    words = text_of(client.get(f"/letters/{letter}/pdf").content)
    for said in ("smoke test", "CCTV", "dye test", "Mains around 111 Main Street", "Water main", "Sewer main"):
        assert said in words


def test_mistakes_are_problems_in_one_sentence(doors: Doors) -> None:
    client, number = doors.here, at_notice(doors)
    assert "did you mean 'nov'" in problem(client.post(f"/cases/{number}/letters", json={"template": "nof"}), 404)
    letter = ok(client.post(f"/cases/{number}/letters", json={"template": "nov"}))["made"]["letter"]
    assert "violation is missing" in problem(client.post(f"/letters/{letter}/issue"), 422)
    assert "only an issued letter" in problem(
        client.post(f"/letters/{letter}/served", json={"method": "hand", "on": "2026-03-02"}), 422
    )
    assert client.get("/letters/none").status_code == 404


def test_the_public_sees_no_letter(doors: Doors) -> None:
    number = at_notice(doors)
    letter = ok(doors.here.post(f"/cases/{number}/letters", json={}))["made"]["letter"]
    for address in (f"/letters/{letter}", f"/letters/{letter}/pdf", "/letters/kinds"):
        assert doors.public.get(address).status_code == 401


def test_the_public_fetches_the_forms_and_no_letter_as_one(doors: Doors) -> None:
    for name, words in (
        ("encroachment_application", "Application for an encroachment"),
        ("information_request_form", "811"),
    ):
        form = doors.public.get(f"/forms/{name}")
        assert form.headers["content-type"] == "application/pdf"
        assert words in text_of(form.content)
    assert "is no form" in problem(doors.public.get("/forms/nov"), 404)


def test_kinds_tell_their_fields(doors: Doors) -> None:
    kinds = LetterKinds.model_validate(ok(doors.here.get("/letters/kinds"))).kinds
    assert {"nov", "notice_48_hours"} <= {kind["id"] for kind in kinds}


def test_a_letter_goes_its_whole_way_by_command(
    doors: Doors, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = at_notice(doors)
    run = runner(town, monkeypatch, capsys)
    assert "notice_48_hours" in run("letter", "kinds").out
    assert run("letter", "form", "encroachment_application", "-o", tmp_path / "form.pdf").code == 0
    assert "Application for an encroachment" in text_of((tmp_path / "form.pdf").read_bytes())
    begun = json.loads(run("letter", "new", number, "--json").out)
    letter = begun["made"]["letter"]
    assert run("letter", "set", letter, "found=Water runs down the drive.").code == 0
    assert "Water runs down the drive." in run("letter", "show", letter, "--pdf", tmp_path / "draft.pdf").out
    assert len(PdfReader(tmp_path / "draft.pdf").pages) in (1, 2)
    assert "kept as" in run("letter", "issue", letter, "--pdf", tmp_path / "issued.pdf").out
    assert "DRAFT" not in text_of((tmp_path / "issued.pdf").read_bytes())
    (tmp_path / "stub.jpg").write_bytes(jpeg())
    served = run("letter", "served", letter, "certified_mail", "--tracking", "7019", "--proof", tmp_path / "stub.jpg")
    assert "Received: not known yet" in served.out
    assert "which is returned" in run("letter", "returned", letter).out
    assert "number 7019" in run("case", "history", number).out
    assert "is no day" in run("letter", "served", letter, "hand", "--on", "yesterday").line
    newer = json.loads(run("letter", "reissue", letter, "--why", "other address", "--json").out)["made"]["letter"]
    assert run("letter", "withdraw", newer, "--why", "repaired").code == 0
    assert "is withdrawn" in run("letter", "issue", newer).line
    assert (
        "recorded"
        in run("letter", "deed", number, "--by", "R. Reader", "--on", "2026-03-02", "--book", 8, "--page", 4).out
    )


def test_the_packet_comes_by_command_as_a_folder_and_over_http_as_a_zip(
    doors: Doors, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = at_notice(doors)
    run = runner(town, monkeypatch, capsys)
    assert "manifest.json" in run("case", "packet", number, "-o", tmp_path / "hearing").out
    assert "is not an empty folder" in run("case", "packet", number, "-o", tmp_path / "hearing").line
    answer = doors.here.get(f"/cases/{number}/packet")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert f"{number}/{number}-packet.pdf" in packed.namelist()
    assert doors.public.get(f"/cases/{number}/packet").status_code == 401
