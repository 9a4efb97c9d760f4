"""The main way: a letter goes in, is listed and read, byte for byte, whichever layout it came in."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from lxml import etree

from tests.clients.connector40 import File, Letter
from tests.clients.connector40_reader import Answer, java_dom, read_assertion
from tests.door import CONSULTATION, PUBLICATION, STS, Client, Door
from tests.front.calls import ask, box_info, consult, consultation, post, publish, with_body, with_header
from tests.front.cast import DOCTOR, HOSPITAL, HOSPITAL_BOX, HOSPITAL_WITHOUT_SUBTYPE, NURSE, NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import NASTY, PLAIN, Inline, attached, econtract, send_message
from tests.security.builders import CERTIFIED, IDENTIFICATION, Call, Token
from tests.security.keys import INSS


def send(door: Door, client: Client, letter: Letter | Inline) -> str:
    """Sends it; its MessageId."""
    if isinstance(letter, Letter):
        request = client.connector.send_message(PUBLICATION, door.now, client.assertion, letter)
    else:
        request = publish(door, client, send_message(letter))
    return ask(door, request).element.get("Id", "")


def listed(door: Door, client: Client, source: str = "INBOX") -> list[etree._Element]:
    """The rows of a folder."""
    answer = ask(door, client.connector.get_messages_list(CONSULTATION, door.now, client.assertion, source))
    assert answer.element.findtext("Source") == source
    return answer.element.findall("Message")


def full(door: Door, client: Client, message_id: str, source: str = "INBOX") -> Answer:
    return ask(door, client.connector.get_full_message(CONSULTATION, door.now, client.assertion, message_id, source))


def contents(answer: Answer) -> list[tuple[str, str, bytes]]:
    """Of document and annexes: how it came, its file name, its octets."""
    found = []
    for each in answer.element.iterfind("Message/ContentContext/Content/*"):
        if each.tag not in ("Document", "Annex"):
            continue
        inline, reference = each.findtext("EncryptableTextContent"), each.findtext("EncryptableBinaryContent")
        data = answer.parts[(reference or "").removeprefix("cid:")] if inline is None else base64.b64decode(inline)
        found.append(("inline" if reference is None else "attached", each.findtext("DownloadFileName") or "", data))
    return found


def text(element: etree._Element, path: str) -> str | None:
    return element.findtext(path)


def values(element: etree._Element | None) -> dict[str, str | None]:
    assert element is not None
    return {str(child.tag): child.text for child in element}


@pytest.mark.smoke
def test_a_letter_goes_in_is_listed_and_read(fresh: Fresh, people: Cast) -> None:
    """A doctor sends to a nurse and a hospital, attached and inline; both list and read it; the doctor has it too."""
    door = fresh()
    boxes = [NURSE_BOX, HOSPITAL_BOX]
    letter = attached("smoke-1", boxes)
    first = send(door, people.doctor, letter)
    door.advance(minutes=1)
    second = send(door, people.doctor, Inline(boxes, annexes=[File("Second", "s.bin", "application/x", NASTY)]))
    for reader in (people.nurse, people.hospital):
        assert [row.findtext("MessageId") for row in listed(door, reader)] == [second, first], "newest first (LIST-1)"
        assert contents(full(door, reader, first)) == [
            ("attached", "verslag.pdf", NASTY),
            ("attached", "a.txt", PLAIN),
            ("attached", "b.xml", b"<a/>\r\n"),
        ]
        assert contents(full(door, reader, second)) == [("inline", "letter.txt", PLAIN), ("inline", "s.bin", NASTY)]
        assert ask(door, box_info(door, reader)).element.findtext("CurrentSize") != "0"
    assert [row.findtext("MessageId") for row in listed(door, people.doctor, "SENTBOX")] == [second, first]
    assert contents(full(door, people.doctor, first, "SENTBOX"))[0] == ("attached", "verslag.pdf", NASTY)
    receipts = listed(door, people.doctor)
    assert {row.findtext("ContentSpecification/ContentType") for row in receipts} == {"ACKNOWLEDGMENT"}
    size = sum(int(row.findtext("MessageInfo/Size") or 0) for row in receipts)
    told = ask(door, box_info(door, people.doctor)).element.findtext("CurrentSize")
    assert told == str(size), "receipts count, sent messages do not (BOX-9, ACK-3)"


def test_the_answer_to_sendmessage(fresh: Fresh, people: Cast) -> None:
    """PUB-10: Id, SentPublicationId, a Recipient per destination, in order, as the register has it (BOX-1)."""
    door = fresh()
    letter = attached("id-with-dash", [HOSPITAL_WITHOUT_SUBTYPE, NURSE_BOX])
    answer = ask(door, people.doctor.connector.send_message(PUBLICATION, door.now, people.doctor.assertion, letter))
    assert answer.element.get("SentPublicationId") == "id-with-dash"
    assert [values(each) for each in answer.element.iterfind("Recipient")] == [
        {"Id": HOSPITAL, "Type": "NIHII", "SubType": "HOSPITAL", "Quality": "HOSPITAL"},
        {"Id": NURSE, "Type": "INSS", "Quality": "NURSE"},
    ]


def test_a_publication_id_that_is_missing_is_made(fresh: Fresh, people: Cast) -> None:
    """M may leave it out (wire.md, Requests; PUB-2): two letters get two."""
    door = fresh()
    made = set()
    for _ in range(2):
        answer = ask(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX]))))
        made.add(answer.element.get("SentPublicationId"))
    assert len(made) == 2
    assert all(made)


def test_subtype_left_out_is_the_same_box(fresh: Fresh, people: Cast) -> None:
    """BOX-1: E and M address an organisation without it."""
    door = fresh()
    one = send(door, people.doctor, Inline([HOSPITAL_WITHOUT_SUBTYPE]))
    two = send(door, people.doctor, Inline([HOSPITAL_BOX]))
    assert {row.findtext("MessageId") for row in listed(door, people.hospital)} == {one, two}


def test_a_row_of_the_list(fresh: Fresh, people: Cast) -> None:
    """Everything that a list tells: sender (BOX-11), destination, dates of Brussels (LIFE-6), size (BOX-9)."""
    door = fresh()
    free = b"free <text> & more"
    message_id = send(door, people.doctor, attached("row", [NURSE_BOX]))
    (row,) = listed(door, people.nurse)
    assert row.findtext("MessageId") == message_id
    assert values(row.find("Destination")) == {"Id": NURSE, "Type": "INSS", "Quality": "NURSE"}
    assert values(row.find("Sender")) == {
        "Id": DOCTOR,
        "Type": "INSS",
        "Quality": "DOCTOR",
        "Name": "Voorbeeld",
        "FirstName": "Dora",
    }
    size = len(NASTY) + len(PLAIN) + len(b"<a/>\r\n") + len("Annex één".encode()) + len(b"Annex 2") + len(free)
    assert values(row.find("MessageInfo")) == {
        "PublicationDate": "2026-01-15+01:00",
        "ExpirationDate": "2027-01-15+01:00",
        "Size": str(size),
    }
    assert values(row.find("ContentInfo")) == {
        "Title": "Verslag Hélène & zoon",
        "MimeType": "application/pdf",
        "HasFreeInformations": "true",
        "HasAnnex": "true",
    }
    assert values(row.find("ContentSpecification")) == {
        "ApplicationName": "h2 harness",
        "ContentType": "DOCUMENT",
        "IsImportant": "true",
        "IsEncrypted": "false",
    }
    assert values(row.find("CustomMeta")) == {"Key": "CM-AuthorID", "Value": "19990116004"}


def test_a_full_message(fresh: Fresh, people: Cast) -> None:
    """FULL-1 and PUB-7: what was sent beside the contents comes back as it was."""
    door = fresh()
    message_id = send(door, people.doctor, attached("full", [NURSE_BOX, HOSPITAL_BOX]))
    answer = full(door, people.nurse, message_id)
    message = answer.element.find("Message")
    assert message is not None
    assert message.get("MessageId") == message_id
    assert message.findtext("PublicationId") == "full"
    assert text(message, "ContentContext/Content/Document/Title") == "Verslag Hélène & zoon"
    assert text(message, "ContentContext/Content/Document/MimeType") == "application/pdf"
    sent = text(message, "ContentContext/Content/FreeInformations/EncryptableFreeText")
    assert base64.b64decode(sent or "") == b"free <text> & more"
    titles = [each.text or "" for each in message.iter("EncryptableTitle")]
    assert [base64.b64decode(each).decode() for each in titles] == ["Annex één", "Annex 2"]
    assert text(message, "ContentContext/CustomMeta/Value") == "19990116004"
    destinations = [values(each) for each in message.iterfind("DestinationContext")]
    assert [each["Id"] for each in destinations] == [NURSE, HOSPITAL]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_the_parts_is_arbitrary(order: tuple[int, ...], fresh: Fresh, people: Cast) -> None:
    """wire.md, Requests: parts are found by id, the text/xml annex is no root."""
    door = fresh()
    message_id = send(door, people.doctor, attached("order", [NURSE_BOX], part_order=order))
    assert [data for _, _, data in contents(full(door, people.nurse, message_id))] == [NASTY, PLAIN, b"<a/>\r\n"]


def test_the_root_may_come_last(fresh: Fresh, people: Cast) -> None:
    """No client says `start`; an attachment of type text/xml before the envelope must not be taken for it."""
    door = fresh()
    letter = attached("last", [NURSE_BOX])
    request = people.doctor.connector.send_message(PUBLICATION, door.now, people.doctor.assertion, letter)
    mark = b"--" + people.doctor.connector.boundary.encode() + b"\r\n"
    empty, root, *parts, last = request.body.split(mark)
    last = last.removesuffix(b"--" + people.doctor.connector.boundary.encode() + b"--")
    body = mark.join([empty, last, *parts, root]).removesuffix(b"\r\n") + b"\r\n" + mark[:-2] + b"--"
    message_id = ask(door, replace(request, body=body)).element.get("Id", "")
    assert [data for _, _, data in contents(full(door, people.nurse, message_id))] == [NASTY, PLAIN, b"<a/>\r\n"]


def test_a_reference_may_be_percent_encoded(fresh: Fresh, people: Cast) -> None:
    """cid:id%40host stands for the part id@host (wire.md, Requests)."""
    door = fresh()
    letter = Inline([NURSE_BOX], references=["a%2Bb%40ehealth.fgov.be"], document=File("T", "t", "text/plain", NASTY))
    signed = people.doctor.connector.secured(send_message(letter), door.now, people.doctor.assertion)
    body = b"--b\r\nContent-Type: text/xml\r\n\r\n" + signed
    body += b"\r\n--b\r\nContent-ID: a+b@ehealth.fgov.be\r\n\r\n" + NASTY + b"\r\n--b--"
    answer = ask(door, post(PUBLICATION, body, 'multipart/related; type="text/xml"; boundary=b'))
    message_id = answer.element.get("Id", "")
    assert contents(full(door, people.nurse, message_id)) == [("attached", "t", NASTY)]


def test_lines_of_a_wrapped_base64_content(fresh: Fresh, people: Cast) -> None:
    """Java breaks base64 into lines that end in CR LF."""
    door = fresh()
    flat = base64.b64encode(PLAIN).decode()
    element = send_message(Inline([NURSE_BOX])).replace(flat, f"{flat[:20]}&#13;\n{flat[20:]}&#13;\n")
    message_id = ask(door, publish(door, people.doctor, element)).element.get("Id", "")
    assert contents(full(door, people.nurse, message_id)) == [("inline", "letter.txt", PLAIN)]


def test_e_contracts_layout(fresh_foreign: Fresh) -> None:
    """E: other prefixes, a default xmlns on the Body, brackets, InclusiveNamespaces, SOAPAction ""; its own STS."""
    door = fresh_foreign()
    nurse = Token(
        id="_nurse",
        attributes=(
            (IDENTIFICATION, "urn:be:fgov:person:ssin", NURSE),
            (CERTIFIED, "urn:be:fgov:person:ssin:nurse:boolean", "true"),
        ),
    )
    letter = Inline(
        [NURSE_BOX],
        references=["1@x", "2@x"],
        annexes=[File("A", "a", "text/plain", PLAIN)],
        document=File("T", "t", "text/plain", NASTY),
        publication_id="8b4b18e-4a18",
    )
    request = econtract(Call(content=send_message(letter)), [("2@x", PLAIN), ("1@x", NASTY)])
    message_id = ask(door, request).element.get("Id", "")
    content = consultation("GetFullMessageRequest", f"<Source>INBOX</Source><MessageId>{message_id}</MessageId>")
    answer = ask(
        door,
        with_header(replace(econtract(Call(content=content, token=nurse), []), path=CONSULTATION), "SOAPAction", ""),
    )
    assert contents(answer) == [("attached", "t", NASTY), ("attached", "a", PLAIN)]
    assert values(answer.element.find("Sender"))["Id"] == INSS


def test_the_assertion_survives_a_java_dom(fresh: Fresh, people: Cast) -> None:
    """C parses the STS's answer and writes it anew; its signature must hold in the next call."""
    door = fresh()
    doctor = people.doctor
    name = "urn:be:fgov:person:ssin"
    request = doctor.connector.request_secure_token(
        STS, door.now, [(name, DOCTOR)], [(name, IDENTIFICATION), (f"{name}:doctor:boolean", CERTIFIED)]
    )
    answer = door.send(request)
    assertion = read_assertion(answer.status, dict(answer.headers), answer.body)
    assert java_dom(etree.fromstring(assertion)) == assertion
    ask(door, box_info(door, replace(doctor, assertion=assertion)))


def test_two_clocks(fresh: Fresh, people: Cast) -> None:
    """Security runs on true time, the mailbox on its own: a shifted mailbox dates its messages and still lets in."""
    door = fresh()
    door.mailbox_clock.advance(days=400)
    send(door, people.doctor, Inline([NURSE_BOX]))
    (row,) = listed(door, people.nurse)
    assert row.findtext("MessageInfo/PublicationDate") == "2027-02-19+01:00"


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="UTF-8"?>\n', b"<?xml version='1.0'?><!-- c --><?p i?>\n"],
)
def test_a_declaration_a_byte_order_mark_and_comments_before_the_envelope(
    before: bytes, door: Door, people: Cast
) -> None:
    request = box_info(door, people.doctor)
    ask(door, replace(request, body=before + request.body))


def test_us_ascii_is_utf_8(door: Door, people: Cast) -> None:
    request = box_info(door, people.doctor)
    ask(door, with_header(request, "Content-Type", 'text/xml;charset="US-ASCII"'))


def test_comments_do_not_split_what_was_signed(door: Door, people: Cast) -> None:
    """A comment put into signed text after the signing changes nothing: neither the signature nor the value."""
    content = consultation(
        "GetBoxInfoRequest", f"<BoxId><Id>{DOCTOR}</Id><Type>INSS</Type><Quality>DOCTOR</Quality></BoxId>"
    )
    split = DOCTOR.encode()[:4] + b"<!-- x -->" + DOCTOR.encode()[4:]
    request = with_body(consult(door, people.doctor, content), b"<Id>" + DOCTOR.encode(), b"<Id>" + split)
    assert ask(door, request).element.findtext("BoxId/Id") == DOCTOR
