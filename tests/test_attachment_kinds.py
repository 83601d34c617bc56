"""Which files are taken: the ending and the content must say the same, and the file must be whole."""

from __future__ import annotations

import json
import re
import sqlite3
import struct
from pathlib import Path

import geopandas
import pytest
import shapely
from docx_file import document
from kept_files import refusal, send
from made_pictures import archive, encoded, jpeg, scene, workbook, workbook_with

from gis_ce.attachments.kinds import KINDS
from gis_ce.attachments.limits import Limits

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
POINT = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [-78.6, 35.7]}}


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


MP4 = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"moov", b"\0" * 40) + box(b"mdat", b"\0" * 100)


@pytest.fixture(scope="module", name="geopackage")
def _geopackage(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("made") / "marks.gpkg"
    geopandas.GeoDataFrame({"mark": [1]}, geometry=[shapely.Point(-78.6, 35.7)], crs=4326).to_file(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", jpeg()),
        ("photo.JPEG", jpeg()),
        ("screen.png", encoded(scene(), "PNG")),
        ("small.webp", encoded(scene(), "WEBP")),
        ("scan.tif", encoded(scene(), "TIFF")),
        ("scan.tiff", encoded(scene(), "TIFF", big_tiff=True)),
        ("notice.pdf", PDF),
        ("costs.xlsx", workbook()),
        ("letter.docx", document()),
        ("readings.csv", b"meter,gallons\r\n1,2\r\n"),
        ("readings.csv", "meter,gallons\n1,2\n".encode("utf-16")),
        ("caf\u00e9.txt", "caf\u00e9\tone\n".encode("cp1252")),
        ("survey.txt", b"BMP 7 is a survey mark, MZ is a street."),
        ("marks.geojson", json.dumps(POINT).encode()),
        ("marks.geojson", b"\xef\xbb\xbf" + json.dumps(POINT).encode()),
        ("film.mp4", MP4),
    ],
)
def test_a_whole_file_of_a_kind_that_is_taken_is_kept(tmp_path: Path, name: str, content: bytes) -> None:
    kept = send(tmp_path, content, name)
    assert kept.stored.media_type in {kind.media_type for kind in KINDS}
    assert kept.stored.name == name


def test_a_geopackage_is_kept_and_a_cut_one_refused(tmp_path: Path, geopackage: bytes) -> None:
    assert "cut short" in refusal(tmp_path, geopackage[: len(geopackage) // 8192 * 4096], "marks.gpkg")
    assert send(tmp_path, geopackage, "marks.gpkg").stored.media_type == "application/geopackage+sqlite3"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.png", jpeg(), "'photo.png' is not a PNG picture as its name says: its content is a JPEG picture."),
        ("photo.jpg", PDF, "'photo.jpg' is not a JPEG picture as its name says: its content is a PDF."),
        ("notice.pdf", jpeg(), "'notice.pdf' is not a PDF as its name says: its content is a JPEG picture."),
        ("costs.xlsx", document(), "is not an Excel workbook as its name says: its content is a Word document."),
        ("table.csv", jpeg(), "is not a CSV table as its name says: its content is a JPEG picture."),
        ("photo.jpg", b"a text", "its content is plain text."),
        ("marks.gpkg", b"a text", "its content is plain text."),
    ],
)
def test_a_name_that_does_not_fit_the_content_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    assert refusal(tmp_path, content, name).endswith(said)


@pytest.mark.parametrize("name", ["run.exe", "page.html", "drawing.svg", "costs.xlsm", "photo.jpg.js", "film.mov"])
def test_an_ending_that_is_not_taken_is_refused_with_those_that_are(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path, jpeg(), name)
    assert re.match(r"Files that end in \.\w+ are not taken; taken are: jpg, jpeg, png, webp, ", said)
    assert "tiff, heic, heif, pdf" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.jpg", jpeg(size=(400, 300))[:-2000], "damaged or was cut short"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 nothing", "damaged or was cut short"),
        ("screen.png", encoded(scene((400, 300)), "PNG")[:300], "damaged or was cut short"),
        ("notice.pdf", b"%PDF-1.7\n" + b"1 0 obj\n" * 1000, "its end is missing"),
        ("costs.xlsx", workbook()[:-40], "damaged archive"),
        ("costs.xlsx", workbook().replace(b"PK\1\2", b"PK\1\1"), "damaged archive"),
        ("film.mp4", MP4[:-10], "cut short"),
        ("film.mp4", box(b"ftyp", b"isom\0\0\2\0") + box(b"free", b"\0" * 40), "without a film"),
        ("film.mp4", box(b"ftyp", b"isom") + struct.pack(">I", 3) + b"moov", "cut short or is damaged"),
        ("film.mp4", box(b"ftyp", b"qt  \0\0\2\0"), "'qt'"),
        ("marks.gpkg", b"SQLite format 3\0" + b"\0" * 200, "no GeoPackage"),
        ("marks.geojson", b'{"type": "Feature"', "cannot be read as JSON"),
        ("marks.geojson", b"[" * 100_000, "cannot be read as JSON"),
        ("marks.geojson", b'{"a": "b"}', "no GeoJSON"),
        ("marks.geojson", b"[]", "no GeoJSON"),
        ("marks.geojson", b'{"type": {"a": 1}}', "no GeoJSON"),
        ("note.txt", b"text\0with a NUL", "neither text nor"),
        ("note.txt", b"\x1b]0;title\x07 text for a terminal", "neither text nor"),
        ("note.txt", "\ufeffwide\0".encode("utf-16-le"), "neither text nor"),
        ("note.txt", b"\xff\xfe\x00\xd8", "broken UTF-16"),
        ("note.txt", b" \n<HTML><script>alert(1)</script>", "web page or a program"),
        ("note.txt", b"#!/bin/sh\nrm -rf x", "web page or a program"),
        ("note.txt", b"\x7fELF\2\1\1\0\0", "is a program by its content"),
        ("photo.jpg", b"GIF89a\1\0\1\0\0\0\0;", "is a GIF picture by its content"),
        ("costs.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password-protected"),
        ("costs.xlsx", archive({"a.txt": b"text"}), "neither an Excel workbook"),
        ("costs.xlsx", workbook_with({"xl/vbaProject.bin": b"code"}), "holds macros"),
        ("costs.xlsx", workbook_with({"../../evil.txt": b"text"}), "outside of their folder"),
        ("costs.xlsx", workbook_with({"/evil.txt": b"text"}), "outside of their folder"),
    ],
)
def test_a_file_that_is_broken_or_dangerous_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    assert said in refusal(tmp_path, content, name)


def test_a_database_that_only_claims_to_be_a_geopackage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA application_id = {int.from_bytes(b'GPKG', 'big')}")
        database.execute("CREATE TABLE other (id)")
    assert "no such table: gpkg_contents" in refusal(tmp_path / "folder", path.read_bytes(), "marks.gpkg")


def test_a_geojson_larger_than_is_read_whole_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, json.dumps(POINT).encode(), "marks.geojson", Limits(parsed=50))
    assert "of GeoPackage more" in said
