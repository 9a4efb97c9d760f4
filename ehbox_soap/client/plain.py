"""Calls of services whose messages need no zeep: an element out, signed or not, an element back.

Knows: the envelope, the transport. Must not know: what the elements mean.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from ehbox_soap.client.errors import AnswerError
from ehbox_soap.client.session import Session
from ehbox_soap.security.names import SOAP


def call(
    session: Session, url: str, element: Callable[[], etree._Element], answer: str, *, secured: bool = False
) -> etree._Element:
    """The answer's element, whose name must be `answer`. The call is repeatable: made again, with an element that is
    asked for anew, if its answer is lost.

    Raises the transport's errors, with `secured` also the session's, and AnswerError for another element.
    """

    def once() -> etree._Element:
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
        etree.SubElement(envelope, f"{{{SOAP}}}Header")
        etree.SubElement(envelope, f"{{{SOAP}}}Body").append(element())
        if secured:
            session.signature().apply(envelope, {})
        return session.transport.exchange(url, "", envelope).content

    found = session.retry.run(once)
    if found.tag != answer:
        raise AnswerError("the answer is of another operation")
    return found
