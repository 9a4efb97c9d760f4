"""Clients page 1-100, 101-200, … until a page has fewer than 100 (wire.md, Answers)."""

from __future__ import annotations

from tests.clients.conftest import Open
from tests.clients.connector40 import Connector40
from tests.clients.letters import Destination, File, Letter
from tests.clients.medikit import Medikit
from tests.clients.story import letter
from tests.clients.talking import DOCTOR, Talk
from tests.clients.test_operations import READER, SENDER, talk

NOTE = File("A note", "note.txt", "text/plain", b"A note with spaces.")


def _fill(sender: Talk, reader: Talk, start: int, end: int) -> list[str]:
    """Notes with these numbers; their MessageIds, the last first."""
    found = []
    for number in range(start, end):
        note = Letter(f"page-{number}", [reader.box], NOTE, receipts=False)
        found.append(sender.ask("send_message", note).element.get("Id", ""))
    return found[::-1]


def _ids(reader: Talk, operation: str) -> list[list[str]]:
    return [[row.findtext("MessageId") or "" for row in page] for page in reader.pages(operation, "INBOX")]


def test_lists_of_99_100_and_101_messages(open_door: Open) -> None:
    """A full last page needs one more call, whose answer is 100 without rows (LIST-2); nothing comes twice."""
    door = open_door()
    sender, reader = (talk(door, Connector40, "ec", inss).identify(DOCTOR) for inss in (SENDER, READER))
    ids = _fill(sender, reader, 0, 99)
    assert _ids(reader, "get_messages_list") == [ids]
    ids = [*_fill(sender, reader, 99, 100), *ids]
    for operation in ("get_messages_list", "get_all_ehboxes_messages_list"):
        assert _ids(reader, operation) == [ids, []]
    ids = [*_fill(sender, reader, 100, 101), *ids]
    for operation in ("get_messages_list", "get_all_ehboxes_messages_list"):
        assert _ids(reader, operation) == [ids[:100], ids[100:]]


def test_acknowledgments_of_120_recipients(open_door: Open) -> None:
    """The same for the rows of getMessageAcknowledgmentsStatus; past the end it is 841 and no row, not an empty 100
    (F, wire.md 10)."""
    sender = talk(open_door(), Medikit, "rsa", SENDER).identify(DOCTOR)
    boxes = [Destination(f"{number:08d}", "NIHII", "DOCTOR") for number in range(10_000_000, 10_000_120)]
    sent = sender.ask("send_message", letter("many", *boxes)).element.get("Id", "")
    pages = list(sender.pages("get_message_acknowledgments_status", sent, row="AcknowledgmentsStatus/Row"))
    assert [len(page) for page in pages] == [100, 20]
    found = [row.findtext("Recipient/Id") for page in pages for row in page]
    assert found == [box.id for box in boxes]
    past = sender.tell("get_message_acknowledgments_status", sent, (121, 220))
    assert past.code == "841"
    assert past.element.find("AcknowledgmentsStatus") is None
