"""What is told of an answered request: one line in the log, and the figures.

Knows: what a Call holds, which of it may be told. Must not know: how a request is answered. Told are the port, the
operation, codes, milliseconds, a fault's Id and reason (which never quotes) or else an id of the request's own, and the
caller's keyed pseudonym.
"""

from __future__ import annotations

import threading

from ehbox_soap import config, log
from ehbox_soap.metrics import Figures
from ehbox_soap.ports.call import Call

REMEMBERED = 10_000
"""Callers whose SHA-1 has been told; with more of them the log tells some again."""


class Observer:
    """Tells of every answered request; one per process, thread-safe."""

    def __init__(self) -> None:
        self.figures = Figures(config.shared_metrics())
        self._lock = threading.Lock()
        self._told: set[str] = set()

    def answered(self, port: str, call: Call, seconds: float) -> None:
        """One request that went its way to an answer or a fault."""
        self.figures.count(port, call.operation, call.outcome, seconds)
        if call.sha1:
            self.figures.count_sha1(port)
        line = {
            "port": port,
            "operation": call.operation,
            "outcome": call.outcome,
            "milliseconds": round(seconds * 1000, 1),
            "caller": call.caller,
            "fault_id": call.fault_id,
            "request_id": "" if call.fault_id else call.id,
            "reason": call.reason,
            "unforeseen": call.unforeseen,
        }
        log.logger().info("request", **{name: value for name, value in line.items() if value != ""})
        if call.sha1 and call.caller and self._is_news(call.caller):
            log.logger().warning("SHA-1 is used; profile strict would refuse it", caller=call.caller)

    def refused(self, reason: str, fault_id: str) -> None:
        """A request whose body was refused before any port saw it."""
        self.figures.count("server", "", "SOA-03001", 0.0)
        log.logger().info("request refused", outcome="SOA-03001", fault_id=fault_id, reason=reason)

    def _is_news(self, caller: str) -> bool:
        """Whether this caller's SHA-1 has not been told yet (once a caller and process)."""
        with self._lock:
            if caller in self._told:
                return False
            if len(self._told) >= REMEMBERED:
                self._told.clear()
            self._told.add(caller)
            return True
