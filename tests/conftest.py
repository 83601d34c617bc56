"""What many tests share: a real PostGIS, the real town's data, a browser, and no silent skips."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import case_stores
import psycopg
import pytest
from case_doors import Doors, doors_of, own_store
from hypothesis import HealthCheck, settings
from officers_page import BY_SOFTWARE, browser_with
from oracle_tables import load_layers
from oracle_towns import Town, demo_town, exact, real_town
from playwright.sync_api import Browser
from postgis_cluster import NoPostGISError, postgis_cluster
from run_again import RunAgain
from small_town import Town as SmallTown

from gis_ce.case_store import CaseStore

ROOT = Path(__file__).resolve().parent.parent
_NO_SKIPS = os.environ.get("GIS_CE_NO_SKIPS", "") not in ("", "0")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_APPS = ("Chromium", "Google Chrome")

_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("here", deadline=None, max_examples=40, suppress_health_check=_CALM)
settings.register_profile("ci", deadline=None, max_examples=100, print_blob=True, suppress_health_check=_CALM)
settings.load_profile("ci" if _NO_SKIPS else "here")
for _rate in ("GIS_CE_REQUESTS_PER_MINUTE_PUBLIC", "GIS_CE_REQUESTS_PER_MINUTE"):
    os.environ.setdefault(_rate, "1000000")  # a quick machine walks more addresses in a minute than people do


def pytest_configure(config: pytest.Config) -> None:
    """Every decision that a test makes is run again when it ends."""
    plugin = RunAgain()
    plugin.start()
    config.pluginmanager.register(plugin, "run-again")


def real_data() -> Path:
    """The folder of real and sample data; skips the test where it is missing."""
    folder = Path(os.environ.get("GIS_CE_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set GIS_CE_TEST_DATA to their folder")
    return folder


@pytest.fixture(name="real_data", scope="session")
def _real_data() -> Path:
    return real_data()


@pytest.fixture(scope="session")
def postgis_dsn() -> Iterator[str]:
    """The address of a PostGIS: the one named by GIS_CE_TEST_POSTGIS, or a server of our own."""
    if given := os.environ.get("GIS_CE_TEST_POSTGIS"):
        yield given
        return
    try:
        with postgis_cluster() as dsn:
            yield dsn
    except NoPostGISError as error:
        pytest.skip(str(error))


@pytest.fixture
def postgis(postgis_dsn: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection whose tables go into a schema of its own, dropped afterwards."""
    with postgis_schema(postgis_dsn) as connection:
        yield connection


@pytest.fixture(scope="module")
def postgis_of_module(postgis_dsn: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Like `postgis`, but kept for all tests of a module: load once, ask often."""
    with postgis_schema(postgis_dsn) as connection:
        yield connection


@contextmanager
def postgis_schema(dsn: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection into a fresh schema; the schema goes when the block ends."""
    schema = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"SET search_path TO {schema}, public")
        try:
            yield connection
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(scope="session")
def towns(postgis_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Town]]:
    """Towns by name, each imported and loaded into PostGIS once, when first asked for."""
    with ExitStack() as stack:

        @cache
        def town_named(name: str) -> Town:
            folder = tmp_path_factory.mktemp(name)
            query = exact(real_town(real_data(), folder) if name == "real" else demo_town(folder))
            connection = stack.enter_context(postgis_schema(postgis_dsn))
            load_layers(connection, query)
            return Town(name, query, connection)

        yield town_named


@pytest.fixture(scope="session", params=["real", "demo"])
def town(request: pytest.FixtureRequest, towns: Callable[[str], Town]) -> Town:
    """A town in our layers and in PostGIS: the real one, then the made-up one."""
    return towns(request.param)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty case store, to be copied."""
    made = tmp_path_factory.mktemp("case_store") / "empty.sqlite"
    case_stores.upgraded(f"sqlite:///{made}").close()
    return made


@pytest.fixture(scope="session")
def postgis_case_url(postgis_dsn: str) -> Iterator[str]:
    """The address of a PostGIS database with the tables of a case store."""
    with case_stores.postgis_database(postgis_dsn) as url:
        case_stores.upgraded(url).close()
        yield url


@pytest.fixture(scope="module", name="browser")
def _browser(chromium_path: str) -> Iterator[Browser]:
    """A Chromium that draws by software and finds no other host."""
    yield from browser_with(chromium_path, *BY_SOFTWARE)


@pytest.fixture(params=["sqlite", "postgis"])
def case_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    """An empty case store on the grid EPSG:2264: on SQLite, then on PostGIS."""
    if request.param == "sqlite":
        store = case_stores.copied(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        store = case_stores.emptied(request.getfixturevalue("postgis_case_url"))
    yield store
    store.close()


@pytest.fixture
def store_url(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty case store of one's own, which commands open too."""
    folder = tmp_path / "store"
    folder.mkdir()
    url = own_store(folder, sqlite_template)
    monkeypatch.setenv("GIS_CE_CASES", url)
    return url


@pytest.fixture
def doors(town: SmallTown, tmp_path: Path, sqlite_template: Path) -> Doors:
    """The service of the little town that a module calls `town`, with an empty case store of its own."""
    return doors_of(town, own_store(tmp_path, sqlite_template))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium (or Chrome) of this machine, for tests of pages."""
    given = os.environ.get("GIS_CE_TEST_CHROMIUM")
    apps = (f"/Applications/{name}.app/Contents/MacOS/{name}" for name in _APPS)
    found = [given, *map(shutil.which, _BROWSERS), *(path for path in apps if Path(path).exists())]
    path = next((path for path in found if path), None)
    if path is None:
        pytest.skip("no Chromium here: make services installs it where it can")
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where no test may be left out, a skip is a failure that says what was missing."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _NO_SKIPS and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"No test may be left out here. {reason}"
