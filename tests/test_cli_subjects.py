"""The command line loads what it is asked for, and says in one line where its store has gone."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import case_stores
import pytest
from command_line import runner
from conftest import ROOT
from small_town import Town, make_town
from sqlalchemy import make_url

from api.cli.subjects import COMMANDS, GROUPS
from layers.sentences import none_of, sentence

_LISTS = """
import sys
sys.argv = ["gis-ce", "case", "list"]
from api.cli import main
try:
    main()
finally:
    print(sorted({"pandas", "geopandas", "pyogrio", "folium", "httpx"} & set(sys.modules)))
"""


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def test_help_lists_every_subject(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = runner(town, monkeypatch, capsys)
    said = run("--help").out
    assert all(f" {name} " in said for name in (*COMMANDS, *GROUPS))
    assert run("cases").line.startswith("No such command 'cases'.")
    for name in GROUPS:
        assert f"gis-ce {name} " in run(name, "--help").out


def test_looking_at_cases_loads_nothing_that_reads_or_draws_maps(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_CE_DATA", str(town.settings.data))
    ran = subprocess.run([sys.executable, "-c", _LISTS], check=True, capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout.splitlines() == ["No case.", "[]"]


def test_no_sentence_ends_in_two_marks() -> None:
    assert [sentence(words) for words in ("a", "b?", "c.")] == ["a.", "b?", "c."]
    assert none_of("'insid'", ("inside", "outside"), "insid").endswith("inside, outside; did you mean inside?")
    assert none_of("'x'", ("yes", "no"), "x") == "'x' is not one of yes, no"
    packages = (path for name in ("api", "maps", "gis_ce", "layers") for path in (ROOT / name).rglob("*.py"))
    two = [path for path in packages if re.search(r"did_you_mean\([^}]*\)\}\.", path.read_text("utf-8"))]
    assert two == []


@contextmanager
def cut_off(port: int, after: int) -> Iterator[int]:
    """A port that leads to another, until so many bytes have come back through it; then nobody is there any more."""
    passed, stopped = 0, threading.Event()

    def carry(source: socket.socket, target: socket.socket, counts: bool) -> None:
        nonlocal passed
        while not stopped.is_set() and (some := source.recv(65536)):
            passed += len(some) if counts else 0
            if passed > after:
                stopped.set()
                listening.close()
                break
            target.sendall(some)
        for each in (source, target):
            each.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        while not stopped.is_set():
            try:
                client, _ = listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", port))
            for pair in ((client, server, False), (server, client, True)):
                threading.Thread(target=_quietly, args=(carry, *pair), daemon=True).start()

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield int(listening.getsockname()[1])
        stopped.set()


def _quietly(carry: object, *given: object) -> None:
    try:
        carry(*given)  # type: ignore[operator]
    except OSError:
        return


@pytest.mark.parametrize("after", [0, 1_500, 6_000])
def test_a_database_that_goes_away_is_told_in_one_line(
    after: int,
    town: Town,
    postgis_case_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = make_url(postgis_case_url)
    case_stores.emptied(postgis_case_url).close()
    run = runner(town, monkeypatch, capsys)
    with cut_off(url.port or 5432, after) as port:
        through = url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        monkeypatch.setenv("GIS_CE_CASES", through)
        said = run("case", "open", "leaks", "--address", "111 Main Street").line
    assert re.match(r"The case store (cannot be opened|does not answer): ", said), said
    monkeypatch.setenv("GIS_CE_CASES", postgis_case_url)
    assert run("case", "list").out == "No case.\n"
