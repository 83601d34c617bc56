"""Fetches TypeScript, which checks the JSDoc types of our pages; for who develops; it is not shipped.

Run by `make types`: `python -m maps.type_checker FOLDER`, then `tsc --project FOLDER/checked`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from maps.errors import VendorMissing
from maps.vendored import HERE, PACKAGES
from maps.vendoring import install, npm_commands

_CHECKED = ("officers_map", "page")


def lay_out(folder: Path) -> None:
    """Fetches the packages into the folder, and lays our modules beside the types of the libraries that they import.

    A library is served as one minified file; there its place is taken by the types of its package.
    Raises VendorMissing when no npm works.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    install(folder, npm_commands(), with_tools=True)
    checked = folder / "checked"
    checked.mkdir()
    for name in (*_CHECKED, "tsconfig.json"):
        (checked / name).symlink_to(HERE / name)
    for package, files in PACKAGES.items():
        for name in (Path(file).name for file in files if file.endswith((".mjs", ".js"))):
            types = (checked / "vendor" / package / name).with_suffix(".d.mts" if name.endswith(".mjs") else ".d.ts")
            types.parent.mkdir(parents=True, exist_ok=True)
            types.write_text(f'export * from "{package}";\n', encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Fetches; 1 and one clear message on failure."""
    try:
        lay_out(Path(arguments[0]))
    except VendorMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
