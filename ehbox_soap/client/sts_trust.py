"""Asking an STS for an assertion, or to renew one, in the WS-Trust 1.3 dialect (wire.md).

Knows: RequestSecurityToken and its response, the challenge that a holder's key answers. Must not know: the mailbox,
when an assertion is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lxml import etree

from ehbox_soap.client.designators import Designator, Owner, claims, owners
from ehbox_soap.client.errors import AnswerError
from ehbox_soap.client.signature import base64_der, instant
from ehbox_soap.client.sts import Asker, Token, add, read_token
from ehbox_soap.ids import hexadecimal
from ehbox_soap.security.names import DS, SAML, SAML_TOKEN, WSSE, WSU
from ehbox_soap.wire import xml

WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
AUTH = "http://docs.oasis-open.org/wsfed/authorization/200706"
SOAP_ACTION = "urn:be:fgov:ehealth:sts:protocol:v1:RequestSecurityToken"
CHALLENGE_ACTION = "urn:be:fgov:ehealth:sts:protocol:v1:Challenge"
# Without the hyphen of the standard's, as every known client of this STS has it.
PUBLIC_KEY = "http://docs.oasis-open.org/ws-sx/wstrust/200512/PublicKey"
_PREFIXES = {"wst": WST, "auth": AUTH, "wsse": WSSE, "wsu": WSU, "ds": DS}


@dataclass(frozen=True, slots=True)
class TrustAsker(Asker):
    """The same as an Asker, in the other dialect. A refusal is a FaultError here."""

    def request_assertion(self, url: str, designators: tuple[Designator, ...], validity: timedelta) -> Token:
        """Asks for an assertion with those attributes, valid that long.

        Raises FaultError, also if the STS refuses; UnreachableError, AnswerError.
        """
        request, now = self._issue("Issue"), self.clock.now()
        wanted = add(request, WST, "Claims", Dialect=f"{AUTH}/authclaims")
        values = {claim.name: who.number for who in self._owners() for claim in claims(who)}
        for name in dict.fromkeys([*values, *(designator.name for designator in designators)]):
            claim = add(wanted, AUTH, "ClaimType", Uri=name)
            if name in values:
                add(claim, AUTH, "Value").text = values[name]
        lifetime = add(request, WST, "Lifetime")
        add(lifetime, WSU, "Created").text = instant(now)
        add(lifetime, WSU, "Expires").text = instant(now + validity)
        add(request, WST, "KeyType").text = PUBLIC_KEY
        reference = add(add(request, WST, "UseKey"), WSSE, "SecurityTokenReference")
        add(add(reference, DS, "X509Data"), DS, "X509Certificate").text = base64_der(self.entry.certificate)
        return self._token(url, request)

    def renew_assertion(self, url: str, token: Token) -> Token:
        """Asks for an assertion like `token`, which must still be valid; as long as that one was.

        Raises FaultError, also if the STS refuses; UnreachableError, AnswerError.
        """
        request = self._issue("Renew")
        reference = add(add(request, WST, "RenewTarget"), WSSE, "SecurityTokenReference")
        embedded = add(reference, WSSE, "Embedded")
        embedded.set(f"{{{WSU}}}Id", f"token-{hexadecimal(self.chance)}")
        # Parsed anew and never changed, so that the STS's own signature survives.
        embedded.append(xml.parse(token.octets))
        return self._token(url, request)

    def _owners(self) -> tuple[Owner, ...]:
        return owners(self.identification.certificate, self.entry.certificate)

    def _issue(self, kind: str) -> etree._Element:
        context = {"Context": f"context-{hexadecimal(self.chance)}"}
        request = etree.Element(f"{{{WST}}}RequestSecurityToken", context, _PREFIXES)
        add(request, WST, "TokenType").text = SAML_TOKEN
        add(request, WST, "RequestType").text = f"{WST}/{kind}"
        return request

    def _token(self, url: str, request: etree._Element) -> Token:
        """The assertion of the answer; a challenge before it is answered by the holder's key."""
        response = self.call(url, SOAP_ACTION, request, self.identification)
        challenge = response.findtext(f"{{{WST}}}SignChallenge/{{{WST}}}Challenge")
        if challenge is not None:
            context = {"Context": request.get("Context", "")}
            answer = etree.Element(f"{{{WST}}}RequestSecurityTokenResponse", context, {"wst": WST})
            add(add(answer, WST, "SignChallengeResponse"), WST, "Challenge").text = challenge
            response = self.call(url, CHALLENGE_ACTION, answer, self.entry)
        # An answer may also be a collection of one.
        assertion = response.find(f".//{{{WST}}}RequestedSecurityToken/{{{SAML}}}Assertion")
        if assertion is None:
            raise AnswerError("not an answer of an STS: no assertion in it")
        return read_token(assertion)
