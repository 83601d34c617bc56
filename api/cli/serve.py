"""`gis-ce serve`: the town on a map, the checks and the cases over HTTP."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from api.access import CALLERS
from api.app import make_app
from api.case_clock import CaseClock
from api.case_office import CaseOffice
from api.cli.demo import make_demo, with_demo_cases
from api.cli.options import CityOption
from api.cli.screen import aside, out
from api.errors import ApiError
from api.first_questions import ask_some, find_routes
from api.logs import log_to_stderr
from api.schedules import Schedules
from api.settings import Settings
from api.webhook_sender import WebhookSender
from api.wiring import OpenCity, has_cases, open_city, remembered_city
from api.workers import Workers
from gis_ce.checks.all import CHECKS
from layers.ready import make_ready

_WAITING = 2048
"""So many connections may wait to be taken."""
ANYWHERE = ("0.0.0.0", "::")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; else GIS_CE_HOST, else this machine.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; else GIS_CE_PORT, else 8000. 0 takes a free one.")
    ] = None,
    city: CityOption = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer; else GIS_CE_WORKERS, else 1.")
    ] = None,
) -> None:
    """Serve the map, the checks and the cases; draws the made-up town first where there is no city yet.

    Who asks from this machine, or signs in with an account of [bold]gis-ce user[/bold], is staff; everybody else
    is the public and sees public layers only, and no case. Behind a proxy one must sign in.
    """
    settings = Settings()
    host, port = host or settings.host, settings.port if port is None else port
    with listening_at(host, port) as listener:
        opened = opened_ready(settings, city)
        app = make_app(settings, opened)
        listener.listen(_WAITING)
        out().print(f"{opened.city.name} is on http://{_shown(host)}:{listener.getsockname()[1]}  (stop with Ctrl+C)")
        log_to_stderr(settings.log_format, settings.log_level)
        count = workers or settings.workers
        if count == 1:
            with _at_work(settings, app.state.office()):
                uvicorn.Server(server_config(app)).run(sockets=[listener])
        else:
            side_by_side(settings, opened, app, listener, count).run()


def side_by_side(settings: Settings, opened: OpenCity, app: FastAPI, listener: socket.socket, count: int) -> Workers:
    """So many processes that answer, and one more for what is done by the clock; raises ApiError without fork."""
    if not hasattr(os, "fork"):
        raise ApiError("Several processes need a system that can fork one; leave out --workers.")
    app.state.office().store.close()  # whoever is forked makes connections of their own

    def load() -> None:
        for caller in CALLERS:
            opened.view(caller)
        _make_ready(opened)
        find_routes(app)
        ask_some(opened.view("staff"), opened.today())

    def answer() -> None:
        opened.hold()
        uvicorn.Server(server_config(app)).run(sockets=[listener])

    def alone() -> None:
        opened.hold()
        told = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        with _at_work(settings, app.state.office()):
            told.wait()

    return Workers(count, load, opened.store.current, answer, alone)


@contextmanager
def _at_work(settings: Settings, office: CaseOffice) -> Iterator[None]:
    """What is done by the clock, beside what is asked."""
    threads = (CaseClock(office), Schedules(settings, office), WebhookSender(office, settings.webhooks_inside))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.stop()


def opened_ready(settings: Settings, city: Path | None = None) -> OpenCity:
    """The city with all that first questions would wait for; the made-up town where there is no city yet."""
    opened = open_city(settings, city) if city or settings.city or remembered_city(settings) else _first(settings)
    _make_ready(opened)
    return opened


def _make_ready(opened: OpenCity) -> None:
    make_ready(opened.view("staff").query, {role for check in CHECKS for role in check.roles})


def server_config(app: FastAPI) -> uvicorn.Config:
    """How the service is run."""
    return uvicorn.Config(app, proxy_headers=False, server_header=False, log_config=None, access_log=False)


def _first(settings: Settings) -> OpenCity:
    aside().print("No city has been imported yet: drawing a made-up town.")
    opened, _ = make_demo(settings, None, "town")
    if not has_cases(settings, opened.city):
        with_demo_cases(settings, opened)
    return opened


def listening_at(host: str, port: int) -> socket.socket:
    """The port, taken before anything else is done; raises ApiError where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named by its protocol, or asyncio leaves Nagle's algorithm on: 40 ms for each request over a connection kept open.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ApiError(f"Port {port} is taken; choose another one with --port.") from error
        raise ApiError(f"Cannot listen on {host} port {port}: {error.strerror or error}.") from error
    return listener


def _shown(host: str) -> str:
    if host in ANYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
