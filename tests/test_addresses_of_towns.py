"""Addresses of whole towns: each finds its own point; a misspelling finds it, or lists it, and never another."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_towns import demo_town, real_town

from gis_ce.address_parts import parts_of
from gis_ce.errors import PlaceAmbiguous
from gis_ce.locate import AddressBook
from layers.query import LayerQuery

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, repr=False)
class Addresses:
    """A town's address points and its book."""

    texts: list[str]
    ids: list[str]
    book: AddressBook


def addresses_of(query: LayerQuery) -> Addresses:
    points = query.features("address")
    texts = [str(text or "") for text in points.texts("full_address")]
    return Addresses(texts, [str(name) for name in points.ids], AddressBook(query))


@pytest.fixture(scope="module", name="demo")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Addresses:
    return addresses_of(demo_town(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module", name="real")
def _real(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Addresses:
    return addresses_of(real_town(real_data, tmp_path_factory.mktemp("real")))


def test_every_address_of_the_real_town_finds_its_own_point_unless_it_is_there_twice(real: Addresses) -> None:
    began = time.monotonic()
    found, reasons = real.book.find_all(real.texts)
    assert time.monotonic() - began < 10
    own = [place for place, name in zip(found, real.ids, strict=True) if place is not None and place.feature_id == name]
    assert (len(real.texts), len(own)) == (5693, 5666)
    assert {place.kind for place in own} == {"exact"}
    twice = {text for text, count in Counter(map(parts_of, real.texts)).items() if count > 1}
    for text, place, reason in zip(real.texts, found, reasons, strict=True):
        if place is None and text != "363":
            assert parts_of(text) in twice
            assert reason is not None
            assert "is the address of 2 places (addresses " in reason


def test_a_doubled_address_of_the_real_town_lists_both_points(real: Addresses) -> None:
    with pytest.raises(PlaceAmbiguous) as refused:
        real.book.find("548 Doggett Road")
    assert refused.value.candidates == ("addresses 9705", "9706")


def test_every_address_of_the_demo_town_finds_its_own_point(demo: Addresses) -> None:
    found, reasons = demo.book.find_all(demo.texts)
    assert [reason for reason in reasons if reason is not None] == []
    assert [place.feature_id for place in found if place is not None] == demo.ids


def misspelt(text: str, at: int, how: int, letter: str) -> str:
    """The text with one slip in its street: a letter lost, added, changed, or two swapped."""
    number, _, street = text.partition(" ")
    at %= len(street)
    slips = (
        street[:at] + street[at + 1 :],
        street[:at] + letter + street[at:],
        street[:at] + letter + street[at + 1 :],
        street[:at] + street[at + 1 : at + 2] + street[at] + street[at + 2 :],
    )
    return f"{number} {slips[how]}"


def never_another(town: Addresses, text: str, written: str) -> None:
    """The written text finds the address, or is itself another, or is refused with the address on the list."""
    key = parts_of(text).key
    (found,), (reason,) = town.book.find_all([written])
    if found is not None:
        assert found.address == key or found.kind == "exact", (written, found.address)
    else:
        assert reason is not None
        assert key in reason or "is the address of 2 places (addresses " in reason, written


SLIPS = (st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 3), st.sampled_from(LETTERS))


@given(*SLIPS)
def test_one_slip_in_the_demo_town_finds_the_address_or_lists_it(
    demo: Addresses, row: int, at: int, how: int, letter: str
) -> None:
    text = demo.texts[row % len(demo.texts)]
    never_another(demo, text, misspelt(text, at, how, letter))


@given(*SLIPS)
def test_one_slip_in_the_real_town_finds_the_address_or_lists_it(
    real: Addresses, row: int, at: int, how: int, letter: str
) -> None:
    text = real.texts[row % len(real.texts)]
    if " " in text:
        never_another(real, text, misspelt(text, at, how, letter))
