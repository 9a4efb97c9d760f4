"""The connector's CA store: whom it believes when it encrypts and when it opens what was sealed.

Knows: PKCS#12 as Java keeps certificates of others in it, chains by signature, SignedData's certificates. Must not
know: anything of the project. A store in Java's own format of old, JKS, is read by `keytool` where there is one.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from tests.clients.checks import Broken, check
from tests.clients.writing import der

_JKS = b"\xfe\xed\xfe\xed"


@dataclass(frozen=True)
class CaStore:
    """Certificates that are believed."""

    certificates: Sequence[x509.Certificate]

    @classmethod
    def read(cls, path: Path, password: str) -> CaStore:
        """Of a file in either format. Raises OSError; ValueError for another password."""
        octets = path.read_bytes()
        if octets.startswith(_JKS):
            keytool = shutil.which("keytool")
            assert keytool is not None
            command = [keytool, "-list", "-rfc", "-keystore", str(path), "-storepass", password]
            listed = subprocess.run(command, capture_output=True, check=True).stdout
            return cls(x509.load_pem_x509_certificates(listed))
        loaded = pkcs12.load_pkcs12(octets, password.encode())
        return cls([each.certificate for each in loaded.additional_certs])

    def write(self, path: Path, password: str) -> None:
        """As PKCS#12, in the form in which Java takes certificates for trusted."""
        named = [pkcs12.PKCS12Certificate(each, f"ca{n}".encode()) for n, each in enumerate(self.certificates)]
        path.write_bytes(pkcs12.serialize_java_truststore(named, BestAvailableEncryption(password.encode())))

    def demand(
        self, certificate: x509.Certificate, brought: Sequence[x509.Certificate], now: datetime, what: str
    ) -> None:
        """Demands a chain, by way of what was brought along, up to a certificate of the store. Raises Broken."""
        for _ in range(len(brought) + 1):
            check(
                certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc, f"{what} is not valid now"
            )
            if any(_issued(certificate, by) for by in self.certificates):
                return
            above = [each for each in brought if each != certificate and _issued(certificate, each)]
            if not above:
                break
            certificate = above[0]
        raise Broken(f"{what} has no chain to the CA store")


def signer_of(octets: bytes) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """Of SignedData, sealed content or a token: the signer's certificate, and all that were brought along."""
    info: Any = cms.ContentInfo.load(octets)
    check(info["content_type"].native == "signed_data", "no SignedData")
    content = info["content"]
    brought = [x509.load_der_x509_certificate(each.chosen.dump()) for each in content["certificates"]]
    (signer,) = content["signer_infos"]
    named = signer["sid"].chosen
    found = [each for each in brought if each.serial_number == named["serial_number"].native
             and named["issuer"].dump() == cms.Certificate.load(der(each)).issuer.dump()]  # fmt: skip
    check(found, "SignedData without its signer's certificate")
    return found[0], brought


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
