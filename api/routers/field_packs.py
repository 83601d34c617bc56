"""/field-pack: one GeoPackage for an officer and an area, with a project for QGIS and QField."""

from __future__ import annotations

import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response

from api.case_answers import PRIVATE
from api.case_filters import box_on_grid
from api.case_requests import TheVisit
from api.case_schemas import Name
from api.field_pack.making import Pack, make_pack
from api.requests import TheView
from api.strict_json import Router

router = Router(tags=["sync"])

_KINDS = {"gpkg": "application/geopackage+sqlite3", "zip": "application/zip"}


@router.get(
    "/field-pack.{ending}",
    summary="An officer's cases and map, to take along",
    responses={200: {"content": {kind: {} for kind in _KINDS.values()}}},
    response_class=Response,
)
def get_field_pack(
    ending: Literal["gpkg", "zip"],
    visit: TheVisit,
    view: TheView,
    officer: Annotated[Name | None, Query(description="Whose open cases; the caller's without it.")] = None,
    area: Annotated[
        str | None, Query(max_length=200, description="west,south,east,north in degrees; else around the cases.")
    ] = None,
) -> Response:
    """The GeoPackage with the layers that the caller may see, the open cases, what every check says of each, styles and
    a project; as `zip` with the project beside it as a `.qgz` too. Its table `pack` has the token for /sync/changes.
    """
    with tempfile.TemporaryDirectory() as folder, visit.reading() as (session, desk):
        path = Path(folder) / "field-pack.gpkg"
        box = box_on_grid(area, desk.grid) if area is not None else None
        pack = Pack(officer or visit.actor.name, box, visit.rights)
        made = make_pack(session, desk, visit.office, view, pack, path)
        content = path.read_bytes() if ending == "gpkg" else _together(path, made.project)
    shown = {"Content-Disposition": f'attachment; filename="field-pack.{ending}"'}
    return Response(content, media_type=_KINDS[ending], headers={**PRIVATE, **shown})


def _together(path: Path, project: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(path, path.name)
        archive.writestr("field-pack.qgz", project)
    return target.getvalue()
