"""A built network in one file beside the snapshot of its mains: written whole or not at all, read instead of built."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from layers.errors import VersionMissing
from layers.features import Features
from layers.network.model import MissedJoints, Network
from layers.network_settings import NetworkSettings
from layers.snapshot import NETWORK, UNFINISHED, snapshot_path, sync_folder

_FORM = 4
"""To be raised when networks are built in another way: files of another form are built anew."""
_PLAIN = ("role", "drawn_agrees")


def key_of(features: Features, holes: Features | None, settings: NetworkSettings) -> str:
    """What a network depends on: versions of its layers, settings, and the way it is built."""
    versions = [part.version for role in (features, holes) if role is not None for part in role.versions]
    told = json.dumps([_FORM, features.role, versions, asdict(settings)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def kept(folder: Path | None, features: Features, key: str, build: Callable[[], Network]) -> Network:
    """The network from its file; where there is none that can be read, it is built and written.

    A folder that cannot be written to costs only time: the network is then built in each process.
    """
    path = _path(folder, features, key)
    if path is None:
        return build()
    found = read_network(path)
    if found is None:
        found = build()
        try:
            write_network(path, found)
        except OSError:
            return found
    return found


def write_network(path: Path, network: Network) -> None:
    """Write the file; it appears whole or not at all."""
    columns = {name: getattr(network, name) for name in _columns() if name != "missed"}
    columns |= {f"missed_{field.name}": getattr(network.missed, field.name) for field in fields(MissedJoints)}
    unfinished = path.parent / f"{uuid.uuid4().hex}{UNFINISHED}"
    try:
        with unfinished.open("wb") as stream:
            np.savez(stream, **columns)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def read_network(path: Path) -> Network | None:
    """The network of a file; None where there is no such file, or it is damaged or of another form."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            missed = MissedJoints(**{field.name: stored[f"missed_{field.name}"] for field in fields(MissedJoints)})
            columns = {name: stored[name] for name in _columns() if name not in ("missed", *_PLAIN)}
            role, drawn = str(stored["role"]), float(stored["drawn_agrees"])
            return Network(role=role, drawn_agrees=drawn, missed=missed, **columns)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _columns() -> list[str]:
    return [field.name for field in fields(Network)]


def _path(folder: Path | None, features: Features, key: str) -> Path | None:
    if folder is None or not features.parts:
        return None
    try:
        snapshot = snapshot_path(folder, features.parts[0].version.version)
    except VersionMissing:
        return None
    return snapshot.with_suffix(f".{key}{NETWORK}") if snapshot.is_file() else None
