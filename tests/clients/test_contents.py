"""Contents that clients treat in a way of their own."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from tests.clients.conftest import Open
from tests.clients.connector40 import Connector3, Connector40, Connector42, shown
from tests.clients.connector40_reader import Broken
from tests.clients.letters import Destination, File
from tests.clients.medikit import Medikit
from tests.clients.story import letter
from tests.clients.talking import DOCTOR, contents
from tests.clients.test_operations import READER, SENDER, talk


def test_the_connector_decodes_what_looks_like_base64(open_door: Open) -> None:
    """wire.md, Answers: it decodes any inline text that looks so. The server keeps the octets; tests use spaces."""
    door = open_door()
    sender, reader = (talk(door, Connector42, "ec", inss).identify(DOCTOR) for inss in (SENDER, READER))
    for number, (text, seen) in enumerate([(b"Text with spaces", b"Text with spaces"), (b"abcd", b"i\xb7\x1d")]):
        own = replace(letter(f"trap-{number}", reader.box), document=File("t", "t.txt", "text/plain", text), annexes=())
        sent = sender.ask("send_message", own).element.get("Id", "")
        ((_, _, octets),) = contents(reader.ask("get_full_message", sent))
        assert octets == text
        assert shown(octets) == seen


def test_receipts_and_errors_do_not_look_like_base64(open_door: Open) -> None:
    """ACK-3: what the server writes itself is read by the connector as it stands."""
    door = open_door({"mailbox.system_name": "eHealth"})
    sender, reader = (talk(door, Connector40, "ec", inss).identify(DOCTOR) for inss in (SENDER, READER))
    sender.ask("send_message", letter("receipts", reader.box))
    reader.ask("get_messages_list")
    rows = sender.ask("get_messages_list").element.findall("Message")
    assert len(rows) == 2
    for row in rows:
        ((how, _, octets),) = contents(sender.ask("get_full_message", row.findtext("MessageId")))
        assert (how, shown(octets)) == ("inline", octets)
        assert b" " in octets


@pytest.mark.parametrize("kind", [Connector3, Medikit])
def test_a_mime_type_may_be_nonsense_and_a_name_of_any_language(kind: type[Connector3], open_door: Open) -> None:
    """wire.md, Requests: e.g. plain/text; it comes back as it was."""
    sender = talk(open_door(), kind, "rsa", SENDER).identify(DOCTOR)
    document = File("Ω & <é>", "Bericht – één.txt", "plain/text", b"\xff\xfe with spaces")
    own = replace(letter("odd", Destination(SENDER, "INSS", "DOCTOR")), document=document, annexes=[document])
    full = sender.ask("get_full_message", sender.ask("send_message", own).element.get("Id", ""))
    for each in full.element.iter("Document", "Annex"):
        told = each.findtext("Title") or base64.b64decode(each.findtext("EncryptableTitle") or "").decode()
        assert (told, each.findtext("DownloadFileName"), each.findtext("MimeType")) == (
            document.title,
            document.name,
            document.mime_type,
        )


def test_an_attachment_that_is_lost_on_the_way_is_noticed_by_the_model(open_door: Open) -> None:
    """wire.md 7: the connector itself would hand on no content, without any error."""
    door = open_door()
    sender = talk(door, Connector40, "ec", SENDER).identify(DOCTOR)
    sent = sender.ask("send_message", letter("lost", sender.box)).element.get("Id", "")
    status, headers, body = sender.line.post(sender.request("get_full_message", sent))
    mark = b"--" + headers["Content-Type"].split('boundary="')[1].partition('"')[0].encode()
    before, root, _, annex, end = body.split(mark)
    with pytest.raises(Broken, match="a cid: without its part"):
        sender.model.read(status, headers, mark.join((before, root, annex, end)))
