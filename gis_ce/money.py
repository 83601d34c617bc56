"""Money as whole cents: read from what people write, and shown as they write it."""

from __future__ import annotations

import re
from decimal import Decimal

from gis_ce.errors import ChargeRefused

LARGEST_CENTS = 100_000_000_000
_DOLLARS = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,2})?")


def cents_of(text: str) -> int:
    """The cents of an amount in dollars such as `1,250.50` or `$80`; raises ChargeRefused for anything else."""
    found = _DOLLARS.fullmatch(text.strip())
    if found is None:
        raise ChargeRefused(f"An amount is in dollars, with cents at most, such as 1250.00, not {text.strip()[:60]!r}.")
    cents = int(Decimal(found[1].replace(",", "") + (found[2] or "")) * 100)
    return cents_checked(cents)


def cents_checked(cents: int) -> int:
    """The amount itself; raises ChargeRefused for nothing, less than nothing, and more than can be meant."""
    if not 0 < cents <= LARGEST_CENTS:
        raise ChargeRefused(f"An amount lies between $0.01 and {dollars(LARGEST_CENTS)}, not {dollars(cents)}.")
    return cents


def dollars(cents: int) -> str:
    """An amount for people: `$1,250.50`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
