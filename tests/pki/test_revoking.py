"""Lists of what the test authority has revoked, as its server reads them."""

from __future__ import annotations

import shutil
import stat
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ehbox_soap.clock import SetClock
from ehbox_soap.pki.authority import Authority, AuthorityError
from ehbox_soap.pki.branches import branch
from ehbox_soap.pki.entries import new_key
from ehbox_soap.pki.revoking import REASONS, revoke
from ehbox_soap.security.lists import Lists
from ehbox_soap.security.trust import Trust
from tests.pki.conftest import INSS
from tests.spoiled import SHA256, with_octets

CLOCK = SetClock()


_key = cache(new_key)


@pytest.fixture
def folder(authority_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(authority_folder, tmp_path / "pki"))


@pytest.fixture(autouse=True)
def _one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are dear: whatever is made here has the same one of its kind."""
    monkeypatch.setattr("ehbox_soap.pki.authority.new_key", _key)


def read(path: Path) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(path.read_bytes())


def serials(path: Path) -> list[int]:
    return [each.serial_number for each in read(path)]


def test_a_list_grows(folder: Path, authority: Authority) -> None:
    """A list for each authority, beside its certificate; each version has the next number."""
    first, second = (authority.person(INSS, "X", kind="ec").certificate for _ in range(2))
    path = revoke(folder, authority, first, "key-compromise", CLOCK)
    assert path == folder / "issuing.crl"
    assert revoke(folder, authority, second, "unspecified", CLOCK) == path
    found = read(path)
    assert serials(path) == [first.serial_number, second.serial_number]
    assert found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2
    assert found.is_signature_valid(authority.issuing.key.public_key())
    entry = found.get_revoked_certificate_by_serial_number(first.serial_number)
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
    other = found.get_revoked_certificate_by_serial_number(second.serial_number)
    assert other is not None
    assert len(other.extensions) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_revoking_twice_changes_nothing(folder: Path, authority: Authority) -> None:
    certificate = authority.person(INSS, "X", kind="ec").certificate
    path = revoke(folder, authority, certificate, "hold", CLOCK)
    before = path.read_bytes()
    assert revoke(folder, authority, certificate, "superseded", CLOCK) == path
    assert path.read_bytes() == before


def test_each_authority_has_a_list_of_its_own(folder: Path, authority: Authority) -> None:
    regional = branch(folder, authority, "regional")
    below = regional.person(INSS, "X", kind="ec").certificate
    assert revoke(folder, authority, below, "unspecified", CLOCK) == folder / "intermediate-regional.crl"
    assert revoke(folder, authority, regional.issuing.certificate, "cessation", CLOCK) == folder / "root.crl"
    assert revoke(folder, authority, authority.sts.certificate, "superseded", CLOCK) == folder / "issuing.crl"


def test_what_nobody_here_issued(folder: Path, authority: Authority, tmp_path: Path) -> None:
    strange = authority.encryption(authority.person(INSS, "X", kind="ec")).certificate
    with pytest.raises(ValueError, match="it was not issued by an authority of this test PKI"):
        revoke(folder, authority, strange, "unspecified", CLOCK)
    with pytest.raises(ValueError, match="the root is believed for itself"):
        revoke(folder, authority, authority.root.certificate, "unspecified", CLOCK)
    assert list(folder.glob("*.crl")) == []


def test_a_signature_with_a_digest_that_nobody_knows(folder: Path, authority: Authority) -> None:
    """In the name of an authority of this folder: PSS, which names its digest apart."""
    issuing = authority.issuing
    assert isinstance(issuing.key, rsa.RSAPrivateKey)
    certificate = (
        x509.CertificateBuilder()
        .issuer_name(issuing.certificate.subject)
        .subject_name(issuing.certificate.subject)
        .public_key(issuing.key.public_key())
        .serial_number(1)
        .not_valid_before(CLOCK.now())
        .not_valid_after(CLOCK.now())
        .sign(issuing.key, hashes.SHA256(), rsa_padding=padding.PSS(padding.MGF1(hashes.SHA256()), 32))
    )
    with pytest.raises(ValueError, match="it was not issued by an authority of this test PKI"):
        revoke(folder, authority, with_octets(certificate, *SHA256), "unspecified", CLOCK)


def test_a_list_that_is_none(folder: Path, authority: Authority) -> None:
    (folder / "issuing.crl").write_text("mine")
    with pytest.raises(AuthorityError, match=r"issuing\.crl: not a revocation list"):
        revoke(folder, authority, authority.sts.certificate, "unspecified", CLOCK)
    assert (folder / "issuing.crl").read_text() == "mine"


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_servers_go_by_it_at_once_and_for_good(folder: Path, authority: Authority, reason: str) -> None:
    """Whatever the reason; also where a server's clock is behind, and as long as the authority is valid."""
    certificates = authority.certificates
    lists = Lists([folder], certificates)
    trust = Trust(certificates, [authority.sts.certificate], lists)
    good = authority.person(INSS, "X", kind="ec").certificate
    bad = authority.person(INSS, "X", kind="ec").certificate
    trust.believe(bad, "place", CLOCK.now())
    revoke(folder, authority, bad, reason, CLOCK)
    lists._look()
    clock = SetClock()
    for amount in (-23, 0, 24 * 365 * 4):
        clock.moment = CLOCK.moment
        clock.advance(hours=amount)
        assert trust.troubles(clock.now()) == []
        trust.believe(good, "place", clock.now())
        with pytest.raises(Exception, match="place: is revoked"):
            trust.believe(bad, "place", clock.now())
