"""Ranges of rows as calls name them (LIST-2).

Knows: which range is none. Must not know: rows of what.
"""

from __future__ import annotations

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import ours


def page(start_index: int, end_index: int | None) -> tuple[int, int]:
    """How many rows to skip and how many to return; Refusal 842 for a range that begins before 1 or after its end."""
    if start_index < 1:
        raise Refusal("842", "StartIndex")
    if end_index is not None and end_index < start_index:
        raise Refusal("842", "EndIndex", "at least StartIndex")
    return ours.page(start_index, end_index)
