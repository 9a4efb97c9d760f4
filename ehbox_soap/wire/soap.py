"""The SOAP 1.1 envelope: opened by position, closed around one element, or around a fault.

Knows: Envelope, Header, Body, Fault, mustUnderstand, SOAPAction. Must not know: what the element in the Body means,
WS-Security beyond the name of its header. Nothing is looked up by id and nothing is copied: what is handed out are
the elements of the one parsed tree.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.wire.types import SystemError as SystemErrorDetail

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SOA_ERRORS = "urn:be:fgov:ehealth:errors:soa:v1"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_ENVELOPE, _HEADER, _BODY = f"{{{SOAP}}}Envelope", f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"
_OF_SOAP = f"{{{SOAP}}}"
_MUST_UNDERSTAND, _ACTOR = f"{{{SOAP}}}mustUnderstand", f"{{{SOAP}}}actor"
_SECURITY = f"{{{WSSE}}}Security"
_SPACE = " \t\r\n"
_NEXT = "http://schemas.xmlsoap.org/soap/actor/next"

# No white space between Body and its element, in either direction: the platform's connector fails on it.
_OPENING = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'.encode("ascii")
_CLOSING = b"</soap:Body></soap:Envelope>"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The elements of one envelope; `content` is the only child of `body`."""

    header: etree._Element | None
    body: etree._Element
    content: etree._Element


def open_envelope(root: etree._Element) -> Envelope:
    """Takes an envelope apart: a Header at most, then the Body, nothing else.

    SOA-03002: not a SOAP 1.1 Envelope, or one of another shape. SOA-03003: no Body, or not exactly one element in it.
    """
    if root.tag != _ENVELOPE:
        raise SoapFault("SOA-03002", "the root is not a SOAP 1.1 Envelope")
    children = list(root)
    header = children.pop(0) if children and children[0].tag == _HEADER else None
    if not any(child.tag == _BODY for child in children):
        raise SoapFault("SOA-03003", "Envelope: no Body")
    if len(children) > 1:
        raise SoapFault("SOA-03002", "Envelope: something else than one Header and one Body")
    # Another Header or Body would be nobody's block, and some other reader's Header or Body.
    if header is not None and any(str(block.tag).startswith(_OF_SOAP) for block in header):
        raise SoapFault("SOA-03002", "Envelope: another element of SOAP within the Header")
    if _has_text(root) or (header is not None and _has_text(header)):
        raise SoapFault("SOA-03002", "Envelope: text between the elements")
    body = children[0]
    if len(body) != 1 or _has_text(body):
        raise SoapFault("SOA-03003", "Body: not exactly one element")
    return Envelope(header, body, body[0])


def _has_text(element: etree._Element) -> bool:
    """Whether anything but white space stands directly in the element."""
    texts = (element.text, *(child.tail for child in element))
    return any(text and text.strip(_SPACE) for text in texts)


def check_must_understand(header: etree._Element | None) -> None:
    """SOA-03004 for a header block that must be understood and is not wsse:Security.

    Blocks for another actor are not ours to understand (SOAP 1.1, 4.2.2). The faultcode stays Client: clients know
    no MustUnderstand.
    """
    for block in header if header is not None else ():
        wanted = block.get(_MUST_UNDERSTAND, "0").strip(_SPACE) not in {"0", "false"}
        ours = block.get(_ACTOR, _NEXT).strip(_SPACE) in {"", _NEXT}
        if wanted and ours and block.tag != _SECURITY:
            raise SoapFault("SOA-03004", "Header: a block that must be understood is not known")


def check_soap_action(value: str | None, *expected: str) -> None:
    """SOA-03004 if the SOAPAction header names another operation than the body's element; quoted or bare, and an
    empty or missing one is fine (dispatch is by element)."""
    action = (value or "").strip()
    if len(action) > 1 and action.startswith('"') and action.endswith('"'):
        action = action[1:-1].strip()
    if action and action not in expected:
        raise SoapFault("SOA-03004", "SOAPAction names another operation")


def close_envelope(element: etree._Element) -> bytes:
    """The octets of an envelope around one element, UTF-8. The element needs a prefix: its children carry no
    namespace, so a default xmlns would rename them for every reader (ValueError)."""
    if element.prefix is None:
        raise ValueError("the element in the Body has no prefix")
    return _OPENING + etree.tostring(element, encoding="utf-8", with_tail=False) + _CLOSING


def fault_envelope(side: str, code: str, detail: SystemErrorDetail) -> bytes:
    """The octets of a SOAP 1.1 Fault; `side` is Client or Server, the faultstring is the code. In the detail Origin,
    Code and Message have no namespace while Environment has one, as its schema says."""
    fault = etree.Element(f"{{{SOAP}}}Fault", nsmap={"soap": SOAP})
    etree.SubElement(fault, "faultcode").text = f"soap:{side}"
    etree.SubElement(fault, "faultstring").text = code
    error = etree.SubElement(
        etree.SubElement(fault, "detail"), f"{{{SOA_ERRORS}}}SystemError", nsmap={"soa": SOA_ERRORS}
    )
    error.set("Id", detail.id)
    etree.SubElement(error, "Origin").text = detail.origin
    etree.SubElement(error, "Code").text = detail.code
    for message in detail.messages:
        text = etree.SubElement(error, "Message")
        text.set(XML_LANG, message.lang)
        text.text = message.text
    etree.SubElement(error, f"{{{SOA_ERRORS}}}Environment").text = detail.environment
    return close_envelope(fault)
