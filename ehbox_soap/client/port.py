"""One port of the mailbox as zeep sees it: typed request out, typed answer back.

Knows: zeep, the wire's codec, the order element -> zeep -> signature -> HTTP -> zeep -> value. Must not know: what an
operation means.
zeep reads the request by the WSDL's own types and builds the envelope from that, so nothing leaves that the WSDL does
not know; it reads the answer's element in the same way.
"""

from __future__ import annotations

from typing import Any, cast

import zeep
import zeep.exceptions
from lxml import etree

from ehbox_soap import resources
from ehbox_soap.client.errors import AnswerError, StatusError
from ehbox_soap.client.session import Session
from ehbox_soap.wire import codec
from ehbox_soap.wire.types import Answer, Request

SUCCESS = "100"


class Port:
    """A port at `url`; its WSDL comes from the server, or with `shipped` from this package.

    Subclasses name the WSDL. Raises UnreachableError when the WSDL cannot be had.
    """

    wsdl_name: str

    def __init__(self, session: Session, url: str, *, shipped: bool = False) -> None:
        self.session = session
        self.url = url
        wsdl = str(resources.path("wsdl", "ehealthbox", self.wsdl_name)) if shipped else f"{url}?wsdl"
        # xml_huge_tree: a 10 MB document inline is more text than libxml2 allows by default.
        settings = zeep.Settings(strict=True, xml_huge_tree=True, forbid_dtd=True)
        self._zeep = zeep.Client(wsdl, transport=session.transport, settings=settings)
        (self._binding,) = self._zeep.wsdl.bindings.values()

    def _call(self, operation: str, request: Request) -> Answer:
        """One call. Raises StatusError for any code but 100, and the transport's and session's errors."""
        element, parts = codec.encode_request(request, self.session.chance)
        port_operation = self._binding.get(operation)
        envelope = self._zeep.create_message(self._zeep.service, operation, **self._values(port_operation, element))
        self.session.signature().apply(envelope, {})
        reply = self.session.transport.exchange(self.url, port_operation.soapaction, envelope, parts)
        try:
            port_operation.process_reply(reply.envelope)
        except zeep.exceptions.Error as error:
            raise AnswerError(f"the answer is not of the WSDL: {error}") from error
        answer = codec.decode_answer(reply.content, reply.parts)
        if answer.status.code != SUCCESS:
            raise StatusError(answer)
        return answer

    def _values(self, port_operation: Any, element: etree._Element) -> dict[str, Any]:
        """The request as zeep's own values, by the types of the WSDL."""
        value = port_operation.input.body.parse(element, self._zeep.wsdl.types)
        return {} if value is None else cast("dict[str, Any]", dict(value.__values__))
