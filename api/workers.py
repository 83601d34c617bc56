"""Several processes that answer over one socket and share one copy of the layers, renewed when layers are published."""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from layers.errors import LayersError

_LOOK_S = 0.25
_QUIET_S = 1.0
"""So long nothing may be published before the processes are renewed: an import publishes one layer after another."""
_LEAST_LIFE_S = 2.0
_LOG = logging.getLogger("gis_ce.api")


class Workers:
    """Keeps `count` processes answering, and one at work by itself, until they are told to stop.

    `load` reads and builds what all of them share; it is done in this process, which has no other thread, before they
    are forked from it. `stamp` changes with what is to be loaded. `answer` and `alone` are what the processes do until
    a SIGTERM ends them, which lets a request come to its end.
    """

    def __init__(
        self,
        count: int,
        load: Callable[[], None],
        stamp: Callable[[], object],
        answer: Callable[[], None],
        alone: Callable[[], None],
    ) -> None:
        self._count, self._load, self._stamp = count, load, stamp
        self._answer, self._alone = answer, alone
        self._answering: dict[int, float] = {}
        self._by_itself: dict[int, float] = {}
        self._leaving: set[int] = set()
        self._stopped = False

    def run(self) -> None:
        """Returns when all processes have ended, after a signal to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        loaded = seen = self._stamp()
        since = time.monotonic()
        self._renew()
        while not self._stopped:
            time.sleep(_LOOK_S)
            self._reap()
            if (now := self._stamp()) != seen:
                seen, since = now, time.monotonic()
            if seen != loaded and time.monotonic() - since >= _QUIET_S:
                loaded = seen
                self._renew()
        self._tell(self._answering, self._by_itself)
        while self._answering or self._by_itself or self._leaving:
            self._reap()
            time.sleep(0.05)

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopped = True

    def _renew(self) -> None:
        """A new generation; the one before it goes once this one answers. What cannot be loaded changes nothing."""
        try:
            self._load()
        except LayersError as error:
            if not self._answering:
                raise
            _LOG.error("What was published cannot be loaded, so the service goes on as before: %s", error)
            return
        gc.freeze()
        before, self._answering = self._answering, {}
        for _ in range(self._count):
            self._answering[_forked(self._answer)] = time.monotonic()
        self._leaving.update(before)
        self._tell(before, self._by_itself)
        if not self._by_itself:
            self._by_itself[_forked(self._alone)] = time.monotonic()

    def _reap(self) -> None:
        """Note who has ended, and let another take the place where one is missing."""
        while self._answering or self._by_itself or self._leaving:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            self._leaving.discard(process)
            for running, work in ((self._answering, self._answer), (self._by_itself, self._alone)):
                if process in running:
                    lived_s = time.monotonic() - running.pop(process)
                    if not self._stopped:
                        _LOG.info("A process of the service has ended (%s); another takes its place.", status)
                        time.sleep(max(0.0, _LEAST_LIFE_S - lived_s))
                        running[_forked(work)] = time.monotonic()

    def _tell(self, *groups: dict[int, float]) -> None:
        for process in (process for group in groups for process in group):
            os.kill(process, signal.SIGTERM)


def _forked(work: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    status = 1
    try:
        work()
        status = 0
    finally:
        logging.shutdown()
        os._exit(status)
