"""What Prometheus reads: requests as they come, and the state of layers, cases and jobs when it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_BUCKETS_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
Reading = tuple[str, str, dict[str, str], float]
"""A gauge's name, what it is, its labels, and its value."""


class Metrics:
    """The figures of one service; its routes are labels, and so are never more than there are."""

    def __init__(self, state: Callable[[], Iterable[Reading]]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_State(state))
        self._requests = Counter(
            "gis_ce_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "gis_ce_request_seconds",
            "Time to the last byte of an answer; checks are POST /checks.",
            ("method", "route"),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )

    def seen(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(took_s)

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self._registry)


class _State(Collector):
    """Gauges that are read when they are asked for."""

    def __init__(self, state: Callable[[], Iterable[Reading]]) -> None:
        self._state = state

    def describe(self) -> Iterable[Metric]:
        """Nothing is read before it is asked for."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """One family for each name, in the order in which they are read."""
        families: dict[str, GaugeMetricFamily] = {}
        for name, said, labels, value in self._state():
            family = families.setdefault(name, GaugeMetricFamily(name, said, labels=tuple(labels)))
            family.add_metric(tuple(labels.values()), value)
        return families.values()
