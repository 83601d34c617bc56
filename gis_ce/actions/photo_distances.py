"""How far from a case's place its photos were taken."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.attachments.keeping import read_photo
from gis_ce.attachments.photo_place import CasePlace, photo_place
from gis_ce.errors import AttachmentMissing, AttachmentRefused
from gis_ce.tables import Attachment, Case, Site


def place_of(desk: Desk, site: Site) -> CasePlace:
    """The place that a photo is held against."""
    return CasePlace(site.geometry, site.sigma_ft or 0.0, desk.grid)


def measure_photos(session: Session, desk: Desk, case: Case, site: Site) -> None:
    """Measures every photo of a case against its place of now; a photo whose content is gone has no distance."""
    taken = select(Attachment).where(Attachment.case_id == case.id, Attachment.lon.is_not(None))
    for row in session.scalars(taken).all():
        row.distance_from_site_ft = _distance(desk, case, site, row)
    session.flush()


def _distance(desk: Desk, case: Case, site: Site, row: Attachment) -> float | None:
    try:
        photo = read_photo(desk.folder(), row.sha256, row.media_type, desk.processes.time.zone)
    except (AttachmentMissing, AttachmentRefused):
        return None
    return photo_place(photo, place_of(desk, site), case.event_on).distance_ft
