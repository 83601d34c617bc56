"""A hearing packet as a folder or as one file, with the pictures of its decisions drawn."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from sqlalchemy.orm import Session

from api.case_exhibits import exhibits_of_all
from api.errors import ApiError
from api.letter_pictures import decision_picture
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_setting import Picture
from gis_ce.actions.packet import case_packet
from gis_ce.actions.reproducing import OpenLayers
from gis_ce.packet import Packet
from gis_ce.roles import ROLE_NAMES, rights_of
from gis_ce.tables import Decision

_STORED = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip: the same packet is the same file."""


def packet_of(session: Session, desk: Desk, case: str, open_layers: OpenLayers | None = None) -> Packet:
    """The packet of a case; see `case_packet` for what it raises.

    Where earlier layers can be opened, with an exhibit of each decision at full size.
    """

    def draw(row: Decision) -> Picture | None:
        found = decision_picture(desk, row)
        return Picture(found.svg, "svg", found.words) if found is not None else None

    rights = rights_of(ROLE_NAMES)
    exhibits = exhibits_of_all(session, desk, open_layers, case, rights) if open_layers is not None else []
    return case_packet(session, desk, case, draw, [each.pdf() for each in exhibits])


def write_folder(packet: Packet, folder: Path) -> None:
    """Writes the PDF, the originals and the manifest into a folder that is not there yet, or is empty.

    The folder appears whole or not at all. Raises ApiError where something is in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ApiError(f"{folder} is there already and is not an empty folder; name another one.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as unfinished:
        made = Path(unfinished) / "packet"
        (made / "originals").mkdir(parents=True)
        (made / f"{packet.number}-packet.pdf").write_bytes(packet.pdf)
        (made / "manifest.json").write_bytes(packet.manifest)
        for original in packet.originals:
            shutil.copyfile(original.path, made / "originals" / original.name)
        if folder.exists():
            folder.rmdir()
        made.replace(folder)


def write_zip(packet: Packet, path: Path) -> None:
    """Writes the same as one zip file; originals are stored as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name, content in (("manifest.json", packet.manifest), (f"{packet.number}-packet.pdf", packet.pdf)):
            target.writestr(zipfile.ZipInfo(f"{packet.number}/{name}", _STORED), content)
        for original in packet.originals:
            info = zipfile.ZipInfo(f"{packet.number}/originals/{original.name}", _STORED)
            with original.path.open("rb") as source, target.open(info, "w") as stream:
                shutil.copyfileobj(source, stream)
