"""What holds for every file of the project: no outside addresses, no places of one machine, nothing left to do."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "registry" + ".npmjs", "npmjs" + ".org", "deb.debian" + ".org")
_RESOLVED = re.compile(r'"resolved"\s*:')
_HOMES = "|".join(["root", "work", "home/[a-z]", "Users/[A-Za-z]", "opt/pypi"])
_PLACES = re.compile(rf"(?<![\w.])/(?:{_HOMES})(?:/|\b)")
_UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX"]) + r")\b")
_ADDRESS = re.compile(r"\w+://|file:|^-|^--index", re.MULTILINE)
_LOCKS = ("uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock")


def tracked() -> list[Path]:
    """Every file that git keeps, or would keep once added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """Name to content of every kept file that is text."""
    found = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found[str(path.relative_to(ROOT))] = content.decode(errors="replace")
    return found


@pytest.fixture(scope="module", name="files")
def _files() -> dict[str, str]:
    return texts()


def _lines_with(files: dict[str, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:160]}"
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry(files: dict[str, str]) -> None:
    assert _lines_with(files, re.compile("|".join(map(re.escape, _REGISTRIES)))) == []


def test_no_lock_of_the_page_names_where_packages_were_fetched(files: dict[str, str]) -> None:
    assert _lines_with({name: text for name, text in files.items() if name.endswith(".json")}, _RESOLVED) == []


def test_no_file_names_a_place_of_one_machine(files: dict[str, str]) -> None:
    assert _lines_with(files, _PLACES) == []


def test_nothing_is_left_to_be_done_in_a_comment(files: dict[str, str]) -> None:
    assert _lines_with(files, _UNFINISHED) == []


def test_the_locked_requirements_have_versions_and_hashes_and_no_address(files: dict[str, str]) -> None:
    lock = files["requirements.lock"]
    assert _ADDRESS.findall(lock) == []
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", entry) for entry in entries)
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_no_lock_that_would_name_hosts_is_kept(files: dict[str, str]) -> None:
    assert [name for name in files if Path(name).name in _LOCKS] == []


def test_the_tests_folder_is_flat(files: dict[str, str]) -> None:
    nested = [name for name in files if name.startswith("tests/") and name.count("/") > 1 and name.endswith(".py")]
    assert nested == []


def test_every_module_says_what_it_is_for(files: dict[str, str]) -> None:
    modules = {name: text for name, text in files.items() if name.endswith(".py") and text.strip()}
    assert [name for name, text in modules.items() if not text.lstrip().startswith('"""')] == []
