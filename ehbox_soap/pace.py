"""How many calls a minute one caller may make, of any operation, at one process: so that nobody keeps others waiting.

Knows: certificates, by which callers are told apart, and true time. Must not know: what is called, how a caller is
verified. Only calls that are verified and new are counted: neither a name that anybody can write nor a call that was
overheard costs anybody its turn. (Hence none to the STS, which are not held against replay.)
"""

from __future__ import annotations

import threading
from datetime import datetime

from cryptography import x509

from ehbox_soap.clock import Clock
from ehbox_soap.errors import SoapFault


class Pace:
    """Counts the calls of the current minute of the clock; thread-safe. 0 calls a minute: any number."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._minute: datetime | None = None
        self._calls: dict[x509.Certificate, int] = {}

    def take(self, caller: x509.Certificate) -> None:
        """One call more. Raises SoapFault SOA-02002 for one too many; those do not count."""
        if not self._per_minute:
            return
        minute = self._clock.now().replace(second=0, microsecond=0)
        with self._lock:
            if minute != self._minute:
                self._minute, self._calls = minute, {}
            calls = self._calls.get(caller, 0)
            if calls >= self._per_minute:
                raise SoapFault("SOA-02002", "more calls in a minute than are taken from one caller")
            self._calls[caller] = calls + 1
