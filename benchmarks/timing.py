"""How long something takes."""

from __future__ import annotations

import time
from collections.abc import Callable

LONG_ENOUGH_S = 0.5


def seconds(work: Callable[[], object], *, at_least: int = 1) -> float:
    """The least seconds of one run, after a first one that warms up; short work is run more often."""
    work()
    best, spent, runs = float("inf"), 0.0, 0
    while runs < at_least or (spent < LONG_ENOUGH_S and runs < 200):
        started = time.perf_counter()
        work()
        taken = time.perf_counter() - started
        best, spent, runs = min(best, taken), spent + taken, runs + 1
    return best


def seconds_once(work: Callable[[], object]) -> float:
    """The seconds of one run without a warm-up, for work that takes long."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
