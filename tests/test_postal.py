"""Addresses in the postal service's standard form; foreign and incomplete ones are told, never guessed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.mailing.postal import GivenAddress, standard_form, standard_name

HERE = ("Raleigh", "NC", "27601")


@pytest.mark.parametrize(
    ("address", "delivery"),
    [
        ("123 North Main Street, Apt. 4B", "123 N MAIN ST APT 4B"),
        ("4 1/2 South Elm Avenue Northwest Suite # 5", "4 1/2 S ELM AVE NW STE 5"),
        ("12 Street Road", "12 STREET RD"),
        ("7 Saint James Court Unit B", "7 SAINT JAMES CT UNIT B"),
        ("12 E ST", "12 E ST"),
        ("5 Lake Street", "5 LAKE ST"),
        ("P.O. Box 12", "PO BOX 12"),
        ("RR 2 Box 15", "RR 2 BOX 15"),
        ("9 Peña Boulevard", "9 PENA BLVD"),
    ],
)
def test_the_delivery_line(address: str, delivery: str) -> None:
    found = standard_form(GivenAddress(address, *HERE))
    assert (found.delivery, found.last_line, found.standing) == (delivery, "RALEIGH NC 27601", "domestic")


@pytest.mark.parametrize(
    ("given", "last_line"),
    [
        (("1 Oak St", "Raleigh", "North Carolina", "276010000"), "RALEIGH NC 27601"),
        (("1 Oak St", "Raleigh", "NC", "27601-1234"), "RALEIGH NC 27601-1234"),
        (("1 Oak St", "Boston", "MA", "2134"), "BOSTON MA 02134"),
        (("1 Oak St, Raleigh, NC 27601", None, None, None), "RALEIGH NC 27601"),
    ],
)
def test_the_last_line(given: tuple[str, ...], last_line: str) -> None:
    assert standard_form(GivenAddress(*given)).last_line == last_line


@pytest.mark.parametrize(
    ("given", "standing", "problem"),
    [
        (("12 Yonge St", "Toronto", "ON", "M5V 2T6"), "foreign", "abroad"),
        (("10 Downing St", "London", "England", None), "foreign", "abroad"),
        (("5 Oak St", "Demo Town", "ZZ", "00001"), "incomplete", "lacks state (ZZ is none)"),
        (("5 Oak St", "Raleigh", "NC", "2760"), "incomplete", "lacks ZIP code"),
        ((None, None, None, None), "incomplete", "no mailing address is on record"),
        (("100 N Mexico St", "Raleigh", "NC", "27601"), "domestic", ""),
    ],
)
def test_what_cannot_be_mailed_as_it_stands(given: tuple[str | None, ...], standing: str, problem: str) -> None:
    found = standard_form(GivenAddress(*given))
    assert (found.standing, found.problem) == (standing, problem)


def test_mail_is_sorted_by_zip_then_street_then_number() -> None:
    texts = ["10 Oak St", "9 Oak St", "100 Elm St", "PO Box 5", "9 Oak St Apt 2"]
    forms = [standard_form(GivenAddress(text, *HERE)) for text in texts]
    forms.append(standard_form(GivenAddress("1 Zoo St", "Cary", "NC", "27511")))
    ordered = [form.delivery for form in sorted(forms, key=lambda form: form.sort_key)]
    assert ordered == ["1 ZOO ST", "100 ELM ST", "9 OAK ST", "9 OAK ST APT 2", "10 OAK ST", "PO BOX 5"]


def test_names_as_they_stand_on_an_envelope() -> None:
    assert standard_name("O'Brien, José & Ann  Jr.") == "OBRIEN JOSE & ANN JR"


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=10), st.text(max_size=12))
def test_any_text_has_a_form_and_the_form_is_its_own_form(address: str, city: str, state: str, code: str) -> None:
    found = standard_form(GivenAddress(address, city, state, code))
    if found.standing == "domestic":
        again = standard_form(GivenAddress(found.delivery, found.city, found.state, f"{found.zip5}{found.plus4}"))
        assert (again.lines, again.sort_key) == (found.lines, found.sort_key)
