"""Elements to typed requests and answers, and back: the tables of what travels, one for each contract.

Knows: which element stands for which type. Must not know: the fields of either (publication, consultation,
address_book), HTTP. A request is decoded after it was validated, an answer is validated after it was encoded; the
mirror pair serves the client and the tests. The functions of this module are the mailbox's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, cast

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance
from ehbox_soap.wire import address_book, consultation, publication
from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.elements import Record
from ehbox_soap.wire.mime import Part
from ehbox_soap.wire.types import Answer, Request
from ehbox_soap.wire.types import address_book as book

Q = TypeVar("Q")
A = TypeVar("A")
Records = Mapping[type, Record[Any]]
Encoded = tuple[etree._Element, tuple[Part, ...]]


class ServerCodec(Protocol):
    """What a port needs of a codec."""

    def decode_request(self, element: etree._Element, parts: Mapping[str, Part]) -> object: ...
    def encode_answer(self, answer: Any, chance: Chance) -> Encoded: ...


@dataclass(frozen=True, slots=True)
class Service:
    """A namespace's elements: {namespace}Name is the dataclass Name, by its table of fields.

    `others` are prefixes of the namespaces that its children have; without any, they carry none.
    """

    prefix: str
    namespace: str
    requests: Records
    answers: Records
    others: Mapping[str, str] = field(default_factory=dict)

    def element(self, kind: type) -> str:
        """The element that stands for a type."""
        return f"{{{self.namespace}}}{kind.__name__}"


class Codec(Generic[Q, A]):
    """The table of one contract; `requests` and `answers` by element."""

    def __init__(self, *services: Service) -> None:
        self.requests = {one.element(kind): record for one in services for kind, record in one.requests.items()}
        self.answers = {one.element(kind): record for one in services for kind, record in one.answers.items()}
        self._write = {
            kind: (one, record) for one in services for kind, record in {**one.requests, **one.answers}.items()
        }

    def decode_request(self, element: etree._Element, parts: Mapping[str, Part]) -> Q:
        """The typed request of a validated element and the parts that came with it.

        SOA-03005: no request element. SOA-03007: references and parts do not match, content is not base64. SOA-03006:
        what the schema allows and the types cannot hold (a date of the year 12000).
        """
        return cast(Q, _decode(element, parts, self.requests))

    def decode_answer(self, element: etree._Element, parts: Mapping[str, Part]) -> A:
        """The typed answer of an answer's element, with the same faults as decode_request."""
        return cast(A, _decode(element, parts, self.answers))

    def encode_answer(self, answer: A, chance: Chance) -> Encoded:
        """The element of an answer and the attachments it refers to; `chance` gives their Content-IDs."""
        return self._encode(answer, chance)

    def encode_request(self, request: Q, chance: Chance) -> Encoded:
        """The element of a request and the attachments it refers to."""
        return self._encode(request, chance)

    def _encode(self, value: object, chance: Chance) -> Encoded:
        service, record = self._write[type(value)]
        # The mailbox's children carry no namespace, so the element needs a prefix: a default xmlns would rename them.
        names = {service.prefix: service.namespace, **service.others}
        element = etree.Element(service.element(type(value)), nsmap=names)
        attachments = Attachments(chance)
        record.write(element, value, attachments)
        return element, tuple(attachments.parts)


def _decode(element: etree._Element, parts: Mapping[str, Part], table: Mapping[str, Record[Any]]) -> object:
    record = table.get(str(element.tag))
    if record is None:
        raise SoapFault("SOA-03005", "the element in the Body is unknown")
    resolver = Parts(parts)
    value: object = record.read(element, resolver)
    resolver.finish()
    return value


MAILBOX: Codec[Request, Answer] = Codec(
    Service("pub", publication.NAMESPACE, publication.REQUESTS, publication.ANSWERS),
    Service("cons", consultation.NAMESPACE, consultation.REQUESTS, consultation.ANSWERS),
)
ADDRESS_BOOK: Codec[book.Request, book.Answer] = Codec(
    Service("book", address_book.NAMESPACE, address_book.REQUESTS, address_book.ANSWERS, address_book.OTHER_NAMESPACES)
)

decode_request = MAILBOX.decode_request
decode_answer = MAILBOX.decode_answer
encode_answer = MAILBOX.encode_answer
encode_request = MAILBOX.encode_request
