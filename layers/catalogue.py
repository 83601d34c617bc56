"""The small file beside the snapshots that says which versions are published, and since when."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from layers.errors import VersionMissing
from layers.model import LayerVersion
from layers.snapshot import UNFINISHED, sync_folder

Histories = dict[str, tuple[LayerVersion, ...]]

_FORMAT = 1


def read_catalogue(path: Path) -> Histories:
    """The published versions of each layer, oldest first; none where there is no file yet."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != _FORMAT:
            raise VersionMissing(f"{path} has the format {content['format']}; this program reads {_FORMAT}.")
        return {name: tuple(_version(name, entry) for entry in entries) for name, entries in content["layers"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VersionMissing(f"{path} is damaged ({error}); restore it from a backup.") from error


def write_catalogue(path: Path, histories: Histories) -> None:
    """Replace the catalogue in one step; a reader sees the old one or the new one."""
    layers = {name: [_entry(version) for version in versions] for name, versions in sorted(histories.items())}
    unfinished = path.with_name(f"{uuid.uuid4().hex}{UNFINISHED}")
    try:
        with unfinished.open("w", encoding="utf-8") as stream:
            json.dump({"format": _FORMAT, "layers": layers}, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _entry(version: LayerVersion) -> dict[str, object]:
    entry = asdict(version)
    del entry["name"]
    return entry | {"as_of": version.as_of.isoformat(), "published_at": version.published_at.isoformat()}


def _version(name: str, entry: dict[str, str]) -> LayerVersion:
    return LayerVersion(
        name=name,
        version=entry["version"],
        rows=int(entry["rows"]),
        as_of=date.fromisoformat(entry["as_of"]),
        published_at=datetime.fromisoformat(entry["published_at"]),
    )
