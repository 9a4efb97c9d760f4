"""A small bounded memory, shared by threads.

Knows: what was not used of late leaves first. Must not know: what is remembered, or how long it holds.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Any, Generic, TypeVar, cast

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Kept = TypeVar("Kept")


class Memory(Generic[K, V]):
    """At most `capacity` entries."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        # A certificate is slow to hash: a use looks its entry up once and marks it, and nothing is put in order before
        # there is no room. Each is [value, whether it was used since it was last looked at].
        self._entries: dict[K, list[Any]] = {}
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """What was put there, or None; counts as a use."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        entry[1] = True
        return cast("V", entry[0])

    def put(self, key: K, value: V) -> None:
        """Remembers; forgets, when there is no room, the oldest that was not used since it was spared before."""
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = [value, False]
            while len(self._entries) > self._capacity:
                oldest = next(iter(self._entries))
                entry = self._entries.pop(oldest)
                if entry[1]:
                    self._entries[oldest] = [entry[0], False]

    def drop(self, key: K) -> None:
        """Forgets, if it is there."""
        with self._lock:
            self._entries.pop(key, None)

    def __len__(self) -> int:
        return len(self._entries)


class ByObject(Generic[Kept, V]):
    """At most `capacity` entries for the very objects that they were put for: asking takes no look into them, while
    two that are equal are asked for one by one. For what takes long to compare, such as a certificate."""

    def __init__(self, capacity: int) -> None:
        # The object stays with its entry, so that nothing else has its number.
        self._entries: Memory[int, tuple[Kept, V]] = Memory(capacity)

    def get(self, key: Kept) -> V | None:
        """What was put there, or None; counts as a use."""
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None else None

    def put(self, key: Kept, value: V) -> None:
        """Remembers, as Memory does."""
        self._entries.put(id(key), (key, value))

    def __len__(self) -> int:
        return len(self._entries)
