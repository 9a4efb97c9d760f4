"""A small bounded memory, shared by threads.

Knows: the least recently used leaves first. Must not know: what is remembered, or how long it holds.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """At most `capacity` entries."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        # In the order of their last use: a certificate is slow to hash and to compare, so each use looks it up once.
        self._entries: dict[K, V] = {}
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """What was put there, or None; counts as a use."""
        with self._lock:
            value = self._entries.pop(key, None)
            if value is not None:
                self._entries[key] = value
            return value

    def put(self, key: K, value: V) -> None:
        """Remembers; forgets what was used longest ago when there is no room."""
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = value
            if len(self._entries) > self._capacity:
                del self._entries[next(iter(self._entries))]

    def drop(self, key: K) -> None:
        """Forgets, if it is there."""
        with self._lock:
            self._entries.pop(key, None)

    def __len__(self) -> int:
        return len(self._entries)
