"""The tables of the ETK depot: GetEtkRequest and its answer.

Knows: the elements of etkdepot:1_0:protocol, which are qualified; the Status, which is of commons and whose content is
not. Must not know: what is found.
"""

from __future__ import annotations

from lxml import etree

from ehbox_soap.wire import plain
from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.content import STATUS
from ehbox_soap.wire.elements import Children, Record
from ehbox_soap.wire.fields import Many, Maybe, One, Within
from ehbox_soap.wire.simple import BASE64, TEXT
from ehbox_soap.wire.types.etk_depot import EtkError, EtkIdentifier, GetEtkRequest, GetEtkResponse

NAMESPACE = "urn:be:fgov:ehealth:etkdepot:1_0:protocol"
COMMONS = "urn:be:fgov:ehealth:commons:1_0:core"


def _own(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


_IDENTIFIER = Record(
    EtkIdentifier,
    One(_own("Type"), "type", TEXT),
    One(_own("Value"), "value", TEXT),
    Maybe(_own("ApplicationID"), "application", TEXT),
)
_IDENTIFIERS = Many(_own("Identifier"), "criteria", _IDENTIFIER)
_ERROR = Record(EtkError, One(_own("Code"), "code", TEXT), One(_own("Message"), "message", TEXT))


class _Identifiers:
    """A MatchingEtk: the identifiers of one token."""

    def read(self, element: etree._Element, parts: Parts) -> tuple[EtkIdentifier, ...]:
        return tuple(_IDENTIFIER.read(child, parts) for child in element)

    def write(self, element: etree._Element, value: tuple[EtkIdentifier, ...], attachments: Attachments) -> None:
        for identifier in value:
            _IDENTIFIER.write(etree.SubElement(element, _own("Identifier")), identifier, attachments)


class _Given:
    """GivenSearchCriteria: there is none in an answer that tells a status only."""

    within = Within(_own("GivenSearchCriteria"), _IDENTIFIERS)

    def read(self, children: Children, values: dict[str, object], parts: Parts) -> None:
        if children.first(self.within.tag) is not None:
            self.within.read(children, values, parts)

    def write(self, element: etree._Element, record: GetEtkResponse, attachments: Attachments) -> None:
        if record.criteria:
            self.within.write(element, record, attachments)


_REQUEST = Record(GetEtkRequest, Within(_own("SearchCriteria"), _IDENTIFIERS))
_ANSWER = Record(
    GetEtkResponse,
    One(f"{{{COMMONS}}}Status", "status", STATUS),
    _Given(),
    Many(_own("MatchingEtk"), "matching", _Identifiers()),
    Maybe(_own("ETK"), "etk", BASE64),
    Many(_own("Error"), "errors", _ERROR),
)


def decode_request(element: etree._Element) -> GetEtkRequest:
    """The typed request of a validated element."""
    return plain.read(_REQUEST, element)


def decode_answer(element: etree._Element) -> GetEtkResponse:
    """The typed answer of an answer's element. SOA-03006 for another one."""
    return plain.read(_ANSWER, element)


def encode_request(request: GetEtkRequest) -> etree._Element:
    """The element of a request."""
    return plain.write(_REQUEST, _own("GetEtkRequest"), request, etk=NAMESPACE)


def encode_answer(answer: GetEtkResponse) -> etree._Element:
    """The element of an answer."""
    return plain.write(_ANSWER, _own("GetEtkResponse"), answer, etk=NAMESPACE, core=COMMONS)
