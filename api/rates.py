"""How often somebody may ask: requests a minute of one key or account, and of one address for who does not sign in."""

from __future__ import annotations

import time
from collections import Counter
from threading import Lock

from api.errors import TooOften
from api.who import Who

_WINDOW_S = 60.0


class Rates:
    """Counts the requests of each minute, in this process.

    The counts are dropped together when a minute is over. `limits`, which counts reports (`api.open311.often`),
    starts a thread at each request to drop old ones: a tenth of what a small answer costs.
    """

    def __init__(self, public: int, known: int) -> None:
        self._most = {False: public, True: known}
        self._counts: Counter[tuple[bool, str]] = Counter()
        self._ends = 0.0
        self._lock = Lock()

    def count(self, who: Who | None, address: str) -> None:
        """Count one request; raises TooOften. `who` is None where a sign-in opened nothing.

        Who sits at a machine of their own is not counted.
        """
        if who is not None and who.how == "machine":
            return
        known = who is not None and who.is_known
        of, name = (f"{who.name}", "you") if who is not None and known else (address, "your address")
        counted, left_s = self._counted((known, of))
        if counted > self._most[known]:
            raise TooOften(
                f"More than {self._most[known]:,} requests came from {name} within a minute; wait a little.", left_s
            )

    def _counted(self, of: tuple[bool, str]) -> tuple[int, float]:
        """How many came in this minute, this one too, and how many seconds of it are left."""
        now = time.monotonic()
        with self._lock:
            if now >= self._ends:
                self._counts.clear()
                self._ends = now + _WINDOW_S
            self._counts[of] += 1
            return self._counts[of], self._ends - now
