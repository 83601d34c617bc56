"""A hearing packet as it is handed over: one PDF, the originals, and a manifest of their hashes."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

_MOST_SHEETS = 60
_WIDEST_PIXELS = 1600


@dataclass(frozen=True, slots=True)
class Original:
    """One file of the case: its name in the folder, what it is, and where its content lies."""

    name: str
    what: str
    sha256: str
    path: Path


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet that was made: the PDF, the originals, and the manifest as JSON."""

    number: str
    pdf: bytes
    originals: tuple[Original, ...]
    manifest: bytes


def made_packet(number: str, pdf: bytes, originals: Sequence[Original], made_at: str, made_by: str) -> Packet:
    """The packet with its manifest."""
    files = [{"name": f"originals/{each.name}", "what": each.what, "sha256": each.sha256} for each in originals]
    listed: dict[str, Any] = {
        "case": number,
        "made_at": made_at,
        "made_by": made_by,
        "packet": {"name": f"{number}-packet.pdf", "sha256": hashlib.sha256(pdf).hexdigest()},
        "files": files,
    }
    manifest = json.dumps(listed, ensure_ascii=False, indent=2).encode() + b"\n"
    return Packet(number, pdf, tuple(originals), manifest)


def sheets_of(content: bytes) -> int:
    """How many pages of a PDF can be drawn, at most 60; 0 where none can (locked, broken)."""
    try:
        reader = PdfReader(io.BytesIO(content))
        return 0 if reader.is_encrypted else min(len(reader.pages), _MOST_SHEETS)
    except (PyPdfError, ValueError, KeyError, OSError, RecursionError):
        return 0


def shown_picture(content: bytes) -> bytes | None:
    """A picture as a JPEG of a size for paper, upright, without its camera's notes; None where it cannot be read."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    upright.thumbnail((_WIDEST_PIXELS, _WIDEST_PIXELS))
    target = io.BytesIO()
    upright.save(target, "JPEG", quality=85)
    return target.getvalue()
