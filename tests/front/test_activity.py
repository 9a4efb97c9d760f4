"""LIFE-4 at the front door: every call keeps the boxes alive that it is about, to the Belgian day, on each database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ehbox_soap import assembly
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.store.engine import Store
from tests.clients import connector40_reader
from tests.clients.connector40 import Destination
from tests.door import Client, Door
from tests.front.calls import ask, consult, consultation, publish
from tests.front.cast import NURSE_BOX, SSIN, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message

# The last minute of 14 April and the first of the 15th in Belgium; what was last called on the 14th ends on 14 July.
LATE, NEXT = datetime(2026, 4, 14, 21, 59, tzinfo=UTC), datetime(2026, 4, 14, 22, tzinfo=UTC)
STILL_ALIVE, SILENT = datetime(2026, 7, 13, 21, 59, tzinfo=UTC), datetime(2026, 7, 13, 22, tzinfo=UTC)
BOX = "<Id>85061999865</Id><Type>INSS</Type><Quality>NURSE</Quality>"
UNKNOWN = "<Source>INBOX</Source><MessageId>0000000000000</MessageId>"
# Each call with the status that it gets; {message} is what the box sent to itself.
CALLS = {
    "getBoxInfo": ("GetBoxInfoRequest", "", "100"),
    "getBoxInfo of a BoxId": ("GetBoxInfoRequest", f"<BoxId>{BOX}</BoxId>", "100"),
    "getMessageHistory": ("GetHistoryRequest", "<Source>INBOX</Source><MessageId>{message}</MessageId>", "100"),
    "getMessageHistory, refused": ("GetHistoryRequest", UNKNOWN, "841"),
    "getMessageAcknowledgmentsStatus": (
        "GetMessageAcknowledgmentsStatusRequest",
        "<MessageId>{message}</MessageId><StartIndex>1</StartIndex>",
        "100",
    ),
    "getOoOList": ("GetOoOListRequest", "", "100"),
    "getMessagesList": ("GetMessagesListRequest", "<Source>BININBOX</Source><StartIndex>1</StartIndex>", "100"),
    "getMessagesList, refused": (
        "GetMessagesListRequest",
        "<Source>INBOX</Source><StartIndex>2</StartIndex><EndIndex>1</EndIndex>",
        "842",
    ),
    "getAllEhboxesMessagesList": (
        "GetAllEhboxesMessagesListRequest",
        "<Source>BININBOX</Source><StartIndex>1</StartIndex>",
        "100",
    ),
    "getFullMessage, refused": ("GetFullMessageRequest", UNKNOWN, "841"),
    "deleteMessage of nothing": ("DeleteMessageRequest", UNKNOWN, "841"),
    "deleteOoO of nothing": ("DeleteOoORequest", "<OoOId>0000000000000</OoOId>", "848"),
}


def letter_to(box: Destination) -> str:
    """sendMessage of a DOCUMENT."""
    return send_message(Inline([box]))


def sent(door: Door, client: Client, box: Destination) -> str:
    """A letter to the box, and the MessageId that it gets."""
    return ask(door, publish(door, client, letter_to(box))).element.get("Id", "")


def call(door: Door, client: Client, content: str) -> str:
    """A call of the Consultation port, and the status it gets."""
    answer = door.send(consult(door, client, content))
    return connector40_reader.read(answer.status, dict(answer.headers), answer.body).code


def ended(door: Door, now: datetime) -> int:
    """How many places of messages an upkeep would empty for inactivity."""
    with door.house.store.begin(write=False) as transaction:
        return Upkeep(now, now, door.house.rules, door.house.chance).foresee(transaction).inactive


@pytest.mark.parametrize("name", CALLS)
def test_any_call_about_the_box_keeps_it_for_three_months(name: str, fresh: Fresh, people: Cast) -> None:
    """The letter stands in the nurse's INBOX and SENTBOX. Without the call both would go 3 months after it came."""
    request, content, status = CALLS[name]
    door = fresh({"usage.mode": "off" if "of" in name else "advise"})
    message = sent(door, people.nurse, NURSE_BOX)
    assert ended(door, STILL_ALIVE) == 2
    door.mailbox_clock.moment = LATE
    assert call(door, people.nurse, consultation(request, content.replace("{message}", message))) == status
    assert (ended(door, STILL_ALIVE), ended(door, SILENT)) == (0, 2)


def test_a_reading_call_is_activity_on_every_database(
    store: Store, database_url: str, fresh: Fresh, people: Cast
) -> None:
    """Of the day it is made on, though the call before it was kept a minute earlier."""
    door = fresh({"data.database": database_url})
    assembly.prepare(door.settings, door.clock, door.chance)
    sent(door, people.nurse, NURSE_BOX)
    for door.mailbox_clock.moment, left in ((LATE, 2), (NEXT, 0)):
        assert call(door, people.nurse, consultation("GetBoxInfoRequest")) == "100"
        assert ended(door, SILENT) == left


def test_an_826_is_activity_of_the_sender(fresh: Fresh, people: Cast) -> None:
    """Its answer is a warning: nothing is sent, but the sender called."""
    door = fresh()
    sent(door, people.nurse, NURSE_BOX)
    dates = "<StartDate>2026-04-01+02:00</StartDate><EndDate>2026-04-30+02:00</EndDate>"
    assert call(door, people.nurse, consultation("InsertOoORequest", dates)) == "100"
    door.mailbox_clock.moment = LATE
    answer = door.send(publish(door, people.nurse, letter_to(NURSE_BOX)))
    assert connector40_reader.read(answer.status, dict(answer.headers), answer.body).code == "826"
    assert (ended(door, STILL_ALIVE), ended(door, SILENT)) == (0, 2)


@pytest.mark.parametrize(
    ("request_of", "content", "left"),
    [
        ("GetBoxInfoRequest", "<BoxId><Id>93042799282</Id><Type>INSS</Type><Quality>MIDWIFE</Quality></BoxId>", 2),
        ("GetAllEhboxesMessagesListRequest", "<Source>SENTBOX</Source><StartIndex>1</StartIndex>", 0),
        # A BoxId that is not the caller's: the call is about no box.
        ("GetBoxInfoRequest", f"<BoxId>{BOX}</BoxId>", 4),
    ],
)
def test_a_call_is_activity_of_the_boxes_it_is_about(
    request_of: str, content: str, left: int, fresh: Fresh, people: Cast
) -> None:
    """Two boxes of one person, with a letter to themselves in each: INBOX and SENTBOX of each make four places."""
    door = fresh()
    designators = (f"{SSIN}:nurse:boolean", f"{SSIN}:ehealth:1.0:professional:midwife:boolean")
    two = door.person("93042799282", designators, "ec")
    for quality in ("NURSE", "MIDWIFE"):
        own = f"<BoxId><Id>93042799282</Id><Type>INSS</Type><Quality>{quality}</Quality></BoxId>"
        letter = letter_to(Destination("93042799282", "INSS", quality))
        ask(door, publish(door, two, letter.replace("<DestinationContext>", f"{own}<DestinationContext>", 1)))
    assert ended(door, STILL_ALIVE) == 4
    door.mailbox_clock.moment = LATE
    call(door, two, consultation(request_of, content))
    assert ended(door, STILL_ALIVE) == left
