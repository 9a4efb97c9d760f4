"""The ETK depot, as a client asks it: whose encryption certificate content is to be sealed for.

Knows: names of tokens, what makes a token believed. Must not know: how content is sealed.
Neither the request nor the answer is signed: only the token is. So everything that counts is read from the token, and
its certificates must have a chain to authorities that the session believes.
"""

from __future__ import annotations

from ehbox_soap.client.errors import AnswerError, EtkError
from ehbox_soap.client.plain import call
from ehbox_soap.client.session import Session
from ehbox_soap.errors import SoapFault
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.token import EncryptionToken, read_token
from ehbox_soap.security.subject import identity
from ehbox_soap.tokens import TokenName, general, of_box, token_name
from ehbox_soap.wire import etk_depot
from ehbox_soap.wire.types import BoxId
from ehbox_soap.wire.types.etk_depot import EtkIdentifier, GetEtkRequest, GetEtkResponse

_ANSWER = f"{{{etk_depot.NAMESPACE}}}GetEtkResponse"
_FOUND = ("100", "200")


class EtkDepot:
    """The depot at `url`."""

    def __init__(self, session: Session, url: str) -> None:
        self.session = session
        self.url = url

    def get(self, type: str, value: str, application: str | None = None) -> EncryptionToken:
        """The token of whom type and number name, e.g. SSIN, NIHII-HOSPITAL, CBE; the number may lack its zeros.

        Raises EtkError where there is none, several match, or it is not believed; and the transport's errors.
        """
        return self._get(token_name(type, value, application))

    def of_box(self, box: BoxId) -> EncryptionToken:
        """The token of a box's owner. Raises as `get`; EtkError too for what is no box, or all of a quality."""
        name = of_box(box.id, box.type, box.quality, box.sub_type)
        if name is None:
            raise EtkError(TokenName(box.type, box.id), "this names no box, so nobody has a token for it")
        return self._get(name)

    def own(self) -> EncryptionToken:
        """The token of the session's own certificate. Raises as `get`."""
        owner = identity(self.session.entry.certificate)
        return self._get(token_name(owner.type, owner.number, owner.application))

    def _get(self, name: TokenName) -> EncryptionToken:
        answer = self._ask(name)
        if answer.matching:
            found = tuple(
                token_name(each.type, each.value, each.application) for one in answer.matching for each in one
            )
            raise EtkError(name, "several match; name the application", found)
        if answer.etk is None:
            said = "; ".join(error.message for error in answer.errors)
            raise EtkError(name, said or f"the depot has none (status {answer.status.code})")
        try:
            token = read_token(answer.etk)
            self._believe(token, name)
        except SealingError as error:
            raise EtkError(name, error.reason) from error
        except SoapFault as fault:
            raise EtkError(name, f"not believed: {fault.reason}") from fault
        return token

    def _ask(self, name: TokenName) -> GetEtkResponse:
        request = GetEtkRequest((EtkIdentifier(name.type, name.value, name.application),))
        element = call(self.session, self.url, lambda: etk_depot.encode_request(request), _ANSWER)
        try:
            answer = etk_depot.decode_answer(element)
        except SoapFault as fault:
            raise AnswerError(f"the answer is not of the contract: {fault.reason}") from fault
        if answer.status.code not in _FOUND:
            raise EtkError(name, f"status {answer.status.code}")
        return answer

    def _believe(self, token: EncryptionToken, name: TokenName) -> None:
        """The depot and the owner are certified by who is believed, now, and the owner is the one asked for."""
        now, trust, others = self.session.clock.now(), self.session.trust, token.others
        trust.believe(token.depot, "the depot's certificate", now, others)
        place = "the encryption certificate"
        trust.believe_encryption(token.encryption, token.authentication, place, now, others)
        owner = identity(token.authentication)
        found = token_name(owner.type, owner.number, owner.application)
        # Certificates of enterprises name the kind of number only.
        if found not in (name, TokenName(general(name.type), name.value, name.application)):
            raise SealingError("it is of another one than was asked for; name a person by INSS")
