"""What may be noted in a field: given values are checked, and brought into one form for the case's data."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from gis_ce.process import YES_NO, YES_NO_NA, Field, FieldType
from layers.sentences import none_of

LONGEST_TEXT = 20_000
LARGEST_MONEY = Decimal(1_000_000_000)
_CENT = Decimal("0.01")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MONEY = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?|\$?\s*(\.\d+)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class NotTaken(ValueError):
    """A value that does not fit its field; the message goes after the field's name."""


def taken(field: Field, given: object) -> Any:
    """The value in the form in which it is kept, None where nothing was given.

    Money is kept as text with cents (`1250.00`), a date as ISO text, attachments as a list of their
    ids, yes and no as words. Raises NotTaken.
    """
    if given is None or given in ("", [], ()):
        return None
    return _TAKEN[field.type](field, given)


def allowed(field: Field) -> tuple[str, ...]:
    """The words that a field can have; empty where it is free."""
    return {"yes_no": YES_NO, "yes_no_na": YES_NO_NA}.get(field.type, field.choices)


def _word(field: Field, given: object) -> str:
    words = allowed(field)
    text = {True: "yes", False: "no"}[given] if isinstance(given, bool) and "yes" in words else given
    if not isinstance(text, str) or text.strip() not in words:
        raise NotTaken(none_of(_quoted(given), words, str(given)))
    return text.strip()


def _text(_: Field, given: object) -> str | None:
    if not isinstance(given, str):
        raise NotTaken(f"is a text, not {_quoted(given)}")
    if len(given) > LONGEST_TEXT:
        raise NotTaken(f"has {len(given):,} characters; at most {LONGEST_TEXT:,} are kept")
    if _UNREADABLE.search(given):
        raise NotTaken("holds characters that cannot be printed")
    return given.strip() or None


def _number(_: Field, given: object) -> int | float:
    number = given
    if isinstance(given, str):
        try:
            number = float(given.replace(",", "")) if not given.strip().isdecimal() else int(given)
        except ValueError:
            number = None
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise NotTaken(f"is a number, not {_quoted(given)}")
    return number


def _money(_: Field, given: object) -> str:
    amount = _amount(given)
    if amount is None:
        raise NotTaken(f"is an amount in dollars such as 1250.00, not {_quoted(given)}")
    if amount < 0 or amount > LARGEST_MONEY:
        raise NotTaken(f"lies between 0 and {LARGEST_MONEY:,}, not {_quoted(given)}")
    if amount != amount.quantize(_CENT):
        raise NotTaken(f"has cents at most, not {_quoted(given)}")
    return str(amount.quantize(_CENT))


def _amount(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        return None
    text = str(given).strip()
    if isinstance(given, str) and not _MONEY.fullmatch(text.removeprefix("-")):
        return None
    try:
        amount = Decimal(text.replace("$", "").replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _date(_: Field, given: object) -> str:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given.isoformat()
    text = given.strip() if isinstance(given, str) else ""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise NotTaken(f"{text} is no day of the calendar") from error
    raise NotTaken(f"is a date such as 2026-01-31, not {_quoted(given)}")


def _attachments(_: Field, given: object) -> list[str]:
    ids = [given] if isinstance(given, str) else given
    if not isinstance(ids, list | tuple) or not all(isinstance(item, str) and item.strip() for item in ids):
        raise NotTaken(f"is a list of attachments, not {_quoted(given)}")
    for item in ids:
        _text(_, item)
    return list(dict.fromkeys(item.strip() for item in ids))


def _quoted(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}..."


_TAKEN: Mapping[FieldType, Callable[[Field, object], Any]] = {
    "yes_no": _word,
    "yes_no_na": _word,
    "choice": _word,
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "attachments": _attachments,
}
