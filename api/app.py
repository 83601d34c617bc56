"""The HTTP service: its routers, its limits and its headers."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api.access_log import AccessLog
from api.admission import admit
from api.answer_schemas import Problem
from api.case_office import opened_once
from api.cookies import Cookies
from api.described import Service
from api.error_answers import add_error_answers
from api.limits import BodyLimit, SafeHeaders
from api.metrics import Metrics
from api.ogc.asking import SharedAcrossSites
from api.ogc.case_tables import CaseTables
from api.ogc.layer_tables import LayerTables
from api.ogc.links import ROOT
from api.ogc.tile_cache import PageCache, TileCache, TileFolder
from api.oidc import Provider
from api.oidc_settings import oidc_settings
from api.open311.often import Counter
from api.patience import Patience
from api.rates import Rates
from api.request_log import RequestLog
from api.routers import (
    access_log,
    accounts,
    arcgis,
    case_attachments,
    case_exhibits,
    case_map,
    case_packets,
    case_records,
    case_steps,
    cases,
    charges,
    checks,
    day_sheets,
    deadlines,
    decisions,
    digests,
    encroach,
    exports,
    field_packs,
    forms,
    health,
    here,
    imports,
    keys,
    layers,
    letters,
    mailings,
    officers_map,
    ogc,
    ogc_processes,
    ogc_tiles,
    open311,
    operations,
    overflows,
    page,
    proceedings,
    processes,
    registers,
    reminders,
    research,
    sign_in,
    sync,
    trace,
    uploads,
    webhooks,
)
from api.service_state import state_of
from api.settings import Settings
from api.strict_json import Router
from api.version import running_version
from api.who import Porter
from api.wiring import OpenCity, has_cases, open_city
from gis_ce.access_rules import access_rules

ROUTERS: tuple[Router, ...] = (
    checks.router,
    here.router,
    encroach.router,
    ogc.collections,
    ogc_tiles.collections,
    ogc_tiles.plain,
    ogc.landing,
    ogc_tiles.landing,
    research.router,
    trace.router,
    cases.router,
    case_steps.router,
    case_map.router,
    case_records.router,
    case_attachments.router,
    case_packets.router,
    case_exhibits.router,
    decisions.router,
    charges.router,
    reminders.router,
    deadlines.router,
    letters.router,
    forms.router,
    digests.router,
    day_sheets.router,
    proceedings.router,
    registers.router,
    mailings.router,
    overflows.router,
    exports.router,
    imports.router,
    keys.router,
    accounts.router,
    sync.router,
    uploads.router,
    field_packs.router,
    webhooks.router,
    access_log.router,
    processes.router,
    layers.router,
    ogc_processes.landing,
    arcgis.router,
    open311.router,
    health.router,
    operations.router,
    sign_in.router,
    page.router,
    officers_map.router,
)
"""All there is, in the order in which it is documented; each request looks through them until its own, so that those
that are asked most stand first."""

_ABOUT = (
    "Given places and a day: what the utility's map decides about each one, with evidence. Positions are in degrees, "
    "longitude first; measures are in feet. Undecided is an answer, and says why."
)
_PROBLEMS = {
    400: "What was asked cannot be used",
    401: "Sign in first",
    403: "Not for this caller",
    404: "Not there",
    409: "Not possible as things stand",
    410: "No longer there",
    412: "Changed since it was read",
    413: "Too much at once",
    429: "Too often: wait as long as `Retry-After` says",
    422: "What was given cannot be taken",
}


def make_app(settings: Settings, city: OpenCity | None = None) -> FastAPI:
    """The service for the city of the settings; raises NoCity where none has been imported."""
    app = Service(
        title="GIS-CE",
        version=running_version(),
        description=_ABOUT,
        dependencies=[Depends(admit)],
        docs_url=None,
        redoc_url=None,
        responses={status: {"description": said, "model": Problem} for status, said in _PROBLEMS.items()},
    )
    opened = city or open_city(settings)
    app.state.city, app.state.office = opened, opened_once(settings, opened)
    app.state.settings = settings
    app.state.metrics = Metrics(lambda: state_of(opened, app.state.office))
    cookies = Cookies(settings.public_url)
    rules = access_rules(opened.city.other.get("access", {}))
    app.state.porter = Porter(app.state.office, lambda: has_cases(settings, opened.city), rules, cookies)
    app.state.layer_tables, app.state.case_tables = LayerTables(), CaseTables()
    app.state.page_cache = PageCache()
    app.state.tile_cache, app.state.tile_folder = TileCache(), TileFolder(opened.folders.layers.parent / "tiles")
    provider = oidc_settings(settings)
    app.state.provider = Provider(provider) if provider is not None else None
    app.state.rates = Rates(settings.requests_per_minute_public, settings.requests_per_minute)
    app.state.report_counter = Counter()
    for router in (ogc.collections, ogc_tiles.collections):
        app.include_router(router, prefix=ROOT)
    for router in ROUTERS:
        app.include_router(router)
    add_error_answers(app)
    app.add_middleware(AccessLog, office=app.state.office)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(SharedAcrossSites)
    app.add_middleware(SafeHeaders, over_tls=cookies.is_secure)
    app.add_middleware(BodyLimit)
    app.add_middleware(Patience, body_s=settings.body_within_s, answer_s=settings.answer_within_s)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    return app
