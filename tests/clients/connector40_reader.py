"""A model of how real legacy clients read answers: everything that breaks one of them raises `Broken` here.

Knows: what breaks a client, each a check of its own. Must not know: anything of the project; only the shipped schemas
are used, as the client's own copy of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from tests.clients.connector40 import CONSULTATION, PUBLICATION, SAML, SAMLP, SOAP

ERRORS = "urn:be:fgov:ehealth:errors:soa:v1"
ENVIRONMENTS = frozenset({"Development", "Test", "Integration", "Acceptation", "Simulation", "Production"})
LANGUAGES = frozenset({"FR", "NL", "EN", "DE", "NA"})
_LARGEST = 2**31 - 1
_SCHEMAS = {
    PUBLICATION: "ehbox-publication-protocol-v3.xsd",
    CONSULTATION: "ehbox-consultation-protocol-v3.xsd",
    ERRORS: "ehealth-errors-soa-v1.xsd",
}
_FOLDER = Path(__file__).resolve().parents[2] / "xsd" / "ehealthbox"


class Broken(Exception):
    """What a client could not have read, in words."""


@dataclass(frozen=True)
class Part:
    """An attachment as it came."""

    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True)
class Answer:
    """An answer that the client takes: its element, and what each cid: in it stands for."""

    element: etree._Element
    parts: Mapping[str, bytes]

    @property
    def code(self) -> str:
        """Status/Code."""
        return self.element.findtext("Status/Code") or ""


@dataclass(frozen=True)
class Fault(Exception):
    """A fault in the shape that the client understands."""

    side: str
    code: str
    id: str
    environment: str


def read(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """An answer of the mailbox. Raises Fault for a fault, Broken for what breaks a client."""
    root, parts = _envelope(status, headers, body)
    element = _content(status, root)
    _check(element.prefix is not None and None not in element.nsmap, "a default xmlns on the answer's element")
    _check_schema(element)
    _check_status(element)
    _check_messages(element)
    _check_rows(element)
    contents = {name: part.data for name, part in parts.items()}
    for reference in _references(element):
        _check(reference in contents, "a cid: without its part gives null content")
    return Answer(element, contents)


def read_assertion(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """The assertion of an STS's answer, serialised anew as a Java DOM does, which its signature must survive.

    Raises Fault, Broken; Broken too when the STS refuses.
    """
    root, parts = _envelope(status, headers, body)
    _check(not parts, "attachments on an answer of the STS")
    response = _content(status, root)
    _check(response.tag == f"{{{SAMLP}}}Response", "not a samlp:Response")
    code = response.find(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusCode")
    if code is None:
        raise Broken("a samlp:Response without StatusCode")
    if not code.get("Value", "").endswith("Success"):
        message = response.findtext(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusMessage")
        _check(bool(message), "a refusal of the STS without StatusMessage")
        raise Broken(f"the STS refused: {message}")
    assertion = response.find(f"{{{SAML}}}Assertion")
    if assertion is None:
        raise Broken("success without an assertion")
    _check_assertion(assertion)
    return java_dom(assertion)


def java_dom(element: etree._Element) -> str:
    """An element as the connector's XML library writes it: attributes by name, prefixes where used, short empties."""
    canonical = etree.tostring(element, method="c14n", exclusive=True).decode()
    return re.sub(r"<([^\s<>/]+)([^<>]*)></\1>", r"<\1\2/>", canonical)


def _envelope(status: int, headers: Mapping[str, str], body: bytes) -> tuple[etree._Element, Mapping[str, Part]]:
    _check(status in (200, 500), f"HTTP status {status}")
    fields = {name.lower(): value for name, value in headers.items()}
    content_type = fields.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    parts: Mapping[str, Part] = {}
    if kind == "multipart/related":
        body, parts = _multipart(content_type, body)
    else:
        _check(kind == "text/xml", f"content type {kind}")
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise Broken(f"not XML: {error.msg}") from error
    _check(root.tag == f"{{{SOAP}}}Envelope", "not an envelope of SOAP 1.1")
    return root, parts


def _multipart(content_type: str, body: bytes) -> tuple[bytes, Mapping[str, Part]]:
    boundary = re.search(r';\s*boundary="([^"]+)"', content_type)
    if boundary is None:
        raise Broken("a boundary that is not quoted")
    mark = b"--" + boundary[1].encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    _check(len(pieces) > 2 and pieces[-1].strip() == b"--", "a multipart body without its last boundary")
    found = [_part(piece) for piece in pieces[1:-1]]
    root, rest = found[0], found[1:]
    _check(root.headers.get("content-type", "").startswith("text/xml"), "the first part is not the envelope")
    parts: dict[str, Part] = {}
    for part in rest:
        identifier = part.headers.get("content-id", "")
        _check(bool(re.fullmatch(r"<[^<>]+>", identifier)), "a Content-ID without brackets")
        _check("+" not in identifier, "a + in a Content-ID")
        _check(identifier[1:-1] not in parts, "a Content-ID twice")
        parts[identifier[1:-1]] = part
    return root.data, parts


def _part(piece: bytes) -> Part:
    head, found, data = piece.partition(b"\r\n\r\n")
    _check(bool(found), "a part without an empty line after its headers")
    lines = [line.partition(":") for line in head.decode("latin-1").split("\r\n") if line]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    _check(
        headers.get("content-transfer-encoding", "binary").lower() in ("binary", "8bit"), "a part that is not raw bytes"
    )
    return Part(headers, data)


def _content(status: int, root: etree._Element) -> etree._Element:
    body = root.find(f"{{{SOAP}}}Body")
    if body is None:
        raise Broken("an envelope without a Body")
    text: object = body.text
    _check(not text, "white space between Body and its element")
    _check(len(body) == 1, "not one element in the Body")
    element = body[0]
    if element.tag == f"{{{SOAP}}}Fault":
        _check(status == 500, "a fault with HTTP status 200")
        raise _fault(element)
    _check(status == 200, "an answer with HTTP status 500")
    return element


def _fault(element: etree._Element) -> Fault:
    prefix, _, side = (element.findtext("faultcode") or "").rpartition(":")
    _check(element.nsmap.get(prefix or None) == SOAP, "a faultcode that is not of SOAP's namespace")
    _check(side in ("Client", "Server"), f"faultcode {side}")
    detail = element.find(f"detail/{{{ERRORS}}}SystemError")
    if detail is None:
        raise Broken("a fault without a SystemError in its detail")
    for name in ("Origin", "Code", "Message"):
        _check(detail.find(f"{{{ERRORS}}}{name}") is None, f"a fault whose {name} is qualified")
        _check(detail.find(name) is not None, f"a fault without {name}")
    environment = detail.findtext(f"{{{ERRORS}}}Environment")
    _check(detail.find("Environment") is None, "a fault whose Environment is not qualified")
    _check(environment in ENVIRONMENTS, "a fault without a known Environment")
    _check_schema(detail)
    code = detail.findtext("Code") or ""
    _check(element.findtext("faultstring") == code, "a faultstring that is not the code")
    return Fault(side, code, detail.get("Id", ""), environment or "")


def _check(holds: bool, broken: str) -> None:
    if not holds:
        raise Broken(broken)


@cache
def _schema(namespace: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_FOLDER / _SCHEMAS[namespace])))


def _check_schema(element: etree._Element) -> None:
    """Its own copy of the XSD: one unknown element or attribute is fatal."""
    namespace = etree.QName(element).namespace or ""
    _check(namespace in _SCHEMAS, "an element of an unknown namespace")
    try:
        _schema(namespace).assertValid(element)
    except etree.DocumentInvalid as error:
        raise Broken(f"XSD: {error}") from error


def _check_status(element: etree._Element) -> None:
    messages = element.findall("Status/Message")
    _check(bool(messages), "a Status without Message")
    _check(all(message.get("Lang") in LANGUAGES for message in messages), "a Lang that is not in upper case")


def _check_messages(element: etree._Element) -> None:
    """Message ids, wherever the client reads one: 13 letters and digits."""
    success = element.findtext("Status/Code") == "100"
    found = [each.text or "" for each in element.iter("MessageId")]
    found += (
        [each.get("MessageId", "") for each in element.iterfind("Message")] if _is(element, "GetFullMessage") else []
    )
    if _is(element, "SendMessage") and success:
        found.append(element.get("Id", ""))
    _check(
        all(re.fullmatch("[A-Za-z0-9]{13}", each) for each in found), "a message id that is not 13 letters and digits"
    )
    for size in element.iter("Size"):
        _check(bool(re.fullmatch("[0-9]+", size.text or "")), "a Size that is no integer")
        _check(int(size.text or 0) <= _LARGEST, "a Size of 2 GiB or more")


def _check_rows(element: etree._Element) -> None:
    for row in element.iterfind("Message"):
        kind = row.findtext("ContentSpecification/ContentType")
        if kind in ("DOCUMENT", "NEWS", "ERROR"):
            _check(row.find("ContentInfo") is not None, f"a list row of a {kind} without ContentInfo")
    if _is(element, "GetMessageAcknowledgmentsStatus") and element.findtext("Status/Code") == "100":
        _check(element.find(".//Row") is not None, "code 100 without a row of acknowledgments")


def _check_assertion(assertion: etree._Element) -> None:
    _check(java_dom(assertion).startswith("<Assertion "), "an assertion with a prefix")
    _check(bool(re.fullmatch("_[0-9a-f]{32}", assertion.get("AssertionID", ""))), "an AssertionID of another form")
    for each in assertion.iter():
        blank = [text for text in (each.text, each.tail) if text is not None and not text.strip()]
        _check(not blank, "white space in an assertion")
    instants = [assertion.get("IssueInstant", "")]
    instants += [
        value for each in assertion.iterfind(f"{{{SAML}}}Conditions") for value in map(str, each.attrib.values())
    ]
    _check(
        all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value) for value in instants),
        "an instant without exactly three digits of fraction and Z",
    )


def _references(element: etree._Element) -> Iterator[str]:
    for each in element.iter("EncryptableBinaryContent"):
        text = each.text or ""
        _check(text.startswith("cid:"), "a reference that is no cid:")
        yield text.removeprefix("cid:")


def _is(element: etree._Element, operation: str) -> bool:
    return etree.QName(element).localname == f"{operation}Response"
