"""The registers fill themselves from the cases as they are walked through their maps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from made_cases import add_case
from sqlalchemy import event
from sqlalchemy.orm import Session
from walked_cases import FIRST_DAY, PROCESSES, ZONE, Walk, act_at, walk

from gis_ce.case_store import CaseStore
from gis_ce.errors import FilterRefused, UnknownRegister
from gis_ce.file_errors import RegisterFileError
from gis_ce.process_corrections import correct_answer
from gis_ce.register_entry import Filling, RegisterEntry
from gis_ce.register_files import open_registers, read_register
from gis_ce.registers import EntryFilter, register_entries, register_named, register_page
from gis_ce.tables import Event

REGISTERS = open_registers(PROCESSES)
TO_AGREEMENT = {"verify_cor": "yes", "meets_minimum": "yes", "approved": "yes"}
HERE = shapely.Point(2_100_000, 738_000)
THERE = shapely.Point(2_110_000, 738_000)


def filled(name: str) -> Filling:
    return Filling(REGISTERS[name], PROCESSES, ZONE)


def entries(session: Session, name: str, **asked: Any) -> list[RegisterEntry]:
    return list(register_entries(session, filled(name), EntryFilter(**asked)))


def encroachment(session: Session, name: str, end: str, **more: Any) -> Walk:
    answers = TO_AGREEMENT | more.pop("answers", {})
    return walk(session, "encroachment_request", name, **more).to(end, answers)


def test_an_encroachment_request_goes_through_the_log_as_it_goes_through_its_map(case_store: CaseStore) -> None:
    with case_store.session() as session:
        case = encroachment(session, "a", "verify_cor")
        seen = []
        for step in ("send_application", "complete_application", "print_packet", "notify_town", "end"):
            case.to(step, TO_AGREEMENT)
            seen.append([entry.status for entry in entries(session, "encroachment_log")])
        assert seen == [[], ["requested"], ["approved"], ["agreement"], ["agreement"]]


def test_an_entry_says_since_when_and_names_the_events_it_came_from(case_store: CaseStore) -> None:
    with case_store.session() as session:
        case = encroachment(session, "a", "end", owner="DOE JANE", address="1 OAK ST", parcel_id="N1", place=HERE)
        (entry,) = entries(session, "encroachment_log")
        scan = session.query(Event).where(Event.step == "scan", Event.kind == "answered").one()
        assert entry.since == scan.at.astimezone(ZONE).date()
        assert scan.id in [source.id for source in entry.events]
        assert [source.id for source in entry.events] == sorted(source.id for source in entry.events)
        assert (entry.number, entry.address, entry.parcel_id, entry.place) == (case.case.number, "1 OAK ST", "N1", HERE)
        assert entry.values["owner"] == "DOE JANE"
        assert entry.values["town_inspects"] == "yes"
        assert entry.values["meets_minimum"] == "yes"
        assert entry.values["signed_on"] == entry.since - timedelta(days=1)


def test_a_request_that_is_not_approved_says_why(case_store: CaseStore) -> None:
    with case_store.session() as session:
        answers = {"verify_cor": "yes", "meets_minimum": "no"}
        walk(session, "encroachment_request", "a").to("end_not_approved", answers, {"reason": "over the main"})
        (entry,) = entries(session, "encroachment_log")
        assert (entry.status, entry.values["not_approved_because"]) == ("not_approved", "over the main")


def test_the_list_of_easements_to_acquire_is_filled_by_both_maps(case_store: CaseStore) -> None:
    with case_store.session() as session:
        listed = {"obstructions": "yes", "exists": "no"}
        walk(session, "easements", "a").to("end_acquire", listed, {"easement_evidence": "no deed found"})
        walk(session, "easements", "b").to("end_work", {"obstructions": "no"})
        walk(session, "encroachment_request", "c").to("end_not_ours", {"verify_cor": "no"}, {"outcome": "acquire_list"})
        other = {"outcome": "other_easement_owner"}
        walk(session, "encroachment_request", "d").to("end_not_ours", {"verify_cor": "no"}, other)
        found = entries(session, "easements_to_acquire")
        assert {entry.case_id: entry.type for entry in found} == {"c": "encroachment_request", "a": "easements"}
        evidence = {entry.case_id: entry.values["easement_evidence"] for entry in found}
        assert evidence == {"a": "no deed found", "c": None}


def test_a_corrected_answer_takes_its_entry_out_of_the_list_again(case_store: CaseStore) -> None:
    with case_store.session() as session:
        case = walk(session, "easements", "a").to("acquire_list", {"obstructions": "yes", "exists": "no"})
        case.to("end_acquire")
        case.case.status, case.case.outcome = "open", None
        assert len(entries(session, "easements_to_acquire")) == 1
        state = replace(case.state, closed=False)
        case.keep(correct_answer(case.process, state, "exists", "yes", "the deed was found", act_at(case.at)))
        assert entries(session, "easements_to_acquire") == []


@pytest.mark.parametrize(
    ("end", "answers", "status"),
    [
        ("cause", {}, "under_investigation"),
        ("end_other", {"cause": "no"}, "other_cause"),
        ("end_damage", {"cause": "yes", "contractor_damage": "yes"}, "contractor_damage"),
        ("wait_follow_up", {"cause": "yes", "contractor_damage": "no", "traceable": "yes"}, "notice_sent"),
        ("end", {"cause": "yes", "contractor_damage": "no", "traceable": "no"}, "letters_mailed"),
    ],
)
def test_every_overflow_stands_in_the_sso_log(
    case_store: CaseStore, end: str, answers: dict[str, str], status: str
) -> None:
    with case_store.session() as session:
        walk(session, "sso", "a").to(end, answers)
        (entry,) = entries(session, "sso_log")
        assert entry.status == status
        assert entry.values["letters_mailed"] == (3 if status == "letters_mailed" else None)


def test_an_old_case_that_was_brought_in_stands_in_the_log_by_the_end_it_closed_at(case_store: CaseStore) -> None:
    with case_store.session() as session:
        case = walk(session, "encroachment_request", "a").case
        case.status, case.outcome, case.step = "closed", "end", "end"
        case.closed_at = datetime(2019, 5, 4, 16, tzinfo=UTC)
        session.add(Event(case_id="a", at=FIRST_DAY, by="ann", kind="imported", text="row 7"))
        session.flush()
        (entry,) = entries(session, "encroachment_log")
        assert (entry.status, entry.since) == ("agreement", date(2019, 5, 4))
        assert [source.kind for source in entry.events] == ["imported"]


def three(session: Session) -> None:
    encroachment(session, "a", "end", place=HERE, owner="ÖHLER ANNE", title="Fence at the creek", parcel_id="N1")
    later = FIRST_DAY + timedelta(days=100)
    encroachment(session, "b", "print_packet", at=later, place=THERE, address="12 Oak St")
    encroachment(session, "c", "end_not_approved", at=FIRST_DAY, place=None, answers={"meets_minimum": "no"})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["b", "c", "a"]),
        ({"statuses": ("agreement", "approved")}, ["b", "a"]),
        ({"types": ("encroachment_request",)}, ["b", "c", "a"]),
        ({"since": date(2026, 6, 1)}, ["b"]),
        ({"until": date(2026, 6, 1)}, ["c", "a"]),
        ({"area": HERE.buffer(50)}, ["a"]),
        ({"area": shapely.box(2_090_000, 730_000, 2_120_000, 740_000)}, ["b", "a"]),
        ({"text": "öhler"}, ["a"]),
        ({"text": "CREEK"}, ["a"]),
        ({"text": "oak st"}, ["b"]),
        ({"text": "nothing like it"}, []),
        ({"parcel": "N1"}, ["a"]),
    ],
)
def test_a_register_is_filtered(case_store: CaseStore, asked: dict[str, Any], found: list[str]) -> None:
    with case_store.session() as session:
        three(session)
        assert [entry.case_id for entry in entries(session, "encroachment_log", **asked)] == found


def test_a_day_of_an_entry_is_the_citys_and_not_utc(case_store: CaseStore) -> None:
    with case_store.session() as session:
        late = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
        walk(session, "sso", "a", at=late)
        (entry,) = entries(session, "sso_log")
        assert (entry.since, entry.opened_on) == (date(2026, 3, 2), date(2026, 3, 2))


def test_pages_follow_one_another_without_gap_or_double(case_store: CaseStore) -> None:
    with case_store.session() as session:
        for number in range(11):
            walk(session, "sso", f"{number:02}", at=FIRST_DAY + timedelta(hours=number // 3))
            walk(session, "damages", f"d{number:02}")
        seen, after = [], None
        while True:
            page = register_page(session, filled("sso_log"), EntryFilter(), after, limit=4)
            seen.append([entry.case_id for entry in page.entries])
            after = page.after
            if after is None:
                break
        assert [len(ids) for ids in seen] == [4, 4, 3]
        every = [name for ids in seen for name in ids]
        assert every == [entry.case_id for entry in entries(session, "sso_log")]
        assert len(set(every)) == 11


def test_a_register_is_read_in_batches_of_cases(case_store: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("gis_ce.registers.BATCH", "gis_ce.register_reading.BATCH"):
        monkeypatch.setattr(module, 3)
    with case_store.session() as session:
        for number in range(9):
            walk(session, "sso", f"{number:02}")
        assert len(entries(session, "sso_log")) == 9


def test_a_step_that_was_renamed_since_still_counts(case_store: CaseStore) -> None:
    with case_store.session() as session:
        encroachment(session, "a", "end")
        definition = PROCESSES["encroachment_request"]
        steps = {("scanned" if name == "scan" else name): step for name, step in definition.steps.items()}
        newer = replace(definition, steps=steps, renamed={"scan": "scanned"})
        register = REGISTERS["encroachment_log"]
        first = replace(register.rules[0], passed=("scanned",), or_end=())
        filling = Filling(replace(register, rules=(first, *register.rules[1:])), {"encroachment_request": newer}, ZONE)
        (entry,) = register_entries(session, filling, EntryFilter())
        assert entry.status == "agreement"
        assert "scanned" in [source.step for source in entry.events]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"statuses": ("agreed",)}, "Encroachment Log has no status 'agreed'; did you mean agreement?"),
        ({"types": ("sso",)}, "has no type 'sso'"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(case_store: CaseStore, asked: dict[str, Any], said: str) -> None:
    with case_store.session() as session, pytest.raises(FilterRefused, match="has no") as refused:
        entries(session, "encroachment_log", **asked)
    assert said in str(refused.value)


@pytest.mark.parametrize("after", ["", "~", "yesterday~a", "2026-03-02T10:00:00~a", "2026-03-02T10:00:00+00:00~"])
def test_a_page_that_is_none_of_ours_is_refused(case_store: CaseStore, after: str) -> None:
    with case_store.session() as session, pytest.raises(FilterRefused, match="none of ours"):
        register_page(session, filled("sso_log"), EntryFilter(), after)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_a_sensible_size(case_store: CaseStore, limit: int) -> None:
    with case_store.session() as session, pytest.raises(FilterRefused, match="A page has"):
        register_page(session, filled("sso_log"), EntryFilter(), limit=limit)


def test_a_register_is_found_by_its_name() -> None:
    assert register_named(REGISTERS, "sso_log").title == "SSO Log"
    with pytest.raises(UnknownRegister, match="did you mean sso_log"):
        register_named(REGISTERS, "sso_logg")


def test_the_cases_of_a_register_are_found_by_an_index(case_store: CaseStore) -> None:
    asked: list[tuple[str, Any]] = []

    def keep(*given: Any) -> None:
        asked.append((given[2], given[3]))

    with case_store.session() as session:
        for number in range(300):
            add_case(session, f"x{number}", HERE)
        walk(session, "sso", "a")
        session.commit()
    event.listen(case_store.engine, "before_cursor_execute", keep)
    with case_store.reading() as session:
        assert len(entries(session, "sso_log")) == 1
    event.remove(case_store.engine, "before_cursor_execute", keep)
    listing = next(given for given in asked if "FROM case_" in given[0])
    explain = "EXPLAIN QUERY PLAN" if case_store.engine.dialect.name == "sqlite" else "EXPLAIN"
    with case_store.engine.connect() as connection:
        if explain == "EXPLAIN":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        plan = str(connection.exec_driver_sql(f"{explain} {listing[0]}", listing[1]).all())
    assert "ix_case__type" in plan, plan


GOOD = """format: 1
id: fences
title: Fences
about: Where fences stand.
entries:
- {process: easements, status: open, passed: [log]}
columns:
- {name: town, field: town}
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("process: easements", "process: easement"), "line 6: fences.entries: there is no process 'easement'"),
        (("passed: [log]", "passed: [lug]"), "there is no step of easements 'lug'; did you mean 'log'?"),
        (("passed: [log]", "answered: {log: maybe}"), "there is no answer of log 'maybe'"),
        (("passed: [log]", "answered: {verify: x}"), "there is no decision of easements 'verify'"),
        (("passed: [log]", "noted: {twon: x}"), "there is no field of easements 'twon'; did you mean 'town'?"),
        (("passed: [log]", "or_end: [close]"), "there is no end of easements 'close'"),
        ((", passed: [log]", ""), "says not when a case stands here"),
        (("field: town}", "field: twon}"), "did you mean 'town'?"),
        (("field: town}", "party: owners}"), "did you mean 'owner'?"),
        (("field: town}", "field: town, answer: log}"), "needs exactly one of field, answer, party, day_of"),
        (("field: town}", "field: town}\n- {name: town, answer: log}"), "there are two columns town"),
        (("id: fences", "id: fence"), "there is no register named like its file 'fence'"),
        (("format: 1", "format: 2"), "format must be 1, not 2"),
        (("title: Fences", "titel: Fences"), "titel is no key of a register; did you mean 'title'?"),
    ],
)
def test_a_broken_definition_is_refused_with_its_line(change: tuple[str, str], said: str) -> None:
    assert read_register(GOOD, "fences.yaml", PROCESSES).statuses == ("open",)
    with pytest.raises(RegisterFileError) as refused:
        read_register(GOOD.replace(*change), "fences.yaml", PROCESSES)
    assert said in str(refused.value)


def test_all_mistakes_of_a_definition_are_told_at_once() -> None:
    text = GOOD.replace("passed: [log]", "passed: [lug]").replace("title: Fences\n", "")
    with pytest.raises(RegisterFileError) as refused:
        read_register(text, "fences.yaml", PROCESSES)
    assert len(refused.value.mistakes) == 2


@pytest.mark.parametrize("text", ["", "- a", "just words", "a: [1"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(RegisterFileError, match=r"line \d"):
        read_register(text, "fences.yaml", PROCESSES)


def test_a_city_replaces_a_register_and_adds_its_own(tmp_path: Path) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "fences.yaml").write_text(GOOD, "utf-8")
    changed = GOOD.replace("id: fences", "id: sso_log")
    (tmp_path / "registers" / "sso_log.yaml").write_text(changed, "utf-8")
    own = open_registers(PROCESSES, tmp_path)
    assert sorted(own) == ["easements_to_acquire", "encroachment_log", "fences", "sso_log"]
    assert own["sso_log"].title == "Fences"
