"""How real legacy clients read what comes back: everything that breaks one of them raises `Broken` here.

Knows: HTTP, attachments, envelopes, faults and assertions as clients read them. Must not know: anything of the project;
only the shipped schemas are used, as the client's own copy of them. What may be wrong in an answer's content is a table
in checks.py. Without a client's letter an answer is read as all of them do at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from tests.clients.checks import LANGUAGES, Broken, ClientName, check, check_content, check_schema
from tests.clients.names import ERRORS, SAML, SAMLP, SOAP

__all__ = [
    "ENVIRONMENTS",
    "ERRORS",
    "LANGUAGES",
    "Answer",
    "Broken",
    "ClientName",
    "Fault",
    "content_of_http",
    "java_dom",
    "read",
    "read_assertion",
]

ENVIRONMENTS = frozenset({"Development", "Test", "Integration", "Acceptation", "Simulation", "Production"})


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


@dataclass(eq=False)
class Fault(Exception):
    """A fault in the shape that the client understands."""

    side: str
    code: str
    id: str
    environment: str


def read(status: int, headers: Mapping[str, str], body: bytes, client: ClientName | None = None) -> Answer:
    """An answer of the mailbox. Raises Fault for a fault, Broken for what breaks that client, or any without one."""
    root, parts = _envelope(status, headers, body)
    element = _content(status, root, spaces=client not in (None, "C"))
    check_content(element, client)
    contents = {name: part.data for name, part in parts.items()}
    for reference in _references(element):
        check(reference in contents, "a cid: without its part gives null content")
    return Answer(element, contents)


def read_assertion(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """The assertion of an STS's answer, serialised anew as a Java DOM does, which its signature must survive.

    Raises Fault, Broken; Broken too when the STS refuses.
    """
    response = content_of_http(status, headers, body)
    check(response.tag == f"{{{SAMLP}}}Response", "not a samlp:Response")
    code = response.find(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusCode")
    if code is None:
        raise Broken("a samlp:Response without StatusCode")
    if not code.get("Value", "").endswith("Success"):
        message = response.findtext(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusMessage")
        check(message, "a refusal of the STS without StatusMessage")
        raise Broken(f"the STS refused: {message}")
    return _assertion(response.find(f"{{{SAML}}}Assertion"))


def content_of_http(status: int, headers: Mapping[str, str], body: bytes) -> etree._Element:
    """The Body's element of an answer without attachments, of any service. Raises Fault, Broken."""
    root, parts = _envelope(status, headers, body)
    check(not parts, "attachments on an answer that has none")
    return _content(status, root)


def java_dom(element: etree._Element) -> str:
    """An element as the connector's XML library writes it: attributes by name, prefixes where used, short empties."""
    canonical = etree.tostring(element, method="c14n", exclusive=True).decode()
    return re.sub(r"<([^\s<>/]+)([^<>]*)></\1>", r"<\1\2/>", canonical)


def _envelope(status: int, headers: Mapping[str, str], body: bytes) -> tuple[etree._Element, Mapping[str, Part]]:
    check(status in (200, 500), f"HTTP status {status}")
    fields = {name.lower(): value for name, value in headers.items()}
    content_type = fields.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    parts: Mapping[str, Part] = {}
    if kind == "multipart/related":
        body, parts = _multipart(content_type, body)
    else:
        check(kind == "text/xml", f"content type {kind}")
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise Broken(f"not XML: {error.msg}") from error
    check(root.tag == f"{{{SOAP}}}Envelope", "not an envelope of SOAP 1.1")
    return root, parts


def _multipart(content_type: str, body: bytes) -> tuple[bytes, Mapping[str, Part]]:
    boundary = re.search(r';\s*boundary="([^"]+)"', content_type)
    if boundary is None:
        raise Broken("a boundary that is not quoted")
    mark = b"--" + boundary[1].encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    check(len(pieces) > 2 and pieces[-1].strip() == b"--", "a multipart body without its last boundary")
    found = [_part(piece) for piece in pieces[1:-1]]
    root, rest = found[0], found[1:]
    check(root.headers.get("content-type", "").startswith("text/xml"), "the first part is not the envelope")
    parts: dict[str, Part] = {}
    for part in rest:
        identifier = part.headers.get("content-id", "")
        check(bool(re.fullmatch(r"<[^<>]+>", identifier)), "a Content-ID without brackets")
        check("+" not in identifier, "a + in a Content-ID")
        check(identifier[1:-1] not in parts, "a Content-ID twice")
        parts[identifier[1:-1]] = part
    return root.data, parts


def _part(piece: bytes) -> Part:
    head, found, data = piece.partition(b"\r\n\r\n")
    check(bool(found), "a part without an empty line after its headers")
    lines = [line.partition(":") for line in head.decode("latin-1").split("\r\n") if line]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    check(
        headers.get("content-transfer-encoding", "binary").lower() in ("binary", "8bit"), "a part that is not raw bytes"
    )
    return Part(headers, data)


def _content(status: int, root: etree._Element, *, spaces: bool = False) -> etree._Element:
    """The Body's element; `spaces` whether white space may stand before it. Raises Fault."""
    body = root.find(f"{{{SOAP}}}Body")
    if body is None:
        raise Broken("an envelope without a Body")
    text = body.text or ""
    check(not (text.strip() if spaces else text), "white space between Body and its element")
    check(len(body) == 1, "not one element in the Body")
    element = body[0]
    if element.tag == f"{{{SOAP}}}Fault":
        check(status == 500, "a fault with HTTP status 200")
        raise _fault(element)
    check(status == 200, "an answer with HTTP status 500")
    return element


def _fault(element: etree._Element) -> Fault:
    prefix, _, side = (element.findtext("faultcode") or "").rpartition(":")
    check(element.nsmap.get(prefix or None) == SOAP, "a faultcode that is not of SOAP's namespace")
    check(side in ("Client", "Server"), f"faultcode {side}")
    detail = element.find(f"detail/{{{ERRORS}}}SystemError")
    if detail is None:
        raise Broken("a fault without a SystemError in its detail")
    for name in ("Origin", "Code", "Message"):
        check(detail.find(f"{{{ERRORS}}}{name}") is None, f"a fault whose {name} is qualified")
        check(detail.find(name) is not None, f"a fault without {name}")
    environment = detail.findtext(f"{{{ERRORS}}}Environment")
    check(detail.find("Environment") is None, "a fault whose Environment is not qualified")
    check(environment in ENVIRONMENTS, "a fault without a known Environment")
    check_schema(detail)
    code = detail.findtext("Code") or ""
    check(element.findtext("faultstring") == code, "a faultstring that is not the code")
    return Fault(side, code, detail.get("Id", ""), environment or "")


def _assertion(assertion: etree._Element | None) -> str:
    """As a Java DOM writes it."""
    if assertion is None:
        raise Broken("success without an assertion")
    check(java_dom(assertion).startswith("<Assertion "), "an assertion with a prefix")
    check(bool(re.fullmatch("_[0-9a-f]{32}", assertion.get("AssertionID", ""))), "an AssertionID of another form")
    for each in assertion.iter():
        blank = [text for text in (each.text, each.tail) if text is not None and not text.strip()]
        check(not blank, "white space in an assertion")
    instants = [assertion.get("IssueInstant", "")]
    instants += [
        value for each in assertion.iterfind(f"{{{SAML}}}Conditions") for value in map(str, each.attrib.values())
    ]
    check(
        all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value) for value in instants),
        "an instant without exactly three digits of fraction and Z",
    )
    return java_dom(assertion)


def _references(element: etree._Element) -> Iterator[str]:
    for each in element.iter("EncryptableBinaryContent"):
        text = each.text or ""
        check(text.startswith("cid:"), "a reference that is no cid:")
        yield text.removeprefix("cid:")
