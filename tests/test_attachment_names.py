"""Names of files that are sent: tricks are cleaned away or refused."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.attachments.names import LONGEST, clean_name
from gis_ce.errors import AttachmentRefused

_TRICKS = [
    "../",
    "..\\",
    "/",
    "\\",
    ".",
    "..",
    ":",
    "CON",
    "nul",
    "\u202e",
    "\u2044",
    "\uff0f",
    "\u2024",
    "%2e%2e%2f",
    " ",
]
_ENDINGS = [".jpg", ".PNG", ".exe", ".jpg.", ". jpg", ".j\u0440g", ""]
claimed_names = st.one_of(
    st.text(),
    st.lists(st.one_of(st.sampled_from(_TRICKS), st.text(max_size=8)), max_size=12).map("".join),
    st.tuples(st.lists(st.sampled_from(_TRICKS), max_size=6).map("".join), st.text(), st.sampled_from(_ENDINGS)).map(
        "".join
    ),
)


@pytest.mark.parametrize(
    ("claimed", "clean"),
    [
        ("valve lid.jpg", "valve lid.jpg"),
        ("Überlauf Hauptstraße.JPG", "Überlauf Hauptstraße.JPG"),
        ("../../etc/cron.d/photo.jpg", "photo.jpg"),
        ("/etc/photo.jpg", "photo.jpg"),
        ("C:\\Users\\Ann\\photo.jpg", "photo.jpg"),
        ("\\\\server\\share\\photo.jpg", "photo.jpg"),
        ("..\u2215..\u2215photo.jpg", "_.._photo.jpg"),
        ("..\uff0f..\uff0fphoto.jpg", "_.._photo.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ("com1.report.pdf", "_com1.report.pdf"),
        ("\uff23\uff2f\uff2e.jpg", "_\uff23\uff2f\uff2e.jpg"),
        ("lpt\u00b9.txt", "_lpt\u00b9.txt"),
        ("photo.jpg:hidden.txt", "photo.jpg_hidden.txt"),
        ("gpj\u202efdp.pdf", "gpjfdp.pdf"),
        ("inv\u200boice.pdf", "invoice.pdf"),
        ("tab\tand\nline.txt", "tab and line.txt"),
        ("  two   spaces . jpg. ", "two spaces.jpg"),
        ("..hidden.jpg", "hidden.jpg"),
        ("-rf.jpg", "_-rf.jpg"),
        ('a<b>c"d|e?f*g.csv', "a_b_c_d_e_f_g.csv"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
    ],
)
def test_a_trick_in_a_name_is_cleaned_away(claimed: str, clean: str) -> None:
    assert clean_name(claimed) == clean


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ("photo.jpg\0.exe", "NUL"),
        ("photo\ud800.jpg", "broken character"),
        ("", "no name of a file"),
        ("..", "no name of a file"),
        (".jpg", "no name of a file"),
        ("photo", "no name of a file"),
        ("photos/", "no name of a file"),
        ("/etc/passwd", "no name of a file"),
        ("photo.j\u0440g", "no name of a file"),
        ("photo.jpg\u200b/", "no name of a file"),
    ],
)
def test_a_name_that_cannot_be_cleaned_is_refused_in_one_sentence(claimed: str, said: str) -> None:
    with pytest.raises(AttachmentRefused, match=said):
        clean_name(claimed)


def test_a_long_name_is_cut_between_characters_and_keeps_its_ending() -> None:
    clean = clean_name("ü" * 500 + ".jpeg")
    assert clean.endswith("ü.jpeg")
    assert len(clean.encode()) <= LONGEST


def cleaned(claimed: str) -> str | None:
    """The clean name, or None where it is refused."""
    try:
        return clean_name(claimed)
    except AttachmentRefused:
        return None


@given(claimed_names)
def test_a_clean_name_is_one_plain_part_of_a_path_on_every_system(claimed: str) -> None:
    name = cleaned(claimed)
    if name is None:
        return
    for form in (name, unicodedata.normalize("NFKC", name), unicodedata.normalize("NFD", name)):
        assert PurePosixPath(form).parts == (form,)
        assert PureWindowsPath(form).parts == (form,)
        assert not PureWindowsPath(form).drive
        assert not PureWindowsPath(form).is_reserved()
        assert not form.startswith((".", "-", "~"))
        assert ".." not in (form, Path(form).stem)
    assert name == name.strip(" .")
    assert len(name.encode("utf-8")) <= LONGEST


@given(claimed_names)
def test_nothing_invisible_is_left_in_a_clean_name(claimed: str) -> None:
    name = cleaned(claimed) or ""
    assert {unicodedata.category(letter) for letter in name}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert set(name).isdisjoint(set('<>:"|?*/\\\0'))


@given(claimed_names)
def test_cleaning_a_clean_name_changes_nothing(claimed: str) -> None:
    name = cleaned(claimed)
    if name is not None:
        assert clean_name(name) == name


@given(claimed_names, st.sampled_from(["exe", "js", "html", "svg"]))
def test_no_trick_gives_a_program_the_ending_of_a_picture(claimed: str, ending: str) -> None:
    name = cleaned(f"{claimed}.{ending}")
    assert name is None or name.endswith(f".{ending}")
