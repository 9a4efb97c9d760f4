"""Making a call again whose answer was lost.

Knows: how often, how long to wait. Must not know: which calls may be made twice; whoever uses it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ehbox_soap import clock
from ehbox_soap.client.errors import AnswerLostError, ClientError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retry:
    """`attempts` in all, 1 for none again; `pause_seconds` before the second one, twice as long before each further.

    Raises ValueError for less than one attempt or a negative pause.
    """

    attempts: int = 3
    pause_seconds: float = 0.5

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.pause_seconds < 0:
            raise ValueError("at least one attempt is due, and no pause can be negative")

    def run(self, call: Callable[[], T]) -> T:
        """What `call` gives; it is made again after AnswerLostError, and must sign anew each time.

        Any other end is the call's end. One that follows a lost answer has a note that an earlier attempt may have
        been carried out.
        """
        for lost in range(self.attempts - 1):
            try:
                return _noted(call, lost)
            except AnswerLostError:
                clock.wait(self.pause_seconds * 2**lost)
        return _noted(call, self.attempts - 1)


def _noted(call: Callable[[], T], lost: int) -> T:
    try:
        return call()
    except ClientError as error:
        if lost:
            error.add_note(f"{lost} earlier answers were lost: this call may have been carried out already")
        raise
