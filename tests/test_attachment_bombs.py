"""Small files that would burst: refused in one sentence, without the time and memory they are after."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from kept_files import refusal, send
from made_pictures import archive, encoded, png_claiming, scene, workbook, workbook_with
from PIL import Image

from gis_ce.attachments.limits import Limits

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000

_WATCHED = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from kept_files import refusal
def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
content, name = sys.stdin.buffer.read(), sys.argv[3]
before = most()
print(refusal(Path(sys.argv[2]), content, name))
print(most() - before)
"""


def refusal_and_megabytes(folder: Path, content: bytes, name: str) -> tuple[str, float]:
    """How a file is refused by a process of its own, and how much more memory that took at most."""
    command = [sys.executable, "-c", _WATCHED, str(ROOT), str(folder), name]
    done = subprocess.run(command, input=content, check=True, capture_output=True, timeout=60)
    said, kilobytes = done.stdout.decode().splitlines()
    return said, int(kilobytes) / 1000


def test_a_png_that_claims_a_hundred_thousand_by_a_hundred_thousand_pixels(tmp_path: Path) -> None:
    said, megabytes = refusal_and_megabytes(tmp_path, png_claiming(100_000, 100_000), "bomb.png")
    assert said == "'bomb.png' has more pixels than can be opened safely."
    assert megabytes < 50


@pytest.mark.parametrize(("width", "height"), [(9_000, 9_000), (80_001, 1_000), (2**31 - 1, 1)])
def test_a_picture_over_the_limit_of_pixels_is_refused(tmp_path: Path, width: int, height: int) -> None:
    assert "pixels" in refusal(tmp_path, png_claiming(width, height), "large.png")


def test_the_limit_of_pixels_is_a_setting_and_told(tmp_path: Path) -> None:
    sent = encoded(scene((2000, 1000)), "PNG")
    assert refusal(tmp_path, sent, "large.png", Limits(pixels=1_999_999)).endswith("; the limit is 2 million.")
    assert send(tmp_path, sent, "large.png", Limits(pixels=2_000_000)).stored.size == len(sent)


@pytest.mark.parametrize("writer", ["TIFF", "WEBP"])
def test_other_formats_are_held_to_the_limit_of_pixels_too(tmp_path: Path, writer: str) -> None:
    sent = encoded(Image.new("L", (10_000, 8_500)).convert("RGB"), writer, compression="tiff_deflate")
    assert len(sent) < MEGABYTE
    assert "85 million pixels" in refusal(tmp_path, sent, f"large.{writer.lower()}")


def test_the_pages_of_a_tiff_count_together(tmp_path: Path) -> None:
    page = Image.new("1", (3000, 3000))
    sent = encoded(page, "TIFF", save_all=True, append_images=[page] * 9, compression="group4")
    assert "pixels or more" in refusal(tmp_path, sent, "scan.tif")
    assert send(tmp_path, sent, "scan.tif", Limits(pixels=90_000_000)).stored.stripped_sha256


def test_a_tiff_of_very_many_pages_is_refused(tmp_path: Path) -> None:
    page = Image.new("1", (8, 8))
    sent = encoded(page, "TIFF", save_all=True, append_images=[page] * 200)
    assert refusal(tmp_path, sent, "scan.tif") == "'scan.tif' has more than 200 pages."


def test_a_tiff_whose_pages_go_round_in_a_circle_ends(tmp_path: Path) -> None:
    sent = bytearray(encoded(Image.new("L", (8, 8)), "TIFF"))
    start = struct.unpack_from("<I", sent, 4)[0]
    entries = struct.unpack_from("<H", sent, start)[0]
    struct.pack_into("<I", sent, start + 2 + 12 * entries, start)
    assert send(tmp_path, bytes(sent), "round.tif").stored.stripped_sha256


def test_a_png_whose_text_unpacks_without_end_is_not_unpacked(tmp_path: Path) -> None:
    text = b"zTXt" + b"Comment\0\0" + zlib.compress(b"\0" * 100 * MEGABYTE, 9)
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    plain = encoded(scene(), "PNG")
    _, megabytes = refusal_and_megabytes(tmp_path, plain[:33] + chunk * 20 + plain[33:], "bomb.png")
    assert megabytes < 100


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_unopened(tmp_path: Path) -> None:
    sent = bomb("xl/worksheets/sheet9.xml", 1_200)
    assert len(sent) < 8 * MEGABYTE
    said, megabytes = refusal_and_megabytes(tmp_path, sent, "bomb.xlsx")
    assert said == "'bomb.xlsx' would unpack to 1,200 MB; the limit is 200 MB."
    assert megabytes < 30


def test_a_workbook_that_unpacks_to_many_times_its_size_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, workbook_with({"xl/a.bin": b"\0" * 20 * MEGABYTE}), "bomb.xlsx")
    assert "times its size; the limit is 150" in said


def test_a_workbook_that_lies_about_what_it_unpacks_to_is_refused(tmp_path: Path) -> None:
    said, megabytes = refusal_and_megabytes(tmp_path, lying(bomb("xl/a.xml", 400), 5_000), "bomb.xlsx")
    assert said == "'bomb.xlsx' unpacks to more than it declares; it can be a bomb."
    assert megabytes < 30


def test_a_workbook_of_very_many_files_is_refused_before_they_are_listed(tmp_path: Path) -> None:
    sent = archive({f"{number}": b"" for number in range(100_000)}, zipfile.ZIP_STORED)
    said, megabytes = refusal_and_megabytes(tmp_path, sent, "bomb.xlsx")
    assert said == "'bomb.xlsx' packs 100,000 files; at most 5,000 are unpacked."
    assert megabytes < 30


@pytest.mark.parametrize("back", range(5))
def test_files_are_counted_wherever_the_pieces_are_cut(tmp_path: Path, back: int) -> None:
    sent = archive({"a": random.Random(7).randbytes((1 << 20) - back - 31)}, zipfile.ZIP_STORED)
    assert sent.index(b"PK\1\2") == (1 << 20) - back
    assert "packs 1 files" in refusal(tmp_path, sent, "odd.xlsx", Limits(members=0))


def test_two_names_for_the_same_packed_bytes_count_twice(tmp_path: Path) -> None:
    assert "times its size" in refusal(tmp_path, overlapping(1_000), "bomb.xlsx")


def test_a_file_twice_of_one_name_is_refused(tmp_path: Path) -> None:
    target = BytesIO(workbook())
    with zipfile.ZipFile(target, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("[Content_Types].xml", b"other")
    assert "two files of one name" in refusal(tmp_path, target.getvalue(), "odd.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declared", ['<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;">', ""])
@pytest.mark.parametrize("noise", [0, (1 << 20) - 32])
def test_entities_that_multiply_are_refused(tmp_path: Path, encoding: str, declared: str, noise: int) -> None:
    """The longer noise puts the cut between two pieces into the word that is looked for."""
    comment = random.Random(7).randbytes(noise // 2).hex()
    content = f'<?xml version="1.0"?><!--{comment}--><!DOCTYPE a [{declared}]><a>&c;</a>'.encode(encoding)
    assert "declares entities" in refusal(tmp_path, workbook_with({"xl/odd.xml": content}), "bomb.xlsx")


def test_a_large_honest_workbook_is_kept(tmp_path: Path) -> None:
    assert send(tmp_path, workbook(cells=20_000), "costs.xlsx").stored.size > 200_000


def bomb(member: str, megabytes: int) -> bytes:
    """A workbook with one member of so many megabytes of nothing, packed piece by piece."""
    target = BytesIO(workbook())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as made, made.open(member, "w") as stream:
        for _ in range(megabytes):
            stream.write(bytes(MEGABYTE))
    return target.getvalue()


def lying(content: bytes, declared: int) -> bytes:
    """The archive, with the size and the checksum of its largest member declared as those of its start."""
    changed = bytearray(content)
    with zipfile.ZipFile(BytesIO(content)) as whole:
        largest = max(whole.infolist(), key=lambda member: member.file_size)
    claim = struct.pack("<I", zlib.crc32(bytes(declared)))
    at = content.rindex(b"PK\1\2", 0, content.rindex(largest.filename.encode()))
    changed[at + 16 : at + 20] = claim
    changed[at + 24 : at + 28] = struct.pack("<I", declared)
    local = largest.header_offset
    changed[local + 14 : local + 18] = claim
    changed[local + 22 : local + 26] = struct.pack("<I", declared)
    return bytes(changed)


def overlapping(count: int) -> bytes:
    """A workbook whose directory names one packed member of 100 kB so many times."""
    target = BytesIO(workbook())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/kernel.bin", bytes(100_000))
        kernel = made.getinfo("xl/kernel.bin")
        for number in range(count):
            other = zipfile.ZipInfo(f"xl/{number}.bin")
            other.compress_type, other.header_offset = kernel.compress_type, kernel.header_offset
            other.CRC, other.file_size, other.compress_size = kernel.CRC, kernel.file_size, kernel.compress_size
            made.filelist.append(other)
    return target.getvalue()
