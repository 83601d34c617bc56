"""/arcgis: the same collections for ArcGIS, GDAL and esri-leaflet, read only.

A mistake is answered as Esri's clients expect it: HTTP 200 with an `error` that says what was wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from fastapi.responses import Response

from api.arcgis.about import VERSION, layer_document, service_document
from api.arcgis.numbers import layer_numbers
from api.arcgis.query import answer, asked_of, geojson
from api.arcgis.tables import EsriTable
from api.error_answers import OURS, told
from api.errors import ApiError, NotThere
from api.given_once import given_once
from api.ogc.asking import Asking, TheAsking
from api.ogc.forms import GEOJSON
from api.strict_json import Router, StrictRoute

SERVICE = "gis-ce"
ROOT = "/arcgis/rest"
_SERVICE = f"/services/{SERVICE}/FeatureServer"


class EsriRoute(StrictRoute):
    """A route whose mistakes are answers with an `error`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with our mistakes in Esri's form."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except OURS as error:
                status, said = told(request, error)
                return _json({"error": {"code": status, "message": said, "details": []}})

        return handled


router = Router(prefix=ROOT, route_class=EsriRoute, include_in_schema=False)


async def given_in(request: Request) -> dict[str, str]:
    """The parameters, from the address and from a form alike; raises ApiError."""
    found = await given_once(request)
    if found.get("f", "json") not in ("json", "pjson", "geojson"):
        raise ApiError(f"f: {found['f']!r} is not offered; these are: json, pjson, geojson.")
    return found


Given = Annotated[dict[str, str], Depends(given_in)]


@router.get("/info")
def get_info(given: Given) -> Response:
    """Which version clients may take this for."""
    return _json({"currentVersion": VERSION, "authInfo": {"isTokenBasedSecurity": False}})


@router.get("/services")
def get_services(given: Given) -> Response:
    """The one service there is."""
    return _json({"currentVersion": VERSION, "folders": [], "services": [{"name": SERVICE, "type": "FeatureServer"}]})


@router.api_route(_SERVICE, methods=["GET", "POST"])
def get_service(asking: TheAsking, given: Given) -> Response:
    """The layers and tables that the caller may see."""
    shelf = asking.shelf
    found = {number: shelf.one(name) for name, number in _numbers(asking).items()}
    return _json(service_document(shelf.city.city.name, found, shelf.city.grid))


@router.api_route(_SERVICE + "/layers", methods=["GET", "POST"])
def get_layers(asking: TheAsking, given: Given) -> Response:
    """All layers and tables whole."""
    numbers = sorted(_numbers(asking).items(), key=_second)
    documents = [layer_document(number, _table(asking, name)) for name, number in numbers]
    placed = [document for document in documents if document["type"] == "Feature Layer"]
    return _json({"layers": placed, "tables": [document for document in documents if document not in placed]})


@router.api_route(_SERVICE + "/{number}", methods=["GET", "POST"])
def get_layer(number: str, asking: TheAsking, given: Given) -> Response:
    """One layer."""
    table = _numbered(asking, number)
    return _json(layer_document(int(number), table))


@router.api_route(_SERVICE + "/{number}/query", methods=["GET", "POST"])
def get_query(number: str, asking: TheAsking, given: Given) -> Response:
    """The features of a layer that a query asks for."""
    asked = asked_of(_numbered(asking, number), given)
    counts = any(given.get(name, "").lower() == "true" for name in ("returnCountOnly", "returnIdsOnly"))
    if given.get("f") == "geojson" and not counts:
        return Response(geojson(asked), media_type=GEOJSON, headers=asking.headers())
    return _json(answer(asked, given))


def _numbers(asking: Asking) -> Mapping[str, int]:
    """All that the caller may see here by its number: the layers, and cases for who may see cases."""
    shelf = asking.shelf
    return layer_numbers(shelf.city.city, [*shelf.names(), *shelf.point_names()])


def _numbered(asking: Asking, number: str) -> EsriTable:
    """The layer of a number; raises NotThere alike for unknown and for hidden ones."""
    name = next((name for name, known in _numbers(asking).items() if str(known) == number), None)
    if name is None:
        raise NotThere(f"There is no layer {number} here; {ROOT}{_SERVICE} lists those that there are.")
    return _table(asking, name)


def _table(asking: Asking, name: str) -> EsriTable:
    """The collection's table, with what was worked out for it before."""
    collection = asking.shelf.one(name)
    asking.reads(collection)
    return collection.table.remembered("esri", lambda: EsriTable(collection))


def _second(pair: tuple[str, int]) -> int:
    return pair[1]


def _json(document: object) -> Response:
    return Response(orjson.dumps(document), media_type="application/json", headers={"Cache-Control": "no-cache"})
