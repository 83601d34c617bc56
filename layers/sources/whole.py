"""Whether a map file is whole: GDAL reads some files that were cut short without a word."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

from layers.errors import SourceError

_AGAIN = "copy or export it again"


def check_whole(path: Path) -> None:
    """Raises SourceError where a file is not of the kind its name says, or is cut short."""
    kind = path.suffix.lower()
    if kind == ".gpkg":
        _check_geopackage(path)
    elif kind == ".shp":
        _check_shapefile(path)
    elif kind == ".fgb" and _head(path, 3) != b"fgb":
        raise _not_a("FlatGeobuf file", path)
    elif kind in (".geojson", ".json") and not _head(path, 256).lstrip(b"\xef\xbb\xbf\x1e \t\r\n").startswith(b"{"):
        raise _not_a("GeoJSON file", path)
    elif kind == ".gdb":
        _check_geodatabase(path)


def _not_a(kind: str, path: Path) -> SourceError:
    return SourceError(f"{path.name} is not a {kind}; check what was sent, or {_AGAIN}.")


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _check_geopackage(path: Path) -> None:
    if _head(path, 16) != b"SQLite format 3\0":
        raise _not_a("GeoPackage", path)
    mode = "mode=ro" if Path(f"{path}-wal").exists() else "immutable=1"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
        try:
            answer = connection.execute("pragma quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise SourceError(f"{path.name} is damaged or cut short ({error}); {_AGAIN}.") from error
    if answer != ("ok",):
        raise SourceError(f"{path.name} is damaged ({answer[0]}); {_AGAIN}.")


def _check_geodatabase(path: Path) -> None:
    tables = sorted(path.glob("*.gdbtable"))
    if not tables:
        raise _not_a("File Geodatabase", path)
    for table in tables:
        head = _head(table, 32)
        if len(head) < 32 or table.stat().st_size < struct.unpack("<Q", head[24:])[0]:
            raise SourceError(f"{path.name} is cut short (in {table.name}); {_AGAIN}.")


def _check_shapefile(path: Path) -> None:
    if _head(path, 4) != b"\x00\x00\x27\x0a":
        raise _not_a("Shapefile", path)
    parts = {part.suffix.lower(): part for part in path.parent.glob(f"{_escaped(path.stem)}.*")}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise SourceError(f"{path.name} came without its {' and '.join(missing)}; put all its parts side by side.")
    for suffix in (".shp", ".shx"):
        stated = 2 * struct.unpack(">i", _head(parts[suffix], 28)[24:28].ljust(4, b"\0"))[0]
        if parts[suffix].stat().st_size < stated:
            raise SourceError(f"{parts[suffix].name} is cut short; {_AGAIN}.")
    head = _head(parts[".dbf"], 12).ljust(12, b"\0")
    rows, first, length = struct.unpack("<IHH", head[4:12])
    if parts[".dbf"].stat().st_size < first + rows * length or first == 0:
        raise SourceError(f"{parts['.dbf'].name} is cut short; {_AGAIN}.")


def _escaped(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)
