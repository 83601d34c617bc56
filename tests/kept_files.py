"""A folder of attachments in a test, and what a file that was sent there became."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gis_ce.attachments.folder import AttachmentFolder, content_path
from gis_ce.attachments.keeping import Kept, keep
from gis_ce.attachments.limits import LIMITS, Limits
from gis_ce.errors import AttachmentRefused

ZONE = ZoneInfo("America/New_York")


def send(folder: Path, content: bytes, name: str = "photo.jpg", limits: Limits = LIMITS) -> Kept:
    """Send a file to a folder of attachments."""
    return keep(AttachmentFolder(folder, limits), BytesIO(content), name, ZONE)


def refusal(folder: Path, content: bytes, name: str = "photo.jpg", limits: Limits = LIMITS) -> str:
    """The one sentence with which a file is refused; nothing of it may be left in the folder."""
    with pytest.raises(AttachmentRefused) as refused:
        send(folder, content, name, limits)
    assert files(folder) == []
    said = str(refused.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


def original(folder: Path, kept: Kept) -> bytes:
    """The bytes that lie in the folder as the file of evidence."""
    return content_path(folder, kept.stored.sha256).read_bytes()


def stripped(folder: Path, kept: Kept) -> bytes:
    """The bytes of the copy for anyone else."""
    assert kept.stored.stripped_sha256 is not None
    return content_path(folder, kept.stored.stripped_sha256).read_bytes()


def files(folder: Path) -> list[Path]:
    """Every file in the folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
