"""Chains from a certificate up to an authority that is believed for itself.

Knows: `cryptography`'s own path validation, validity and key usage of every link. Must not know: revocation, XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509 import verification
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder

from ehbox_soap.issuing import issued
from ehbox_soap.security.reading import refused

_ENDED = "its authority is not valid now"


class Chains:
    """The authorities of the settings. One that another of them issued, by its name, is a link on the way to that one;
    any other, a root or an intermediate alone, is believed for itself. Thread-safe."""

    def __init__(self, authorities: Sequence[x509.Certificate]) -> None:
        self._authorities = tuple(dict.fromkeys(authorities))
        # By the name alone: an intermediate whose signature does not hold must not be believed for itself.
        names = {each.subject for each in self._authorities}
        below = [each for each in self._authorities if each.issuer != each.subject and each.issuer in names]
        anchors = [each for each in self._authorities if each not in below]
        # An empty Store cannot be made: without authorities nobody is believed.
        self._store = verification.Store(anchors) if anchors else None
        self._intermediates = below

    def find(
        self, certificate: x509.Certificate, place: str, now: datetime, among: Sequence[x509.Certificate] = ()
    ) -> Sequence[x509.Certificate]:
        """The certificate and those above it, the last one believed for itself; all are valid now and may do what they
        did. `among` are further intermediates, such as sealed content brings along: links at most, never believed for
        themselves. Raises SoapFault SOA-01001 naming `place`."""
        demand_valid(certificate, place, now)
        if self._store is None:
            raise refused(place, "was not issued by a trusted authority")
        builder = PolicyBuilder().store(self._store).time(now)
        verifier = builder.extension_policies(ca_policy=_AUTHORITY, ee_policy=_HOLDER).build_client_verifier()
        try:
            chain = verifier.verify(certificate, [*self._intermediates, *among]).chain
        except verification.VerificationError as error:
            if all(is_valid(each, now) for each in self.above(certificate)):
                raise refused(place, "was not issued by a trusted authority for signing") from error
            raise refused(place, _ENDED) from error
        # The library goes by whole seconds.
        if not all(is_valid(each, now) for each in chain):
            raise refused(place, _ENDED)
        return chain

    def demand_accounted(self, certificate: x509.Certificate, place: str, among: Sequence[x509.Certificate]) -> None:
        """Demands of all that came along with a believed certificate that no octet of it could be another: each is an
        authority of the settings, or was issued by itself, or by one of those that are accounted for so.

        They need not be links of the chain, nor valid, and are believed for nothing. Raises SoapFault SOA-01001.
        """
        accounted = {certificate, *self._authorities}
        left = [each for each in among if each not in accounted]
        while found := [each for each in left if any(issued(each, by) for by in (each, *accounted))]:
            accounted.update(found)
            left = [each for each in left if each not in accounted]
        if left:
            raise refused(place, "brings along a certificate that was not issued by a trusted authority")

    def knows(self, chain: Sequence[x509.Certificate]) -> bool:
        """Whether all authorities of a chain are those of the settings."""
        return all(each in self._authorities for each in chain[1:])

    def above(self, certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """The authorities above a certificate, as far as they are known; nothing is demanded of them.

        Of several of one name it is the one that signed, if one did. Above a certificate whose issuer cannot be
        read there is nobody.
        """
        found: list[x509.Certificate] = []
        try:
            _ = certificate.issuer
        except ValueError:
            return ()
        left = [each for each in self._authorities if each != certificate]
        while named := [each for each in left if each.subject == certificate.issuer]:
            issuer = next((each for each in named if issued(certificate, each)), named[0])
            found.append(issuer)
            left.remove(issuer)
            certificate = issuer
        return tuple(found)


def is_valid(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether it has begun and not ended; its last second is its last moment."""
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def demand_valid(certificate: x509.Certificate, place: str, now: datetime) -> None:
    """The same; raises SoapFault SOA-01001 naming `place`."""
    if now < certificate.not_valid_before_utc:
        raise refused(place, "is not valid yet")
    if now > certificate.not_valid_after_utc:
        raise refused(place, "is no longer valid")


def key_usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    """What its key may be used for, None if it does not say."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


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
