"""How often one address of the network, and all together, may report in an hour."""

from __future__ import annotations

from fastapi import Request
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import TooOften
from api.network_address import address_of
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
