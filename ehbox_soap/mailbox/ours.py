"""What nothing public says, in one place: every decision that is ours, and the constants and functions that are it.

Knows: the rules whose origin is "ours". Must not know: transactions, the wire. README counts DECISIONS, so that a user
can tell fidelity from invention.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ehbox_soap.wire import types


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing we decided: the rule it fills, and what it says."""

    rule: str
    says: str


DECISIONS: tuple[Decision, ...] = (
    Decision("BOX-1", "answers state a person's box by its INSS once that is known, a NIHII by its first 8 digits"),
    Decision("BOX-1", "an empty SubType is one that is left out"),
    Decision("BOX-2", "a person has one box per quality; INSS and NIHII, of 8 or 11 digits, address the same one"),
    Decision("BOX-2", "a NIHII that the register gives to another person is not linked by an assertion"),
    Decision("BOX-3", "the check digits of an INSS refuse in the strict directory and are warned of in the open one"),
    Decision("BOX-4", "the open directory has every well-formed box, the strict one only registered ones"),
    Decision("BOX-5", "ALL reaches every existing box of the quality, the sender's included, if configuration allows"),
    Decision("BOX-6", "without a certified quality the person is a CITIZEN"),
    Decision("BOX-6", "two different numbers for one identity in an assertion name no box"),
    Decision("BOX-7", "attribute names follow the known forms where no client is known to ask for them"),
    Decision("BOX-7", "an OPTICIEN and a PODOLOGIST are certified by their nihii11 alone"),
    Decision(
        "BOX-9", "a message's size is its decoded contents, titles of annexes, free information and patient's INSS"
    ),
    Decision("BOX-9", "CurrentSize counts INBOX and BININBOX"),
    Decision("BOX-11", "a sender without any known name is called by its quality"),
    Decision("PUB-1", "a content type is checked after BoxId and before the destinations"),
    Decision("PUB-2", "849 answers a PublicationId that the box used within the year"),
    Decision("PUB-3", "the same DOCUMENT again within the window gets the first answer"),
    Decision("PUB-7", "CopyMailTo is returned only to the sender"),
    Decision("PUB-8", "each check looks at all destinations before the next check"),
    Decision("PUB-8", "a destination sent twice is delivered once and stated twice"),
    Decision("LIST-1", "in the sent folders a message is one row with its first destination"),
    Decision("LIST-2", "a range wider than 100 rows is cut; past the end there are no rows"),
    Decision("FULL-1", "a full message is also read from the bins"),
    Decision("LIFE-1", "the expiration date is the publication date and the configured days"),
)

# BOX-5
ALL = "ALL"
# PUB-2 (the year is public, the measure in days is ours)
REMEMBERED = timedelta(days=365)
# LIST-2
LONGEST_PAGE = 100


def message_size(content: types.MessageContent) -> int:
    """BOX-9: a message's size in bytes."""
    size = len(content.document.content.data) + len(content.patient_inss or b"")
    size += sum(len(annex.content.data) + len(annex.title) for annex in content.annexes)
    match content.free_informations:
        case types.FreeText(text):
            size += len(text)
        case types.FreeTable(rows):
            size += sum(len(left) + len(right) for left, right in rows)
        case types.OldFreeInformation(data):
            size += len(data)
        case None:
            pass
    return size


def page(start_index: int, end_index: int | None) -> tuple[int, int]:
    """LIST-2: how many rows to skip and how many to return, for indexes from 1 with the end included."""
    last = start_index + LONGEST_PAGE - 1
    return start_index - 1, min(last if end_index is None else end_index, last) - start_index + 1


def name_of_unknown(quality: str) -> str:
    """BOX-11: the Name of a sender of whom neither assertion, register nor certificate tells one."""
    return quality
