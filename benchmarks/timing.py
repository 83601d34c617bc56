"""How long something takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

LONG_ENOUGH_S = 1.0
ROUNDS = 5
_ENOUGH_S = 20.0


def seconds(work: Callable[[], object]) -> float:
    """The least seconds of one run, after a first one that warms up.

    Of three runs at least, so that what else the machine does counts for less; short work is run more
    often, and work that takes long only once.
    """
    work()
    best, spent, runs = float("inf"), 0.0, 0
    while (runs < 3 and spent < _ENOUGH_S) or (spent < LONG_ENOUGH_S and runs < 200):
        taken = seconds_once(work)
        best, spent, runs = min(best, taken), spent + taken, runs + 1
    return best


def seconds_once(work: Callable[[], object]) -> float:
    """The seconds of one run without a warm-up, for work that takes long."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def seconds_of_one(works: Sequence[Callable[[], object]]) -> float:
    """What one of many different works takes: the median of the quickest run of each.

    Each is done once a round, so that none finds in the caches what it left there itself. The first
    round warms up; what takes long has fewer rounds, at least one.
    """
    quickest, spent = [float("inf")] * len(works), 0.0
    for work in works:
        work()
    for _ in range(ROUNDS):
        taken = [seconds_once(work) for work in works]
        quickest, spent = [min(pair) for pair in zip(quickest, taken, strict=True)], spent + sum(taken)
        if spent > _ENOUGH_S:
            break
    return median(quickest)
