"""What a decision of ours is: rooms that decide keep a table of them, so that a user can tell fidelity from invention.

Knows: the shape of a line. Must not know: any room.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing we decided: the rule it fills, and what it says."""

    rule: str
    says: str
