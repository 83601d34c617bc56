"""What can be noted in a field: words, texts, numbers, money with cents, dates and attachments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.process import Field, FieldType
from gis_ce.process_values import LONGEST_TEXT, NotTaken, allowed, taken

SIDE = Field("side", "choice", ("within", "outside"), True)


def field(kind: FieldType) -> Field:
    return SIDE if kind == "choice" else Field("it", kind)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("yes_no", "yes", "yes"),
        ("yes_no", True, "yes"),
        ("yes_no_na", "na", "na"),
        ("choice", " within ", "within"),
        ("text", "  a leak\nat the meter ", "a leak\nat the meter"),
        ("text", "Ünïcödé 漏水", "Ünïcödé 漏水"),
        ("number", 3, 3),
        ("number", "3", 3),
        ("number", "1,250.5", 1250.5),
        ("money", "1,250.50", "1250.50"),
        ("money", "$ 1250", "1250.00"),
        ("money", 0.1, "0.10"),
        ("money", 12, "12.00"),
        ("money", Decimal("12.3"), "12.30"),
        ("money", ".5", "0.50"),
        ("date", "2026-01-31", "2026-01-31"),
        ("date", date(2026, 1, 31), "2026-01-31"),
        ("attachments", "a", ["a"]),
        ("attachments", ["a", "b", "a"], ["a", "b"]),
    ],
)
def test_a_value_that_fits_is_kept_in_one_form(kind: FieldType, given: object, kept: object) -> None:
    assert taken(field(kind), given) == kept


@pytest.mark.parametrize("kind", ["yes_no", "yes_no_na", "choice", "text", "number", "money", "date", "attachments"])
@pytest.mark.parametrize("given", [None, "", [], ()])
def test_nothing_is_none(kind: FieldType, given: object) -> None:
    assert taken(field(kind), given) is None


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("yes_no", "na", "'na' is not one of yes, no"),
        ("yes_no", "Yes", "'Yes' is not one of yes, no; did you mean yes?"),
        ("yes_no", 1, "1 is not one of yes, no"),
        ("choice", "withn", "'withn' is not one of within, outside; did you mean within?"),
        ("choice", True, "True is not one of within, outside"),
        ("text", 3, "is a text, not 3"),
        ("text", ["a"], "is a text, not"),
        ("text", "a\x00b", "characters that cannot be printed"),
        ("text", "a\ud800b", "characters that cannot be printed"),
        ("text", "x" * (LONGEST_TEXT + 1), "has 20,001 characters; at most 20,000 are kept"),
        ("number", "three", "is a number, not 'three'"),
        ("number", float("nan"), "is a number, not nan"),
        ("number", float("inf"), "is a number"),
        ("number", "1e999", "is a number"),
        ("number", True, "is a number, not True"),
        ("money", "12.345", "has cents at most"),
        ("money", 0.001, "has cents at most"),
        ("money", -1, "lies between 0 and 1,000,000,000"),
        ("money", "-1", "lies between 0 and"),
        ("money", "1e6", "is an amount in dollars such as 1250.00, not '1e6'"),
        ("money", "1,25", "is an amount in dollars"),
        ("money", "12 dollars", "is an amount in dollars"),
        ("money", float("nan"), "is an amount in dollars"),
        ("money", 10**10, "lies between 0 and"),
        ("money", True, "is an amount in dollars"),
        ("date", "31.1.2026", "is a date such as 2026-01-31, not '31.1.2026'"),
        ("date", "20260131", "is a date such as"),
        ("date", "2026-02-30", "2026-02-30 is no day of the calendar"),
        ("date", datetime(2026, 1, 31, 12, 0).astimezone(), "is a date such as"),
        ("attachments", [1], "is a list of attachments"),
        ("attachments", {"a": 1}, "is a list of attachments"),
        ("attachments", ["a\x00"], "cannot be printed"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_in_words(kind: FieldType, given: object, said: str) -> None:
    with pytest.raises(NotTaken) as refused:
        taken(field(kind), given)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 200


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.decimals() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(["yes_no", "yes_no_na", "choice", "text", "number", "money", "date", "attachments"]), ANY)
def test_whatever_is_given_is_taken_as_it_stays_or_refused(kind: FieldType, given: object) -> None:
    try:
        kept = taken(field(kind), given)
    except NotTaken:
        return
    assert taken(field(kind), kept) == kept
    if kept is not None and allowed(field(kind)):
        assert kept in allowed(field(kind))


@given(st.integers(0, 10**11))
def test_money_keeps_every_cent(cents: int) -> None:
    kept = taken(field("money"), f"{cents // 100}.{cents % 100:02d}")
    assert round(Decimal(kept) * 100) == cents
    assert taken(field("money"), f"{cents // 100:,}.{cents % 100:02d}") == kept
