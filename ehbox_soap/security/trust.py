"""Who is believed: authorities whose certificates count, and the STSs whose assertions count.

Knows: what a chain, its validity and the revocation lists mean together. Must not know: XML, files, what a
certificate's owner may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from ehbox_soap.errors import SoapFault
from ehbox_soap.issuing import issued
from ehbox_soap.security import reading
from ehbox_soap.security.chains import Chains, demand_valid, is_valid, key_usage
from ehbox_soap.security.lists import ALWAYS, Lists, Revoked, Span
from ehbox_soap.security.memory import ByObject
from ehbox_soap.security.reading import refused
from ehbox_soap.security.subject import Identity, Names, identity, issuer_rfc1779, names, subject_rfc1779

__all__ = [
    "Identity",
    "Names",
    "Trust",
    "identity",
    "issuer_rfc1779",
    "names",
    "read_certificate",
    "readable",
    "subject_rfc1779",
]

_LARGEST = 24576


@lru_cache(maxsize=512)
def _parsed(text: str) -> x509.Certificate:
    return readable(x509.load_der_x509_certificate(reading.decoded(text)))


def readable(certificate: x509.Certificate) -> x509.Certificate:
    """The same, if its names and its key can be read: `cryptography` parses them where they are looked at, and what
    cannot be read is refused at once, not wherever that is. Raises ValueError, UnsupportedAlgorithm for the key."""
    _ = (certificate.subject, certificate.issuer, certificate.public_key())
    return certificate


def read_certificate(text: str, place: str) -> x509.Certificate:
    """The certificate in a base64 text (DER inside), parsed once: the last 512 texts are remembered.

    Its names and its key can be read. Raises SoapFault SOA-01001 naming `place`.
    """
    if len(text) > _LARGEST:
        raise refused(place, f"is longer than {_LARGEST} characters")
    try:
        return _parsed(text)
    except (ValueError, x509.InvalidVersion) as error:
        raise refused(place, "is not an X.509 certificate in base64") from error
    except UnsupportedAlgorithm as error:
        raise refused(place, "has a key of an unknown kind") from error


class Trust:
    """Certificates that are believed without further proof, and what they lead to.

    `authorities` are CA certificates, roots and intermediates (chains.py); another intermediate is a link at most
    where somebody brings it along with what it issued. `sts_certificates` are believed each for itself. `lists` are
    the revocation lists of the authorities. Thread-safe.
    """

    def __init__(
        self,
        authorities: Sequence[x509.Certificate],
        sts_certificates: Sequence[x509.Certificate],
        lists: Lists | None = None,
    ) -> None:
        self._chains = Chains(authorities)
        self._signers = tuple(_Signer((each, *self._chains.above(each))) for each in dict.fromkeys(sts_certificates))
        self._lists = lists or Lists()
        self._believed: ByObject[x509.Certificate, _Believed] = ByObject(1024)
        self._named: ByObject[x509.Certificate, tuple[x509.Certificate, ...]] = ByObject(64)

    def generation(self, now: datetime) -> int:
        """A number that differs once somebody may be revoked who was not: what was found before is to be found anew."""
        return self._lists.generation(now)

    def troubles(self, now: datetime) -> list[str]:
        """What keeps revocation lists from being used as they should be: a line each."""
        return self._lists.troubles(now)

    def believe(
        self, certificate: x509.Certificate, place: str, now: datetime, among: Sequence[x509.Certificate] = ()
    ) -> Span:
        """Demands that `certificate` may sign and was issued by a trusted authority, all of its chain valid now and
        none of it revoked. `among` are certificates that came along with it, and may be links of that chain; each of
        them must be accounted for, whether it is one or not (chains.py).

        Returns the span in which that stays so while `generation` does, first and last moment. A chain once found is
        remembered with it, if none of it was brought along; outside of it, it is sought again. Raises SoapFault
        SOA-01001.
        """
        # Before the lists are asked: if they change meanwhile, what they said is not taken for what they say.
        generation = self._lists.generation(now)
        known = self._believed.get(certificate)
        if known is None or known.generation != generation or not known.begin <= now <= known.end:
            chain = self._chains.find(certificate, place, now, among)
            try:
                known = _Believed(generation, *self._span(chain, now))
            except Revoked as error:
                raise refused(place, str(error)) from error
            # What a certificate is worth must not depend on who was here before.
            if self._chains.knows(chain):
                self._believed.put(certificate, known)
        if among:
            self._chains.demand_accounted(certificate, place, among)
        return (known.begin, known.end)

    def believe_signed(
        self,
        certificate: x509.Certificate,
        place: str,
        signed_at: datetime,
        now: datetime,
        among: Sequence[x509.Certificate] = (),
    ) -> None:
        """Demands of who signed something at `signed_at` what `believe` does: of the chain then, of the lists now.

        What was signed in time outlives the certificates, and is older than the lists, which tell only of today: one
        that began after it revokes all the same, and keeps nobody out for being later. Nor does a moment that a signer
        wrote tell when files are to be looked at. Raises SoapFault SOA-01001.
        """
        self._lists.generation(now)
        chain = self._chains.find(certificate, place, signed_at, among)
        try:
            self._listed(chain, now)
        except Revoked as error:
            raise refused(place, str(error)) from error
        self._chains.demand_accounted(certificate, place, among)

    def believe_encryption(
        self,
        certificate: x509.Certificate,
        owner: x509.Certificate,
        place: str,
        now: datetime,
        among: Sequence[x509.Certificate] = (),
    ) -> Span:
        """Demands that `owner` is believed and has issued `certificate` to itself, for encryption: the certificate
        inside an ETK (wire.md), which stands in no chain since its issuer is no authority.

        Returns and raises as `believe` does; what is said of the owner has the place "issuer of `place`".
        """
        above = self.believe(owner, f"issuer of {place}", now, among)
        demand_valid(certificate, place, now)
        if certificate.subject != owner.subject or not issued(certificate, owner):
            raise refused(place, "was not issued by its owner")
        usage = key_usage(certificate)
        if usage is None or not usage.key_encipherment:
            raise refused(place, "is not for encryption")
        return (max(above[0], certificate.not_valid_before_utc), min(above[1], certificate.not_valid_after_utc))

    def is_revoked(self, certificate: x509.Certificate, now: datetime) -> bool:
        """Whether it, or a known authority above it, is revoked; of anybody else the lists do not tell."""
        # Looks at the lists' files, where it is time to.
        self._lists.generation(now)
        try:
            self._listed((certificate, *self._chains.above(certificate)), now)
        except Revoked:
            return True
        return False

    def signers(self, certificate: x509.Certificate | None, now: datetime) -> tuple[x509.Certificate, ...]:
        """The trusted STS certificates that count now and may have signed: the one that a KeyInfo names, or any.

        Raises SoapFault SOA-01001 if there is none.
        """
        known = self._signed_by(certificate)
        if not known:
            raise refused("Assertion", "is not signed by a trusted STS")
        found: list[x509.Certificate] = []
        failure: SoapFault | None = None
        for each in known:
            try:
                self.signer_span(each, now)
            except SoapFault as error:
                failure = error
            else:
                found.append(each)
        if failure is not None and not found:
            raise failure
        return tuple(found)

    def _signed_by(self, certificate: x509.Certificate | None) -> tuple[x509.Certificate, ...]:
        """The trusted STS certificate that is this one, or all of them; found once for each certificate."""
        trusted = tuple([signer.chain[0] for signer in self._signers])
        if certificate is None:
            return trusted
        known = self._named.get(certificate)
        if known is None:
            known = tuple([each for each in trusted if each == certificate])
            if known:
                self._named.put(certificate, known)
        return known

    def signer_span(self, certificate: x509.Certificate, now: datetime) -> Span:
        """As `believe` returns, of an STS certificate that `signers` gave. Raises SoapFault SOA-01001."""
        generation = self._lists.generation(now)
        signer = next(each for each in self._signers if each.chain[0] is certificate)
        known = signer.known
        if known is None or known.generation != generation or not known.begin <= now <= known.end:
            known = signer.known = _Believed(generation, *self._signing(signer.chain, now))
        return (known.begin, known.end)

    def _signing(self, chain: Sequence[x509.Certificate], now: datetime) -> Span:
        """From when to when the first of a chain, an STS's, counts as it does now. Raises SoapFault SOA-01001."""
        certificate = chain[0]
        usage = key_usage(certificate)
        if usage is not None and not (usage.digital_signature or usage.content_commitment):
            raise refused("Assertion", "the certificate of the STS is not for signing")
        if not is_valid(certificate, now):
            raise refused("Assertion", "the certificate of the STS is not valid now")
        try:
            begin, end = self._listed(chain, now)
        except Revoked as error:
            raise refused("Assertion", f"the certificate of the STS {error}") from error
        return (max(begin, certificate.not_valid_before_utc), min(end, certificate.not_valid_after_utc))

    def _span(self, chain: Sequence[x509.Certificate], now: datetime) -> Span:
        """From when to when a chain stays as it is now. Raises Revoked."""
        begin, end = self._listed(chain, now)
        return (
            max(begin, *(link.not_valid_before_utc for link in chain)),
            min(end, *(link.not_valid_after_utc for link in chain)),
        )

    def _listed(self, chain: Sequence[x509.Certificate], now: datetime) -> Span:
        """From when to when the lists leave a chain as it is now. Raises Revoked."""
        begin, end = ALWAYS
        for position, (certificate, authority) in enumerate(pairwise(chain)):
            try:
                span = self._lists.span(certificate, authority, now)
            except Revoked as error:
                raise (Revoked(f"was issued by an authority that {error}") if position else error) from error
            begin, end = max(begin, span[0]), min(end, span[1])
        return (begin, end)


@dataclass(frozen=True, slots=True)
class _Believed:
    """That a certificate is believed: while the generation is this one, from begin to end."""

    generation: int
    begin: datetime
    end: datetime


@dataclass(slots=True)
class _Signer:
    """A trusted STS's certificate with the authorities above it, and that it counts, if that was found."""

    chain: tuple[x509.Certificate, ...]
    known: _Believed | None = None
