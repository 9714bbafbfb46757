"""Metrics for Prometheus: off unless `SAKIMORI_METRICS` names an address and port, and then served by the worker.

Numbers of the whole deployment only: no organisation, no person, no kind of act; who does what and when is nobody's
business but the log's.
"""

import os
from collections.abc import Callable, Iterator

from django.db import connections
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sakimori.acts import condition

_GAUGES: dict[str, tuple[str, Callable[[condition.Condition], float]]] = {
    "sakimori_healthy": ("1 while everything works", lambda found: float(found.word == "ok")),
    "sakimori_read_only": ("1 while the door refuses every act", lambda found: float(bool(found.read_only))),
    "sakimori_database_up": ("1 while database and log answer", lambda found: float(found.database)),
    "sakimori_acts": ("Acts recorded", lambda found: float(found.acts)),
    "sakimori_log_leaves": ("Leaves of the published log", lambda found: float(found.log_size)),
    "sakimori_log_waiting": ("Leaves that wait for the log", lambda found: float(found.leaves_waiting)),
    "sakimori_log_lag_seconds": ("How long the oldest of them has waited", lambda found: found.lag_seconds),
    "sakimori_outbox_stuck": ("Deliveries tried often without success", lambda found: float(found.outbox_stuck)),
    "sakimori_outbox_oldest_seconds": ("How long an untried delivery waits", lambda f: f.outbox_oldest_seconds),
    "sakimori_tasks_failing": ("Tasks of the worker that fail", lambda found: float(len(found.tasks_failing))),
}


class DeploymentCollector(Collector):
    """Looks at the deployment anew at every scrape."""

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        try:
            found = condition.look()
        finally:
            connections.close_all()
        for name, (text, value) in _GAUGES.items():
            yield GaugeMetricFamily(name, text, value=value(found))
        waiting = GaugeMetricFamily("sakimori_outbox_waiting", "Deliveries that wait", labels=["channel"])
        for channel in ("smtp", "webhook", "envelope"):
            waiting.add_metric([channel], found.outbox_waiting.get(channel, 0))
        yield waiting
        ages = GaugeMetricFamily("sakimori_worker_age_seconds", "Since a part's last sign of life", labels=["part"])
        for part, age in found.worker.items():
            ages.add_metric([part], age)
        yield ages


def serve() -> Callable[[], None]:
    """Serve the metrics where `SAKIMORI_METRICS` says (`127.0.0.1:9180`); return what ends it."""
    address, _, port = os.environ.get("SAKIMORI_METRICS", "").rpartition(":")
    if not port:
        return lambda: None
    registry = CollectorRegistry()
    registry.register(DeploymentCollector())
    server, thread = start_http_server(int(port), addr=address or "127.0.0.1", registry=registry)

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end
