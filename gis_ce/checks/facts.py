"""What a check tells beside its answer: facts at hand, and facts that are measured when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any

import numpy.typing as npt

Fact = npt.NDArray[Any]
Work = Callable[[], Mapping[str, Fact]]


class Facts(Mapping[str, Fact]):
    """Columns by name, one row a site; a check's answer never rests on those that come later.

    `later` gives groups of names, each with the work that measures all of its columns. It is done at
    most once, when the first of them is read: who only wants answers does not pay for it.
    """

    def __init__(self, known: Mapping[str, Fact], later: Mapping[tuple[str, ...], Work]) -> None:
        self._known = dict(known)
        self._later = {name: (group, work) for group, work in later.items() for name in group}
        self._names = (*self._known, *self._later)
        self._lock = Lock()

    def __getitem__(self, name: str) -> Fact:
        with self._lock:
            if name not in self._known and name in self._later:
                group, work = self._later[name]
                measured = work()
                self._known |= {one: measured[one] for one in group}
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names
