"""Everything that a client does with its mailbox, in one go: all twelve operations, each answer looked at.

Knows: rules.md. Must not know: which client it is, how the server is reached. The boxes may hold other things before.
"""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tests.clients.letters import Destination, File, Letter
from tests.clients.talking import Talk, contents, message_ids

DOCUMENT = File("Verslag é & <x>", "verslag.pdf", "application/pdf", b"%PDF-1.4\r\n\x00\xff\r\n" + bytes(range(256)))
ANNEX = File("bijlage één", "a.txt", "plain/text", "Text with spaces — één.\r\n".encode())
HOSPITAL = Destination("71990133", "NIHII", "HOSPITAL", "HOSPITAL")


def letter(name: str, *to: Destination, ooo_processed: bool = False) -> Letter:
    """A DOCUMENT with an annex, all receipts asked for."""
    free, author = "vrije tekst ë", "19990116004"
    return Letter(name, to, DOCUMENT, [ANNEX], free_text=free, author=author, ooo_processed=ooo_processed)


def everything(sender: Talk, reader: Talk, name: str) -> None:
    """`name`, 11 characters at most, begins PublicationIds that nobody used."""
    sent = _sent_and_read(sender, reader, name)
    _receipts(sender, sent)
    _put_away(sender, reader, sent)
    _news(sender, reader, f"{name}-3")
    _out_of_office(sender, reader, name)


def _sent_and_read(sender: Talk, reader: Talk, name: str) -> str:
    """sendMessage, getBoxInfo, the lists, getFullMessage, getMessageHistory."""
    before = _size(reader)
    answer = sender.ask("send_message", letter(f"{name}-1", reader.box, HOSPITAL))
    sent = answer.element.get("Id", "")
    recipients = [[each.text for each in recipient] for recipient in answer.element.iterfind("Recipient")]
    assert recipients == [[reader.number, "INSS", "DOCTOR"], ["71990133", "NIHII", "HOSPITAL", "HOSPITAL"]], (
        "PUB-10: a Recipient per destination, as the register has it, though E and M left SubType out"
    )
    assert _size(reader) - before >= len(DOCUMENT.data) + len(ANNEX.data), "BOX-9"
    for operation in ("get_messages_list", "get_all_ehboxes_messages_list"):
        (row,) = [
            each
            for each in reader.ask(operation, "INBOX", (1, 100)).element.iterfind("Message")
            if each.findtext("MessageId") == sent
        ]
        assert row.findtext("ContentInfo/Title") == DOCUMENT.title
        assert row.findtext("ContentInfo/HasAnnex") == "true"
        assert row.findtext("Sender/Id") == sender.number
    full = reader.ask("get_full_message", sent)
    kept = "inline" if sender.model.style.inline_document else "attached"
    expected = [(kept, DOCUMENT.name, DOCUMENT.data), ("attached", ANNEX.name, ANNEX.data)]
    assert contents(full) == expected, "FULL-1: what came inline goes out inline, what came attached attached"
    assert message_ids(reader.ask("get_message_history", sent)) == [sent], "HIST-1"
    assert contents(sender.ask("get_full_message", sent, "SENTBOX")) == expected
    return sent


def _size(talk: Talk) -> int:
    return int(talk.ask("get_box_info").element.findtext("CurrentSize") or "")


def _receipts(sender: Talk, sent: str) -> None:
    """getMessageAcknowledgmentsStatus, and the ACKNOWLEDGMENT messages themselves (ACK-2, ACK-3)."""
    first, second = sender.ask("get_message_acknowledgments_status", sent, (1, 100)).element.iter("Row")
    assert [each.tag for each in first] == ["Recipient", "Published", "Received", "Read"]
    assert [each.tag for each in second] == ["Recipient", "Published"]
    rows = sender.ask("get_messages_list", "INBOX", (1, 100)).element.findall("Message")
    kinds = {row.findtext("ContentSpecification/ContentType") for row in rows}
    assert "ACKNOWLEDGMENT" in kinds
    found = []
    for row in rows[:4]:
        full = sender.ask("get_full_message", row.findtext("MessageId")).element
        content = full.find("Message/ContentContext/Content")
        assert content is not None
        assert content.findtext("Acknowledgment/MessageId") == sent
        found.append(content.findtext("Acknowledgment/AckType") or "")
    assert sorted(found) == ["PUBLISHED", "PUBLISHED", "READ", "RECEIVED"]
    assert message_ids(sender.ask("delete_message", "INBOX", [row.findtext("MessageId") for row in rows[:4]])) == []


def _put_away(sender: Talk, reader: Talk, sent: str) -> None:
    """moveMessage, deleteMessage, with what cannot be moved or deleted."""
    assert message_ids(reader.ask("move_message", "INBOX", "BININBOX", [sent])) == []
    assert sent in message_ids(reader.ask("get_messages_list", "BININBOX", (1, 100)))
    refused = reader.tell("move_message", "INBOX", "BININBOX", [sent])
    assert (refused.code, message_ids(refused)) == ("841", [sent]), "MOVE-2"
    assert message_ids(reader.ask("delete_message", "BININBOX", [sent])) == []
    refused = reader.tell("delete_message", "BININBOX", [sent])
    assert (refused.code, message_ids(refused)) == ("841", [sent]), "DEL-1"
    assert reader.tell("get_full_message", sent).code == "841"
    assert sent in message_ids(sender.ask("get_messages_list", "SENTBOX", (1, 100))), "DEL-2"


def _news(sender: Talk, reader: Talk, name: str) -> None:
    """PUB-11: a second version takes the place of the first, which stays in HISTORY."""
    document = File("Nieuws", "nieuws.txt", "text/plain", b"News with spaces.")
    news = Letter(name, [reader.box], document, content_type="NEWS", receipts=False)
    first, second = (sender.ask("send_message", news).element.get("Id", "") for _ in range(2))
    listed = message_ids(reader.ask("get_messages_list", "INBOX", (1, 100)))
    assert second in listed
    assert first not in listed
    assert message_ids(reader.ask("get_message_history", second)) == [second, first]
    assert contents(reader.ask("get_full_message", first, "HISTORY"))[0][2] == document.data


def _out_of_office(sender: Talk, reader: Talk, name: str) -> None:
    """insertOoO, getOoOList, deleteOoO, and PUB-9 between them."""
    start = reader.line.now.astimezone(ZoneInfo("Europe/Brussels")).date()
    end = start + timedelta(days=3)
    ooo_id = reader.ask("insert_ooo", start, end, [sender.box]).element.get("Id", "")
    (period,) = reader.ask("get_ooo_list").element.iterfind("OoO")
    assert period.findtext("OoOId") == ooo_id, "OOO-2: the answer's Id is the OoOId"
    assert [_date(period.findtext(tag)) for tag in ("StartDate", "EndDate")] == [start, end]
    warned = sender.tell("send_message", letter(f"{name}-2", reader.box))
    assert warned.code == "826"
    (recipient,) = warned.element.iterfind("Recipient")
    assert [_date(recipient.findtext(tag)) for tag in ("AbsentFrom", "AbsentTo")] == [start, end]
    assert recipient.findtext("Substitute/Id") == sender.number
    sent = sender.ask("send_message", letter(f"{name}-2", reader.box, ooo_processed=True)).element.get("Id", "")
    assert sent in message_ids(reader.ask("get_messages_list", "INBOX", (1, 100)))
    assert reader.ask("delete_ooo", [ooo_id]).element.find("OoOId") is None
    assert reader.ask("get_ooo_list").element.find("OoO") is None, "OOO-3: none: Status only"


def _date(text: str | None) -> date:
    """An xs:date, its zone left away."""
    return date.fromisoformat((text or "")[:10])
