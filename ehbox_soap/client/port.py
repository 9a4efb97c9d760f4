"""One port as zeep sees it: typed request out, typed answer back.

Knows: zeep, the wire's codec, the order element -> zeep -> signature -> HTTP -> zeep -> value. Must not know: what an
operation means.
zeep reads the request by the WSDL's own types and builds the envelope, so nothing leaves that the WSDL does not know;
it reads the answer's element in the same way.
"""

from __future__ import annotations

from typing import Any, TypeVar

import zeep
import zeep.exceptions
from lxml import etree

from ehbox_soap import resources
from ehbox_soap.client.errors import AnswerError, RequestError, StatusError
from ehbox_soap.client.session import Session
from ehbox_soap.client.transport import Reply
from ehbox_soap.errors import SoapFault
from ehbox_soap.security.names import SOAP
from ehbox_soap.wire.codec import MAILBOX, Codec
from ehbox_soap.wire.types import Answer, Request

SUCCESS = ("100", "200")

Q = TypeVar("Q")
A = TypeVar("A")


class SecuredPort:
    """A port at `url`; its WSDL comes from the server, or with `shipped` from this package.

    Subclasses name the WSDL and its folder. Raises UnreachableError when the WSDL cannot be had.
    """

    service: str
    wsdl_name: str

    def __init__(self, session: Session, url: str, *, shipped: bool = False) -> None:
        self.session = session
        self.url = url
        wsdl = str(resources.path("wsdl", self.service, self.wsdl_name)) if shipped else f"{url}?wsdl"
        # xml_huge_tree: a 10 MB document inline is more text than libxml2 allows by default.
        settings = zeep.Settings(strict=True, xml_huge_tree=True, forbid_dtd=True)
        self._zeep = zeep.Client(wsdl, transport=session.transport, settings=settings)
        (self._binding,) = self._zeep.wsdl.bindings.values()

    def _exchange(self, operation: str, request: Q, codec: Codec[Q, A]) -> A:
        """One call, whatever its answer says. Raises RequestError, AnswerError, the errors of transport and session."""
        element, parts = codec.encode_request(request, self.session.chance)
        port_operation = self._binding.get(operation)
        envelope = self._envelope(operation, port_operation.input.body, element)
        self.session.signature().apply(envelope, {})
        reply = self.session.transport.exchange(self.url, port_operation.soapaction, envelope, parts)
        _check_answer(port_operation, reply)
        try:
            return codec.decode_answer(reply.content, reply.parts)
        except SoapFault as fault:
            raise AnswerError(f"the answer does not match its attachments: {fault.reason}") from fault

    def _envelope(self, operation: str, kind: Any, element: etree._Element) -> etree._Element:
        """zeep's envelope around the element. Raises RequestError if zeep does not find it to be of the WSDL."""
        try:
            value = kind.parse(element, self._zeep.wsdl.types)
            values = {} if value is None else dict(value.__values__)
            envelope: etree._Element = self._zeep.create_message(self._zeep.service, operation, **values)
        except zeep.exceptions.Error as error:
            raise RequestError(f"the request is not of the WSDL: {error}") from error
        (body,) = envelope.iterchildren(f"{{{SOAP}}}Body")
        # zeep leaves out an element that is empty, such as the content of an empty document: what it has checked goes.
        body[:] = [element]
        return envelope


class Port(SecuredPort):
    """A port of the mailbox."""

    service = "ehealthbox"

    def _call(self, operation: str, request: Request, *, repeatable: bool = False) -> Answer:
        """One call. Raises StatusError for any code but 100 and 200, and the transport's and session's errors.

        `repeatable` says that the service does the same call once only, or changes nothing by it: one whose answer was
        lost is then signed anew and made again, as the session's `retry` says.
        """
        if repeatable:
            return self.session.retry.run(lambda: self._once(operation, request))
        return self._once(operation, request)

    def _once(self, operation: str, request: Request) -> Answer:
        answer = self._exchange(operation, request, MAILBOX)
        if answer.status.code not in SUCCESS:
            raise StatusError(answer)
        return answer


def _check_answer(port_operation: Any, reply: Reply) -> None:
    """Raises AnswerError for an element of another operation, and for one that zeep does not find to be of the WSDL."""
    if reply.content.tag != port_operation.output.body.qname.text:
        raise AnswerError("the answer is of another operation")
    try:
        port_operation.process_reply(reply.envelope)
    except zeep.exceptions.Error as error:
        raise AnswerError(f"the answer is not of the WSDL: {error}") from error
