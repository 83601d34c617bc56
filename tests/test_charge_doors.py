"""Money by command and over HTTP: the same figures, one clear sentence for what cannot be, nothing for the public."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, doors_of, ok, opened, own_store, problem
from command_line import runner
from rules_of_ours import PACK, with_own_rules
from small_town import Town, make_town

from api.charge_schemas import StatementAnswer, UnpaidAnswer
from gis_ce.file_errors import RuleFileError
from gis_ce.rule_files import open_pack


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return with_own_rules(make_town(tmp_path_factory.mktemp("town")))


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """The service, and the commands, on one store of the test's own."""
    url = own_store(tmp_path, sqlite_template)
    monkeypatch.setenv("GIS_CE_CASES", url)
    return doors_of(town, url)


@pytest.fixture(name="run")
def _run(town: Town, doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


def good(ran: Any) -> str:
    assert ran.code == 0, ran.err
    return " ".join(ran.out.split())


def test_a_case_is_charged_stayed_paid_and_settled_by_command(doors: Doors, run: Any, tmp_path: Path) -> None:
    number = opened(doors.here, parties=[{"role": "owner", "name": "Pat Owner"}])
    assert good(run("charge", "list", number)) == f"{number} was charged nothing."
    words = ("charge", "add", number, "repair", "1,250.00", "--basis", "WO 4711", "--due", "2026-01-05")
    assert good(run(*words)).startswith("charged repair: $1,250.00 (WO 4711), as ")
    penalty = ("charge", "add", number, "civil_penalty", "--deadline", "2026-01-05", "--json")
    made = json.loads(good(run(*penalty)))["made"]
    assert "$100.00 a day from Tue 6 Jan 2026, at most $5,000.00" in made["said"]
    assert good(run("charge", "end", number, made["charge"], "2026-01-07", "--why", "dry")).endswith("$1,450.00 open")
    good(run("charge", "stay", number, "--why", "appealed"))
    assert "stayed" in good(run("charge", "unpaid"))
    good(run("charge", "resume", number, "--why", "upheld"))
    good(run("charge", "pay", number, "1000", "--reference", "CK 12", "--on", "2026-02-01"))
    assert run("charge", "pay", number, "1000", "--reference", "CK 12").line.startswith(
        "The payment 'CK 12' was recorded"
    )
    good(run("charge", "returned", number, "CK 12", "--why", "bounced"))
    table = tmp_path / "paid.csv"
    table.write_text(f"case,amount,date,reference\n{number},1250,2026-02-03,R-1\n", "utf-8")
    assert good(run("charge", "import", table)) == "recorded 1 payment of $1,250.00; 0 known already"
    assert "Pat Owner" in good(run("charge", "unpaid"))
    file = tmp_path / "unpaid.csv"
    good(run("charge", "unpaid", "-o", file))
    (row,) = csv.DictReader(file.open(encoding="utf-8"))
    assert (row["case"], row["open"], row["owed_by"], row["stayed"]) == (number, "200.00", "Pat Owner", "no")
    assert good(run("charge", "waive", number, made["charge"], "--why", "hardship")).endswith("$0.00 open")
    assert good(run("charge", "unpaid")) == "Nothing is unpaid."
    listed = good(run("charge", "list", number))
    assert "2 days from Tue 6 Jan 2026 to Wed 7 Jan 2026, $100.00 a day = $200.00" in listed
    assert f"{number}: $0.00 open by Pat Owner." in listed


def test_the_same_over_http_with_keys_and_versions(doors: Doors) -> None:
    number = opened(doors.here)
    body = {"kind": "repair", "amount_cents": 125000, "basis": "WO 4711"}
    first = ok(doors.here.post(f"/cases/{number}/charges", json=body, headers={"Idempotency-Key": "a"}))
    again = ok(doors.here.post(f"/cases/{number}/charges", json=body, headers={"Idempotency-Key": "a"}))
    assert (again["made"], again["repeated"]) == (first["made"], True)
    stale = doors.here.post(f"/cases/{number}/charges", json=body, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    paid = {"amount_cents": 25000, "on": "2026-02-01", "reference": "CK 1"}
    assert ok(doors.here.post(f"/cases/{number}/payments", json=paid))["made"]["balance_cents"] == 100_000
    refused = doors.here.post(f"/cases/{number}/charges", json={"kind": "civil_penalty"})
    assert problem(refused, 422).startswith(f"No deadline of {number} has passed")
    waived = {"charge": first["made"]["charge"], "why": "council", "amount_cents": 100}
    assert ok(doors.here.post(f"/cases/{number}/charges/waive", json=waived))["made"]["balance_cents"] == 99_900
    told = ok(doors.here.get(f"/cases/{number}/charges"))
    StatementAnswer.model_validate(told)
    assert [entry["kind"] for entry in told["charges"][0]["entries"]] == ["paid", "waived"]
    table = f"case,amount,date,reference\n{number},999,2026-02-03,R-1\n"
    sent = doors.here.post("/charges/payments", content=table, headers={"Content-Type": "text/csv"})
    assert ok(sent) == {"recorded": 1, "known": 0, "cents": 99_900}
    assert ok(doors.here.get("/charges/unpaid")) == {"unpaid": [], "open_cents": 0}
    bad = doors.here.post("/charges/payments", content="a,b\n1,2\n", headers={"Content-Type": "text/csv"})
    assert "this one lacks case, amount, date, reference" in problem(bad, 422)


def test_the_unpaid_over_http_are_for_staff(doors: Doors) -> None:
    number = opened(doors.here, parties=[{"role": "owner", "name": "Pat Owner"}])
    ok(doors.here.post(f"/cases/{number}/charges", json={"kind": "connection_fee", "code": "water_tap"}))
    found = ok(doors.here.get("/charges/unpaid"))
    UnpaidAnswer.model_validate(found)
    assert (found["open_cents"], found["unpaid"][0]["owed_by"]["name"]) == (125_000, "Pat Owner")
    assert problem(doors.public.get("/charges/unpaid"), 401).startswith("Cases are for staff")
    sam = doors.add("sam", "sm")
    problem(sam.post(f"/cases/{number}/charges", json={"kind": "repair", "amount_cents": 1, "basis": "x"}), 403)


def test_a_pack_with_broken_amounts_is_refused_with_every_mistake(tmp_path: Path) -> None:
    broken = PACK.replace("amount_cents: 10000, per: day", "amount_cents: 99.5, per: week, day_unit: hours")
    (tmp_path / "ours.yaml").write_text(broken, "utf-8")
    with pytest.raises(RuleFileError) as refused:
        open_pack("ours", tmp_path)
    said = "\n".join(refused.value.mistakes)
    assert "amount_cents is whole cents, such as 10000 for $100.00, not 99.5" in said
    assert "per 'week' is not one of day, violation" in said
    assert "day_unit 'hours' is not one of working_days, calendar_days" in said
