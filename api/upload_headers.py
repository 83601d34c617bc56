"""The headers of the tus protocol 1.0.0, read and written."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from starlette.datastructures import Headers

from api.case_answers import PRIVATE
from api.errors import ApiError, NotThisVersion, WrongMedia
from gis_ce.actions.uploads import UploadGiven
from gis_ce.attachments.limits import LIMITS
from gis_ce.attachments.pieces import CHECKSUMS, Checksum

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
SPOKEN: Mapping[str, str] = {"Tus-Resumable": VERSION, **PRIVATE}
"""What every answer says."""
ABLE: Mapping[str, str] = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,checksum,termination,expiration",
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    "Tus-Max-Size": str(LIMITS.size),
}
"""What OPTIONS tells."""
_KNOWN = ("filename", "sha256", "id")


def refuse_other_version(headers: Headers) -> None:
    """Raises NotThisVersion unless the client speaks our version of tus."""
    if headers.get("tus-resumable") != VERSION:
        raise NotThisVersion(f"Tus-Resumable: this service speaks tus {VERSION} and needs the header.")


def given_of(headers: Headers) -> UploadGiven:
    """What a new upload says of itself; raises ApiError."""
    if "upload-defer-length" in headers:
        raise ApiError("Upload-Defer-Length: the length of a file must be known when it begins.")
    length = _number(headers, "Upload-Length")
    words = _metadata(headers.get("upload-metadata", ""))
    name = words.get("filename")
    if not name:
        raise ApiError("Upload-Metadata: give the file's name as `filename`, in base64.")
    sha256 = words.get("sha256")
    return UploadGiven(name, length, sha256.lower() if sha256 else None, words.get("id") or None)


def offset_of(headers: Headers) -> int:
    """Where a piece begins; raises WrongMedia, ApiError."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE:
        raise WrongMedia(f"Content-Type: a piece of a file is sent as {PIECE}.")
    return _number(headers, "Upload-Offset")


def checksum_of(headers: Headers) -> Checksum | None:
    """What a piece must amount to, None where nothing is said; raises ApiError."""
    given = headers.get("upload-checksum")
    if given is None:
        return None
    algorithm, _, digest = given.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise ApiError(f"Upload-Checksum: one of {', '.join(CHECKSUMS)} and the digest in base64.")
    return Checksum(algorithm, _from_base64(digest.strip(), "Upload-Checksum"))


def expires(at: datetime) -> dict[str, str]:
    """The header that says until when an upload is waited for."""
    return {"Upload-Expires": format_datetime(at, usegmt=True)}


def _metadata(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, map(str.strip, text.split(","))):
        name, _, encoded = pair.partition(" ")
        if name not in _KNOWN:
            continue
        try:
            found[name] = _from_base64(encoded.strip(), f"Upload-Metadata: {name}").decode()
        except UnicodeDecodeError as error:
            raise ApiError(f"Upload-Metadata: {name} is no UTF-8.") from error
    return found


def _from_base64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ApiError(f"{what} cannot be read as base64.") from error


def _number(headers: Headers, name: str) -> int:
    given = headers.get(name.lower(), "")
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        raise ApiError(f"{name}: give a whole number of bytes.")
    return int(given)
