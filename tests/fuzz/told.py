"""How many inputs went which way: each test records it, the run's last lines tell it.

Knows: what a test can record. Must not know: anything that is fuzzed; every run of tests loads this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

PROPERTY = "fuzzed"
Record = Callable[[str, object], None]
"""pytest's record_property."""


def told(properties: Iterable[tuple[str, object]]) -> str:
    """One line of what the tests recorded as (PROPERTY, [way, inputs]); nothing where none did."""
    ways: Counter[str] = Counter()
    for name, value in properties:
        if name == PROPERTY and isinstance(value, list | tuple):
            way, inputs = value
            ways[str(way)] += int(inputs)
    if not ways:
        return ""
    return f"fuzzed by {ways.total()} inputs: " + ", ".join(f"{count} {way}" for way, count in sorted(ways.items()))
