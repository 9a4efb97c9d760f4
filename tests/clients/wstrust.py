"""The WS-Trust 1.3 requests to the STS, as each client writes them, and its answers, read as strictly as they do.

Knows: RequestSecurityToken from its first to its last character (E's as seen on the wire, C's and the .NET client's as
they put it together), what each of them looks for in an answer. Must not know: the envelope, how the call is signed,
the project.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from lxml import etree

from tests.clients.names import DS, OASIS, SAML, STS, TRUST, WSSE, WSU
from tests.clients.writing import attribute, base64_of, der, text

PATH = "/IAM/SecurityTokenService/v1"
ACTION, CHALLENGE_ACTION = f"{STS}:RequestSecurityToken", f"{STS}:Challenge"
AUTH = "http://docs.oasis-open.org/wsfed/authorization/200706"
TOKEN_TYPE = f"{OASIS}oasis-wss-saml-token-profile-1.1#SAMLV1.1"
MISSPELT = "http://docs.oasis-open.org/ws-sx/wstrust/200512/PublicKey"
E_DECLARED = (
    f'xmlns="{AUTH}" xmlns:ns2="http://www.w3.org/2001/04/xmlenc#" xmlns:ns3="{DS}" '
    'xmlns:ns4="http://www.w3.org/2005/08/addressing" xmlns:ns5="http://schemas.xmlsoap.org/ws/2004/09/policy" '
    f'xmlns:ns6="{WSU}" xmlns:ns7="{WSSE}" xmlns:ns8="{TRUST}"'
)
"""What E declares on its Body, and its content relies on; the Id there is ns6:Id."""
_C_DECLARED = (
    f'xmlns:auth="{AUTH}" xmlns:ds="{DS}" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    f'xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" xmlns:wsse="{WSSE}" xmlns:wst="{TRUST}" '
    f'xmlns:wsu="{WSU}"'
)


def _seconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"


def _brussels(moment: datetime) -> str:
    local = moment + timedelta(hours=1)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+01:00"


def _ticks(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}7Z"


@dataclass(frozen=True)
class TrustStyle:
    """A client's prefixes (with their colon, or none), declarations on its element, moments, name of the Context."""

    wst: str = "wst:"
    auth: str = "auth:"
    wsu: str = "wsu:"
    wsse: str = "wsse:"
    ds: str = "ds:"
    declared: str = _C_DECLARED
    moment: Callable[[datetime], str] = _brussels
    context: str = "Context"
    space: str = ""
    """What stands around an embedded assertion."""


E = TrustStyle("ns8:", "", "ns6:", "ns7:", "ns3:", f'xmlns:ns8="{TRUST}"', _seconds)
C = TrustStyle(space="\n\n      ")
# The connector sets the attribute in the namespace, and its serialiser makes up a prefix for it.
C_QUALIFIED = TrustStyle(declared=f'{_C_DECLARED} xmlns:ns0="{TRUST}"', context="ns0:Context", space="\n\n      ")
_N_DECLARED = f'xmlns="{TRUST}" xmlns:auth="{AUTH}" xmlns:ds="{DS}" xmlns:o="{WSSE}" xmlns:u="{WSU}"'
N = TrustStyle("", "auth:", "u:", "o:", "ds:", _N_DECLARED, _ticks)
"""The .NET client of eH-I."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of Issue. `claims` are (Uri, value) or (Uri, None); without `holder` no UseKey is sent."""

    claims: Sequence[tuple[str, str | None]]
    holder: x509.Certificate | None
    begin: datetime
    end: datetime
    key_type: str = MISSPELT


def issue(wanted: Wanted, context: str, style: TrustStyle) -> str:
    """The element of the Body: Issue."""
    t, u, d = style.wst, style.wsu, style.ds
    claims = "".join(_claim(name, value, style) for name, value in wanted.claims)
    use_key = ""
    if wanted.holder is not None:
        use_key = (
            f"<{t}UseKey><{style.wsse}SecurityTokenReference><{d}X509Data><{d}X509Certificate>"
            f"{base64_of(der(wanted.holder))}</{d}X509Certificate></{d}X509Data></{style.wsse}SecurityTokenReference>"
            f"</{t}UseKey>"
        )
    return _request(
        "Issue",
        f'<{t}Claims Dialect="{AUTH}/authclaims">{claims}</{t}Claims><{t}Lifetime>'
        f"<{u}Created>{style.moment(wanted.begin)}</{u}Created><{u}Expires>{style.moment(wanted.end)}</{u}Expires>"
        f"</{t}Lifetime><{t}KeyType>{wanted.key_type}</{t}KeyType>{use_key}",
        context,
        style,
    )


def renew(assertion: str, context: str, style: TrustStyle) -> str:
    """The element of the Body: Renew, with the old assertion as it was kept."""
    t, s, space = style.wst, style.wsse, style.space
    return _request(
        "Renew",
        f'<{t}RenewTarget><{s}SecurityTokenReference><{s}Embedded {style.wsu}Id="token-{context}">{space}{assertion}'
        f"{space}</{s}Embedded></{s}SecurityTokenReference></{t}RenewTarget>",
        context,
        style,
    )


def answer_challenge(challenge: str, context: str, style: TrustStyle) -> str:
    """The element of the Body that brings a challenge back; E has no Context there."""
    t = style.wst
    own = "" if style is E else f' Context="{attribute(context)}"'
    return (
        f"<{t}RequestSecurityTokenResponse {style.declared}{own}><{t}SignChallengeResponse><{t}Challenge>"
        f"{text(challenge)}</{t}Challenge></{t}SignChallengeResponse></{t}RequestSecurityTokenResponse>"
    )


def _request(kind: str, content: str, context: str, style: TrustStyle) -> str:
    t = style.wst
    return (
        f'<{t}RequestSecurityToken {style.declared} {style.context}="{attribute(context)}"><{t}TokenType>{TOKEN_TYPE}'
        f"</{t}TokenType><{t}RequestType>{TRUST}/{kind}</{t}RequestType>{content}</{t}RequestSecurityToken>"
    )


def _claim(name: str, value: str | None, style: TrustStyle) -> str:
    a = style.auth
    if value is None:
        return f'<{a}ClaimType Uri="{attribute(name)}"/>'
    return f'<{a}ClaimType Uri="{attribute(name)}"><{a}Value>{text(value)}</{a}Value></{a}ClaimType>'


class UnreadableAnswer(Exception):
    """An answer that a client would not get its assertion, or its challenge, out of."""


@dataclass(frozen=True)
class TrustAnswer:
    """What a client keeps of an answer: the assertion's characters, or the challenge that it has to bring back."""

    assertion: str | None
    challenge: str | None
    context: str


def read(body: bytes) -> TrustAnswer:
    """An answer, by the strictest of the clients at each point.

    E is bound to one element: RequestSecurityTokenResponse itself, no Collection. C takes the first challenge, else
    the first child of RequestedSecurityToken, whatever it is, and the unqualified Context. The .NET client wants
    exactly one Assertion in the whole Body. Raises UnreadableAnswer.
    """
    envelope = etree.fromstring(body)
    content = envelope.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    if content is None or len(content) != 1 or content[0].tag != f"{{{TRUST}}}RequestSecurityTokenResponse":
        raise UnreadableAnswer("E reads a RequestSecurityTokenResponse only")
    response = content[0]
    context = response.get("Context", "")
    challenges = list(response.iter(f"{{{TRUST}}}Challenge"))
    if challenges:
        sign = challenges[0].getparent()
        if sign is None or sign.tag != f"{{{TRUST}}}SignChallenge" or sign.getparent() is not response:
            raise UnreadableAnswer("E and the .NET client look for a SignChallenge in the response")
        return TrustAnswer(None, challenges[0].text, context)
    requested = response.find(f"{{{TRUST}}}RequestedSecurityToken")
    if requested is None or len(requested) == 0 or requested[0].tag != f"{{{SAML}}}Assertion":
        raise UnreadableAnswer("C takes the first child of RequestedSecurityToken")
    if len(list(content.iter(f"{{{SAML}}}Assertion"))) != 1:
        raise UnreadableAnswer("the .NET client wants exactly one Assertion")
    start, end = body.index(b"<Assertion "), body.index(b"</Assertion>") + len(b"</Assertion>")
    return TrustAnswer(body[start:end].decode(), None, context)
