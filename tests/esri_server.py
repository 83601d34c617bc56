"""A server on this machine that answers like an Esri feature service, and stumbles when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/arcgis/rest/services/Town/FeatureServer"

FIELDS = [
    {"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"},
    {"name": "FACILITYID", "type": "esriFieldTypeString", "alias": "Facility", "length": 20},
    {"name": "DIAMETER", "type": "esriFieldTypeDouble", "alias": "Diameter"},
    {"name": "INSTALLED", "type": "esriFieldTypeDate", "alias": "Installed"},
]


def line_features(count: int) -> list[dict[str, Any]]:
    """Mains with gaps between their object ids, as after years of editing."""
    return [
        {
            "attributes": {
                "OBJECTID": 3 * row + 1,
                "FACILITYID": f"WM{row:04}",
                "DIAMETER": None if row % 5 == 0 else 8.0,
                "INSTALLED": 1262304000000,
            },
            "geometry": {"paths": [[[2_100_000 + row, 700_000], [2_100_000 + row, 700_100]]]},
        }
        for row in range(count)
    ]


@dataclass
class EsriLike:
    """What the service holds and how it behaves; `stumbles` are answers given before the right one."""

    features: list[dict[str, Any]]
    kind: str | None = "esriGeometryPolyline"
    page: int = 10
    edited: int | None = 1
    token: str | None = None
    allowed_answers: int | None = None
    stumbles: list[tuple[int, str]] = field(default_factory=list)
    queries: list[list[int]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Status and body of the answer to one question."""
        if self.token is not None and form.get("token") != self.token:
            return 200, json.dumps({"error": {"code": 499, "message": "Token Required", "details": []}})
        if path == PATH:
            return 200, json.dumps({"layers": [{"id": 0, "name": "Mains"}]})
        if path == f"{PATH}/0":
            return 200, json.dumps(self._about())
        if path != f"{PATH}/0/query":
            return 404, "not found"
        if form.get("returnIdsOnly") == "true":
            ids = [feature["attributes"]["OBJECTID"] for feature in self.features]
            return 200, json.dumps({"objectIdFieldName": "OBJECTID", "objectIds": ids[::-1] or None})
        return self._page(form)

    def _about(self) -> dict[str, Any]:
        about: dict[str, Any] = {"id": 0, "name": "Mains", "fields": FIELDS, "maxRecordCount": 25}
        if self.kind:
            about |= {"geometryType": self.kind, "extent": {"spatialReference": {"wkid": 102719, "latestWkid": 2264}}}
        return about | ({"editingInfo": {"lastEditDate": self.edited}} if self.edited is not None else {})

    def _page(self, form: dict[str, str]) -> tuple[int, str]:
        if self.stumbles:
            return self.stumbles.pop(0)
        if self.allowed_answers is not None and len(self.queries) >= self.allowed_answers:
            return 503, "down for the night"
        wanted = [int(one) for one in form["objectIds"].split(",")]
        self.queries.append(wanted)
        found = [feature for feature in self.features if feature["attributes"]["OBJECTID"] in set(wanted)]
        page: dict[str, Any] = {"objectIdFieldName": "OBJECTID", "fields": FIELDS, "features": found[: self.page]}
        if self.kind:
            page |= {"geometryType": self.kind, "spatialReference": {"wkid": 102719, "latestWkid": 2264}}
        return 200, json.dumps(page | ({"exceededTransferLimit": True} if len(found) > self.page else {}))


@contextmanager
def serving(service: EsriLike) -> Iterator[EsriLike]:
    """The service at `service.url` until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(urlsplit(self.path).query)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._reply(f"{urlsplit(self.path).query}&{body}")

        def _reply(self, query: str) -> None:
            form = {key: values[-1] for key, values in parse_qs(query).items()}
            status, text = service.answer(urlsplit(self.path).path, form)
            self.send_response(status)
            self.send_header("content-type", "application/json" if status == 200 else "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}{PATH}/0"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
