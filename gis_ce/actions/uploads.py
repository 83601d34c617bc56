"""Files that arrive in pieces, from the first word of them to the content under its hash.

Nothing is taken for had before its hash is the one that was sent and its content went through the checks of
every attachment. What is had is never deleted here: its sender may have deleted it already.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.attachments import pieces
from gis_ce.attachments.folder import SHA256, AttachmentFolder, content_path
from gis_ce.attachments.keeping import Kept, StoredAttachment, keep
from gis_ce.attachments.kinds import kind_of_name
from gis_ce.attachments.limits import in_megabytes
from gis_ce.attachments.names import clean_name
from gis_ce.attachments.photo import Photo
from gis_ce.errors import (
    AttachmentRefused,
    AttachmentTooLarge,
    UploadGone,
    UploadRefused,
    UploadTooLong,
    UploadUnknown,
)
from gis_ce.ids import new_id
from gis_ce.tables import Attachment, Case, Json, Upload
from layers.snapshot import digest_of

ARRIVES_WITHIN = timedelta(days=7)
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{7,63}")


@dataclass(frozen=True, slots=True)
class UploadGiven:
    """What a sender says of a file: its name, its bytes, its hash, and an id if the device made one."""

    name: str
    length: int
    sha256: str | None = None
    id: str | None = None


def begin_upload(session: Session, desk: Desk, given: UploadGiven) -> Upload:
    """A new upload, or the one that this device began under the same id.

    Raises AttachmentRefused for a kind of file that is not taken, AttachmentTooLarge, UploadRefused, and
    UploadTooLong where the sender has too much under way.
    """
    folder = desk.folder()
    name = clean_name(given.name)
    kind_of_name(name)
    _refuse_wrong(given, name, folder)
    before = session.get(Upload, given.id) if given.id is not None else None
    if before is not None:
        if (before.owner, before.length, before.name) != (desk.actor.name, given.length, name):
            raise UploadRefused(f"The id {given.id} came before with another file; make a new one.")
        return before
    _refuse_too_many(session, desk, given.length, folder)
    upload = Upload(
        id=given.id or new_id(desk.now),
        owner=desk.actor.name,
        name=name,
        length=given.length,
        sha256=given.sha256,
        state="arriving",
        at=desk.now,
        expires_at=desk.now + ARRIVES_WITHIN,
    )
    session.add(upload)
    pieces.begin(folder.path, upload.id)
    return upload


def _refuse_wrong(given: UploadGiven, name: str, folder: AttachmentFolder) -> None:
    if given.length < 1:
        raise UploadRefused(f"{name!r} is empty.")
    if given.length > folder.limits.size:
        raise AttachmentTooLarge(f"{name!r} is larger than {in_megabytes(folder.limits.size)}, the most that is taken.")
    if given.sha256 is not None and not SHA256.fullmatch(given.sha256):
        raise UploadRefused("sha256: a hash has 64 digits from 0 to f.")
    if given.id is not None and not _ID.fullmatch(given.id):
        raise UploadRefused("id: 8 to 64 letters, digits, - and _, such as a UUID.")


def _refuse_too_many(session: Session, desk: Desk, length: int, folder: AttachmentFolder) -> None:
    mine = Upload.owner == desk.actor.name, Upload.state == "arriving", Upload.expires_at > desk.now
    count, under_way = session.execute(select(func.count(), func.sum(Upload.length)).where(*mine)).one()
    limits = folder.limits
    if count >= limits.uploads or (under_way or 0) + length > limits.under_way:
        raise UploadTooLong(
            f"{desk.actor.name} has {count} files under way; at most {limits.uploads} of "
            f"{in_megabytes(limits.under_way)} together. Finish or end some first."
        )


def upload_of(session: Session, desk: Desk, name: str) -> Upload:
    """The caller's own upload of an id; raises UploadUnknown."""
    upload = session.get(Upload, name) if _ID.fullmatch(name) else None
    if upload is None or upload.owner != desk.actor.name:
        raise UploadUnknown(f"You have no upload {name[:80]!r}.")
    return upload


def refuse_gone(upload: Upload, now: datetime) -> None:
    """Raises UploadGone for one that was refused or has expired."""
    if upload.state == "refused":
        raise UploadGone(upload.said or "The file was refused.")
    if upload.state == "arriving" and upload.expires_at <= now:
        raise UploadGone(f"{upload.name!r} did not arrive within {ARRIVES_WITHIN.days} days; begin again.")


def arrived(upload: Upload, folder: AttachmentFolder) -> int:
    """How many bytes of an upload have arrived."""
    return upload.length if upload.state == "have" else pieces.arrived(folder.path, upload.id)


@dataclass(frozen=True, slots=True)
class Whole:
    """What became of a file that has arrived in full: what is kept of it, or why it was refused."""

    kept: Kept | None
    refused: AttachmentRefused | None


def examine(desk: Desk, upload: Upload) -> Whole:
    """Looks through a file that has arrived in full, and keeps it under its hash; asks no database.

    Raises AttachmentNotKept where the disk refuses it: then it can be examined again.
    """
    path = pieces.part_path(desk.folder().path, upload.id)
    try:
        came = digest_of(path)
        if upload.sha256 is not None and came != upload.sha256:
            raise HashWrong(f"{upload.name!r} arrived with the hash {came}, not {upload.sha256}; send it again.")
        with path.open("rb") as stream:
            return Whole(keep(desk.folder(), stream, upload.name, desk.processes.time.zone), None)
    except AttachmentRefused as error:
        return Whole(None, error)


class HashWrong(AttachmentRefused):
    """A file that arrived with another hash than its sender said."""


def settle(session: Session, desk: Desk, name: str, whole: Whole) -> Upload:
    """Writes down what became of a file; the pieces may go once this is committed."""
    upload = upload_of(session, desk, name)
    if whole.kept is not None:
        upload.state, upload.sha256 = "have", whole.kept.stored.sha256
        upload.kept = _as_json(whole.kept)
    else:
        upload.state, upload.said = "refused", str(whole.refused)
    return upload


def received(session: Session, desk: Desk, sha256: str) -> Kept:
    """A file that has arrived from this actor, to be attached; raises UploadUnknown."""
    mine = select(Upload).where(Upload.sha256 == sha256, Upload.state == "have", Upload.owner == desk.actor.name)
    upload = session.scalars(mine.order_by(Upload.at.desc(), Upload.id.desc()).limit(1)).first()
    if upload is None or upload.kept is None:
        raise UploadUnknown(f"No file with the hash {sha256} has arrived from you in full; send it to /uploads.")
    return _from_json(upload.kept)


def has_content(session: Session, desk: Desk, sha256: str) -> tuple[bool, list[str]]:
    """Whether the content of a hash lies here, whole, for an upload or attachment; and the cases it is attached to.

    Every byte is read again. Raises AttachmentMissing for what is no hash.
    """
    path = content_path(desk.folder().path, sha256)
    cases = select(Case.number).join(Attachment, Attachment.case_id == Case.id).where(Attachment.sha256 == sha256)
    numbers = sorted(set(session.scalars(cases)))
    sent = select(Upload.id).where(Upload.sha256 == sha256, Upload.state == "have").limit(1)
    known = bool(numbers) or session.scalars(sent).first() is not None
    return known and path.is_file() and digest_of(path) == sha256, numbers


def end_upload(session: Session, desk: Desk, name: str) -> Upload:
    """Forgets an upload; the content of one that is had stays. Raises UploadUnknown."""
    upload = upload_of(session, desk, name)
    session.delete(upload)
    return upload


def expire(session: Session, now: datetime) -> list[str]:
    """Forgets uploads that did not arrive in time; the ids of those whose pieces may go."""
    late = select(Upload).where(Upload.state != "have", Upload.expires_at <= now)
    rows = session.scalars(late).all()
    for row in rows:
        session.delete(row)
    return [row.id for row in rows]


_TIMES = ("captured_at", "fix_at")


def _as_json(kept: Kept) -> Json:
    parts = {"stored": asdict(kept.stored), "photo": asdict(kept.photo)}
    return {
        part: {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
        for part, values in parts.items()
    }


def _from_json(kept: Json) -> Kept:
    stored, photo = (_with_times(kept[part]) for part in ("stored", "photo"))
    return Kept(StoredAttachment(**stored), Photo(**photo | {"remarks": tuple(photo["remarks"])}), again=True)


def _with_times(part: Json) -> Json:
    return {name: datetime.fromisoformat(value) if value and name in _TIMES else value for name, value in part.items()}
