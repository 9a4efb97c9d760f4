"""Verification in this process, on the same parsed bytes: ours, python-xmlsec's and signxml's.

Knows: how each of the libraries is asked. Must not know: HTTP.
What is compared: a signed getBoxInfo as connector 4.0 sends it, parsed by the server's own parser (a fresh tree for
each verification), and the two signatures in it: the message's (over Body and Timestamp, by the holder's key) and the
assertion's (enveloped, by the STS's key). All are given the elements by their place. Ours also reads and checks
everything else it always does: positions, ids, times, algorithms, chain, holder. The libraries only verify; what they
found is not even looked at.
It is done in two ways: all trees of a round are parsed, then verified in a row; and each is verified right after it
was parsed, as in a server, when the processor's caches are full of the parser.
"""

from __future__ import annotations

import base64
import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from bench import processes, servers
from bench.rounds import doctor
from ehbox_soap import config
from ehbox_soap.clock import SetClock, SystemClock
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.security.names import SOAP, ds, saml, wsse
from ehbox_soap.security.names import WSU as _WSU
from ehbox_soap.security.policy import profile
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import Verifier
from ehbox_soap.wire import xml

Verify = Callable[[etree._Element], None]
# Gives what verifies one tree: what must be new for each is made then, and its time does not count.
Way = Callable[[], Verify]


@dataclass(frozen=True, slots=True)
class Timing:
    """Processor seconds for one verification, a median of each round's mean."""

    seconds: tuple[float, ...]

    @property
    def milliseconds(self) -> float:
        """The median of the rounds."""
        return median(self.seconds) * 1000

    def faster_than(self, other: Timing) -> float:
        """How many of ours fit into one of the other: median of the rounds."""
        return median(theirs / ours for ours, theirs in zip(self.seconds, other.seconds, strict=True))


@dataclass(frozen=True, slots=True)
class Compared:
    """The six of them. `new` has not even seen a header in the layout of this client, `cold` has, with another
    assertion. `xmlsec` takes both keys from their certificates at each call, the holder's out of the message
    and the STS's from beside it; `xmlsec_loaded` has done so before, as ours has after a certificate's first call."""

    new: Timing
    cold: Timing
    warm: Timing
    xmlsec: Timing
    xmlsec_loaded: Timing
    signxml: Timing


@dataclass(frozen=True, slots=True)
class Both:
    """Found in a row, and each right after its tree was parsed."""

    row: Compared
    parsed: Compared


def measure(folder: Path, rounds: int, each: int, tell: Callable[[str], None]) -> Both:
    """So many rounds of so many verifications by each, interleaved."""
    with servers.house(folder / "verifiers", 1) as server:
        caller = doctor(folder / "verifiers", server)
    requests = [caller.box_info().partition(b"\r\n\r\n")[2] for _ in range(each)]
    # At this moment every Timestamp holds, however long the rounds take.
    ways = _ways(folder / "verifiers", caller.connector.certificate, SetClock(SystemClock().now()))
    for way in ways:
        _row(way, requests)
    # As a worker does when it is built: what is here stays, and need not be looked through.
    gc.collect()
    gc.freeze()
    kinds = (_row, _parsed)
    seconds: list[list[list[float]]] = [[[] for _ in ways] for _ in kinds]
    for number in range(rounds):
        tell(f"verifiers, round {number + 1} of {rounds}")
        for mean, found in zip(kinds, seconds, strict=True):
            for way, own in zip(ways, found, strict=True):
                own.append(mean(way, requests))
    row, parsed = (Compared(*(Timing(tuple(own)) for own in found)) for found in seconds)
    return Both(row, parsed)


def _row(way: Way, requests: Sequence[bytes]) -> float:
    """Processor seconds for one, all in a row once all are parsed."""
    prepared = [(way(), xml.parse(octets)) for octets in requests]
    began = processes.own_cpu_seconds()
    for verify, tree in prepared:
        verify(tree)
    return (processes.own_cpu_seconds() - began) / len(requests)


def _parsed(way: Way, requests: Sequence[bytes]) -> float:
    """Processor seconds for one, each right after it was parsed; making its tree is not counted."""
    seconds = 0.0
    for octets in requests:
        verify, tree = way(), xml.parse(octets)
        began = processes.own_cpu_seconds()
        verify(tree)
        seconds += processes.own_cpu_seconds() - began
    return seconds / len(requests)


def _ways(folder: Path, holder: x509.Certificate, clock: SetClock) -> tuple[Way, ...]:
    """The six, in the order of Compared."""
    settings = config.load(None, {"data.folder": str(folder)})
    authority = Authority.open(config.pki_folder(settings), SystemClock(), SystemChance())
    sts = authority.sts.certificate
    policy, trust = profile("wire"), Trust(authority.certificates, [sts])
    # It has worked for a while when it is asked.
    known = Verifier(policy, trust, clock)
    seen = _ours(known)

    def knowing() -> Verifier:
        """One that has seen no assertion, and layouts of clients as the other has."""
        made = Verifier(policy, trust, clock)
        made._layouts = known._layouts
        return made

    own = sts.public_bytes(Encoding.DER)
    keys = [_key(certificate.public_bytes(Encoding.DER)) for certificate in (holder, sts)]
    return (
        # A new verifier has seen no assertion; certificates and their chains are remembered elsewhere.
        lambda: _ours(Verifier(policy, trust, clock)),
        lambda: _ours(knowing()),
        lambda: seen,
        lambda: lambda tree: _xmlsec(tree, _key(_holder(tree)), _key(own)),
        lambda: lambda tree: _xmlsec(tree, *keys),
        lambda: lambda tree: _signxml(tree, holder, sts),
    )


def _ours(verifier: Verifier) -> Verify:
    def verify(tree: etree._Element) -> None:
        verifier.call(tree[0], tree[1])

    return verify


def _holder(tree: etree._Element) -> bytes:
    """The certificate of the holder of key in the assertion."""
    found = tree[0][0][1].find(f".//{ds('X509Certificate')}")
    assert found is not None
    return base64.b64decode(found.text or "")


def _key(certificate: bytes) -> xmlsec.Key:
    return xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertDer)


def _xmlsec(tree: etree._Element, holder: xmlsec.Key, sts: xmlsec.Key) -> None:
    security = tree[0][0]
    timestamp, assertion, signature = security
    message = xmlsec.SignatureContext()
    message.register_id(tree[1], "Id", _WSU)
    message.register_id(timestamp, "Id", _WSU)
    message.key = holder
    message.verify(signature)
    enveloped = xmlsec.SignatureContext()
    enveloped.register_id(assertion, "AssertionID")
    enveloped.key = sts
    enveloped.verify(assertion[-1])


def _signxml(tree: etree._Element, holder: x509.Certificate, sts: x509.Certificate) -> None:
    for parent, references, certificate, identifier in (
        (f"./{{{SOAP}}}Header/{wsse('Security')}/", 2, holder, "Id"),
        (f"./{{{SOAP}}}Header/{wsse('Security')}/{saml('Assertion')}/", 1, sts, "AssertionID"),
    ):
        expected = SignatureConfiguration(location=parent, expect_references=references)
        XMLVerifier().verify(tree, x509_cert=certificate, id_attribute=identifier, expect_config=expected)
