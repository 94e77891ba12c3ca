"""Prometheus metrics in a registry of our own; no number, name or extension is ever a label."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from vipex_sdk.gateway.inbox import Status

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]


class Metrics:
    """Counters that the rooms count with, and gauges that are set when somebody asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = self._counter(
            "vipex_webhooks", "Webhooks, by address and what became of them.", "hook", "outcome"
        )
        self.routing = self._counter("vipex_routing", "Answers to data queries, by reason.", "reason")
        self.recordings = self._counter("vipex_recordings", "Requests for recordings, by outcome.", "outcome")
        self.orphans = self._counter("vipex_orphaned_audio", "Files of inline audio removed: no message names them.")
        self.dials = self._counter("vipex_dials", "Calls started from desks, by outcome.", "outcome")
        self.refused = self._counter("vipex_refused", "Requests without the right key, by place.", "place")
        self.deliveries = self._gauge("vipex_deliveries", "Events in the inbox, by status.", "status")
        self.already_logged = self._gauge(
            "vipex_already_logged", "Records of the last day that the CRM had before we first sent them."
        )
        self.oldest_pending = self._gauge("vipex_oldest_pending_seconds", "Age of the oldest undelivered event.")
        self.ready = self._gauge("vipex_ready", "1 while calls may be sent here.")
        self.free_bytes = self._gauge("vipex_free_bytes", "Free space for the data folder.")
        self.open_desks = self._gauge("vipex_open_desks", "Desk pages that are open.")
        self.directory_cards = self._gauge("vipex_directory_cards", "Cards in the directory.")
        self.directory_age = self._gauge("vipex_directory_age_seconds", "Time since the directory was refreshed.")

    def render(self) -> bytes:
        """Give all metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def set_deliveries(self, counts: Mapping[Status, int]) -> None:
        """Set how many events have each status."""
        for status, count in counts.items():
            self.deliveries.labels(status.value).set(count)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)
