"""`gis-ce db` and `gis-ce user`: the case store and the accounts from the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import case_stores
import pytest
from command_line import runner
from made_cases import add_case
from small_town import Town, make_town
from sqlalchemy import text

from api.officers import user_at_this_machine
from api.settings import Settings
from api.wiring import open_cases
from gis_ce.accounts import signed_in
from gis_ce.case_store import CaseStore
from gis_ce.errors import SignInRefused
from layers.city import read_city

GOOD = "correct horse battery"


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    return make_town(tmp_path)


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.delenv("GIS_CE_CASES", raising=False)
    return runner(town, monkeypatch, capsys)


@pytest.fixture(name="store", params=["sqlite", "postgis"])
def _store(request: pytest.FixtureRequest, town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseStore]:
    """The town's own case store, without tables, as the command line finds it."""
    city = read_city(town.city_file)
    if request.param == "sqlite":
        yield from _opened(open_cases(town.settings, city))
        return
    with case_stores.postgis_database(request.getfixturevalue("postgis_dsn")) as url:
        monkeypatch.setenv("GIS_CE_CASES", url)
        yield from _opened(open_cases(Settings(data=town.settings.data), city))


def _opened(store: CaseStore) -> Iterator[CaseStore]:
    yield store
    store.close()


def test_a_store_is_made_filled_checked_saved_and_brought_back(
    run: Any, store: CaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("db", "check").line == "The case store is empty: run `gis-ce db upgrade`."
    assert "is now of version" in run("db", "upgrade").err
    assert "was up to date" in run("db", "upgrade").err
    with store.session() as session:
        add_case(session, "a")
        session.commit()
    assert "1 case and 1 event" in run("db", "check").out
    saved = run("db", "backup", tmp_path / "then.backup")
    assert (saved.code, saved.out.strip()) == (0, str(tmp_path / "then.backup"))
    with store.session() as session:
        add_case(session, "b")
        session.commit()
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("db", "restore", tmp_path / "then.backup").code == 130
    restored = run("db", "restore", tmp_path / "then.backup", "--yes")
    assert restored.code == 0, restored.err
    assert "1 case and 1 event restored" in restored.err
    (kept,) = tmp_path.glob("replaced-*.backup")
    assert run("db", "restore", kept, "--yes").code == 0
    assert json.loads(run("db", "check", "--json").out)["cases"] == 2


def test_what_is_wrong_in_a_store_ends_the_check_with_one(run: Any, store: CaseStore) -> None:
    store.upgrade()
    with store.session() as session:
        add_case(session, "a")
        session.execute(text("UPDATE case_ SET site_id = NULL"))
        session.commit()
    ran = run("db", "check")
    assert ran.code == 1
    assert "1 sites belong to a case that has another site" in ran.out
    assert "Next:" in ran.out
    assert json.loads(run("db", "check", "--json").out)["findings"][0]["severity"] == "error"


def test_mistakes_are_said_in_one_line(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nothing to back up" in run("db", "backup", tmp_path / "x").line
    assert "There is no backup" in run("db", "restore", tmp_path / "x").line
    run("db", "upgrade")
    run("db", "backup", tmp_path / "x")
    assert "there already" in run("db", "backup", tmp_path / "x").line
    monkeypatch.setenv("GIS_CE_CASES", "mysql://x")
    assert "cannot lie on mysql" in run("db", "check").line
    monkeypatch.setenv("GIS_CE_CASES", "postgresql://u:s3cret@127.0.0.1:1/x")
    said = run("db", "check").line
    assert "cannot be opened" in said
    assert "s3cret" not in said


@pytest.fixture(name="typed")
def _typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda *lines: monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_users_are_added_listed_changed_and_disabled(run: Any, store: CaseStore, typed: Any) -> None:
    typed(GOOD)
    added = run("user", "add", "ann", "ce", "field", "--display", "Ann [Ode]", "--password-stdin")
    assert added.code == 0, added.err
    assert "ann may sign in and act in ce, field" in added.err
    assert "Ann [Ode]" in run("user", "list").out
    assert json.loads(run("user", "list", "--json").out) == [
        {"name": "ann", "display": "Ann [Ode]", "lanes": ["ce", "field"], "active": True}
    ]
    assert "ann may act in wd." in run("user", "roles", "ann", "wd").err
    typed("another good password")
    assert run("user", "password", "ann", "--password-stdin").code == 0
    assert run("user", "disable", "ann").code == 0
    assert json.loads(run("user", "list", "--json").out)[0]["active"] is False
    assert run("user", "enable", "ann").code == 0
    made = json.loads(run("user", "changes", "--json").out)
    assert [one["what"] for one in made] == ["enabled", "disabled", "password", "lanes", "made"]
    assert {(one["by"], one["account"]) for one in made} == {(user_at_this_machine(), "ann")}
    assert "made (ce, field)" in run("user", "changes", "ann").out.replace("\n", " ")
    with store.reading() as session:
        assert signed_in(session, "ann", "another good password").lanes == {"wd"}
        with pytest.raises(SignInRefused):
            signed_in(session, "ann", GOOD)


def test_what_is_wrong_with_a_user_is_said_in_one_line(run: Any, typed: Any) -> None:
    typed("short")
    assert run("user", "add", "ann", "--password-stdin").line == "A password has 12 to 256 characters."
    assert "There is no lane 'sea'; the process maps have ce" in run("user", "add", "ann", "sea").line
    assert run("user", "password", "bob").line == "There is no user 'bob'."
    assert run("user", "roles", "bob", "ce").line == "There is no user 'bob'."
    assert run("user", "disable", "bob").line == "There is no user 'bob'."
    assert json.loads(run("user", "list", "--json").out) == []


def test_a_store_of_another_version_is_refused_by_every_command(run: Any, store: CaseStore, typed: Any) -> None:
    store.upgrade()
    with store.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
        session.commit()
    for words in (("db", "check"), ("db", "upgrade"), ("user", "list")):
        assert "newer than this program" in run(*words).line
