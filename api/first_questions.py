"""Asks some questions before anybody does: what is built at the first of them is there then, for all processes."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely
from fastapi import FastAPI
from starlette.types import Scope

from api.access import View
from api.answers import finding_messages
from gis_ce.assess import applicable
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Sites
from layers.grid import Geometries

_ASKED = 100
_ALONE = 10
_SIGMA_FT = 3.0
_SHED_FT = 10.0


def ask_some(view: View, today: date) -> None:
    """All checks at some parcels, with a shed at each: alone and together. Nothing where there are no parcels."""
    if not view.query.has("parcel") or not len(view.query.features("parcel")):
        return
    parcels = view.query.features("parcel").geometry
    rows = np.unique(np.linspace(0, len(parcels) - 1, _ASKED).astype(np.intp))
    places: Geometries = np.asarray(shapely.point_on_surface(parcels[rows]), dtype=object)
    places = places[~shapely.is_missing(places) & ~shapely.is_empty(places)]
    for some in (*(places[row : row + 1] for row in range(min(_ALONE, len(places)))), places):
        _ask(view, some, today)


def find_routes(app: FastAPI) -> None:
    """Look for an address that is not there: what FastAPI makes of each route when it first looks is made then."""
    scope: Scope = {"type": "http", "method": "GET", "path": "/-", "root_path": "", "headers": [], "query_string": b""}
    for route in app.router.routes:
        route.matches(scope)


def _ask(view: View, places: Geometries, today: date) -> None:
    days = np.full(len(places), today, dtype="datetime64[D]")
    sheds = np.asarray(shapely.buffer(places, _SHED_FT, quad_segs=1), dtype=object)
    for structures in (np.full(len(places), None, dtype=object), sheds):
        sites = Sites(places, structures, np.full(len(places), _SIGMA_FT), days)
        for found in view.assess(sites, applicable(CHECKS, sites)).values():
            finding_messages(found, view)
