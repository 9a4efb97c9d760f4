"""Shapes and fields on elements that no schema has checked: a fault that names the element, never an error of ours."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ehbox_soap.ids import SeededChance
from ehbox_soap.wire import codec, content, simple, xml
from ehbox_soap.wire import types as t
from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.elements import Shape
from tests.wire.checks import CANARY, refused

PUB = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"
ADDRESS = "<Id>1</Id><Type>INSS</Type><Quality>NURSE</Quality>"


@pytest.mark.parametrize(
    ("shape", "document", "reason"),
    [
        (simple.BOOLEAN, f"<IsImportant>{CANARY}</IsImportant>", "IsImportant: not a valid boolean"),
        (simple.BOOLEAN, "<IsImportant/>", "IsImportant: not a valid boolean"),
        (simple.FALSE, "<IsImportant> </IsImportant>", "IsImportant: not a valid boolean"),
        (
            simple.BASE64,
            f"<EncryptableTitle>{CANARY}!</EncryptableTitle>",
            "EncryptableTitle: not a valid base64Binary",
        ),
        (simple.DATE, "<StartDate>2026-02-30</StartDate>", "StartDate: not a valid date"),
        (simple.DATE, "<StartDate>20260228</StartDate>", "StartDate: not a valid date"),
        (simple.MOMENT, f"<Read>{CANARY}</Read>", "Read: not a valid dateTime"),
        (simple.MOMENT, "<Read>0001-01-01T00:00:00+14:00</Read>", "Read: not a valid dateTime"),
        (simple.INTEGER, "<Size>٣</Size>", "Size: not a valid int"),
        (simple.CONTENT_TYPE, f"<ContentType>{CANARY}</ContentType>", "ContentType: not a valid ContentType"),
        # Python's white space is more than XML's.
        (simple.BOOLEAN, "<IsImportant>\xa0true</IsImportant>", "IsImportant: not a valid boolean"),
        (simple.INTEGER, "<Size>\xa07</Size>", "Size: not a valid int"),
        (simple.DATE, "<StartDate>2026-02-28\xa0</StartDate>", "StartDate: not a valid date"),
        (simple.MOMENT, "<Read>\xa02026-02-28T10:00:00Z</Read>", "Read: not a valid dateTime"),
        # What no white space is stays, whatever letter it is.
        (simple.BOOLEAN, "<IsImportant>Xtrue</IsImportant>", "IsImportant: not a valid boolean"),
        (simple.DATE, "<StartDate>2026-02-28X</StartDate>", "StartDate: not a valid date"),
        (content.USER, '<User FirstName="a">1</User>', "LastName: missing attribute"),
        (content.USER, '<User LastName="a">1</User>', "FirstName: missing attribute"),
        (content.FREE_INFORMATIONS, f"<FreeInformations><{CANARY}/></FreeInformations>", "FreeInformations: missing"),
        (
            content.FREE_INFORMATIONS,
            "<F><EncryptableOldFreeInformation>YQ==</EncryptableOldFreeInformation></F>",
            "Render: missing attribute",
        ),
        (content.FREE_INFORMATIONS, "<F><Table><Row/></Table></F>", "EncryptableLeftCell: missing element"),
    ],
)
def test_what_a_shape_cannot_read(shape: Shape[Any], document: str, reason: str) -> None:
    with refused("SOA-03006", reason):
        shape.read(xml.parse(document.encode()), Parts({}))


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("", "ContentContext: missing element"),
        ("<ContentContext/>", "Content: missing element"),
        ("<ContentContext><Content/></ContentContext>", "Document: missing element"),
        (
            "<ContentContext><Content><Document><Title/></Document></Content></ContentContext>",
            "EncryptableBinaryContent or EncryptableTextContent: missing element",
        ),
    ],
)
def test_what_a_record_does_not_find(inner: str, reason: str) -> None:
    document = f'<p:SendMessageRequest xmlns:p="{PUB}"><DestinationContext>{ADDRESS}</DestinationContext>{inner}'
    with refused("SOA-03006", reason):
        codec.decode_request(xml.parse(f"{document}</p:SendMessageRequest>".encode()), {})


def test_a_value_in_none_of_its_forms_is_a_mistake_of_ours() -> None:
    element = etree.Element("FreeInformations")
    with pytest.raises(ValueError, match="FreeInformations: the value has none of its forms"):
        content.FREE_INFORMATIONS.write(element, t.Meta("m", ()), Attachments(SeededChance()))


@pytest.mark.parametrize("cells", [(b"a",), (b"a", b"b", b"c")])
def test_a_row_has_two_cells(cells: Any) -> None:
    with pytest.raises(ValueError, match="zip"):
        content.Cells().write(etree.Element("Row"), cells, Attachments(SeededChance()))


def test_what_has_to_be_written_is_not_none() -> None:
    answer = t.GetHistoryResponse(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Status has to be written"):
        codec.encode_answer(answer, SeededChance())
