"""Operations from the WSDL, and validation: the schema's verdict, nothing of the document told, the tree untouched."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ehbox_soap import clock, resources
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import SeededChance
from ehbox_soap.wire import codec, contract, xml
from ehbox_soap.wire import types as t
from ehbox_soap.wire.contract import Contract, ContractBroken, Port
from tests.wire.checks import CANARY, GENERATED, refused
from tests.wire.test_base64text import lexical

CONTRACT = Contract.load("ehealthbox")
PUB = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"
CONS = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"


def send(binary: str = "aGVsbG8=", title: str = "YQ==", old: str = "YQ==") -> etree._Element:
    """A sendMessage request with base64 in three elements of different kinds."""
    return xml.parse(
        f'<p:SendMessageRequest xmlns:p="{PUB}">'
        "<DestinationContext><Id>1</Id><Type>INSS</Type><Quality>NURSE</Quality></DestinationContext>"
        f"<ContentContext><Content><Document><Title>t</Title><EncryptableTextContent>{binary}</EncryptableTextContent>"
        "<DownloadFileName>f</DownloadFileName><MimeType>m</MimeType><Digest>d</Digest></Document>"
        f'<FreeInformations><EncryptableOldFreeInformation Render="r">{old}</EncryptableOldFreeInformation>'
        f"</FreeInformations><Annex><EncryptableTitle>{title}</EncryptableTitle>"
        "<EncryptableTextContent/><DownloadFileName>f</DownloadFileName><MimeType>m</MimeType><Digest>d</Digest>"
        "</Annex></Content>"
        "<ContentSpecification><ContentType>NEWS</ContentType><IsImportant/><IsEncrypted/><PublicationReceipt/>"
        "<ReceivedReceipt/><ReadReceipt/></ContentSpecification></ContentContext></p:SendMessageRequest>".encode()
    )


def page(inner: str) -> etree._Element:
    return xml.parse(f'<c:GetMessagesListRequest xmlns:c="{CONS}">{inner}</c:GetMessagesListRequest>'.encode())


def test_the_operations_are_those_of_the_wsdl() -> None:
    """wire.md: SOAPAction is the namespace and the operation; getMessageHistory has an element of another name."""
    assert {op.name: op.soap_action for op in CONTRACT.publication.operations.values()} == {
        "sendMessage": f"{PUB}:sendMessage"
    }
    names = (
        "getBoxInfo getMessagesList getAllEhboxesMessagesList getFullMessage getMessageHistory deleteOoO "
        "getMessageAcknowledgmentsStatus moveMessage deleteMessage insertOoO getOoOList"
    )
    found = CONTRACT.consultation.operations
    assert {op.name: op.soap_action for op in found.values()} == {name: f"{CONS}:{name}" for name in names.split()}
    history = found[f"{{{CONS}}}GetHistoryRequest"]
    assert (history.name, history.answer) == ("getMessageHistory", f"{{{CONS}}}GetHistoryResponse")


@pytest.mark.parametrize(
    "tag",
    [
        f"{{{CONS}}}{CANARY}",
        f"{{{CONS}}}GetBoxInfoResponse",
        f"{{{PUB}}}SendMessageRequest",
        "GetBoxInfoRequest",
        "{urn:be:fgov:ehealth:errors:soa:v1}SystemError",
    ],
)
def test_an_element_that_is_no_operation_of_the_port(tag: str) -> None:
    with refused("SOA-03005", "no operation of ehBoxConsultation"):
        CONTRACT.consultation.operation(etree.Element(tag))


def test_an_answer_of_ours_that_is_not_valid_never_leaves() -> None:
    bad = t.GetHistoryResponse(t.Status("100", ()), (CANARY,))
    element, _ = codec.encode_answer(bad, SeededChance())
    with pytest.raises(ContractBroken, match="Status: missing element expected Message") as raised:
        CONTRACT.consultation.validate_answer(element)
    assert CANARY not in str(raised.value)


BASE64ISH = st.text(alphabet="AQgwBR09+/= \t\n-!é", max_size=10)


@given(BASE64ISH, BASE64ISH)
@GENERATED
def test_the_verdict_on_base64_is_the_schemas(title: str, old: str) -> None:
    """XML Schema Part 2, 3.2.16, for every element but the content, which is judged where it is decoded."""
    request = send(binary="!", title=title, old=old)
    before = etree.tostring(request)
    expected = [
        name
        for name, text in (("FreeInformations/EncryptableOld", old), ("Annex/EncryptableTitle", title))
        if not lexical(text)
    ]
    if expected:
        with refused("SOA-03006", "datatype xs:base64Binary; value of") as _:
            CONTRACT.publication.validate_request(request)
    else:
        CONTRACT.publication.validate_request(request)
    assert etree.tostring(request) == before


def test_bad_base64_is_told_by_place_and_length() -> None:
    with refused(
        "SOA-03006", "ContentContext/Content/Annex/EncryptableTitle: datatype xs:base64Binary; value of 5 char"
    ):
        CONTRACT.publication.validate_request(send(title="aGVs\n\n!"[:4] + "!"))


@pytest.mark.parametrize("edit", [("<Id>", "<Id/><Id>"), ("<c/>", "<c/>")])
def test_the_tree_is_as_before_whatever_the_verdict(edit: tuple[str, str]) -> None:
    """One tree: what was verified is the very element that is decoded."""
    octets = etree.tostring(send(binary="aGVs\r\nbG8=", title=" YQ = =\n")).decode().replace(*edit)
    request = xml.parse(octets.encode())
    texts = [(item, item.text) for item in request.iter()]
    try:
        CONTRACT.publication.validate_request(request)
    except SoapFault:
        assert edit[0] == "<Id>"
    assert [(item, item.text) for item in request.iter()] == texts
    assert etree.tostring(request).decode() == octets


def test_base64_in_a_wrong_place_is_still_wrong() -> None:
    for text in ("", "YQ=="):
        with refused("SOA-03006", "Id: elements where only text may be"):
            CONTRACT.consultation.validate_request(
                page(f"<BoxId><Id><EncryptableTitle>{text}</EncryptableTitle></Id><Type/><Quality/></BoxId><Source/>")
            )
    with refused("SOA-03006", "EncryptableTextContent: elements where only text may be"):
        CONTRACT.publication.validate_request(send(binary="<b>YQ==</b>"))


def test_the_schema_never_sees_the_base64_of_a_content() -> None:
    """libxml2 takes about a second for each 10 MB, and would refuse this one; decoding does (SOA-03007)."""
    request = send(binary="abc")
    CONTRACT.publication.validate_request(request)
    with refused("SOA-03007", "not base64"):
        codec.decode_request(request, {})


def test_more_than_ten_megabytes_in_line() -> None:
    request = send(binary="A" * 14_000_000)
    CONTRACT.publication.validate_request(request)
    decoded = codec.decode_request(request, {})
    assert isinstance(decoded, t.SendMessageRequest)
    assert decoded.content.document.content.data == bytes(10_500_000)


def test_thousands_of_bad_siblings_take_no_time() -> None:
    """libxml2 counts the siblings before each error: 190 000 of them would take minutes."""
    bad = "<OoOId>12345678901234</OoOId>"
    request = xml.parse(f'<c:DeleteOoORequest xmlns:c="{CONS}">{bad * 190_000}</c:DeleteOoORequest>'.encode())
    before = clock.monotonic()
    with refused("SOA-03006", "DeleteOoORequest: more than 5000 children"):
        CONTRACT.consultation.validate_request(request)
    assert clock.monotonic() - before < 5
    good = "<OoOId>x</OoOId>" * contract.MAX_CHILDREN
    CONTRACT.consultation.validate_request(
        xml.parse(f'<c:DeleteOoORequest xmlns:c="{CONS}">{good}</c:DeleteOoORequest>'.encode())
    )


def test_white_space_around_a_date_collapses() -> None:
    """XML Schema Part 2, 3.2.9; libxml2 forgets it."""
    request = xml.parse(
        f'<c:InsertOoORequest xmlns:c="{CONS}"><StartDate>\n 2026-11-21Z\t</StartDate><EndDate>2026-11-22</EndDate>'
        "</c:InsertOoORequest>".encode()
    )
    CONTRACT.consultation.validate_request(request)
    assert request[0].text == "\n 2026-11-21Z\t"


def test_cdata_without_anything_is_no_text_between_elements() -> None:
    request = xml.parse(etree.tostring(page("<Source>INBOX</Source>")).replace(b"<Source>", b"<![CDATA[]]><Source>"))
    CONTRACT.consultation.validate_request(request)


def test_a_request_names_no_schema_of_its_own(tmp_path: Path) -> None:
    """xsi:schemaLocation would let a caller bring types, or have files read."""
    mine = tmp_path / "mine.xsd"
    mine.write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{CONS}">'
        '<xs:element name="Mine" type="xs:string"/></xs:schema>'
    )
    request = xml.parse(
        f'<c:Mine xmlns:c="{CONS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{CONS} {mine.as_uri()}"/>'.encode()
    )
    with pytest.raises(SoapFault):
        CONTRACT.consultation.validate_request(request)


def copied(tmp_path: Path) -> Path:
    """The shipped files in another folder, whose name needs escaping in an address."""
    for kind in ("wsdl", "xsd"):
        shutil.copytree(resources.path(kind, "ehealthbox"), tmp_path / "a folder é" / kind / "ehealthbox")
    return tmp_path / "a folder é"


def test_the_files_may_lie_anywhere(tmp_path: Path) -> None:
    port = Port(copied(tmp_path) / "wsdl" / "ehealthbox" / "ehBoxConsultation.wsdl")
    port.validate_request(page("<Source/>"))
    with refused("SOA-03006", "Source"):
        port.validate_request(page("<Source>x</Source>"))


def test_a_comment_in_a_schema_adds_no_word_to_what_may_be_told(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for path in (folder / "xsd" / "ehealthbox").glob("*.xsd"):
        path.write_text(path.read_text().replace("</xs:schema>", "<!-- a comment --></xs:schema>"))
    port = Port(folder / "wsdl" / "ehealthbox" / "ehBoxPublication.wsdl")
    assert port._vocabulary == CONTRACT.publication._vocabulary


@pytest.mark.parametrize("location", ["http://127.0.0.1:9/x.xsd", "../x.xsd", "file:///{folder}/x.xsd", "absent.xsd"])
def test_schemas_import_only_what_is_shipped(tmp_path: Path, location: str) -> None:
    """Else a contract could be widened by any file, or wait for the network."""
    folder = copied(tmp_path)
    shipped = folder / "xsd" / "ehealthbox"
    shutil.copy(shipped / "ehealth-commons-core-v1.xsd", folder / "xsd" / "x.xsd")
    location = location.replace("file:///{folder}", (folder / "xsd").as_uri())
    for path in shipped.glob("*.xsd"):
        path.write_text(path.read_text().replace('"ehealth-commons-core-v1.xsd"', f'"{location}"'))
    with pytest.raises(etree.XMLSchemaParseError):
        Port(folder / "wsdl" / "ehealthbox" / "ehBoxConsultation.wsdl")


def test_an_operation_without_answer_is_no_contract(tmp_path: Path) -> None:
    path = copied(tmp_path) / "wsdl" / "ehealthbox" / "ehBoxPublication.wsdl"
    path.write_text(path.read_text().replace('<wsdl:output message="pub:SendMessageResponseMessage"/>', ""))
    with pytest.raises(ValueError, match="lacks an element"):
        Port(path)


def test_threads_get_their_own_verdicts() -> None:
    """The error log of an XMLSchema belongs to whoever validates."""
    wrong: list[str] = []

    def work(number: int) -> None:
        for _ in range(30):
            request = page("<Source/>" if number % 2 else f"<Source>{'x' * number}</Source>")
            try:
                CONTRACT.consultation.validate_request(request)
                told = ""
            except SoapFault as fault:
                told = fault.reason
            if (f"value of {number} characters" in told) == bool(number % 2):
                wrong.append(told)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_schema_serves_one_validation_at_a_time() -> None:
    schemas = CONTRACT.consultation._schemas
    with schemas.borrow() as first, schemas.borrow() as second:
        assert first is not second
    with schemas.borrow() as again:
        assert again in (first, second)


def test_an_unknown_service_is_not_shipped() -> None:
    with pytest.raises(FileNotFoundError, match="not shipped"):
        Contract.load("unknown")
