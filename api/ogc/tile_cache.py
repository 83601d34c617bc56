"""Tiles that were made, kept while there is room; of several who ask for a cold one, one makes it."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

MOST_BYTES = 64_000_000
_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class MadeTile:
    """One tile, compressed; empty where nothing is drawn in it."""

    content: bytes
    tag: str


def compressed(content: bytes) -> MadeTile:
    """A tile as it is kept: the same bytes each time."""
    packed = gzip.compress(content, 5, mtime=0) if content else b""
    return MadeTile(packed, f'"{hashlib.sha256(packed).hexdigest()[:24]}"')


class TileCache:
    """Safe for many threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._held = most_bytes, 0
        self._tiles: OrderedDict[tuple[object, ...], MadeTile] = OrderedDict()
        self._making: dict[tuple[object, ...], Event] = {}
        self._lock = Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], MadeTile]) -> MadeTile:
        """The tile of a key; where somebody else is making it, theirs. What fails is tried by the next who waits."""
        while True:
            with self._lock:
                if key in self._tiles:
                    self._tiles.move_to_end(key)
                    return self._tiles[key]
                others = self._making.get(key)
                if others is None:
                    mine = self._making[key] = Event()
                    break
            others.wait(_WAIT_S)
        try:
            made = make()
            self._keep(key, made)
        finally:
            with self._lock:
                del self._making[key]
            mine.set()
        return made

    def _keep(self, key: tuple[object, ...], made: MadeTile) -> None:
        with self._lock:
            self._tiles[key] = made
            self._held += len(made.content) + 500
            while self._held > self._most and self._tiles:
                _, dropped = self._tiles.popitem(last=False)
                self._held -= len(dropped.content) + 500


class PageCache:
    """Pages of features that were sent not long ago, by their tags, while there is room; safe for many threads."""

    def __init__(self, most_bytes: int = MOST_BYTES // 2) -> None:
        self._most, self._held = most_bytes, 0
        self._pages: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str) -> bytes | None:
        """A page, None where it is not kept."""
        with self._lock:
            if tag in self._pages:
                self._pages.move_to_end(tag)
            return self._pages.get(tag)

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._pages.clear()
            self._held = 0

    def keep(self, tag: str, content: bytes) -> None:
        """Keep a page; a large part of the room is given to none."""
        if len(content) > self._most // 8:
            return
        with self._lock:
            self._held += len(content) - len(self._pages.get(tag, b""))
            self._pages[tag] = content
            while self._held > self._most:
                _, dropped = self._pages.popitem(last=False)
                self._held -= len(dropped)


class TileFolder:
    """Tiles that were made when their layer version was published: files, shared by all processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str, zoom: int, column: int, row: int) -> MadeTile | None:
        """A tile that was made beforehand, else None."""
        try:
            packed = self._path(name, zoom, column, row).read_bytes()
        except FileNotFoundError:
            return None
        return MadeTile(packed, f'"{hashlib.sha256(packed).hexdigest()[:24]}"')

    def write(self, name: str, zoom: int, column: int, row: int, tile: MadeTile) -> None:
        """Keep a tile; it appears whole or not at all."""
        path = self._path(name, zoom, column, row)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(tile.content)
        unfinished.replace(path)

    def _path(self, name: str, zoom: int, column: int, row: int) -> Path:
        return self._folder / name / str(zoom) / f"{column}-{row}.mvt.gz"
