"""What is told of a certificate and a keystore."""

from __future__ import annotations

from datetime import timedelta

from cryptography import x509

from ehbox_soap.clock import SetClock
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.show import Describer
from ehbox_soap.security.subject import identity, rfc1779
from tests.pki.conftest import INSS


def told(certificate: x509.Certificate) -> str | None:
    found = identity(certificate)
    return f"{found.type}={found.number}"


SUBJECT = (
    f'CN="SSIN={INSS}", OU="SSIN={INSS}", OU=DORA VOORBEELD, OU=eHealth-platform Belgium, O=Federal Government, C=BE'
)
ISSUER = "CN=ehbox-soap test issuing CA, O=ehbox-soap test PKI, C=BE"


def test_keystore_is_described_key_by_key(keystore: Keystore) -> None:
    """The subject is written as clients write it (wire.md): RFC 1779."""
    assert keystore.encryption is not None
    authentication, encryption = Describer(rfc1779, told).keystore(keystore)
    now = SetClock().now()
    assert authentication.alias == "authentication"
    assert (authentication.subject, authentication.issuer) == (SUBJECT, ISSUER)
    assert authentication.identity == f"SSIN={INSS}"
    assert authentication.key == "RSA 2048"
    assert authentication.not_before == now - timedelta(days=1)
    assert authentication.not_after == now + timedelta(days=5 * 365)
    assert (encryption.subject, encryption.issuer) == (SUBJECT, SUBJECT)
    assert encryption.alias == encryption.serial == str(keystore.encryption.certificate.serial_number)


def test_keystore_of_one_key(authority: Authority) -> None:
    described = Describer(rfc1779, lambda _certificate: None).keystore(Keystore(authority.service("A", kind="ec")))
    assert [(one.alias, one.key, one.identity) for one in described] == [("authentication", "EC secp256r1", None)]
