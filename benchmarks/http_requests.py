"""A client: requests sent one after another over one kept connection, while the CPU of the server is read."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.processes import cpu_s


@dataclass(frozen=True)
class Ask:
    """One request; without a body it is a GET."""

    path: str
    body: bytes | None = None
    accepts: str = "identity"


def posted(path: str, message: Any) -> Ask:
    """A request with a JSON body."""
    return Ask(path, json.dumps(message).encode())


class Server:
    """A running server; `processes` tells which ones work for it, those of its database among them."""

    def __init__(self, port: int, processes: Callable[[], Sequence[int]]) -> None:
        self._processes = processes
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def answer(self, ask: Ask) -> bytes:
        """The body of an answer; raises RuntimeError where its status is none of 200 and 204."""
        return self._sent(ask).read()

    def first_byte(self, ask: Ask) -> tuple[float, float]:
        """Seconds by the clock until an answer begins, and until it is there."""
        self.renew()
        started = time.perf_counter()
        answered = self._sent(ask)
        answered.read(1)
        begun = time.perf_counter() - started
        answered.read()
        return begun, time.perf_counter() - started

    def close(self) -> None:
        """Ends the connection."""
        self._line.close()

    def spent_ms(self, asks: Sequence[Ask]) -> float:
        """Milliseconds of the processor that the server spends on each of some requests."""
        self.renew()
        processes = self._processes()
        before = cpu_s(processes)
        for ask in asks:
            self.answer(ask)
        return 1e3 * (cpu_s(processes) - before) / len(asks)

    def _sent(self, ask: Ask) -> http.client.HTTPResponse:
        headers = {"Accept-Encoding": ask.accepts, "Accept": "*/*"}
        if ask.body is None:
            self._line.request("GET", ask.path, headers=headers)
        else:
            self._line.request("POST", ask.path, ask.body, {**headers, "Content-Type": "application/json"})
        answered = self._line.getresponse()
        if answered.status not in (200, 204):
            raise RuntimeError(f"{ask.path}: {answered.status} {answered.read()[:300]!r}")
        return answered

    def renew(self) -> None:
        """A new connection: the server closes one that nobody used for some seconds."""
        self._line.close()
        self._line.connect()


@dataclass(frozen=True)
class Question:
    """What is asked of one server, again and again."""

    name: str
    server: Server
    asks: Sequence[Ask]


def in_turns(questions: Sequence[Question], rounds: int) -> dict[str, float]:
    """Milliseconds of each question: the median of rounds in which all are asked, so that each meets the same machine.

    A first round warms up.
    """
    found: dict[str, list[float]] = {question.name: [] for question in questions}
    for number in range(rounds + 1):
        for question in questions:
            spent = question.server.spent_ms(question.asks)
            if number:
                found[question.name].append(spent)
    return {name: median(spent) for name, spent in found.items()}
