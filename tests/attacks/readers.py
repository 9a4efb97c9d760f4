"""Whoever verifies a signature, asked for its reason: the verifier within the process, or running workers by HTTP.

Knows: how each is asked, how each tells what it canonicalised. Must not know: what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol
from unittest.mock import patch

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.ports.call import HttpAnswer
from ehbox_soap.ports.sts import TRUST_PATH
from ehbox_soap.security import signature
from ehbox_soap.security.policy import profile
from ehbox_soap.security.signature import verify_enveloped
from ehbox_soap.sts import renewal
from ehbox_soap.sts.decision import StsRules
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.signer import Signer
from ehbox_soap.sts.trust_request import Renew, read_request
from tests.door import CONSULTATION, STS
from tests.front.calls import post, told
from tests.front.signed import STS_REQUEST
from tests.http.door import HttpDoor
from tests.security.builders import Call, envelope, opened
from tests.security.checks import trust, verifier
from tests.security.edits import Kind
from tests.security.keys import NOW, pki

Name = Literal["wire", "strict"]
_RENEWED = "The assertion to renew "


@dataclass(frozen=True)
class Found:
    """Why it is not authenticated, or nothing; how many elements were canonicalised until then."""

    reason: str
    canonicalised: int
    sha1: bool | None = None
    """Whether SHA-1 was in it, where that can be seen."""


class Reader(Protocol):
    """Asked by a profile's name."""

    def call(self, octets: bytes, kind: Kind, name: Name) -> Found:
        """About an envelope, signed by the PKI of tests/security."""

    def request(self, element: etree._Element, name: Name) -> Found:
        """About a samlp:Request with a signature of its own, of the RSA key of that PKI."""

    def renewal(self, element: etree._Element, name: Name) -> Found:
        """About a wst:RequestSecurityToken that brings an assertion to be renewed, signed by that PKI's STS."""


class Within:
    """The verifier itself."""

    def call(self, octets: bytes, kind: Kind, name: Name) -> Found:
        by = verifier(name)
        return _found(lambda: (by.call if kind == "mailbox" else by.sts_call)(*opened(octets)).sha1)

    def request(self, element: etree._Element, name: Name) -> Found:
        def read() -> None:
            verify_enveloped(element, pki().rsa.key.public_key(), profile(name))

        return _found(read)

    def renewal(self, element: etree._Element, name: Name) -> Found:
        rules, signer = StsRules(profile(name), trust()), Signer(pki().sts.key, pki().sts.certificate)

        def read() -> None:
            asked = read_request(element)
            assert isinstance(asked, Renew)
            try:
                renewal.wish_of(asked.assertion, asked.span, pki().rsa.certificate, NOW, rules, signer)
            except StsFailure as failure:
                raise SoapFault("SOA-01001", _of_the_assertion(failure.message)) from failure

        return _found(read)


def _of_the_assertion(reason: str) -> str:
    """What was wrong with the assertion itself."""
    assert _RENEWED in reason, reason
    return reason.rpartition(_RENEWED)[2].removeprefix("is none of this STS: ")


def _found(read: Callable[[], bool | None]) -> Found:
    with _counting() as counted:
        try:
            sha1 = read()
        except SoapFault as fault:
            refused = fault
        else:
            return Found("", len(counted), sha1)
    assert refused.code == "SOA-01001"
    return Found(refused.reason, len(counted))


@contextmanager
def _counting() -> Iterator[list[str]]:
    """What is canonicalised within it."""
    seen: list[str] = []
    canonical = signature.canonical

    def counted(element: etree._Element, prefixes: tuple[str, ...] = ()) -> bytes:
        seen.append(element.tag)
        return canonical(element, prefixes)

    with patch.object(signature, "canonical", counted):
        yield seen


class ByHttp:
    """Running workers, one server for each profile."""

    def __init__(self, wire: HttpDoor, strict: HttpDoor) -> None:
        self.doors: dict[Name, HttpDoor] = {"wire": wire, "strict": strict}
        self.around: dict[Name, int] = {}

    def call(self, octets: bytes, kind: Kind, name: Name) -> Found:
        answer, canonicalised = self._sent(CONSULTATION if kind == "mailbox" else STS, octets, name)
        if answer.status == 200:
            return Found("", canonicalised)
        fault = told(answer)
        # Looked at when all signatures have held: what the calls to the STS hold is no request, but signed well.
        held = (fault.code, kind) == ("SOA-03006", "sts")
        assert held or fault.code == "SOA-01001"
        return Found("" if held else fault.reason, canonicalised)

    def request(self, element: etree._Element, name: Name) -> Found:
        found = self.call(_around(element), "sts", name)
        return Found(found.reason, found.canonicalised - self._of_the_call(name))

    def renewal(self, element: etree._Element, name: Name) -> Found:
        answer, canonicalised = self._sent(TRUST_PATH, _around(element), name)
        fault = told(answer)
        assert fault.code == "SOA-01002"
        return Found(_of_the_assertion(fault.reason), canonicalised - self._of_the_call(name))

    def _of_the_call(self, name: Name) -> int:
        """What is canonicalised of a call to the STS, whose own signature is verified before any that it holds."""
        if name not in self.around:
            self.around[name] = self.call(envelope(Call(kind="sts", content=STS_REQUEST)), "sts", name).canonicalised
        return self.around[name]

    def _sent(self, path: str, octets: bytes, name: Name) -> tuple[HttpAnswer, int]:
        """What is answered, and how many elements were canonicalised."""
        door = self.doors[name]
        with door.witness.watching() as seen:
            answer = door.send(post(path, octets))
        return answer, len(seen["canonical"])


def _around(element: etree._Element) -> bytes:
    """A call to the STS with that element, well signed."""
    return envelope(Call(kind="sts", content=etree.tostring(element, with_tail=False).decode()))
