"""What each role may do: every route there is, with the roles that are let in.

p: public, f: field, e: engineer, o: officer, m: manager, a: admin. A route that is missing here fails the tests.
"""

from __future__ import annotations

ROLES = {"p": "public", "f": "field", "e": "engineer", "o": "officer", "m": "manager", "a": "admin"}

_EVERYBODY = """
GET /  GET /map  GET /map/search  GET /map/worker.js  GET /map/visitor  GET /town.js
GET /static/{path:path}  GET /health
GET /ready
GET /sign-in  POST /sign-in  GET /sign-in/provider  GET /sign-in/provider/back  POST /sign-out  GET /session
GET /forms/{form}  GET /accounts.html
POST /checks  POST /encroach  GET /here  GET /research
GET /layers  GET /layers/{name}/features
GET /ogc  GET /ogc/  GET /ogc/conformance  GET /ogc/api  GET /ogc/api.html
GET /ogc/tileMatrixSets  GET /ogc/tileMatrixSets/{name}  GET /ogc/styles  GET /ogc/styles/{name}
GET /ogc/processes  GET /ogc/processes/{name}  POST /ogc/processes/{name}/execution
GET /collections  GET /collections/{name}  GET /collections/{name}/queryables
GET /collections/{name}/items  GET /collections/{name}/items/{feature:path}
GET /collections/{name}/tiles  GET /collections/{name}/tiles/{grid}
GET /collections/{name}/tiles/{grid}/{zoom}/{row}/{column}
GET /ogc/collections  GET /ogc/collections/{name}  GET /ogc/collections/{name}/queryables
GET /ogc/collections/{name}/items  GET /ogc/collections/{name}/items/{feature:path}
GET /ogc/collections/{name}/tiles  GET /ogc/collections/{name}/tiles/{grid}
GET /ogc/collections/{name}/tiles/{grid}/{zoom}/{row}/{column}
GET /tiles/{name}/{version}/{zoom}/{column}/{row}.mvt
GET /arcgis/rest/info  GET /arcgis/rest/services
GET /arcgis/rest/services/gis-ce/FeatureServer  POST /arcgis/rest/services/gis-ce/FeatureServer
GET /arcgis/rest/services/gis-ce/FeatureServer/layers  POST /arcgis/rest/services/gis-ce/FeatureServer/layers
GET /arcgis/rest/services/gis-ce/FeatureServer/{number}  POST /arcgis/rest/services/gis-ce/FeatureServer/{number}
GET /arcgis/rest/services/gis-ce/FeatureServer/{number}/query
POST /arcgis/rest/services/gis-ce/FeatureServer/{number}/query
GET /open311/v2/discovery.{form}  GET /open311/v2/services.{form}  GET /open311/v2/services/{code}.{form}
POST /open311/v2/requests.{form}  GET /open311/v2/requests.{form}  GET /open311/v2/requests/{number}.{form}
"""
_ALL_STAFF = (
    "GET /metrics  GET /trace/upstream  GET /trace/downstream  GET /trace/line  GET /trace/parcels  GET /isolate"
)
_WHO_SEES_CASES = """
GET /map/cases  GET /cases  GET /cases/{no}  GET /cases/{no}/process.svg  GET /cases/{no}/notes
GET /cases/{no}/deadlines
GET /cases/{no}/events  GET /cases/{no}/proposals  GET /cases/{no}/exhibit.{ending}
GET /cases/{no}/evidence.html  GET /day-sheets/{officer}.html
GET /cases/{no}/attachments
GET /cases/{no}/attachments/{attachment}
GET /processes  GET /processes/{process}.svg  GET /processes/{process}  GET /letters/kinds
POST /cases  POST /cases/preview  POST /cases/{no}/move/preview
POST /cases/{no}/steps  POST /cases/{no}/fields  POST /cases/{no}/end-wait  POST /cases/{no}/extend-wait
POST /cases/{no}/corrections  POST /cases/{no}/reopen  POST /cases/{no}/assign  POST /cases/{no}/priority
POST /cases/{no}/proposals  POST /cases/{no}/proposals/{decision}  POST /cases/{no}/move  POST /cases/{no}/site
POST /cases/{no}/notes  POST /cases/{no}/parties  POST /cases/{no}/links  POST /cases/{no}/references
POST /cases/{no}/attachments  POST /cases/{no}/attachments/{attachment}/after  POST /cases/{no}/reminder
POST /cases/{no}/visits  POST /cases/{no}/visits/{proceeding}/done  POST /cases/{no}/visits/{proceeding}/put-off
POST /cases/{no}/category
GET /sync/changes  POST /sync/batch  GET /field-pack.{ending}
OPTIONS /uploads  POST /uploads  GET /uploads/{upload}  PATCH /uploads/{upload}  DELETE /uploads/{upload}
GET /uploads/have/{sha256}
"""
_WHO_SEES_ALL_CASES = """
GET /decisions/flips  GET /decisions/heads  GET /reminders  GET /registers  GET /overflows/{case}/reporting
GET /decisions  GET /decisions/{number}  GET /decisions/{number}/reproduction  GET /overflows/{case}/traceable
POST /decisions/flips  POST /decisions/proof  POST /decisions/{number}/signature
"""
_WHO_READS_NAMES = """
GET /cases/{no}/letters  GET /cases/{no}/packet  GET /cases/{no}/charges  GET /cases/{no}/contacts
GET /cases/{no}/proceedings  GET /cases/{no}/status  GET /letters/{letter}  GET /letters/{letter}/pdf
GET /charges/unpaid  GET /deadlines  GET /calendars/{officer}.ics  GET /digest  GET /registers/{register}
GET /exports/cases.{ending}  GET /exports/registers/{register}.{ending}
GET /mailings  GET /mailings/{mailing}  GET /mailings/{mailing}/rows  GET /mailings/{mailing}/letters.pdf
GET /mailings/{mailing}/labels.pdf  GET /mailings/{mailing}/map.svg  GET /mailings/{mailing}/list.{ending}
POST /cases/{no}/charges  POST /cases/{no}/payments  POST /cases/{no}/payments/returned
POST /cases/{no}/charges/stay  POST /cases/{no}/charges/resume  POST /cases/{no}/charges/waive
POST /cases/{no}/charges/end  POST /charges/payments  POST /cases/{no}/contacts  POST /cases/{no}/updates
POST /cases/{no}/status  POST /cases/{no}/letters  POST /cases/{no}/deeds
POST /letters/{letter}/values  POST /letters/{letter}/issue  POST /letters/{letter}/served
POST /letters/{letter}/received  POST /letters/{letter}/returned  POST /letters/{letter}/reissue
POST /letters/{letter}/withdraw
POST /cases/{no}/hearings  POST /cases/{no}/hearings/{proceeding}/notices
POST /cases/{no}/hearings/{proceeding}/outcome  POST /cases/{no}/appeals
POST /cases/{no}/appeals/{proceeding}/decision  POST /cases/{no}/citations  POST /cases/{no}/abatements
POST /cases/{no}/abatements/{proceeding}/done  POST /cases/{no}/discrepancies
POST /cases/{no}/discrepancies/{proceeding}/told  POST /cases/{no}/proceedings/{proceeding}/settled
POST /cases/{no}/shut-offs  POST /cases/{no}/shut-offs/{proceeding}/decision
POST /mailings  POST /mailings/{mailing}/rows  POST /mailings/{mailing}/rows/{row}
POST /mailings/{mailing}/review  POST /mailings/{mailing}/freeze  POST /mailings/{mailing}/mailed
POST /mailings/{mailing}/returned
"""
_ADMINISTRATORS = """
POST /imports/cases  GET /admin/operations  GET /keys  POST /keys  POST /keys/{key}/revoke  GET /access-log
GET /accounts  POST /accounts  GET /accounts/changes  POST /accounts/{name}/lanes
POST /accounts/{name}/disable  POST /accounts/{name}/enable  POST /accounts/{name}/password
GET /webhooks  POST /webhooks  DELETE /webhooks/{webhook}  GET /webhooks/deliveries  POST /webhooks/{webhook}/retry
"""


def _doors(listed: str, roles: str) -> dict[str, str]:
    return {door.strip(): roles for line in listed.strip().splitlines() for door in line.split("  ")}


ALLOWED = {
    **_doors(_EVERYBODY, "pfeoma"),
    **_doors(_ALL_STAFF, "feoma"),
    **_doors(_WHO_SEES_CASES, "feom"),
    **_doors(_WHO_SEES_ALL_CASES, "eom"),
    **_doors(_WHO_READS_NAMES, "om"),
    **_doors(_ADMINISTRATORS, "a"),
}
"""Each route by method and path, with the letters of the roles that are let in."""
