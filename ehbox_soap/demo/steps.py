"""A step of the demonstration, and who does it.

Knows: what a line tells. Must not know: any step.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ehbox_soap.wire import types


class StepError(Exception):
    """A step that did not work; it has been told already."""


@dataclass(slots=True)
class Step:
    """One line: the code that the service answered, and a remark."""

    code: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the seed, with a keystore."""

    name: str
    box: types.BoxId
    keystore: Path


Stepped = Callable[[str], AbstractContextManager[Step]]
"""What tells a line for the step that is done within it."""
