"""What is wrong in a folder of attachments is found, each thing once, with what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kept_files import files, send
from made_pictures import jpeg, workbook

from gis_ce.attachments.folder import INCOMING, clear_unfinished
from gis_ce.attachments.verifying import verify
from layers.snapshot import UNFINISHED


@pytest.fixture(name="known")
def _known(tmp_path: Path) -> set[str]:
    """A folder with a photo, its copy and a workbook; the hashes that attachments name."""
    photo, book = send(tmp_path, jpeg()).stored, send(tmp_path, workbook(), "costs.xlsx").stored
    return {photo.sha256, str(photo.stripped_sha256), book.sha256}


def content(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def test_a_whole_folder_has_no_finding(tmp_path: Path, known: set[str]) -> None:
    assert verify(tmp_path, known) == []
    assert verify(tmp_path) == []


def test_a_folder_that_nothing_was_sent_to_has_no_finding(tmp_path: Path) -> None:
    assert verify(tmp_path / "none yet", ()) == []


def flip_a_bit(path: Path) -> None:
    path.chmod(0o644)
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)


def cut_short(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [flip_a_bit, cut_short])
def test_each_damaged_content_is_an_error(tmp_path: Path, known: set[str], damage: Callable[[Path], None]) -> None:
    for digest in known:
        damage(content(tmp_path, digest))
    for found in (verify(tmp_path, known), verify(tmp_path)):
        assert [finding.severity for finding in found] == ["error"] * 3
        assert [finding.what.split()[2] for finding in found] == sorted(known)
        assert all("is damaged" in finding.what for finding in found)


def test_each_missing_content_is_an_error(tmp_path: Path, known: set[str]) -> None:
    gone = sorted(known)[1]
    content(tmp_path, gone).unlink()
    (finding,) = verify(tmp_path, known)
    assert (finding.severity, finding.what) == ("error", f"The content {gone} of an attachment is missing.")
    assert verify(tmp_path) == []


def test_a_content_that_no_attachment_names_is_a_warning(tmp_path: Path, known: set[str]) -> None:
    (finding,) = verify(tmp_path, known - {sorted(known)[0]})
    assert (finding.severity, finding.what) == ("warning", f"No attachment names the content {sorted(known)[0]}.")


def test_files_that_are_no_contents_are_warnings(tmp_path: Path, known: set[str]) -> None:
    digest = sorted(known)[0]
    (tmp_path / "readme.txt").write_text("notes")
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / digest).write_bytes(content(tmp_path, digest).read_bytes())
    (tmp_path / digest[:2] / ("0" * 64)).symlink_to(content(tmp_path, digest))
    found = verify(tmp_path, known)
    assert [finding.severity for finding in found] == ["warning"] * 3
    assert all("is no content of an attachment" in finding.what for finding in found)


def test_what_never_arrived_is_a_warning_and_can_be_cleared_by_age(tmp_path: Path, known: set[str]) -> None:
    left = tmp_path / INCOMING / f"left{UNFINISHED}"
    left.write_bytes(b"half")
    assert [finding.what for finding in verify(tmp_path, known)] == [
        f"{left.relative_to(tmp_path)} never arrived in full."
    ]
    written = datetime.fromtimestamp(left.stat().st_mtime, UTC)
    assert clear_unfinished(tmp_path, written - timedelta(seconds=1)) == 0
    assert left.exists()
    assert clear_unfinished(tmp_path, written + timedelta(seconds=1)) == 1
    assert verify(tmp_path, known) == []
    assert len(files(tmp_path)) == 3


def test_what_two_clear_at_once_is_no_mistake(tmp_path: Path) -> None:
    assert clear_unfinished(tmp_path / "none yet", datetime(2026, 1, 1, tzinfo=UTC)) == 0
