"""Threads of the service that do the same again and again, until they are stopped."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread


class Repeating:
    """Calls `turn` after `first_s` seconds and then with `every_s` between the turns; `turn` raises nothing.

    Without `first_s` there is a first turn however soon it is stopped.
    """

    def __init__(self, name: str, turn: Callable[[], None], every_s: float, first_s: float = 0.0) -> None:
        self._turn, self._every_s, self._first_s, self._stopped = turn, every_s, first_s, Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, once what is being done is done."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        if self._first_s and self._stopped.wait(self._first_s):
            return
        while True:
            self._turn()
            if self._stopped.wait(self._every_s):
                return
