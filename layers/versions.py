"""Which layer versions there are, which are current, and how to ask them questions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import RLock
from weakref import WeakValueDictionary

import pyarrow as pa
from filelock import FileLock, Timeout

from layers.catalog import ROLE_BY_NAME
from layers.catalogue import Histories, read_catalogue, write_catalogue
from layers.errors import GridError, IngestRefused, LayerMissing, VersionMissing
from layers.features import Features, LayerPart
from layers.model import LayerVersion
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery
from layers.snapshot import (
    FEATURES,
    NETWORK,
    UNFINISHED,
    UNPUBLISHED,
    Snapshot,
    digest_of,
    snapshot_path,
    unpublished_mark,
)

Key = tuple[LayerVersion, ...]


class LayerStore:
    """A folder of snapshots with their catalogue; safe for many readers and writers at once.

    Loaded layers are shared between the queries that use them and forgotten with the last of them;
    those of the newest current set stay loaded.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = RLock()
        self._features: WeakValueDictionary[Key, Features] = WeakValueDictionary()
        self._held: tuple[Features, ...] = ()
        self._read: tuple[tuple[int, int, int], Histories] | None = None

    def current(self) -> dict[str, LayerVersion]:
        """The current version of each layer by layer name."""
        return {name: versions[-1] for name, versions in sorted(self._histories().items()) if versions}

    def history(self, name: str) -> tuple[LayerVersion, ...]:
        """Every published version of a layer, oldest first."""
        return self._histories().get(name, ())

    def version(self, version: str) -> LayerVersion:
        """The newest entry of a version id; raises VersionMissing where the catalogue has none."""
        for entry in reversed(self.history(version.partition("/")[0])):
            if entry.version == version:
                return entry
        raise VersionMissing(f"The layer version {version} is not in the catalogue of {self.folder}.")

    def publish(self, version: LayerVersion) -> None:
        """Make a written snapshot the current version of its layer.

        Publishing the current version again refreshes its entry. Raises VersionMissing where the
        snapshot has not been written.
        """
        path = snapshot_path(self.folder, version.version)
        if not path.is_file():
            raise VersionMissing(f"The layer version {version.version} cannot be published: it has not been written.")
        with self._catalogue_lock():
            histories = read_catalogue(self._catalogue)
            entries = histories.get(version.name, ())
            if entries and entries[-1].version == version.version:
                entries = entries[:-1]
            write_catalogue(self._catalogue, histories | {version.name: (*entries, version)})
        unpublished_mark(path).unlink(missing_ok=True)

    def open(
        self,
        versions: Mapping[str, str] | None = None,
        *,
        grid_epsg: int | None = None,
        as_of: Mapping[str, date] | None = None,
        network: NetworkSettings | None = None,
    ) -> LayerQuery:
        """A query over the given versions (layer name to version id); None: the current ones.

        `as_of` gives layers the day that they spoke of, where the same content was published again later;
        `network` says how lines become networks (None: as usual).
        Raises VersionMissing for a version that is gone, GridError where the layers are not all on
        one grid, LayerMissing where there is no layer and no grid was named.
        """
        wanted = self.current() if versions is None else {name: self.version(v) for name, v in versions.items()}
        wanted |= {name: replace(wanted[name], as_of=day) for name, day in (as_of or {}).items()}
        with self._lock:
            features = self._features_of([wanted[name] for name in sorted(wanted)])
            if versions is None:
                self._held = features
        return LayerQuery(features, self._one_grid(features, grid_epsg), network or NetworkSettings())

    def part(self, version: str) -> LayerPart:
        """One layer version with its columns and geometries; shared with the queries that use it."""
        return self._part(self.version(version))

    def reference(self, name: str, version: str | None = None) -> pa.Table:
        """The columns of a layer without its geometry: how reference tables are read."""
        if version is None and name not in self.current():
            raise LayerMissing(f"No layer {name} has been published.")
        return self.part(version or self.current()[name].version).table.table()

    def verify(self) -> dict[str, str]:
        """What is wrong with published snapshots, by version id; empty where all are whole."""
        found: dict[str, str] = {}
        for entry in {e.version: e for entries in self._histories().values() for e in entries}.values():
            path = snapshot_path(self.folder, entry.version)
            if not path.is_file():
                found[entry.version] = "the file is missing"
            elif digest_of(path) != path.stem:
                found[entry.version] = "the bytes are not those that were written"
        return found

    def older(self, keep: int) -> list[str]:
        """The ids of the versions beyond the last `keep` of each layer, which `prune` would delete."""
        return _gone(self._histories(), _all_kept(self._histories(), keep, ()))

    def prune(self, keep: int, also: Collection[str] = ()) -> list[str]:
        """Delete all but the last `keep` versions of each layer and the version ids in `also`.

        The current version always stays. What was made from a deleted version goes with it. Gives the ids of the
        deleted versions.
        """
        with self.writing(), self._catalogue_lock():
            histories = read_catalogue(self._catalogue)
            kept = _all_kept(histories, keep, also)
            gone = _gone(histories, kept)
            for version in gone:
                unpublished_mark(snapshot_path(self.folder, version)).touch()
            write_catalogue(self._catalogue, kept)
            self._sweep()
        return gone

    @contextmanager
    def writing(self, timeout_seconds: float = 60.0) -> Iterator[None]:
        """Hold the store for one writer, after clearing away what killed writers left behind.

        Raises IngestRefused where another writer does not finish in time.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "writing.lock", timeout=timeout_seconds)
        try:
            lock.acquire()
        except Timeout as error:
            raise IngestRefused(f"Another import is writing to {self.folder}; try again when it has ended.") from error
        try:
            self._sweep()
            yield
        finally:
            lock.release()

    @property
    def _catalogue(self) -> Path:
        return self.folder / "catalogue.json"

    def _catalogue_lock(self) -> FileLock:
        return FileLock(self.folder / "catalogue.lock")

    def _histories(self) -> Histories:
        """The catalogue, read again only when its file was replaced."""
        with self._lock:
            try:
                found = self._catalogue.stat()
            except FileNotFoundError:
                return {}
            stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, read_catalogue(self._catalogue))
            return self._read[1]

    def _sweep(self) -> None:
        """Delete unfinished files, and snapshots that no catalogue ever named."""
        published = {entry.version for entries in read_catalogue(self._catalogue).values() for entry in entries}
        for unfinished in [*self.folder.glob(f"*{UNFINISHED}"), *self.folder.glob(f"*/*{UNFINISHED}")]:
            unfinished.unlink(missing_ok=True)
        for mark in self.folder.glob(f"*/*{UNPUBLISHED}"):
            if f"{mark.parent.name}/{mark.stem}" not in published:
                mark.with_suffix(".parquet").unlink(missing_ok=True)
                for ending in (NETWORK, FEATURES):
                    for made in mark.parent.glob(f"{mark.stem}.*{ending}"):
                        made.unlink(missing_ok=True)
            mark.unlink(missing_ok=True)

    def _features_of(self, versions: list[LayerVersion]) -> tuple[Features, ...]:
        by_role: dict[str, list[LayerPart]] = {}
        for version in versions:
            part = self._part(version)
            if ROLE_BY_NAME[part.description.role].geometry != "none":
                by_role.setdefault(part.description.role, []).append(part)
        return tuple(self._shared(role, parts) for role, parts in sorted(by_role.items()))

    def _shared(self, role: str, parts: list[LayerPart]) -> Features:
        key = tuple(part.version for part in parts)
        features = self._features.get(key)
        if features is None:
            features = Features(role, parts)
            self._features[key] = features
        return features

    def _part(self, version: LayerVersion) -> LayerPart:
        for features in list(self._features.values()):
            for part in features.parts:
                if part.version.version == version.version:
                    return LayerPart(version, part.description, part.table)
        snapshot = Snapshot(self.folder, version.version)
        return LayerPart(version, snapshot.description, snapshot)

    def _one_grid(self, features: tuple[Features, ...], grid_epsg: int | None) -> int:
        found = {part.description.grid_epsg: part.description.name for f in features for part in f.parts}
        wanted = grid_epsg if grid_epsg is not None else next(iter(found), None)
        if wanted is None:
            raise LayerMissing(f"No layer has been published in {self.folder} yet; import the city's layers first.")
        others = sorted(name for epsg, name in found.items() if epsg != wanted)
        if others:
            raise GridError(f"Not on the grid EPSG:{wanted}: {', '.join(others)}; import them again.")
        return wanted


def _all_kept(histories: Histories, keep: int, also: Collection[str]) -> Histories:
    return {name: _kept(entries, max(keep, 1), also) for name, entries in histories.items()}


def _gone(histories: Histories, kept: Histories) -> list[str]:
    before, after = ({each.version for entries in some.values() for each in entries} for some in (histories, kept))
    return sorted(before - after)


def _kept(entries: tuple[LayerVersion, ...], keep: int, also: Collection[str]) -> tuple[LayerVersion, ...]:
    newest_first = dict.fromkeys(entry.version for entry in reversed(entries))
    stay = {*list(newest_first)[:keep], *also}
    return tuple(entry for entry in entries if entry.version in stay)
