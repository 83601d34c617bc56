"""The copy of a picture for anyone else: upright, in the same colours, and nothing but pixels."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from kept_files import original, send, stripped
from made_pictures import BASE, SECRET, encoded, gps_tags, jpeg, notes, scene, taken, with_segments
from PIL import Image, ImageChops, ImageCms, ImageOps, PngImagePlugin

EXIF = notes(gps_tags(-78.64, 35.78), taken("2026:11:20 09:30:00"), Make="Phone")
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{SECRET}</a></x:xmpmeta>'.encode()
PLAIN = {0xC0, 0xC4, 0xDA, 0xDB, 0xE0}
"""Segments without which no JPEG is one: frame, tables, scan, and the JFIF head."""


def swapped_colours() -> bytes:
    """A profile in which red means blue and blue red: sRGB with two of its tags changed about."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    at = {bytes(profile[132 + 12 * row : 136 + 12 * row]): 136 + 12 * row for row in range(count)}
    red, blue = at[b"rXYZ"], at[b"bXYZ"]
    profile[red : red + 8], profile[blue : blue + 8] = profile[blue : blue + 8], profile[red : red + 8]
    return bytes(profile)


def markers(content: bytes) -> Iterator[int]:
    """The segments of a JPEG up to its pixels; then its end must be the file's end."""
    at = 2
    while True:
        assert content[at] == 0xFF
        yield content[at + 1]
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at - 1] and content[at] != 0xFF:
            break
        if content[at : at + 2] == b"\xff\xda":
            yield 0xDA
            break
    assert content.index(b"\xff\xd9", at) == len(content) - 2


def chunks(content: bytes, start: int, order: str, head_first: bool) -> list[str]:
    """The names of the chunks of a PNG or a WebP, to the end of the file."""
    found, at = [], start
    while at < len(content):
        size_at, name_at = (at, at + 4) if head_first else (at + 4, at)
        size = struct.unpack_from(f"{order}I", content, size_at)[0]
        found.append(content[name_at : name_at + 4].decode())
        at += 12 + size if head_first else 8 + size + size % 2
    assert at == len(content)
    return found


def burdened_jpeg() -> bytes:
    """A JPEG with everything that can ride along in one."""
    words = SECRET.encode()
    thumbnail = b"\xff\xd8\xff\xdb" + words
    plain = encoded(scene(), "JPEG", exif=EXIF, comment=words, icc_profile=swapped_colours() + words)
    return (
        with_segments(
            plain,
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
            (0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x1b\x1c\x02\x50\0\x13" + words + b"\0"),
            (0xEE, b"Adobe notes " + words),
            (0xE0, b"JFXX\0\x10" + thumbnail),
        )
        + b"\0\0\0\x18ftypmp42 moving part "
        + words
    )


def test_nothing_rides_along_in_a_jpeg(tmp_path: Path) -> None:
    kept = send(tmp_path, burdened_jpeg())
    copy = stripped(tmp_path, kept)
    assert original(tmp_path, kept).count(SECRET.encode()) == 8
    assert SECRET.encode() not in copy
    assert set(markers(copy)) == PLAIN


def test_nothing_rides_along_in_a_png(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SECRET)
    texts.add_text("Long", SECRET, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    sent = encoded(scene(), "PNG", pnginfo=texts, exif=EXIF, icc_profile=swapped_colours(), dpi=(72, 72))
    kept = send(tmp_path, sent, "screen.png")
    copy = stripped(tmp_path, kept)
    assert SECRET.encode() in original(tmp_path, kept)
    assert set(chunks(copy, 8, ">", head_first=True)) == {"IHDR", "IDAT", "IEND"}


def test_nothing_rides_along_in_a_webp(tmp_path: Path) -> None:
    sent = encoded(scene(), "WEBP", exif=EXIF, xmp=XMP, icc_profile=swapped_colours())
    kept = send(tmp_path, sent, "small.webp")
    assert {"EXIF", "XMP ", "ICCP"} <= set(chunks(sent, 12, "<", head_first=False))
    assert chunks(stripped(tmp_path, kept), 12, "<", head_first=False) == ["VP8 "]


def test_nothing_rides_along_in_a_tiff(tmp_path: Path) -> None:
    sent = encoded(scene(), "TIFF", exif=EXIF, description=SECRET, software=SECRET, icc_profile=swapped_colours())
    kept = send(tmp_path, sent, "scan.tif")
    copy = stripped(tmp_path, kept)
    assert SECRET.encode() in original(tmp_path, kept)
    assert SECRET.encode() not in copy
    with Image.open(BytesIO(copy)) as picture:
        assert set(picture.tag_v2) <= {256, 257, 258, 259, 262, 273, 274, 277, 278, 279, 284, 317, 338, 339}
        assert len(picture.getexif().get_ifd(0x8825)) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("writer", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("TIFF", "a.tif")])
def test_a_copy_stands_upright_however_the_camera_was_held(
    tmp_path: Path, orientation: int, writer: str, name: str
) -> None:
    sent = encoded(scene((80, 48)), writer, exif=notes(Orientation=orientation))
    with Image.open(BytesIO(sent)) as held:
        upright = ImageOps.exif_transpose(held).convert("RGB")
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, sent, name)))) as copy:
        assert copy.size == upright.size
        assert copy.getexif().get(BASE.Orientation, 1) == 1
        assert mean_difference(copy, upright) < 3


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).convert("L")
    return sum(difference.tobytes()) / (difference.width * difference.height)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(tmp_path: Path, orientation: int) -> None:
    kept = send(tmp_path, jpeg(notes(Orientation=orientation), size=(80, 48)))
    with Image.open(BytesIO(stripped(tmp_path, kept))) as copy:
        assert copy.size == (80, 48)


@pytest.mark.parametrize(("writer", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_colours_stay_what_their_profile_made_them(tmp_path: Path, writer: str, name: str) -> None:
    sent = encoded(scene((80, 48)), writer, icc_profile=swapped_colours(), quality=95)
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, sent, name)))) as copy:
        red, _, blue = copy.convert("RGB").getpixel((30, 40))
    assert red < 20
    assert blue > 180


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_each_mode_has_the_same_pixels(tmp_path: Path, mode: str) -> None:
    picture = scene(mode="L").convert("I").convert(mode) if mode.startswith("I") else scene(mode=mode)
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, encoded(picture, "PNG"), "a.png")))) as copy:
        assert copy.convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()


def test_what_was_transparent_stays_so(tmp_path: Path) -> None:
    sent = encoded(scene(mode="P"), "PNG", transparency=scene(mode="P").getpixel((0, 0)))
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, sent, "a.png")))) as copy:
        assert copy.getpixel((0, 0))[3] == 0
        assert copy.getpixel((39, 23))[3] == 255


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_of_each_mode_has_a_copy_that_a_browser_shows(tmp_path: Path, mode: str) -> None:
    kept = send(tmp_path, encoded(scene((80, 48), mode), "JPEG"))
    with Image.open(BytesIO(stripped(tmp_path, kept))) as copy:
        assert copy.mode in ("L", "RGB")
        assert mean_difference(copy, scene((80, 48), mode)) < 6


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "CMYK", "I;16", "F"])
def test_a_tiff_keeps_its_mode(tmp_path: Path, mode: str) -> None:
    picture = scene(mode="L").convert("I").convert(mode) if mode == "I;16" else scene(mode=mode)
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, encoded(picture, "TIFF"), "a.tif")))) as copy:
        assert copy.mode == mode
        assert copy.tobytes() == picture.tobytes()


def test_all_pages_of_a_scan_are_copied(tmp_path: Path) -> None:
    pages = [Image.new("L", (20 + number, 30), number) for number in range(4)]
    sent = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, sent, "scan.tif")))) as copy:
        assert copy.n_frames == 4
        copy.seek(3)
        assert (copy.size, copy.getpixel((0, 0))) == ((23, 30), 3)


def test_of_a_moving_picture_the_copy_is_its_first_frame(tmp_path: Path) -> None:
    sent = encoded(scene(), "PNG", save_all=True, append_images=[Image.new("RGB", (40, 24))])
    copy = stripped(tmp_path, send(tmp_path, sent, "a.png"))
    assert "acTL" not in chunks(copy, 8, ">", head_first=True)
    with Image.open(BytesIO(copy)) as picture:
        assert picture.convert("RGB").tobytes() == scene().tobytes()


def test_of_a_picture_with_a_second_one_in_it_the_copy_is_the_first(tmp_path: Path) -> None:
    sent = encoded(scene((80, 48)), "MPO", save_all=True, append_images=[Image.new("RGB", (80, 48))])
    copy = stripped(tmp_path, send(tmp_path, sent))
    assert set(markers(copy)) == PLAIN


def test_a_copy_is_the_same_each_time_it_is_made(tmp_path: Path) -> None:
    first, second = (send(tmp_path / place, jpeg()) for place in "ab")
    assert first.stored.stripped_sha256 == second.stored.stripped_sha256


def test_a_profile_that_is_none_is_left_out(tmp_path: Path) -> None:
    sent = encoded(scene((80, 48)), "JPEG", icc_profile=b"no profile at all" * 20)
    with Image.open(BytesIO(stripped(tmp_path, send(tmp_path, sent)))) as copy:
        assert "icc_profile" not in copy.info
        assert mean_difference(copy, scene((80, 48))) < 3
