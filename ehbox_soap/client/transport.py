"""HTTP for the client: an envelope and its attachments out, an envelope and its attachments back.

Knows: requests, content types, multipart by the wire's own reader and writer. Must not know: what is signed or said.
zeep gets its WSDLs through here too. Its MIME reader is not used: it strips line ends from binary parts, and it
cannot send attachments at all.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests
import zeep
from lxml import etree
from urllib3.exceptions import MaxRetryError, NewConnectionError

from ehbox_soap.client.errors import AnswerError, AnswerLostError, FaultError, UnreachableError
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.security.names import SOAP
from ehbox_soap.wire import mime, xml
from ehbox_soap.wire.types import ErrorMessage, SystemError

_ERRORS = "urn:be:fgov:ehealth:errors:soa:v1"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_TLS = {
    "WRONG_VERSION_NUMBER": "no TLS is spoken there: is it http?",
    "TLSV1_ALERT_PROTOCOL_VERSION": "no version of TLS in common",
    "UNSUPPORTED_PROTOCOL": "no version of TLS in common",
}
_TEXT_XML = "text/xml; charset=utf-8"
_TLS_WANTED = (b"speaks TLS", b"HTTPS port")
"""What a server of https says to a call by http: this project's, others."""
_USE_HTTPS = "TLS is spoken there: use https"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is no fault: its envelope, the one element of its Body, its attachments by bare Content-ID."""

    envelope: etree._Element
    content: etree._Element
    parts: Mapping[str, mime.Part]


class Transport(zeep.Transport):
    """One HTTP session. `timeout_seconds` holds for connecting and for each wait for bytes; proxies are not used.

    A server of https is believed by the usual authorities, or by those of the PEM file `ca` and by no others. Raises
    FileNotFoundError, ValueError if there is no certificate in that file.
    """

    def __init__(self, chance: Chance, timeout_seconds: float = 60, ca: Path | None = None) -> None:
        # zeep looks at it when this goes, also where it never came to be.
        self._close_session = False
        session = requests.Session()
        session.trust_env = False
        if ca is not None:
            session.verify = _authorities(ca)
        super().__init__(  # type: ignore[no-untyped-call]
            timeout=timeout_seconds, operation_timeout=timeout_seconds, session=session
        )
        self._close_session = True
        self._chance = chance

    def exchange(self, url: str, soap_action: str, envelope: etree._Element, parts: Sequence[mime.Part] = ()) -> Reply:
        """Posts the envelope, as multipart/related if there are parts, and reads what comes back.

        Raises UnreachableError if nothing was sent, AnswerLostError if something was, AnswerError, FaultError.
        """
        body = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
        content_type = _TEXT_XML
        if parts:
            content_type, body = mime.write(body, parts, f"=_{hexadecimal(self._chance)}")
        headers = {"Content-Type": content_type, "SOAPAction": f'"{soap_action}"', "Accept": "text/xml"}
        try:
            response = self.session.post(url, data=body, headers=headers, timeout=self.operation_timeout)
        except requests.RequestException as error:
            kind = AnswerLostError if _was_sent(error) else UnreachableError
            raise kind(f"{url}: {_told(error)}") from error
        _demand_the_right_scheme(url, response)
        return _read(response)

    def load(self, url: str) -> bytes:
        """zeep's hook: the WSDL or a schema of it, from a file or the server. Raises UnreachableError."""
        try:
            return bytes(super().load(url))  # type: ignore[no-untyped-call]
        except requests.RequestException as error:
            if error.response is not None:
                _demand_the_right_scheme(url, error.response)
            raise UnreachableError(f"{url}: {_told(error)}") from error

    def is_ready(self, url: str) -> bool:
        """Whether a GET of that address is answered by 200; no connection is no. Raises UnreachableError where it never
        will be, because the address is one of http and TLS is spoken there."""
        try:
            response = self.session.get(url, timeout=self.operation_timeout)
        except requests.RequestException:
            return False
        _demand_the_right_scheme(url, response)
        return response.status_code == 200


def _demand_the_right_scheme(url: str, response: requests.Response) -> None:
    """Nothing was done by a call by http to a server of https, which answers in plain words; UnreachableError."""
    if response.status_code == 400 and any(words in response.content for words in _TLS_WANTED):
        raise UnreachableError(f"{url}: {_USE_HTTPS}")


def _authorities(ca: Path) -> str:
    """The file, looked at now: it would else be told with each call, as if the server were to blame."""
    try:
        ssl.create_default_context(cafile=str(ca))
    except ssl.SSLError as error:
        raise ValueError(f"{ca}: not a certificate in PEM") from error
    return str(ca)


def _was_sent(error: requests.RequestException) -> bool:
    """Whether the service may have got the call: a connection stood, or nothing tells that none did."""
    if isinstance(error, ValueError | requests.ConnectTimeout) or _handshake(error) is not None:
        return False
    reason = error.args[0] if error.args else None
    return not (isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError))


def _told(error: requests.RequestException) -> str:
    return _handshake(error) or type(error).__name__


def _handshake(error: BaseException | None) -> str | None:
    """Why no TLS was agreed on, in words; None where it is not that. Nothing is sent before."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the server's certificate is not believed: {error.verify_message}"
        if isinstance(error, ssl.SSLError) and error.reason in _NO_TLS:
            return _NO_TLS[error.reason]
        error = error.__cause__ or error.__context__
    return None


def _read(response: requests.Response) -> Reply:
    if response.status_code not in (200, 500):
        raise AnswerError(f"HTTP status {response.status_code}")
    try:
        message = mime.read(response.headers.get("Content-Type", ""), response.content)
        envelope = xml.parse(message.root, charset=message.charset)
    except SoapFault as fault:
        raise AnswerError(f"not an answer of SOAP: {fault.reason}") from fault
    body = envelope.find(f"{{{SOAP}}}Body")
    if body is None or len(body) != 1:
        raise AnswerError("not an answer of SOAP: one Body with one element is due")
    content = body[0]
    if content.tag == f"{{{SOAP}}}Fault":
        raise _fault(content)
    if response.status_code != 200:
        raise AnswerError("HTTP status 500 without a fault")
    return Reply(envelope, content, message.parts)


def _fault(fault: etree._Element) -> FaultError:
    detail = fault.find(f"detail/{{{_ERRORS}}}SystemError")
    side = (fault.findtext("faultcode") or "").rpartition(":")[2]
    return FaultError(side, fault.findtext("faultstring") or "", None if detail is None else _system_error(detail))


def _system_error(detail: etree._Element) -> SystemError:
    return SystemError(
        id=detail.get("Id", ""),
        origin=detail.findtext("Origin") or "",
        code=detail.findtext("Code") or "",
        messages=tuple(ErrorMessage(found.get(_LANG, ""), found.text or "") for found in detail.iterfind("Message")),
        environment=detail.findtext(f"{{{_ERRORS}}}Environment") or "",
    )
