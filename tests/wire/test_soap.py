"""The envelope: one Header at most, one Body, one element, by position (SOA-03002, 03003, 03004), and faults out."""

from __future__ import annotations

import pytest
from lxml import etree

from ehbox_soap import resources
from ehbox_soap.wire import soap, xml
from ehbox_soap.wire.types import ErrorMessage, SystemError
from tests.wire.checks import CANARY, refused

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


def envelope(inner: str, namespace: str = SOAP11, name: str = "Envelope") -> etree._Element:
    return xml.parse(f'<S:{name} xmlns:S="{namespace}" xmlns:w="{WSSE}" xmlns:t="urn:t">{inner}</S:{name}>'.encode())


def test_the_elements_are_those_of_the_tree() -> None:
    root = envelope("\n<S:Header> <w:Security/> </S:Header>\n<S:Body>\n<t:a><b/></t:a>\n</S:Body>\n")
    opened = soap.open_envelope(root)
    assert opened.header is root[0]
    assert opened.body is root[1]
    assert opened.content is root[1][0]


def test_a_header_is_optional_and_may_be_empty() -> None:
    assert soap.open_envelope(envelope("<S:Body><t:a/></S:Body>")).header is None
    header = soap.open_envelope(envelope("<S:Header/><S:Body><t:a/></S:Body>")).header
    assert header is not None
    assert len(header) == 0


@pytest.mark.parametrize(
    ("namespace", "name"), [(SOAP12, "Envelope"), ("urn:x", "Envelope"), (SOAP11, "envelope"), (SOAP11, "Body")]
)
def test_what_is_no_soap_1_1_envelope(namespace: str, name: str) -> None:
    with refused("SOA-03002", "not a SOAP 1.1 Envelope"):
        soap.open_envelope(envelope("<S:Body><t:a/></S:Body>", namespace, name))


BODY = "<S:Body><t:a/></S:Body>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<S:Header/><S:Header/>{BODY}",
        f"{BODY}<S:Header/>",
        f"{BODY}{BODY}",
        f"<S:Header/>{BODY}{BODY}",
        f"<t:{CANARY}/>{BODY}",
        f"{BODY}<t:a/>",
        f"<S:Header/><t:a/>{BODY}",
        f"<S:Fault/>{BODY}",
        f"{BODY}{CANARY}",
        f"{CANARY}{BODY}",
        f"<S:Header/>{CANARY}{BODY}",
        f"<S:Header>{CANARY}</S:Header>{BODY}",
        f"<S:Header><w:Security/>{CANARY}</S:Header>{BODY}",
        f"&#160;{BODY}",
        f"X{BODY}",
        f"<S:Header><S:Header/></S:Header>{BODY}",
        f"<S:Header><t:a/><S:Body/></S:Header>{BODY}",
    ],
)
def test_an_envelope_of_another_shape(inner: str) -> None:
    with refused("SOA-03002", "Envelope: "):
        soap.open_envelope(envelope(inner))


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<S:Header/>",
        "<t:Body/>",
        "<t:Body><t:a/></t:Body>",
        "<S:Header/><t:a><t:b/></t:a>",
        "<Body/>",
        "<S:Body/>",
        "<S:Body> </S:Body>",
        f"<S:Body>{CANARY}</S:Body>",
        "<S:Body><t:a/><t:b/></S:Body>",
        f"<S:Body><t:a/>{CANARY}</S:Body>",
        f"<S:Body>{CANARY}<t:a/></S:Body>",
    ],
)
def test_the_body_holds_one_element(inner: str) -> None:
    with refused("SOA-03003", "Body"):
        soap.open_envelope(envelope(inner))


def header_of(block: str) -> etree._Element | None:
    return soap.open_envelope(envelope(f"<S:Header>{block}</S:Header>{BODY}")).header


@pytest.mark.parametrize(
    "block",
    [
        "",
        '<w:Security S:mustUnderstand="1"/>',
        '<w:Security S:mustUnderstand="true"/>',
        "<t:a/>",
        '<t:a S:mustUnderstand="0"/>',
        '<t:a S:mustUnderstand=" false "/>',
        '<t:a mustUnderstand="1"/>',
        '<t:a S:mustUnderstand="1" S:actor="urn:somebody:else"/>',
        # A name of somebody: it is white space to Python, not to XML.
        '<t:a S:mustUnderstand="1" S:actor="&#160;"/>',
    ],
)
def test_headers_that_need_not_be_understood(block: str) -> None:
    soap.check_must_understand(header_of(block))


def test_no_header_is_understood() -> None:
    soap.check_must_understand(None)


@pytest.mark.parametrize(
    "block",
    [
        f'<t:{CANARY} S:mustUnderstand="1"/>',
        '<t:a S:mustUnderstand="true"/>',
        '<t:a S:mustUnderstand=" 1 "/>',
        '<t:a S:mustUnderstand="yes"/>',
        '<t:a S:mustUnderstand="X0"/>',
        '<Security S:mustUnderstand="1"/>',
        '<t:Security S:mustUnderstand="1"/>',
        '<w:Security S:mustUnderstand="1"/><t:a S:mustUnderstand="1"/>',
        '<t:a S:mustUnderstand="1" S:actor=""/>',
        f'<t:a S:mustUnderstand="1" S:actor="{SOAP11.replace("/envelope/", "/actor/next")}"/>',
    ],
)
def test_headers_that_must_be_understood_and_are_not(block: str) -> None:
    with refused("SOA-03004", "must be understood"):
        soap.check_must_understand(header_of(block))


ACTION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3:getBoxInfo"


@pytest.mark.parametrize("value", [None, "", '""', ' "" ', ACTION, f'"{ACTION}"', f' "{ACTION}" '])
def test_a_soap_action_that_is_the_operations_or_none(value: str | None) -> None:
    soap.check_soap_action(value, "urn:another", ACTION)


@pytest.mark.parametrize("value", [f"{ACTION}x", f'"{ACTION}', '"', "getBoxInfo", f'"{CANARY}"', "''", ACTION.upper()])
def test_a_soap_action_of_another_operation(value: str) -> None:
    with refused("SOA-03004", "SOAPAction"):
        soap.check_soap_action(value, ACTION)


def test_no_white_space_between_body_and_element() -> None:
    """wire.md, answers 1: the platform's connector fails on it."""
    element = etree.Element("{urn:t}a", nsmap={"t": "urn:t"})
    etree.SubElement(element, "b").text = "é\r\n"
    element.tail = "tail"
    octets = soap.close_envelope(element)
    assert b'<soap:Body><t:a xmlns:t="urn:t"><b>\xc3\xa9&#13;\n</b></t:a></soap:Body>' in octets
    opened = soap.open_envelope(xml.parse(octets))
    assert (opened.content.tag, opened.content[0].tag, opened.content[0].text) == ("{urn:t}a", "b", "é\r\n")


def test_a_default_namespace_on_the_answer_is_a_mistake_of_ours() -> None:
    """wire.md, answers 2: the children would change their names."""
    for octets in (b'<a xmlns="urn:t"/>', b"<a/>"):
        with pytest.raises(ValueError, match="prefix"):
            soap.close_envelope(xml.parse(octets))


DETAIL = SystemError(
    "f00d",
    "Consumer",
    "SOA-03001",
    (ErrorMessage("en", "a < b"), ErrorMessage("fr", "é")),
    "Acceptation",
)


@pytest.mark.parametrize("side", ["Client", "Server"])
def test_a_fault_as_clients_take_it(side: str) -> None:
    """Faults section of the rules; wire.md, answers 9."""
    opened = soap.open_envelope(xml.parse(soap.fault_envelope(side, "SOA-03001", DETAIL)))
    fault = opened.content
    assert fault.tag == f"{{{SOAP11}}}Fault"
    assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]
    prefix, _, local = (fault.findtext("faultcode") or "").partition(":")
    assert (fault.nsmap[prefix], local) == (SOAP11, side)
    assert fault.findtext("faultstring") == "SOA-03001"
    (error,) = fault[2]
    namespace = "urn:be:fgov:ehealth:errors:soa:v1"
    assert (error.tag, error.get("Id")) == (f"{{{namespace}}}SystemError", "f00d")
    assert [child.tag for child in error] == ["Origin", "Code", "Message", "Message", f"{{{namespace}}}Environment"]
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [(child.get(lang), child.text) for child in error] == [
        (None, "Consumer"),
        (None, "SOA-03001"),
        ("en", "a < b"),
        ("fr", "é"),
        (None, "Acceptation"),
    ]


def test_the_detail_of_a_fault_is_valid() -> None:
    schema = etree.XMLSchema(etree.parse(resources.path("xsd", "ehealthbox", "ehealth-errors-soa-v1.xsd")))
    opened = soap.open_envelope(xml.parse(soap.fault_envelope("Client", "SOA-03001", DETAIL)))
    schema.assertValid(opened.content[2][0])
