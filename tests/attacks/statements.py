"""What a store was asked during a call: every statement that reached its database, without the values.

Knows: doors of either kind. Must not know: any table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.door import Door
from tests.http.door import HttpDoor
from tests.listening import traced_store


@contextmanager
def traced(door: Door) -> Iterator[list[str]]:
    """The statements in their order; over HTTP the door must be one whose workers tell them, and they are here when
    this is left."""
    if isinstance(door, HttpDoor):
        found: list[str] = []
        with door.witness.watching() as seen:
            yield found
        found += seen["statement"]
    else:
        with traced_store(door.house.store) as within:
            yield within
