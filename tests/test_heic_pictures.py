"""Pictures as phones send them, HEIC: read with their notes, copied as JPEG, held to the same limits."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from kept_files import original, refusal, send, stripped
from made_pictures import BASE, SECRET, claiming, gps_tags, heic, jpeg, notes, scene, taken
from PIL import Image

from gis_ce.attachments.folder import AttachmentFolder, content_path
from gis_ce.attachments.keeping import read_photo
from gis_ce.attachments.limits import Limits
from gis_ce.attachments.stripping import stripped_media_type
from gis_ce.errors import AttachmentRefused

RED, BLUE = (200, 0, 0), (0, 0, 200)
EXIF = notes(gps_tags(-78.64, 35.78, ImgDirection=90.0, ImgDirectionRef="T"), taken("2026:11:20 09:30:00", "-05:00"))


def looks_like(picture: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(picture.convert("RGB").getpixel(at), colour, strict=True)) < 12


@pytest.mark.parametrize("name", ["IMG_0412.HEIC", "photo.heif"])
def test_the_notes_of_a_phone_are_read_and_the_file_of_evidence_stays(tmp_path: Path, name: str) -> None:
    sent = heic(EXIF)
    kept = send(tmp_path, sent, name)
    assert original(tmp_path, kept) == sent
    assert (kept.stored.media_type, kept.stored.name) == ("image/heic", name)
    assert (kept.stored.lon, kept.stored.lat) == pytest.approx((-78.64, 35.78))
    assert kept.stored.bearing == 90.0
    assert kept.stored.captured_at == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    again = read_photo(AttachmentFolder(tmp_path), kept.stored.sha256, "image/heic", UTC)
    assert (again.lon, again.lat) == (kept.photo.lon, kept.photo.lat)


def test_the_copy_is_a_bare_jpeg(tmp_path: Path) -> None:
    copy = stripped(tmp_path, send(tmp_path, heic(EXIF), "photo.heic"))
    assert SECRET.encode() in heic(EXIF)
    assert SECRET.encode() not in copy
    assert stripped_media_type("image/heic") == "image/jpeg"
    with Image.open(BytesIO(copy)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (80, 48))
        assert not picture.getexif()
        assert looks_like(picture, (10, 40), RED)
        assert looks_like(picture, (70, 40), BLUE)


def test_the_copy_stands_upright_once(tmp_path: Path) -> None:
    sent = heic(notes(Orientation=6))
    assert Image.open(BytesIO(sent)).getexif()[BASE.Orientation] == 1, "the reader has turned it"
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, sent, "photo.heic")))) as picture:
        assert picture.size == (48, 80)
        assert looks_like(picture, (10, 10), RED)
        assert looks_like(picture, (10, 70), BLUE)


def test_of_several_pictures_in_a_file_its_own_is_copied(tmp_path: Path) -> None:
    sent = heic(None, (80, 48), Image.new("RGB", (64, 64), (0, 200, 0)))
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, sent, "photo.heic")))) as picture:
        assert picture.size == (80, 48)
        assert looks_like(picture, (10, 40), RED)


def test_the_limit_of_pixels_holds(tmp_path: Path) -> None:
    sent = heic(size=(800, 500))
    said = refusal(tmp_path, sent, "photo.heic", Limits(pixels=399_999))
    assert said == "'photo.heic' has 0 million pixels or more; the limit is 0 million."
    assert send(tmp_path, sent, "photo.heic", Limits(pixels=400_000)).stored.size == len(sent)


@pytest.mark.parametrize("claimed", [(8, 8), (8_000, 8_000)])
def test_a_head_that_lies_about_the_pixels_is_found_out(tmp_path: Path, claimed: tuple[int, int]) -> None:
    sent = claiming(heic(size=(800, 480)), (800, 480), claimed)
    assert "damaged or was cut short" in refusal(tmp_path, sent, "photo.heic")


def test_a_head_that_claims_too_many_pixels_is_refused_unopened(tmp_path: Path) -> None:
    sent = claiming(heic(size=(800, 480)), (800, 480), (30_000, 30_000))
    assert "pixels" in refusal(tmp_path, sent, "photo.heic")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_picture_that_was_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    sent = heic(EXIF, (400, 300))
    assert "damaged or was cut short" in refusal(tmp_path, sent[: int(len(sent) * share)], "photo.heic")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_no_byte_that_is_turned_about_breaks_the_reader(tmp_path: Path) -> None:
    """Either it is a picture all the same, or it is refused in one sentence."""
    sent = heic(EXIF)
    for at in range(0, len(sent), 7):
        broken = sent[:at] + bytes([sent[at] ^ 0xFF]) + sent[at + 1 :]
        try:
            kept = send(tmp_path, broken, "photo.heic")
        except AttachmentRefused:
            continue
        assert content_path(tmp_path, kept.stored.sha256).is_file()


@pytest.mark.parametrize(("name", "content"), [("photo.jpg", heic()), ("photo.heic", jpeg())])
def test_a_name_that_does_not_fit_the_content_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    kinds = {"photo.jpg": "a HEIC picture", "photo.heic": "a JPEG picture"}
    assert refusal(tmp_path, content, name).endswith(f"its content is {kinds[name]}.")


def test_a_picture_with_another_coding_inside_is_refused(tmp_path: Path) -> None:
    target = BytesIO()
    scene((64, 64)).save(target, "AVIF")
    disguised = target.getvalue().replace(b"ftypavif", b"ftypmif1", 1)
    assert "damaged or was cut short" in refusal(tmp_path, disguised, "photo.heic")
