"""Further intermediates and the certificate for TLS in an authority's folder."""

from __future__ import annotations

import shutil
import stat
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from ehbox_soap.clock import SetClock
from ehbox_soap.pki.authority import Authority, AuthorityError
from ehbox_soap.pki.branches import branch, branches, server
from ehbox_soap.pki.entries import new_key
from ehbox_soap.pki.hosts import covers, general_name
from tests.pki.conftest import INSS
from tests.pki.test_certificates import path_length, usage

NOW = SetClock().moment


_key = cache(new_key)


@pytest.fixture
def folder(authority_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(authority_folder, tmp_path / "pki"))


@pytest.fixture(autouse=True)
def _one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are dear: whatever is made here has the same one of its kind."""
    monkeypatch.setattr("ehbox_soap.pki.authority.new_key", _key)


def test_an_intermediate_is_made_once(folder: Path, authority: Authority) -> None:
    """A second authority below the root, with a chain of its own."""
    first = branch(folder, authority, "Regional-1")
    owner = first.person(INSS, "Dora Voorbeeld", kind="ec")
    assert owner.chain == (first.issuing.certificate, authority.root.certificate)
    owner.certificate.verify_directly_issued_by(first.issuing.certificate)
    first.issuing.certificate.verify_directly_issued_by(authority.root.certificate)
    assert path_length(first.issuing.certificate) == (True, 0)
    assert usage(first.issuing.certificate) == {"key_cert_sign", "crl_sign"}
    again = branch(folder, authority, "Regional-1")
    assert again.issuing.certificate == first.issuing.certificate != authority.issuing.certificate
    assert [(name, entry.certificate) for name, entry in branches(folder, authority)] == [
        ("intermediate-Regional-1", first.issuing.certificate)
    ]
    assert stat.S_IMODE((folder / "intermediate-Regional-1.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "-x", "a/b", "../root", "a b", "x" * 33, "é"])
def test_a_name_that_is_no_file(folder: Path, authority: Authority, name: str) -> None:
    with pytest.raises(ValueError, match="an intermediate's name has"):
        branch(folder, authority, name)


def test_a_broken_intermediate_is_told(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "intermediate-x.pem").write_text("nothing")
    with pytest.raises(AuthorityError, match=r"intermediate-x\.key is missing"):
        list(branches(tmp_path, authority))


def test_a_certificate_for_tls(tmp_path: Path, authority: Authority) -> None:
    """subjectAltName is what clients look at; serverAuth; the file has the chain that clients need."""
    entry = server(tmp_path, authority, ["Mail.Example", "192.0.2.7", "localhost"], NOW)
    names = entry.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "mail.example"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address(each) for each in ("127.0.0.1", "::1", "192.0.2.7")]
    purpose = entry.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purpose) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert usage(entry.certificate) == {"digital_signature", "key_encipherment"}
    assert path_length(entry.certificate) == (False, None)
    entry.certificate.verify_directly_issued_by(authority.issuing.certificate)
    in_file = x509.load_pem_x509_certificates((tmp_path / "server.pem").read_bytes())
    assert in_file == [entry.certificate, authority.issuing.certificate, authority.root.certificate]
    assert stat.S_IMODE((tmp_path / "server.key").stat().st_mode) == 0o600
    assert entry.certificate.not_valid_after_utc - NOW == timedelta(days=820)


def test_a_certificate_for_tls_is_made_anew_only_when_it_must_be(
    tmp_path: Path, folder: Path, authority: Authority
) -> None:
    first = server(tmp_path, authority, ["a.example"], NOW).certificate
    assert server(tmp_path, authority, [], NOW).certificate == first
    assert server(tmp_path, authority, ["A.example"], NOW + timedelta(days=789)).certificate == first
    another_name = server(tmp_path, authority, ["b.example"], NOW).certificate
    assert another_name != first
    assert server(tmp_path, authority, [], NOW - timedelta(days=2)).certificate != another_name
    second = server(tmp_path, authority, [], NOW).certificate
    assert server(tmp_path, authority, [], NOW + timedelta(days=791)).certificate != second
    third = server(tmp_path, authority, [], NOW).certificate
    assert server(tmp_path, branch(folder, authority, "tls"), [], NOW).certificate != third


@pytest.mark.parametrize("host", ["", "a b", "é.example", "a..b", "-a.example", "a-.example", "x" * 254, "1.2.3.4/8"])
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(ValueError, match="a server's name is a DNS name in ASCII or an IP address"):
        general_name(host)


def test_hosts() -> None:
    assert general_name("*.Example.BE") == x509.DNSName("*.example.be")
    assert general_name("2001:DB8::1") == x509.IPAddress(ip_address("2001:db8::1"))


def test_a_certificate_without_names_covers_nothing(authority: Authority) -> None:
    assert not covers(authority.sts.certificate, ["localhost"])
    assert covers(authority.sts.certificate, [])
