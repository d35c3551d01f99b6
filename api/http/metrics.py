"""What the service counts, for Prometheus: ``GET /metrics``.

Every label has few values: a route is its template, an error is its class. Nothing of a request gets in, so a page of
figures tells nobody where anybody was.
"""

from collections.abc import Callable
from contextlib import suppress
from math import nan
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"

_ANSWER_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DECIDE_S = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_STORE_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """Counters of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        new: dict[str, Any] = {"registry": self.registry, "namespace": "safeport"}
        self._requests = Counter(
            "http_requests", "Requests answered, by template of the route.", ("method", "route", "status"), **new
        )
        self._answer_s = Histogram(
            "http_request_seconds",
            "From the first byte of a request to the last of its answer; of event streams, to the first.",
            ("method", "route"),
            buckets=_ANSWER_S,
            **new,
        )
        self.in_flight = Gauge("http_in_flight", "Requests being answered, event streams left out.", **new)
        self._decisions = Counter("decisions", "Decisions made, by outcome.", ("outcome",), **new)
        self._decide_s = Histogram(
            "decide_seconds", "Deciding itself, without putting it into words.", buckets=_DECIDE_S, **new
        )
        self._store_s = Histogram(
            "store_seconds", "Work of the store, its queue included.", ("work",), buckets=_STORE_S, **new
        )
        self._store_errors = Counter(
            "store_errors", "Work of the store that failed, by class of the failure.", ("failure",), **new
        )
        self._forecast_changes = Counter("forecast_changes", "Forecasts taken over while running.", **new)
        self._forecast = Info("forecast", "The forecast in use; its id is empty without one.", **new)
        self._gauges = new
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.forecast_in_use("")

    def count_answer(self, method: str, route: str, status: int, took_s: float) -> None:
        """A request was answered."""
        method = method if method in METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        self._answer_s.labels(method, route).observe(took_s)

    def count_decision(self, outcome: str, took_s: float) -> None:
        """A decision was made."""
        self._decisions.labels(outcome).inc()
        self._decide_s.observe(took_s)

    def store_worked(self, work: str, took_s: float, failure: Exception | None = None) -> None:
        """The store did something; `work` is ``change`` or ``other``, both few words of the program's own."""
        self._store_s.labels(work).observe(took_s)
        if failure is not None:
            self._store_errors.labels(type(failure).__name__).inc()

    def forecast_in_use(self, forecast_id: str) -> None:
        """The service answers with this forecast."""
        self._forecast.info({"id": forecast_id})

    def forecast_changed(self) -> None:
        """A forecast was taken over while running."""
        self._forecast_changes.inc()

    def watch(self, name: str, description: str, value: Callable[[], float]) -> None:
        """A gauge that is looked at when somebody asks; NaN when it cannot be told.

        Parameters
        ----------
        name, description : str
            Name without its prefix, and one sentence.
        value : callable
        """

        def now() -> float:
            with suppress(Exception):
                return float(value())
            return nan

        Gauge(name, description, **self._gauges).set_function(now)
