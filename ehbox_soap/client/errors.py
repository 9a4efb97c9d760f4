"""How a call of the client can end otherwise than in success, as exceptions.

Knows: statuses, faults, what a connection does. Must not know: how they were read.
"""

from __future__ import annotations

from ehbox_soap.tokens import TokenName
from ehbox_soap.wire.types import Answer, SystemError, address_book


class ClientError(Exception):
    """Any end of a call that is no success."""


class UnreachableError(ClientError):
    """No answer: no connection, or none in time."""


class AnswerLostError(UnreachableError):
    """The connection ended, or nothing came in time, after the call had gone out: it may have been carried out."""


class RequestError(ClientError):
    """A request that the contract does not allow; nothing was sent."""


class AnswerError(ClientError):
    """An answer that is none: HTTP status, content type, XML or shape are not those of the contract."""


class TokenError(ClientError):
    """The STS refused: `code` is its StatusCode, `message` its StatusMessage."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"the STS answered {code}: {message}")


class StatusError(ClientError):
    """An answer whose status is neither 100 nor 200; `answer` is the whole of it (PUB-9 tells of absences there)."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.code = answer.status.code
        texts = dict(answer.status.messages)
        super().__init__(f"{self.code} {texts.get('EN') or next(iter(texts.values()), '')}".rstrip())


class LookupRefusedError(ClientError):
    """The address book refused: `codes` from the outer to the innermost, `message` its words, `answer` the whole."""

    def __init__(self, answer: address_book.Answer) -> None:
        self.answer = answer
        self.codes = answer.reply.status.codes
        self.message = answer.reply.status.message or ""
        super().__init__(f"{self.codes[-1].rpartition(':')[2]}: {self.message}")


class FaultError(ClientError):
    """A SOAP fault. `detail` is its SystemError, None if it has none; `side` its faultcode without prefix."""

    def __init__(self, side: str, faultstring: str, detail: SystemError | None) -> None:
        self.side = side
        self.faultstring = faultstring
        self.detail = detail
        self.code = detail.code if detail is not None else faultstring
        self.id = detail.id if detail is not None else ""
        texts = {message.lang.upper(): message.text for message in detail.messages} if detail is not None else {}
        self.message = texts.get("EN") or next(iter(texts.values()), faultstring)
        super().__init__(f"{self.code} {self.message} (id {self.id})" if self.id else f"{self.code} {self.message}")


class EtkError(ClientError):
    """No encryption token, or one that is not believed. `name` is whose was asked for, `matching` whose there are where
    several are meant; the text quotes neither."""

    def __init__(self, name: TokenName, reason: str, matching: tuple[TokenName, ...] = ()) -> None:
        self.name = name
        self.matching = matching
        self.reason = reason
        super().__init__(f"encryption token for {name.type}: {reason}")


class SealedError(ClientError):
    """Content that cannot be sealed, opened or believed; `field` tells which of a message."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


class KgssRefusedError(ClientError):
    """The KGSS refused: `codes` are those of its errors."""

    def __init__(self, codes: tuple[str, ...], text: str) -> None:
        self.codes = codes
        super().__init__(f"the KGSS answered {' '.join(codes)}: {text}")
