"""How often somebody may ask: requests a minute of one key or account, and of one address for who does not sign in."""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api.errors import TooOften
from api.who import Who


class Rates:
    """Counts the requests of each minute, in this process."""

    def __init__(self, public: int, known: int) -> None:
        self._window = FixedWindowRateLimiter(MemoryStorage())
        self._public, self._known = RateLimitItemPerMinute(public), RateLimitItemPerMinute(known)

    def count(self, who: Who | None, address: str) -> None:
        """Count one request; raises TooOften. `who` is None where a sign-in opened nothing.

        Who sits at a machine of their own is not counted.
        """
        if who is not None and who.how == "machine":
            return
        if who is not None and who.is_known:
            item, of, name = self._known, f"{who.name}", "you"
        else:
            item, of, name = self._public, address, "your address"
        if not self._window.hit(item, of):
            again = self._window.get_window_stats(item, of).reset_time - time.time()
            raise TooOften(
                f"More than {item.amount:,} requests came from {name} within a minute; wait a little.", again
            )
