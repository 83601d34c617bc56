"""The third-party files that our pages use: where they lie, and whether they are the pinned ones."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from maps.errors import VendorMissing

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "vendor"
PINNED = HERE / "vendor_manifest.json"

PACKAGES = {
    "leaflet": ("dist/leaflet.js", "dist/leaflet.css", "LICENSE"),
    "maplibre-gl": ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css", "LICENSE.txt"),
    "terra-draw": ("dist/terra-draw.modern.js",),
    "terra-draw-maplibre-gl-adapter": ("dist/terra-draw-maplibre-gl-adapter.modern.js",),
}
"""What is taken from each npm package; everything else in it stays outside."""
LICENCES = {package: HERE / "licences" / "terra-draw.txt" for package in PACKAGES if package.startswith("terra-draw")}
"""The texts of licences that a package names and does not bring."""
REWRITTEN = {
    "terra-draw-maplibre-gl-adapter.modern.js": ('from"terra-draw"', 'from"../terra-draw/terra-draw.modern.js"')
}
"""Imports by the name of a package, which a browser does not know, and what stands there instead."""
SERVED = tuple(
    f"{package}/{name}"
    for package, taken in PACKAGES.items()
    for name in (*(Path(name).name for name in taken), *(("LICENSE",) if package in LICENCES else ()))
)
"""All files of the vendor folder, by their path in it."""


@dataclass(frozen=True, slots=True, order=True)
class VendoredFile:
    """One file of a package: `file` is its path under the vendor folder."""

    file: str
    package: str
    version: str
    sha256: str


def pinned_files() -> tuple[VendoredFile, ...]:
    """The files that are committed to, by hash, in order of path."""
    return _read(PINNED)


def fetched_files() -> tuple[VendoredFile, ...]:
    """The files that the set-up says it fetched; raises VendorMissing before the set-up."""
    manifest = VENDOR / "MANIFEST.json"
    if not manifest.is_file():
        raise VendorMissing("The map library has not been fetched; run `make setup` (python -m maps.vendoring).")
    return _read(manifest)


@functools.cache
def text_of(file: str) -> str:
    """The text of a vendored file such as `leaflet/leaflet.js`; raises VendorMissing if it is not as pinned."""
    path = VENDOR / file
    pinned = {entry.file: entry.sha256 for entry in pinned_files()}
    if not path.is_file() or sha256_of(path) != pinned.get(file):
        raise VendorMissing(f"{file} is missing or not the pinned one; run `make setup` (python -m maps.vendoring).")
    return path.read_text(encoding="utf-8")


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def as_manifest(files: tuple[VendoredFile, ...]) -> str:
    """The text of a manifest, the same for the same files."""
    return json.dumps([asdict(entry) for entry in sorted(files)], indent=2) + "\n"


def _read(manifest: Path) -> tuple[VendoredFile, ...]:
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    return tuple(VendoredFile(**entry) for entry in entries)
