"""Who is believed: authorities whose certificates count, and the STSs whose assertions count.

Knows: certificate chains, validity, key usage. Must not know: XML, what a certificate's owner may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.x509 import verification
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder

from ehbox_soap.security import reading
from ehbox_soap.security.memory import Memory
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
    "subject_rfc1779",
]

_LARGEST = 24576


@lru_cache(maxsize=512)
def _parsed(text: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(reading.decoded(text))


def read_certificate(text: str, place: str) -> x509.Certificate:
    """The certificate in a base64 text (DER inside), parsed once: the last 512 texts are remembered.

    Raises SoapFault SOA-01001 naming `place`.
    """
    if len(text) > _LARGEST:
        raise refused(place, f"is longer than {_LARGEST} characters")
    try:
        return _parsed(text)
    except (ValueError, x509.InvalidVersion) as error:
        raise refused(place, "is not an X.509 certificate in base64") from error


class Trust:
    """Certificates that are believed without further proof.

    `authorities` are CA certificates, roots or intermediates: what one of them issued is believed, so an intermediate
    must be named itself. `sts_certificates` are believed each for itself. Thread-safe.
    """

    def __init__(self, authorities: Sequence[x509.Certificate], sts_certificates: Sequence[x509.Certificate]) -> None:
        # An empty Store cannot be made: without authorities nobody is believed.
        self._store = verification.Store(list(authorities)) if authorities else None
        self._sts = tuple(sts_certificates)
        self._spans: Memory[x509.Certificate, tuple[datetime, datetime]] = Memory(1024)

    def believe(self, certificate: x509.Certificate, place: str, now: datetime) -> tuple[datetime, datetime]:
        """Demands that `certificate` is valid now, may sign, and was issued by a trusted authority valid now.

        Returns the span in which its chain is valid, first and last moment. A chain once found is remembered with it;
        outside of it, it is sought again.
        """
        span = self._spans.get(certificate)
        if span is None or not span[0] <= now <= span[1]:
            _demand_valid(certificate, place, now)
            span = self._chain_span(certificate, place, now)
            if not span[0] <= now <= span[1]:
                raise refused(place, "its authority is not valid now")
            self._spans.put(certificate, span)
        return span

    def signers(self, certificate: x509.Certificate | None, now: datetime) -> tuple[x509.Certificate, ...]:
        """The trusted STS certificates valid now that may have signed: the one that a KeyInfo names, or any.

        Raises SoapFault SOA-01001 if there is none.
        """
        known = self._sts if certificate is None else tuple(sts for sts in self._sts if sts == certificate)
        if not known:
            raise refused("Assertion", "is not signed by a trusted STS")
        valid = tuple(sts for sts in known if sts.not_valid_before_utc <= now <= sts.not_valid_after_utc)
        if not valid:
            raise refused("Assertion", "the certificate of the STS is not valid now")
        return valid

    def signer_span(self, certificate: x509.Certificate) -> tuple[datetime, datetime]:
        """First and last moment at which that STS's certificate counts."""
        return (certificate.not_valid_before_utc, certificate.not_valid_after_utc)

    def generation(self, now: datetime) -> int:
        """A number that differs once something that was trusted no longer is."""
        return 0

    def _chain_span(self, certificate: x509.Certificate, place: str, now: datetime) -> tuple[datetime, datetime]:
        if self._store is None:
            raise refused(place, "was not issued by a trusted authority")
        verifier = (
            PolicyBuilder()
            .store(self._store)
            .time(now)
            .extension_policies(ca_policy=_AUTHORITY, ee_policy=_HOLDER)
            .build_client_verifier()
        )
        try:
            chain = verifier.verify(certificate, []).chain
        except verification.VerificationError as error:
            raise refused(place, "was not issued by a trusted authority for signing") from error
        return (
            max(link.not_valid_before_utc for link in chain),
            min(link.not_valid_after_utc for link in chain),
        )


def _demand_valid(certificate: x509.Certificate, place: str, now: datetime) -> None:
    if now < certificate.not_valid_before_utc:
        raise refused(place, "is not valid yet")
    if now > certificate.not_valid_after_utc:
        raise refused(place, "is no longer valid")


def _is_no_authority(
    _policy: verification.Policy, _certificate: x509.Certificate, constraints: x509.BasicConstraints | None
) -> None:
    if constraints is not None and constraints.ca:
        raise ValueError("is an authority")


def _may_issue(_policy: verification.Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("may not issue certificates")


def _may_sign(_policy: verification.Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.digital_signature:
        raise ValueError("may not sign")


# The platform's certificates and the eID's have no subject alternative name, and test authorities come as they are:
# no demand is made beyond what makes a chain a chain. That an authority says CA:TRUE is checked wherever the
# extension is there; here it is made to be there.
_AUTHORITY = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_issue)
)
_HOLDER = (
    ExtensionPolicy.permit_all()
    .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_no_authority)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign)
)
