"""The list of all doors: what each route asks of who comes. A route that is not here is shut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Needs = Literal["nothing", "staff", "cases", "all_cases", "owners", "persons", "admin"]
"""`cases`: those of one's lanes at least. `owners` and `persons`: all cases, with the names of owners, or of
everybody."""


@dataclass(frozen=True, slots=True)
class Door:
    """What one route asks for. `persons` says whose names its answer holds, for the log of accesses."""

    needs: Needs
    scope: str | None
    persons: str | None = None


_OPEN = Door("nothing", None)
_MAP = Door("nothing", "layers:read")
_CHECKS = Door("nothing", "checks:run")
_NETWORK = Door("staff", "layers:read")
_READ = Door("cases", "cases:read")
_CASE = Door("cases", "cases:read", "parties of a case")
_WRITE = Door("cases", "cases:write")
_READ_ALL = Door("all_cases", "cases:read")
_WRITE_ALL = Door("all_cases", "cases:write")
_READ_OWNERS = Door("owners", "cases:read", "owners")
_READ_PERSONS = Door("persons", "cases:read", "persons of a case")
_WRITE_PERSONS = Door("persons", "cases:write", "persons of a case")
_READ_LIST = Door("persons", "cases:read", "persons of many cases")
_READ_MAILINGS = Door("persons", "mailings:read", "addressees of a mailing")
_WRITE_MAILINGS = Door("persons", "mailings:write", "addressees of a mailing")
_METRICS = Door("staff", "metrics:read")
_ADMIN = Door("admin", "admin")
_SYNC = Door("cases", "cases:read", "parties of many cases")
_PACK = Door("cases", "cases:read", "owners of an area")

_LISTED: Mapping[Door, tuple[str, ...]] = {
    _OPEN: (
        "GET /",
        "GET /map",
        "GET /map/worker.js",
        "GET /town.js",
        "GET /static/{path:path}",
        "GET /health",
        "GET /ready",
        "GET /sign-in",
        "POST /sign-in",
        "GET /sign-in/provider",
        "GET /sign-in/provider/back",
        "POST /sign-out",
        "GET /session",
        "GET /map/visitor",
        "GET /forms/{form}",
        "GET /accounts.html",
        "GET /open311/v2/discovery.{form}",
        "GET /open311/v2/services.{form}",
        "GET /open311/v2/services/{code}.{form}",
        "POST /open311/v2/requests.{form}",
        "GET /open311/v2/requests.{form}",
        "GET /open311/v2/requests/{number}.{form}",
    ),
    _MAP: (
        "GET /map/search",
        "GET /layers",
        "GET /layers/{name}/features",
        "GET /ogc",
        "GET /ogc/",
        "GET /ogc/conformance",
        "GET /ogc/api",
        "GET /ogc/api.html",
        "GET /ogc/tileMatrixSets",
        "GET /ogc/tileMatrixSets/{name}",
        "GET /ogc/styles",
        "GET /ogc/styles/{name}",
        "GET /ogc/processes",
        "GET /ogc/processes/{name}",
        "GET /collections",
        "GET /collections/{name}",
        "GET /collections/{name}/queryables",
        "GET /collections/{name}/items",
        "GET /collections/{name}/items/{feature:path}",
        "GET /collections/{name}/tiles",
        "GET /collections/{name}/tiles/{grid}",
        "GET /collections/{name}/tiles/{grid}/{zoom}/{row}/{column}",
        "GET /tiles/{name}/{version}/{zoom}/{column}/{row}.mvt",
        "GET /arcgis/rest/info",
        "GET /arcgis/rest/services",
        "GET /arcgis/rest/services/gis-ce/FeatureServer",
        "POST /arcgis/rest/services/gis-ce/FeatureServer",
        "GET /arcgis/rest/services/gis-ce/FeatureServer/layers",
        "POST /arcgis/rest/services/gis-ce/FeatureServer/layers",
        "GET /arcgis/rest/services/gis-ce/FeatureServer/{number}",
        "POST /arcgis/rest/services/gis-ce/FeatureServer/{number}",
        "GET /arcgis/rest/services/gis-ce/FeatureServer/{number}/query",
        "POST /arcgis/rest/services/gis-ce/FeatureServer/{number}/query",
    ),
    _CHECKS: ("POST /checks", "POST /encroach", "GET /here", "GET /research", "POST /ogc/processes/{name}/execution"),
    _METRICS: ("GET /metrics",),
    _NETWORK: ("GET /trace/upstream", "GET /trace/downstream", "GET /trace/line", "GET /trace/parcels", "GET /isolate"),
    _READ: (
        "GET /map/cases",
        "GET /day-sheets/{officer}.html",
        "GET /cases",
        "GET /cases/{no}/process.svg",
        "GET /cases/{no}/notes",
        "GET /cases/{no}/deadlines",
        "GET /cases/{no}/attachments",
        "GET /cases/{no}/attachments/{attachment}",
        "GET /processes",
        "GET /processes/{process}.svg",
        "GET /processes/{process}",
        "GET /letters/kinds",
    ),
    _CASE: (
        "GET /cases/{no}",
        "GET /cases/{no}/events",
        "GET /cases/{no}/proposals",
        "GET /cases/{no}/exhibit.{ending}",
        "GET /cases/{no}/evidence.html",
    ),
    _WRITE: (
        "POST /cases",
        "POST /cases/preview",
        "POST /cases/{no}/steps",
        "POST /cases/{no}/fields",
        "POST /cases/{no}/end-wait",
        "POST /cases/{no}/extend-wait",
        "POST /cases/{no}/corrections",
        "POST /cases/{no}/reopen",
        "POST /cases/{no}/assign",
        "POST /cases/{no}/priority",
        "POST /cases/{no}/proposals",
        "POST /cases/{no}/proposals/{decision}",
        "POST /cases/{no}/move",
        "POST /cases/{no}/move/preview",
        "POST /cases/{no}/site",
        "POST /cases/{no}/notes",
        "POST /cases/{no}/parties",
        "POST /cases/{no}/links",
        "POST /cases/{no}/references",
        "POST /cases/{no}/attachments",
        "POST /cases/{no}/attachments/{attachment}/after",
        "POST /cases/{no}/reminder",
        "POST /cases/{no}/visits",
        "POST /cases/{no}/visits/{proceeding}/done",
        "POST /cases/{no}/visits/{proceeding}/put-off",
        "POST /cases/{no}/category",
        "POST /sync/batch",
        "OPTIONS /uploads",
        "POST /uploads",
        "GET /uploads/{upload}",
        "PATCH /uploads/{upload}",
        "DELETE /uploads/{upload}",
        "GET /uploads/have/{sha256}",
    ),
    _SYNC: ("GET /sync/changes",),
    _PACK: ("GET /field-pack.{ending}",),
    _READ_ALL: (
        "GET /decisions/flips",
        "GET /decisions/heads",
        "GET /reminders",
        "GET /registers",
        "GET /overflows/{case}/reporting",
    ),
    _WRITE_ALL: ("POST /decisions/flips", "POST /decisions/proof", "POST /decisions/{number}/signature"),
    _READ_OWNERS: (
        "GET /decisions",
        "GET /decisions/{number}",
        "GET /decisions/{number}/reproduction",
        "GET /overflows/{case}/traceable",
    ),
    _READ_PERSONS: (
        "GET /cases/{no}/letters",
        "GET /cases/{no}/packet",
        "GET /cases/{no}/charges",
        "GET /cases/{no}/contacts",
        "GET /cases/{no}/proceedings",
        "GET /cases/{no}/status",
        "GET /letters/{letter}",
        "GET /letters/{letter}/pdf",
    ),
    _WRITE_PERSONS: (
        "POST /cases/{no}/charges",
        "POST /cases/{no}/payments",
        "POST /cases/{no}/payments/returned",
        "POST /cases/{no}/charges/stay",
        "POST /cases/{no}/charges/resume",
        "POST /cases/{no}/charges/waive",
        "POST /cases/{no}/charges/end",
        "POST /charges/payments",
        "POST /cases/{no}/contacts",
        "POST /cases/{no}/updates",
        "POST /cases/{no}/status",
        "POST /cases/{no}/letters",
        "POST /cases/{no}/deeds",
        "POST /letters/{letter}/values",
        "POST /letters/{letter}/issue",
        "POST /letters/{letter}/served",
        "POST /letters/{letter}/received",
        "POST /letters/{letter}/returned",
        "POST /letters/{letter}/reissue",
        "POST /letters/{letter}/withdraw",
        "POST /cases/{no}/hearings",
        "POST /cases/{no}/hearings/{proceeding}/notices",
        "POST /cases/{no}/hearings/{proceeding}/outcome",
        "POST /cases/{no}/appeals",
        "POST /cases/{no}/appeals/{proceeding}/decision",
        "POST /cases/{no}/citations",
        "POST /cases/{no}/abatements",
        "POST /cases/{no}/abatements/{proceeding}/done",
        "POST /cases/{no}/discrepancies",
        "POST /cases/{no}/discrepancies/{proceeding}/told",
        "POST /cases/{no}/proceedings/{proceeding}/settled",
        "POST /cases/{no}/shut-offs",
        "POST /cases/{no}/shut-offs/{proceeding}/decision",
    ),
    _READ_LIST: (
        "GET /charges/unpaid",
        "GET /deadlines",
        "GET /calendars/{officer}.ics",
        "GET /digest",
        "GET /registers/{register}",
        "GET /exports/cases.{ending}",
        "GET /exports/registers/{register}.{ending}",
    ),
    _READ_MAILINGS: (
        "GET /mailings",
        "GET /mailings/{mailing}",
        "GET /mailings/{mailing}/rows",
        "GET /mailings/{mailing}/letters.pdf",
        "GET /mailings/{mailing}/labels.pdf",
        "GET /mailings/{mailing}/map.svg",
        "GET /mailings/{mailing}/list.{ending}",
    ),
    _WRITE_MAILINGS: (
        "POST /mailings",
        "POST /mailings/{mailing}/rows",
        "POST /mailings/{mailing}/rows/{row}",
        "POST /mailings/{mailing}/review",
        "POST /mailings/{mailing}/freeze",
        "POST /mailings/{mailing}/mailed",
        "POST /mailings/{mailing}/returned",
    ),
    _ADMIN: (
        "POST /imports/cases",
        "GET /keys",
        "POST /keys",
        "POST /keys/{key}/revoke",
        "GET /accounts",
        "POST /accounts",
        "GET /accounts/changes",
        "POST /accounts/{name}/lanes",
        "POST /accounts/{name}/disable",
        "POST /accounts/{name}/enable",
        "POST /accounts/{name}/password",
        "GET /access-log",
        "GET /admin/operations",
        "GET /webhooks",
        "POST /webhooks",
        "GET /webhooks/deliveries",
        "POST /webhooks/{webhook}/retry",
        "DELETE /webhooks/{webhook}",
    ),
}
CASE_IN_PATH = ("no", "case")
"""What the paths of doors call the case that they lead to."""
_SAME = "/ogc"
_ALSO_THERE = ("/collections",)
"""Addresses that are served a second time under /ogc."""

DOORS: Mapping[str, Door] = {address: door for door, addresses in _LISTED.items() for address in addresses}
"""Every door by its method and path."""


def door_of(method: str, path: str) -> Door | None:
    """The door of a route; None where it is not on the list, so that nobody comes in."""
    plain = path.removeprefix(_SAME) if path.removeprefix(_SAME).startswith(_ALSO_THERE) else path
    return DOORS.get(f"{'GET' if method == 'HEAD' else method} {plain}")


def changes_something(method: str, door: Door) -> bool:
    """Whether a request through a door changes anything: asking the map by POST does not."""
    reads = door.scope in (None, "layers:read", "checks:run")
    return method not in ("GET", "HEAD", "OPTIONS") and not reads
