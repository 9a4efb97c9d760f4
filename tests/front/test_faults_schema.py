"""XSD faults (SOA-03006): element, rule, limit and line are told; a value is told by its length and never quoted."""

from __future__ import annotations

import re

import pytest

from tests.door import Door
from tests.front.calls import consult, consultation, fault, publish
from tests.front.cast import DOCTOR, NURSE_BOX, Cast
from tests.front.letters import Inline, send_message

# 13 characters, so that it breaks only what it is meant to break.
CANARY = "Ca-nary-Value"


def violation(door: Door, people: Cast, element: str) -> str:
    """Why a well signed element breaks the schema, its own first line counted as 1; nothing of it may be quoted."""
    request = (publish if "SendMessage" in element else consult)(door, people.doctor, element)
    found = fault(door, request)
    assert found.code == "SOA-03006"
    assert CANARY.encode() not in found.octets
    assert DOCTOR.encode() not in found.octets
    reason = re.fullmatch(r"(.*) \(line ([0-9]+)\)", found.reason)
    assert reason, found.reason
    before = request.body[: request.body.index(element.encode())].count(b"\n")
    return f"{reason[1]} (line {int(reason[2]) - before})"


def box(content: str) -> str:
    return consultation("GetBoxInfoRequest", f"<BoxId>{content}</BoxId>")


FOLDERS = "INBOX, SENTBOX, BININBOX, BINSENTBOX"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "GetMessagesListRequest",
            f"<Source>{CANARY}</Source>",
            f"Source: enumeration {FOLDERS}; value of 13 characters (line 1)",
        ),
        (
            "GetFullMessageRequest",
            f"<Source>INBOX</Source><MessageId>{CANARY}</MessageId>",
            "MessageId: pattern [a-zA-Z0-9]{13}; value of 13 characters (line 1)",
        ),
        (
            "GetFullMessageRequest",
            f"<Source>INBOX</Source>\n<MessageId>{CANARY}x</MessageId>",
            "MessageId: length 13; value of 14 characters (line 2)",
        ),
        (
            "DeleteOoORequest",
            f"<OoOId>{CANARY}x</OoOId>",
            "OoOId: maxLength 13; value of 14 characters (line 1)",
        ),
        ("DeleteOoORequest", "<OoOId/>", "OoOId: minLength 1; value of 0 characters (line 1)"),
        (
            "GetMessagesListRequest",
            f"<Source/><StartIndex>{CANARY}</StartIndex>",
            "StartIndex: datatype; value of 13 characters (line 1)",
        ),
        (
            "GetMessagesListRequest",
            "<Source/><StartIndex>1</StartIndex><EndIndex>0</EndIndex>",
            "EndIndex: minInclusive 1; value of 1 characters (line 1)",
        ),
        (
            "InsertOoORequest",
            f"<StartDate>{CANARY}</StartDate><EndDate>2026-01-20Z</EndDate>",
            "StartDate: datatype xs:date; value of 13 characters (line 1)",
        ),
        ("GetMessagesListRequest", "", "GetMessagesListRequest: missing element expected BoxId, Source (line 1)"),
        (
            "GetFullMessageRequest",
            "<Source>INBOX</Source>",
            "GetFullMessageRequest: missing element expected MessageId (line 1)",
        ),
        (
            "GetFullMessageRequest",
            "\n<MessageId>abcDEF0123456</MessageId><Source>INBOX</Source>",
            "MessageId: unexpected element expected BoxId, Source (line 2)",
        ),
        (
            "GetMessagesListRequest",
            f"<Source/><{CANARY}/>",
            "(name of 13 characters): unexpected element expected StartIndex, EndIndex (line 1)",
        ),
        (
            "GetMessagesListRequest",
            f'<Source a="{CANARY}"/>',
            "Source/@(name of 1 characters): unexpected attribute (line 1)",
        ),
        (
            "GetMessagesListRequest",
            f"<Source/>{CANARY}",
            "GetMessagesListRequest: text between elements (line 1)",
        ),
        (
            "GetMessagesListRequest",
            f"<Source><{CANARY}/></Source>",
            "Source: elements where only text may be (line 1)",
        ),
    ],
)
def test_a_consultation_that_breaks_the_schema(name: str, content: str, reason: str, door: Door, people: Cast) -> None:
    assert violation(door, people, consultation(name, content)) == reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            ' PublicationId="',
            f' PublicationId="{CANARY}x',
            "SendMessageRequest/@PublicationId: maxLength 13; value of 15 characters (line 1)",
        ),
        (
            "<Title>Inline</Title>",
            "<Title/>",
            "ContentContext/Content/Document/Title: minLength 1; value of 0 characters (line 1)",
        ),
        (
            "<Title>Inline</Title>",
            f"<Title>{CANARY * 31}</Title>",
            "ContentContext/Content/Document/Title: maxLength 400; value of 403 characters (line 1)",
        ),
        (
            "<IsImportant>false",
            f"<IsImportant>{CANARY}",
            "ContentContext/ContentSpecification/IsImportant: datatype xs:boolean; value of 13 characters (line 1)",
        ),
        (
            "<ContentType>DOCUMENT",
            f"<ContentType>{CANARY}",
            "ContentContext/ContentSpecification/ContentType: enumeration DOCUMENT, NEWS, ACKNOWLEDGMENT, ERROR;"
            " value of 13 characters (line 1)",
        ),
        (
            "<DestinationContext>",
            f"<DestinationContext><Id>{CANARY}</Id><Type>INSS</Type><Quality>NURSE</Quality></DestinationContext>\n"
            f"<DestinationContext><Id>{CANARY}</Id><Quality>NURSE</Quality></DestinationContext><DestinationContext>",
            "DestinationContext[2]/Quality: unexpected element expected Type (line 2)",
        ),
        (
            "</Quality></DestinationContext>",
            f'</Quality><User FirstName="{CANARY}">{DOCTOR}</User></DestinationContext>',
            "DestinationContext/User: missing attribute LastName (line 1)",
        ),
        (
            "</Quality></DestinationContext>",
            f'</Quality><User FirstName="{CANARY * 8}" LastName="x">{DOCTOR}</User></DestinationContext>',
            "DestinationContext/User/@FirstName: maxLength 100; value of 104 characters (line 1)",
        ),
        (
            "</Quality></DestinationContext>",
            f'</Quality><User FirstName="{CANARY}" LastName="x">{CANARY}</User></DestinationContext>',
            "DestinationContext/User: length 11; value of 13 characters (line 1)",
        ),
        (
            "</Document>",
            f"</Document><FreeInformations><EncryptableFreeText>{CANARY}</EncryptableFreeText></FreeInformations>",
            "ContentContext/Content/FreeInformations/EncryptableFreeText: datatype xs:base64Binary;"
            " value of 13 characters (line 1)",
        ),
        (
            "</ContentSpecification>",
            "</ContentSpecification>" + f"<CustomMeta><Key>k</Key><Value>{CANARY}</Value></CustomMeta>" * 101,
            "ContentContext/CustomMeta[101]: unexpected element (line 1)",
        ),
        (
            "</ContentSpecification>",
            f"</ContentSpecification><CustomMeta><Key>{CANARY}</Key></CustomMeta>",
            "ContentContext/CustomMeta: missing element expected Value (line 1)",
        ),
    ],
)
def test_a_publication_that_breaks_the_schema(old: str, new: str, reason: str, door: Door, people: Cast) -> None:
    element = send_message(Inline([NURSE_BOX], publication_id="x"))
    assert old in element
    assert violation(door, people, element.replace(old, new, 1)) == reason


def test_a_missing_document(door: Door, people: Cast) -> None:
    element = send_message(Inline([NURSE_BOX]))
    start, end = element.index("<Document>"), element.index("</Document>") + len("</Document>")
    found = violation(door, people, element[:start] + element[end:])
    assert found == "ContentContext/Content: missing element expected Document (line 1)"


@pytest.mark.parametrize("attribute", ["href", "id"])
def test_href_and_id_copy_nothing(attribute: str, door: Door, people: Cast) -> None:
    """Stock Spyne copies the element that an href names, wherever it is: a signature-wrapping hole."""
    element = consultation("GetMessagesListRequest", f'<Source {attribute}="#{CANARY}"/>')
    found = violation(door, people, element)
    assert found == f"Source/@(name of {len(attribute)} characters): unexpected attribute (line 1)"


def test_an_xsi_type_does_not_change_the_type(door: Door, people: Cast) -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    for attribute in (f'xsi:type="xs:{CANARY}"', 'xsi:type="xs:string"', 'xsi:nil="true"'):
        found = violation(door, people, consultation("GetMessagesListRequest", f"<Source {xsi} {attribute}/>"))
        assert found.startswith("Source")
        assert found.endswith("(line 1)")


def test_the_sub_elements_are_unqualified(door: Door, people: Cast) -> None:
    """elementFormDefault is unqualified: a default xmlns renames every child."""
    element = consultation("GetMessagesListRequest", "<c:Source>INBOX</c:Source>")
    found = violation(door, people, element)
    assert found == "Source in a namespace: unexpected element expected BoxId, Source (line 1)"


def test_only_the_first_of_several_is_told_and_every_call_is_judged_by_itself(door: Door, people: Cast) -> None:
    """An error log that outlives its call would tell one caller about another's."""
    first = violation(door, people, consultation("GetMessagesListRequest", f"<Source>{CANARY}</Source><x/>"))
    second = violation(door, people, consultation("GetFullMessageRequest", "<Source>INBOX</Source>"))
    assert first.startswith("Source: enumeration")
    assert second.startswith("GetFullMessageRequest: missing element")


def test_a_box_id_of_another_shape(door: Door, people: Cast) -> None:
    found = violation(door, people, box("<Type>INSS</Type>"))
    assert found == "BoxId/Type: unexpected element expected Id (line 1)"
