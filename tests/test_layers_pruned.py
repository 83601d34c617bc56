"""`gis-ce layers prune` takes old versions with their networks, and none that decisions or frozen mailings name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sewer_street
import small_town
from case_doors import does, doors_of, opened
from command_line import Ran, runner
from desks import a_desk, at_location, later, write
from desks import town as drawn_town
from edited_layers import Edit, edited, parts_of
from sewer_street import make_street_town, overflow, sewer_desk
from small_town import Town, lonlat, publish_rows

from api.cli.screen import many, short
from gis_ce.actions.mailing_making import new_mailing
from gis_ce.actions.mailings import freeze, review
from gis_ce.case_store import CaseStore
from gis_ce.named_versions import Named, named_versions
from layers.snapshot import NETWORK

Run = Callable[..., Ran]


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    return make_street_town(tmp_path)


@pytest.fixture(name="run")
def _run(town: Town, store_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(town, monkeypatch, capsys)


def _good(ran: Ran) -> str:
    assert ran.code == 0, ran.err + ran.out
    return ran.out


def _decided_and_frozen(run: Run, town: Town, store_url: str) -> tuple[str, str]:
    """The number of a decision on record, and that of a frozen mailing."""
    here, (lon, lat) = doors_of(town, store_url).here, lonlat(150, 30)
    does(here, opened(here, place={"lon": lon, "lat": lat}))("site_visit", comments="running")
    at = "{},{}".format(*lonlat(300, 30))
    case = json.loads(_good(run("case", "open", "sso", "--at", at, "--json")))["number"]
    mailing = json.loads(_good(run("mailing", "new", case, "--json")))["number"]
    _good(run("mailing", "review", mailing, "--done"))
    _good(run("mailing", "freeze", mailing))
    (decided,) = json.loads(_good(run("decisions", "list", "--check", "right_of_way", "--json")))
    return str(decided["number"]), str(mailing)


def _published_again(town: Town) -> dict[str, str]:
    """Publishes every layer with another quality; gives the versions before, by name."""
    before = {name: version.version for name, version in town.store.current().items()}
    for name, rows in {**small_town.features(), **sewer_street.rows()}.items():
        role = town.store.part(before[name]).description.role
        publish_rows(town.store, name, role, rows, sigma_ft=7.0)
    return before


def _traced(run: Run) -> None:
    """Builds the network of the mains, which is kept in a file beside them."""
    _good(run("trace", "upstream", "--manhole", "MH-3"))


def _networks(town: Town) -> set[str]:
    """The mains' versions beside which a network lies."""
    files = town.store.folder.glob(f"*/*{NETWORK}")
    return {f"{path.parent.name}/{path.name.partition('.')[0]}" for path in files}


def test_versions_that_the_record_names_are_kept_and_told(run: Run, town: Town, store_url: str) -> None:
    _traced(run)
    decision, mailing = _decided_and_frozen(run, town, store_url)
    old = _published_again(town)
    ran = json.loads(_good(run("layers", "prune", "--keep", "1", "--json")))
    kept = {each["version"]: each for each in ran["kept"]}
    assert kept[old["right_of_way"]]["decisions"] > 0
    assert kept[old["manholes"]]["mailings"] == [mailing]
    assert kept[old["right_of_way"]]["mailings"] == []
    assert old["limits"] in ran["deleted"]
    assert {*kept, *ran["deleted"]} == set(old.values())
    assert _networks(town) == {old["sewer_mains"]}
    assert "the same result" in _good(run("decisions", "reproduce", decision))
    again = run("layers", "prune", "--keep", "1")
    assert again.err.startswith("0 versions deleted.")
    named = f"{many(kept[old['manholes']]['decisions'], 'decision')} and 1 frozen mailing ({mailing})"
    assert re.search(f"^{short(old['manholes'])} +{re.escape(named)} *$", again.out, re.MULTILINE)


@pytest.mark.spoils_decisions
def test_only_a_clear_word_takes_what_the_record_names_and_networks_go_too(
    run: Run, town: Town, store_url: str
) -> None:
    _traced(run)
    decision, _ = _decided_and_frozen(run, town, store_url)
    old = _published_again(town)
    _traced(run)
    mains = town.store.current()["sewer_mains"].version
    assert _networks(town) == {old["sewer_mains"], mains}
    refused = run("layers", "prune", "--keep", "1", "--named-too")
    assert refused.code == 1
    assert "of them named by the record" in " ".join(refused.err.split())
    ran = json.loads(_good(run("layers", "prune", "--keep", "1", "--named-too", "--json")))
    assert set(ran["deleted"]) == set(old.values())
    assert ran["kept"] == []
    assert _networks(town) == {mains}
    again = run("decisions", "reproduce", decision)
    assert again.code == 1
    assert f"Layer version {old['right_of_way']} is kept no longer." in " ".join(again.out.split())


def test_without_cases_nothing_is_named(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = _published_again(town)
    ran = json.loads(_good(runner(town, monkeypatch, capsys)("layers", "prune", "--keep", "1", "--json")))
    assert (set(ran["deleted"]), ran["kept"]) == (set(old.values()), [])
    assert not list(town.settings.data.rglob("cases.sqlite"))


def test_where_the_cases_cannot_be_asked_nothing_is_deleted(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _published_again(town)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all, but long enough to look at" * 40)
    monkeypatch.setenv("GIS_CE_CASES", f"sqlite:///{broken}")
    assert "cannot be opened" in runner(town, monkeypatch, capsys)("layers", "prune", "--keep", "1", "--yes").line
    assert len(town.store.history("parcels")) == 2


def test_every_decision_and_frozen_mailing_names_its_versions(case_store: CaseStore) -> None:
    desk = a_desk()
    at_location(case_store, desk)
    street = next(n for n, part in enumerate(parts_of(drawn_town())) if part.description.role == "right_of_way")
    moved = edited(drawn_town(), [Edit("move", street, 0, 3.0, 0.0, 0)])
    at_location(case_store, replace(later(desk, hours=1), query=moved))
    before, after = (query.layers("right_of_way")[0].version for query in (drawn_town(), moved))
    desk = sewer_desk()
    mailing = str(write(case_store, new_mailing, desk, overflow(case_store, desk)).made["mailing"])
    manholes = desk.query.layers("manhole")[0].version
    named = _named(case_store)
    assert named[before] == named[after] == Named(named[before].decisions)
    assert named[before].decisions > 0
    assert named[manholes].mailings == ()
    write(case_store, review, desk, mailing)
    write(case_store, freeze, desk, mailing, {"template": "grease_education", "sha256": "0" * 64})
    assert _named(case_store)[manholes] == replace(named[manholes], mailings=(mailing,))


def _named(store: CaseStore) -> dict[str, Named]:
    with store.reading() as session:
        return named_versions(session)
