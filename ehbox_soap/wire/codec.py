"""Elements to typed requests and answers, and back: the one table of what travels.

Knows: which element stands for which type. Must not know: the fields of either (publication, consultation), HTTP.
A request is decoded after it was validated, an answer is validated after it was encoded; the mirror pair serves the
client and the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance
from ehbox_soap.wire import consultation, publication
from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.elements import Record
from ehbox_soap.wire.mime import Part
from ehbox_soap.wire.types import Answer, Request


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the table: the element {namespace}Name is the dataclass Name, by this table of fields."""

    element: str
    prefix: str
    namespace: str
    record: Record[Any]


def _lines(prefix: str, namespace: str, records: Mapping[type, Record[Any]]) -> list[_Line]:
    return [_Line(f"{{{namespace}}}{kind.__name__}", prefix, namespace, record) for kind, record in records.items()]


_REQUESTS = [
    *_lines("pub", publication.NAMESPACE, publication.REQUESTS),
    *_lines("cons", consultation.NAMESPACE, consultation.REQUESTS),
]
_ANSWERS = [
    *_lines("pub", publication.NAMESPACE, publication.ANSWERS),
    *_lines("cons", consultation.NAMESPACE, consultation.ANSWERS),
]
_READ_REQUEST = {line.element: line for line in _REQUESTS}
_READ_ANSWER = {line.element: line for line in _ANSWERS}
_WRITE = {line.record.kind: line for line in (*_REQUESTS, *_ANSWERS)}


def decode_request(element: etree._Element, parts: Mapping[str, Part]) -> Request:
    """The typed request of a validated element and the parts that came with it.

    SOA-03005: no request element. SOA-03007: references and parts do not match, content is not base64. SOA-03006:
    what the schema allows and the types cannot hold (a date of the year 12000).
    """
    return cast(Request, _decode(element, parts, _READ_REQUEST))


def decode_answer(element: etree._Element, parts: Mapping[str, Part]) -> Answer:
    """The typed answer of an answer's element, with the same faults as decode_request."""
    return cast(Answer, _decode(element, parts, _READ_ANSWER))


def _decode(element: etree._Element, parts: Mapping[str, Part], table: Mapping[str, _Line]) -> object:
    line = table.get(str(element.tag))
    if line is None:
        raise SoapFault("SOA-03005", "the element in the Body is unknown")
    resolver = Parts(parts)
    value: object = line.record.read(element, resolver)
    resolver.finish()
    return value


def encode_answer(answer: Answer, chance: Chance) -> tuple[etree._Element, tuple[Part, ...]]:
    """The element of an answer and the attachments it refers to; `chance` gives their Content-IDs."""
    return _encode(answer, chance)


def encode_request(request: Request, chance: Chance) -> tuple[etree._Element, tuple[Part, ...]]:
    """The element of a request and the attachments it refers to."""
    return _encode(request, chance)


def _encode(value: Request | Answer, chance: Chance) -> tuple[etree._Element, tuple[Part, ...]]:
    line = _WRITE[type(value)]
    # Children carry no namespace, so the element needs a prefix: a default xmlns would rename them.
    element = etree.Element(line.element, nsmap={line.prefix: line.namespace})
    attachments = Attachments(chance)
    line.record.write(element, value, attachments)
    return element, tuple(attachments.parts)
