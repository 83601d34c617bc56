"""How often one address of the network, and all together, may report in an hour."""

from __future__ import annotations

import ipaddress

from fastapi import Request
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import TooOften
from gis_ce.public_reports import Intake

_EVERYBODY = "everybody"


class Counter:
    """Counts the reports of the last hour, in this process."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count(self, request: Request, intake: Intake) -> None:
        """Counts one report; raises TooOften where its address, or all together, have had theirs."""
        who = address_of(request)
        if not self._window.hit(RateLimitItemPerHour(intake.per_hour), "one", who):
            raise TooOften(
                f"{intake.per_hour} reports came from your address within an hour; try again later, or call."
            )
        if not self._window.hit(RateLimitItemPerHour(intake.per_hour_in_all), _EVERYBODY):
            raise TooOften("Very many reports have come within an hour; try again later, or call.")


def address_of(request: Request) -> str:
    """The peer's address; behind a proxy on this machine the one that the proxy saw (the last of X-Forwarded-For).

    Of an IPv6 address its network of 64 bits: one household has all of it.
    """
    peer = request.client.host if request.client else ""
    seen = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    found = _parsed(peer)
    if found is not None and found.is_loopback and _parsed(seen) is not None:
        found = _parsed(seen)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found or peer)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
