"""What nothing public says, in one place: every decision that is ours, and the constants and functions that are it.

Knows: the rules whose origin is "ours". Must not know: transactions, the wire. README counts DECISIONS, so that a user
can tell fidelity from invention.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ehbox_soap.decision import Decision
from ehbox_soap.wire import types

DECISIONS: tuple[Decision, ...] = (
    Decision("BOX-1", "answers state a person's box by its INSS once that is known, a NIHII by its first 8 digits"),
    Decision("BOX-1", "an empty SubType is one that is left out"),
    Decision("BOX-2", "a person has one box per quality; INSS and NIHII, of 8 or 11 digits, address the same one"),
    Decision("BOX-2", "a NIHII that the register gives to another person is not linked by an assertion"),
    Decision(
        "BOX-2", "boxes that turn out to be one are joined: what both had stays once, the limit of the older holds"
    ),
    Decision("BOX-3", "the check digits of an INSS refuse in the strict directory and are warned of in the open one"),
    Decision("BOX-3", "an assertion whose identification attribute is no such number names no box"),
    Decision("BOX-4", "the open directory has every well-formed box, the strict one only registered ones"),
    Decision("BOX-5", "ALL reaches every existing box of the quality, the sender's included, if configuration allows"),
    Decision("BOX-5", "of more than 100 boxes those of ALL are reached after the call, by the worker"),
    Decision("BOX-6", "without a certified quality the person is a CITIZEN"),
    Decision("BOX-6", "two different numbers for one identity in an assertion name no box"),
    Decision("BOX-7", "attribute names follow the known forms where no client is known to ask for them"),
    Decision("BOX-7", "a certified nihii11 makes the quality where the assertion has no boolean of it"),
    Decision(
        "BOX-9", "a message's size is its decoded contents, titles of annexes, free information and patient's INSS"
    ),
    Decision("BOX-9", "CurrentSize counts INBOX and BININBOX"),
    Decision(
        "BOX-10", "waiting messages are tried in order of arrival; one that finds no room holds up no smaller one"
    ),
    Decision("BOX-10", "a message that does not make the box larger never waits"),
    Decision("BOX-11", "a sender without any known name is called by its quality"),
    Decision("PUB-1", "a content type is checked after BoxId and before the destinations"),
    Decision("PUB-2", "849 answers a PublicationId that the box used within the year"),
    Decision("PUB-2", "a PublicationId of a DOCUMENT is used for a NEWS too, and the other way round"),
    Decision("PUB-3", "the same DOCUMENT again within the window gets the first answer"),
    Decision("PUB-3", "who sends the same again is not warned of who is out of office"),
    Decision("PUB-7", "CopyMailTo is returned only to the sender"),
    Decision("PUB-8", "each check looks at all destinations before the next check"),
    Decision("PUB-8", "a destination sent twice is delivered once and stated twice"),
    Decision("PUB-9", "an answer 826 has no Id, and no box comes to be by it"),
    Decision("PUB-9", "only an absence of the destination's own box counts, not one among ALL"),
    Decision(
        "PUB-11", "a new version is a message of its own; what it replaces stays in the history of those who had it"
    ),
    Decision("PUB-11", "it also replaces where it stands with recipients that it no longer names"),
    Decision("PUB-11", "what LIFE-2 to LIFE-4 removed counts as deleted for good, not what expired in stand-by"),
    Decision("PUB-11", "a waiting version gives way to a newer one and leaves no trace"),
    Decision("PUB-12", "the codes of ERROR messages are 860, 861 and 862"),
    Decision(
        "PUB-12",
        "one ERROR names all destinations that one cause met at once; what the mailbox sent itself fails silently",
    ),
    Decision("PUB-12", "a target of ALL disappears in the strict directory only, by leaving the register"),
    Decision("PUB-13", "a CopyMailTo is finally refused by a permanent answer, or after the configured attempts"),
    Decision("PUB-13", "an address that is named twice gets one mail"),
    Decision("ACK-3", "titles, file names and texts of the mailbox's own messages, in French, Dutch and English"),
    Decision("ACK-3", "the system's box is an INSTITUTION unless configured; it keeps no copy of what it sends"),
    Decision("ACK-3", "receipts and errors wait in stand-by as any message does"),
    Decision("ACK-4", "a recipient is a row once, in the order of the destinations; in stand-by it has no moment"),
    Decision("ACK-4", "a message that the sender deleted is unknown to it"),
    Decision("LIST-1", "in the sent folders a message is one row with its first destination"),
    Decision("LIST-2", "a range wider than 100 rows is cut; past the end there are no rows"),
    Decision("FULL-1", "a full message is also read from the bins"),
    Decision("HIST-1", "a box is told of the versions that it received itself"),
    Decision("HIST-1", "an earlier version may be asked for under INBOX and SENTBOX too"),
    Decision("MOVE-1", "a MessageId named twice is moved or deleted once"),
    Decision("DEL-2", "who deletes a NEWS deletes the earlier versions with it"),
    Decision("DEL-2", "a message's content leaves the store with its last place in a box"),
    Decision("OOO-1", "an organisation's box has no periods: 810"),
    Decision("OOO-1", "the order of checks is 844, 846 for substitutes, 846 for periods, 845, 847"),
    Decision("OOO-1", "a period may end on the same day of the next year at the latest, 28 February for the 29th"),
    Decision("OOO-1", "periods of the past count among the ten until they are deleted"),
    Decision("OOO-1", "nobody is a substitute of oneself; one who is absent on any day of the period is absent"),
    Decision("OOO-1", "a substitute who is named twice is one"),
    Decision("OOO-3", "periods are listed by their dates, the earliest first"),
    Decision("LIFE-1", "the expiration date is the publication date and the configured days"),
    Decision("LIFE-1", "a message has expired from the beginning of its expiration date in Belgium"),
    Decision("LIFE-2", "the year is 365 days, counted on Belgian dates"),
    Decision("LIFE-3", "the sender's copy, which nobody reads, stays for the year"),
    Decision("LIFE-4", "inactivity counts from the last call, or the arrival of the oldest message if that is later"),
    Decision("LIFE-4", "a refused call is one too; with a BoxId that is none of the caller's it is about no box"),
    Decision("LIFE-4", "sent messages go too; what waits in stand-by enters the emptied box"),
    Decision("USE-1", "hours are those of the clock, days Belgian ones; a call refused as one too many does not count"),
    Decision("USE-1", "a caller is known by its default box, whichever BoxId it names"),
    Decision("USE-4", "every repeated getFullMessage of a message counts as one after a failed download"),
    Decision("MAIL-1", "one mail a box and expiration date tells of messages about to expire"),
    Decision("MAIL-1", "a message that takes a box over 90 % causes the mail, not one that finds it there"),
    Decision("MAIL-1", "a receipt is no new message to tell of"),
    Decision("MAIL-1", "the code that confirms an address holds for a day"),
)

# BOX-5
ALL = "ALL"
# PUB-2 (the year is public, the measure in days is ours)
REMEMBERED = timedelta(days=365)
# LIFE-2
LONGEST_LIFE = timedelta(days=365)
# LIFE-4, LIFE-5 (the numbers are public, that they are calendar months is ours)
INACTIVE_MONTHS, SENT_MONTHS = 3, 1
# USE-4
FREE_REPEATS, HOURLY_FOR = 6, timedelta(hours=24)
# MAIL-1
WARNED_BEFORE, FULL_PERCENT = timedelta(days=7), 90
# LIST-2
LONGEST_PAGE = 100
# BOX-5: as many boxes the call itself reaches; and how many the worker reaches in one transaction.
FAN_OUT_AT_ONCE = 100
FAN_OUT_BATCH = 500
# OOO-1 (the numbers are public)
MOST_SUBSTITUTES = 5
MOST_PERIODS = 10
# ACK-3
NOTICE_MIME_TYPE = "text/plain"


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


def a_year_after(day: date) -> date:
    """OOO-1: the same day of the next year, 28 February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date.max if day.year == date.max.year else day.replace(year=day.year + 1, day=28)


def name_of_unknown(quality: str) -> str:
    """BOX-11: the Name of a sender of whom neither assertion, register nor certificate tells one."""
    return quality


def next_download(last_at: datetime, tries_ended_at: datetime | None) -> datetime:
    """USE-4: from when a message may be read whole again, which was last read whole at that moment."""
    if tries_ended_at is None:
        return last_at
    hourly = last_at + timedelta(hours=1)
    return hourly if hourly < tries_ended_at + HOURLY_FOR else last_at + timedelta(days=1)
