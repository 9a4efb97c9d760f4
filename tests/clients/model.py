"""What the models of all clients share: calls, secured in their client's frame, and answers read as strictly.

Knows: WS-Security as these services want it. Must not know: anything of the project, so that a mistake in the house
cannot hide in its mirror image here. Moments and identifiers are handed in. The operations are in operations.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.clients import connector40_reader, saml_request
from tests.clients.connector40_reader import Answer, ClientName
from tests.clients.dsig import Covered, Key, Signer, parsed
from tests.clients.http import CONNECTOR_HEADERS, HttpRequest
from tests.clients.names import (
    BASE64_BINARY,
    CONSULTATION,
    DS,
    SAML_ASSERTION_ID,
    SAML_TOKEN,
    SOAP,
    STS,
    WSSE,
    WSSE11,
    WSU,
    X509V3,
)
from tests.clients.saml_request import INNER, Asked, SamlStyle
from tests.clients.writing import der, instant, wrapped

Identifiers = Callable[[], str]
"""Gives a new identifier at each call, in the form of a UUID."""
_OUTER = "@signature@"


@dataclass(frozen=True)
class Prefixes:
    """PrefixLists of InclusiveNamespaces: of SignedInfo and of the transform of each reference."""

    info: str
    body: str
    timestamp: str
    token: str


@dataclass(frozen=True)
class Frame:
    """An envelope around a Body's content: prefixes, declarations, algorithms, line ends.

    `header` is the Header's prefix where it is another one; `body` stands on the Body before its Id ({namespace} is
    its content's); `id` is the prefix of that Id; `redeclares` repeats declarations on the SecurityTokenReference,
    `always_11` declares wsse11 there although nothing has it; `small_ids` begins ids in lower case.
    """

    soap: str = "SOAP-ENV"
    declaration: str = ""
    envelope: str = ""
    header: str | None = None
    body: str = f'xmlns:wsu="{WSU}" '
    id: str = "wsu"
    redeclares: bool = False
    always_11: bool = False
    small_ids: bool = False
    prefixes: Prefixes | None = None
    token_last: bool = True
    line_end: str = "&#13;\n"
    sha1: bool = False
    life: timedelta = timedelta(seconds=60)
    empty: str = "/>"


@dataclass(frozen=True)
class Identification:
    """A key pair that tells who asks the STS, where it is another than the one that will sign the calls."""

    key: Key
    certificate: x509.Certificate


@dataclass
class Caller:
    """A client with one key pair: its calls to the STS, and the securing of any other. A model states the rest."""

    key: Key
    certificate: x509.Certificate
    identifiers: Identifiers
    identification: Identification | None = None

    client: ClassVar[ClientName]
    frame: ClassVar[Frame]
    sts_frame: ClassVar[Frame]
    saml_style: ClassVar[SamlStyle] = SamlStyle()
    headers: ClassVar[tuple[tuple[str, str], ...]] = CONNECTOR_HEADERS
    sts_action: ClassVar[str] = f'"{STS}:RequestSecureToken"'
    always_inner: ClassVar[bool] = False
    """Whether SAML-P has the signature inside although one key pair asks and holds."""

    @property
    def who(self) -> Identification:
        """Who asks the STS."""
        return self.identification or Identification(self.key, self.certificate)

    def request_secure_token(
        self,
        path: str,
        now: datetime,
        claims: Sequence[tuple[str, str]],
        designators: Sequence[tuple[str, str]],
        validity: timedelta = timedelta(hours=24),
    ) -> HttpRequest:
        """The STS call; `claims` are (name, value) of the identification namespace, `designators` (name, namespace)."""
        asked = Asked(self.certificate, self.who.certificate, claims, designators, validity)
        one, frame = self.identifiers(), self.sts_frame
        # rsa-sha1 in every client seen (wire.md); for a key on a curve there is no such thing.
        signer = Signer(self.key, isinstance(self.key, rsa.RSAPrivateKey), frame.line_end)
        inner = ""
        if self.identification is not None or self.always_inner:
            inner = saml_request.inner_signature(one, signer, self.certificate, self.saml_style)
        envelope, covered = self._envelope(saml_request.request(asked, one, now, self.saml_style, inner), now, frame)
        if inner:
            own = [Covered(saml_request.request_id(one))]
            envelope = signer.digested(envelope, own, without=inner.replace("/>", frame.empty))
            envelope = signer.signed(envelope, INNER, None)
        return self.post(path, self.sts_action, self._signed(envelope, covered, frame, self.who.key))

    def read_token(self, status: int, headers: Mapping[str, str], body: bytes) -> str:
        """The assertion of an STS's answer, as this client keeps it. Raises Fault, Broken."""
        return connector40_reader.read_assertion(status, headers, body)

    def read(self, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
        """An answer of the mailbox, as strictly as this client reads it. Raises Fault, Broken."""
        return connector40_reader.read(status, headers, body, self.client)

    def post(self, path: str, action: str, body: bytes, content_type: str = "text/xml; charset=utf-8") -> HttpRequest:
        """A POST with this client's headers; `action` as the header has it, quotation marks included."""
        return HttpRequest(path, (("Content-Type", content_type), ("SOAPAction", action)), body, self.headers)

    def secured(self, content: str, now: datetime, assertion: str | None, namespace: str = CONSULTATION) -> bytes:
        """The envelope around `content`; with an assertion as the mailbox wants it, without as the STS does."""
        frame, key = (self.sts_frame, self.who.key) if assertion is None else (self.frame, self.key)
        envelope, covered = self._envelope(content, now, frame, assertion, namespace)
        return self._signed(envelope, covered, frame, key)

    def _signed(self, envelope: str, covered: Sequence[Covered], frame: Frame, key: Key) -> bytes:
        signer = Signer(key, frame.sha1, frame.line_end)
        info = frame.prefixes.info if frame.prefixes else None
        return signer.signed(signer.digested(envelope, covered), _OUTER, info).encode()

    def _envelope(
        self, content: str, now: datetime, frame: Frame, assertion: str | None = None, namespace: str = CONSULTATION
    ) -> tuple[str, Sequence[Covered]]:
        """The envelope with marks where its signature's values go, and what that signature covers."""
        kinds = ("TS-", "id-", "X509-", "SIG-", "KI-", "STR-")
        stamp, body, token, *names = (
            (kind.lower() if frame.small_ids else kind) + self.identifiers() for kind in kinds
        )
        lists = frame.prefixes
        over_body = Covered(body, lists.body if lists else None)
        over_stamp = Covered(stamp, lists.timestamp if lists else None)
        over_token = Covered(token, lists.token if lists else None)
        if assertion is None:
            proof, reference = self._binary_token(token, frame), _token_reference(token, names[-1], frame)
            rest = [over_stamp, over_token] if frame.token_last else [over_token, over_stamp]
        else:
            proof, reference, rest = assertion, _saml_reference(assertion, names[-1], frame), [over_stamp]
        covered = [over_body, *rest]
        info = Signer(self.key if assertion else self.who.key, frame.sha1, "").signed_info(
            covered, lists.info if lists else None
        )
        soap, header = frame.soap, frame.header or frame.soap
        written = (
            f'{frame.declaration}<{soap}:Envelope xmlns:{soap}="{SOAP}"{frame.envelope}><{header}:Header>'
            f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" {soap}:mustUnderstand="1">'
            f'<wsu:Timestamp wsu:Id="{stamp}"><wsu:Created>{instant(now)}</wsu:Created>'
            f"<wsu:Expires>{instant(now + frame.life)}</wsu:Expires></wsu:Timestamp>{proof}"
            f'<ds:Signature xmlns:ds="{DS}" Id="{names[0]}">{info}<ds:SignatureValue>{_OUTER}</ds:SignatureValue>'
            f'<ds:KeyInfo Id="{names[1]}">{reference}</ds:KeyInfo></ds:Signature></wsse:Security></{header}:Header>'
            f'<{soap}:Body {frame.body.format(namespace=namespace)}{frame.id}:Id="{body}">{content}</{soap}:Body>'
            f"</{soap}:Envelope>"
        )
        return written.replace("/>", frame.empty), covered

    def _binary_token(self, name: str, frame: Frame) -> str:
        return (
            f'<wsse:BinarySecurityToken EncodingType="{BASE64_BINARY}" ValueType="{X509V3}" wsu:Id="{name}">'
            f"{wrapped(der(self.who.certificate), frame.line_end)}</wsse:BinarySecurityToken>"
        )


def _token_reference(token: str, name: str, frame: Frame) -> str:
    again = f'xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" ' if frame.redeclares else ""
    again += f'xmlns:wsse11="{WSSE11}" ' if frame.always_11 else ""
    return (
        f'<wsse:SecurityTokenReference {again}wsu:Id="{name}"><wsse:Reference URI="#{token}" ValueType="{X509V3}"/>'
        "</wsse:SecurityTokenReference>"
    )


def _saml_reference(assertion: str, name: str, frame: Frame) -> str:
    before, after = (f'xmlns:wsse="{WSSE}" ', f'xmlns:wsu="{WSU}" ') if frame.redeclares else ("", "")
    return (
        f'<wsse:SecurityTokenReference {before}xmlns:wsse11="{WSSE11}" {after}wsse11:TokenType="{SAML_TOKEN}" '
        f'wsu:Id="{name}"><wsse:KeyIdentifier ValueType="{SAML_ASSERTION_ID}">{parsed(assertion).get("AssertionID")}'
        "</wsse:KeyIdentifier></wsse:SecurityTokenReference>"
    )
