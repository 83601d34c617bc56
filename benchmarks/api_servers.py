"""The servers of a run, each in processes of its own, over the same made-up town: ours, and those on PostGIS."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from benchmarks.api_in_postgis import TILES
from benchmarks.asked_places import asked_about, degrees_of_places
from benchmarks.facts_sql import KINDS, LINES, OWNER_KEYS, WET, full_answer
from benchmarks.full_check import FULL, ROLES
from benchmarks.http_requests import Server, posted
from benchmarks.postgis_server import loaded, of_one
from benchmarks.processes import started, tree
from layers.catalog import ROLE_BY_NAME
from layers.query import LayerQuery
from tests.oracle_tables import Connection

TIPG = ("tipg==1.6.1", "uvicorn")
"""Run in an environment of its own by `uv run --with`; the product does not need it."""
ANSWERED = (*ROLES, "lateral", *KINDS, "address", "water_body")
"""The layers that an answer of the full check rests on."""
_UV = Path(".tools/bin/uv")
_DRAWN = ("parcel_id", "pin", "situs_address", "zoning")
"""The fields of a parcel that our tiles have."""
_SERVED = """
CREATE SCHEMA served;
CREATE TABLE served.parcels AS
SELECT id, {fields}, ST_Transform(ST_SetSRID(geom, {epsg}), 4326)::geometry(Geometry, 4326) AS geom FROM parcel;
ALTER TABLE served.parcels ADD PRIMARY KEY (id);
CREATE INDEX ON served.parcels USING gist (geom);
ANALYZE served.parcels;
"""


@dataclass(frozen=True)
class Servers:
    """Ours as it runs, ours that keeps nothing from answer to answer, FastAPI alone, and two on PostGIS."""

    ours: Server
    cold: Server
    bare: Server
    postgis: Server | None = None
    tipg: Server | None = None


@contextmanager
def servers(data: Path, query: LayerQuery, *, engines: bool = True) -> Iterator[Servers]:
    """All of them, running; without `engines` only ours."""
    with ExitStack() as stack:
        ours = [stack.enter_context(_ours(data, *words)) for words in ((), ("cold",), ("bare",))]
        if not engines:
            yield Servers(*ours)
            return
        session = stack.enter_context(loaded(query.narrowed(ANSWERED), 1))[0]
        _prepare(session, query.grid_epsg)
        postgis = stack.enter_context(_on_postgis(session, query, ours[0]))
        tipg = stack.enter_context(_tipg(session))
        yield Servers(*ours, postgis, tipg)


@contextmanager
def _ours(data: Path, *words: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.api_service", *words]
    with started(command, {"GIS_CE_DATA": str(data)}, "ready") as (process, line):
        yield Server(int(line.split()[-1]), lambda: tree(process))


@contextmanager
def _on_postgis(session: Connection, query: LayerQuery, ours: Server) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        said = Path(folder) / "said.json"
        said.write_text(json.dumps(_said_to_postgis(query, ours)))
        command = [sys.executable, "-m", "benchmarks.api_in_postgis", session.info.dsn, str(said)]
        with _beside(session, command, {}, "ready") as (line, processes):
            yield Server(int(line.split()[-1]), processes)


def _said_to_postgis(query: LayerQuery, ours: Server) -> dict[str, object]:
    """The statement, the sigmas of layers, and what stands the same in each of our answers."""
    (place,) = degrees_of_places(query, 1)
    whole = json.loads(ours.answer(posted("/checks", asked_about(place, [check.name for check in FULL]))))
    parts = query.features("easement").parts
    sigma = {part.description.basis == "modelled": part.description.sigma_ft for part in parts}
    return {
        "statement": of_one(full_answer(query)),
        "epsg": query.grid_epsg,
        "sigma_ft": {role: query.features(role).worst_sigma_ft for role in ANSWERED if role != "water_body"},
        "easement_sigma_ft": [sigma.get(False, 0.0), sigma.get(True, 0.0)],
        "rule_of": {found["check"]: found["rule_id"] for found in whole["places"][0]["findings"]},
        "head": {name: value for name, value in whole.items() if name != "places"},
    }


@contextmanager
def _tipg(session: Connection) -> Iterator[Server]:
    wanted = [word for package in TIPG for word in ("--with", package)]
    run = [str(_UV), "run", "--quiet", "--no-project", *wanted]
    command = [*run, "uvicorn", "tipg.main:app", "--port", "0", "--log-level", "info", "--no-access-log"]
    info = session.info
    address = f"postgresql://{info.user}@{info.host}:{info.port}/{info.dbname}"
    environment = {"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["served"]', "TIPG_CATALOG_TTL": "0"}
    with _beside(session, command, environment, "running on") as (line, processes):
        port = line.partition("127.0.0.1:")[2].split()[0]
        yield Server(int(port), processes)


@contextmanager
def _beside(
    session: Connection, command: Sequence[str], environment: dict[str, str], says: str
) -> Iterator[tuple[str, Callable[[], list[int]]]]:
    """A server on PostGIS: its line when ready, and its processes with the backends that came with it."""
    before = _backends(session)
    with started(command, environment, says) as (process, line):
        yield line, lambda: [*tree(process), *sorted(_backends(session) - before)]


def _backends(session: Connection) -> set[int]:
    found = session.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
    return {pid for (pid,) in found.fetchall()}


def _prepare(session: Connection, epsg: int) -> None:
    """Parcels as each server would want them: in degrees with a key, as the web's maps draw them; owners; wet lines."""
    session.execute(OWNER_KEYS)
    for role in LINES:
        session.execute(WET.format(role=role))
    fields = [field.name for field in ROLE_BY_NAME["parcel"].fields]
    session.execute(_with_fields(_SERVED, fields, epsg))
    session.execute(_with_fields(TILES, _DRAWN, epsg))


def _with_fields(statement: str, fields: Sequence[str], epsg: int) -> sql.Composed:
    renamed = [sql.SQL("{} AS {}").format(sql.Identifier(f"f_{name}"), sql.Identifier(name)) for name in fields]
    return sql.SQL(statement).format(fields=sql.SQL(", ").join(renamed), epsg=sql.Literal(epsg))
