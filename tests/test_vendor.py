"""The JavaScript that we serve ourselves: pinned, complete, and inside the wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from maps.errors import VendorMissing
from maps.vendored import PACKAGES, SERVED, VENDOR, fetched_files, pinned_files, sha256_of, text_of
from maps.vendoring import _rewrite, npm_commands, vendor

LOCK = json.loads((ROOT / "maps" / "package-lock.json").read_text())
WANTED = json.loads((ROOT / "maps" / "package.json").read_text())["dependencies"]


@pytest.fixture(autouse=True)
def _fetched() -> None:
    try:
        fetched_files()
    except VendorMissing as error:
        pytest.skip(str(error))


def test_every_package_is_asked_for_by_its_exact_version() -> None:
    assert all(version[0].isdigit() and version.count(".") == 2 for version in WANTED.values())
    assert sorted(WANTED) == sorted(PACKAGES)


def test_the_lock_has_a_hash_for_every_package_and_no_address() -> None:
    packages = {name.removeprefix("node_modules/"): entry for name, entry in LOCK["packages"].items() if name}
    assert {name: packages[name]["version"] for name in WANTED} == WANTED
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "://" not in json.dumps(LOCK)


def test_the_fetched_files_are_the_pinned_ones() -> None:
    assert fetched_files() == pinned_files()
    assert {file.file: sha256_of(VENDOR / file.file) for file in pinned_files()} == {
        file.file: file.sha256 for file in pinned_files()
    }


def test_the_pinned_versions_are_those_of_the_lock() -> None:
    assert {file.package: file.version for file in pinned_files()} == WANTED


def test_every_package_brings_its_licence() -> None:
    for package in PACKAGES:
        (licence,) = (file for file in SERVED if file.startswith(f"{package}/LICENSE"))
        assert "Redistribution and use" in text_of(licence) or "Permission is hereby granted" in text_of(licence)


def test_no_script_imports_a_package_by_its_name() -> None:
    scripts = [file for file in SERVED if file.endswith((".js", ".mjs"))]
    assert [
        found for file in scripts for found in re.findall(r"""\bfrom\s*["']([^."'][^"']*)["']""", text_of(file))
    ] == []


def test_a_rewritten_import_that_changed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "terra-draw-maplibre-gl-adapter.modern.js").write_text('import"other"')
    with pytest.raises(VendorMissing, match="0 times"):
        _rewrite(tmp_path / "terra-draw-maplibre-gl-adapter.modern.js")


def test_a_file_that_is_not_pinned_is_refused() -> None:
    with pytest.raises(VendorMissing, match="make setup"):
        text_of("leaflet/other.js")


def test_the_vendor_folder_is_not_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "maps/vendor"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert listed.stdout == ""


def test_there_is_an_npm_even_where_the_machine_has_none() -> None:
    command = list(npm_commands())[-1]
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert int(version.stdout.split(".")[0]) >= 7


def test_without_any_npm_nothing_changes_and_the_error_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "kept.js").write_text("kept")
    with pytest.raises(VendorMissing, match="no npm on this machine"):
        vendor(tmp_path, commands=())
    assert (tmp_path / "kept.js").read_text() == "kept"


def test_an_npm_that_fails_is_named_with_its_own_words(tmp_path: Path) -> None:
    broken = [sys.executable, "-c", "import sys; sys.exit('npm is broken')"]
    with pytest.raises(VendorMissing, match="npm is broken"):
        vendor(tmp_path, commands=[broken])


def test_the_wheel_carries_the_map_library_its_css_and_licence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"maps/vendor/{file.file}" for file in pinned_files()} <= names
    assert {"maps/vendor_manifest.json", "maps/vendor/MANIFEST.json"} <= names
    pages = [path.relative_to(ROOT).as_posix() for path in (ROOT / "maps").rglob("*") if path.suffix in PAGE_FILES]
    assert set(pages) <= names


PAGE_FILES = {".js", ".css", ".j2", ".yaml", ".svg"}
