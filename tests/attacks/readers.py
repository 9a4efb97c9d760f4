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
from ehbox_soap.security import signature
from ehbox_soap.security.policy import profile
from ehbox_soap.security.signature import verify_enveloped
from tests.door import CONSULTATION, STS
from tests.front.calls import post, told
from tests.front.signed import STS_REQUEST
from tests.http.door import HttpDoor
from tests.security.builders import Call, envelope, opened
from tests.security.checks import verifier
from tests.security.edits import Kind
from tests.security.keys import pki

Name = Literal["wire", "strict"]


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


class Within:
    """The verifier itself."""

    def call(self, octets: bytes, kind: Kind, name: Name) -> Found:
        by = verifier(name)
        return _found(lambda: (by.call if kind == "mailbox" else by.sts_call)(*opened(octets)).sha1)

    def request(self, element: etree._Element, name: Name) -> Found:
        def read() -> None:
            verify_enveloped(element, pki().rsa.key.public_key(), profile(name))

        return _found(read)


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
        door = self.doors[name]
        with door.witness.watching() as seen:
            answer = door.send(post(CONSULTATION if kind == "mailbox" else STS, octets))
        canonicalised = len(seen["canonical"])
        if answer.status == 200:
            return Found("", canonicalised)
        fault = told(answer)
        # Looked at when all signatures have held: what the calls to the STS hold is no request, but signed well.
        held = (fault.code, kind) == ("SOA-03006", "sts")
        assert held or fault.code == "SOA-01001"
        return Found("" if held else fault.reason, canonicalised)

    def request(self, element: etree._Element, name: Name) -> Found:
        content = etree.tostring(element, with_tail=False).decode()
        if name not in self.around:
            # The call's own signature, which holds, is verified before the request's.
            self.around[name] = self.call(envelope(Call(kind="sts", content=STS_REQUEST)), "sts", name).canonicalised
        found = self.call(envelope(Call(kind="sts", content=content)), "sts", name)
        return Found(found.reason, found.canonicalised - self.around[name])
