"""pki issue --intermediate, pki revoke, pki server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509

from ehbox_soap.cli import main
from ehbox_soap.pki.pkcs12 import read_pkcs12
from tests.cli.conftest import DOCTOR, Command

COLLEAGUE, MIDWIFE = "68072599721", "88080899488"


def issued(ehbox: Command, inss: str, *more: str) -> Path:
    """A keystore of its own for somebody of the seed."""
    return Path(
        json.loads(ehbox.ok("pki", "issue", "--person", inss, "--key", "ec", "--force", "--json", *more))["path"]
    )


def test_a_keystore_of_an_intermediate(ehbox: Command) -> None:
    """The chain leads over it to the root; a server believes it from its next start on."""
    path = issued(ehbox, MIDWIFE, "--intermediate", "Regional")
    entry = read_pkcs12(path, "ehbox-test").authentication
    authority = ehbox.door.folder / "pki"
    regional = x509.load_pem_x509_certificate((authority / "intermediate-Regional.pem").read_bytes())
    root = x509.load_pem_x509_certificate((authority / "root.pem").read_bytes())
    assert entry.chain == (regional, root)
    assert "CN=ehbox-soap test Regional CA" in ehbox.ok("pki", "show")
    result = ehbox("box", "--as", MIDWIFE)
    assert (result.exit_code, "SOA-01001" in result.stderr) == (4, True)
    ehbox.door.restart()
    ehbox.ok("box", "--as", MIDWIFE)


def test_an_intermediate_of_a_name_that_is_none(ehbox: Command) -> None:
    result = ehbox("pki", "issue", "--person", MIDWIFE, "--force", "--intermediate", "a/b")
    assert (result.exit_code, "an intermediate's name has" in result.stderr) == (2, True)


def test_a_revoked_keystore_is_refused_within_seconds(ehbox: Command) -> None:
    """By the number of its owner; the server is not started anew."""
    path = issued(ehbox, COLLEAGUE)
    ehbox.ok("box", "--as", COLLEAGUE)
    serial = str(read_pkcs12(path, "ehbox-test").authentication.certificate.serial_number)
    told = json.loads(ehbox.ok("pki", "revoke", COLLEAGUE, "--reason", "key-compromise", "--json"))
    assert told["list"] == str(ehbox.data / "pki" / "issuing.crl")
    assert told["certificate"]["serial"] == serial
    ehbox.door.advance(seconds=10)
    result = ehbox("box", "--as", COLLEAGUE)
    assert (result.exit_code, "SOA-01001" in result.stderr) == (4, True)
    ehbox.ok("box", "--as", DOCTOR)
    issued(ehbox, COLLEAGUE)
    ehbox.ok("box", "--as", COLLEAGUE)


def test_revoking_by_files(ehbox: Command, tmp_path: Path) -> None:
    """A keystore, or a certificate in PEM such as an authority's own."""
    path = issued(ehbox, COLLEAGUE, "--intermediate", "files")
    text = ehbox.ok("pki", "revoke", path)
    assert f'CN="SSIN={COLLEAGUE}"' in text
    assert "intermediate-files.crl" in text
    assert "root.crl" in ehbox.ok("pki", "revoke", ehbox.data / "pki" / "intermediate-files.pem")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"-----BEGIN nothing", "neither a certificate in PEM nor a keystore"), (b"x", "neither a certificate in PEM")],
)
def test_revoking_what_is_no_certificate(ehbox: Command, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "x").write_bytes(content)
    result = ehbox("pki", "revoke", tmp_path / "x")
    assert (result.exit_code, told in result.stderr) == (2, True)


def test_revoking_nobody(ehbox: Command) -> None:
    result = ehbox("pki", "revoke", "00000000000")
    assert (result.exit_code, "is no file, and there is no" in result.stderr) == (2, True)
    result = ehbox("pki", "revoke", ehbox.data / "pki" / "root.pem")
    assert (result.exit_code, "the root is believed for itself" in result.stderr) == (2, True)


def test_revoking_without_a_test_pki(ehbox: Command, tmp_path: Path) -> None:
    path = ehbox.data / "pki" / "sts.pem"
    result = CliRunner().invoke(main, ["pki", "revoke", str(path), "--data", str(tmp_path / "none")])
    assert (result.exit_code, "there is no test PKI" in result.stderr) == (2, True)
    assert not (tmp_path / "none").exists()


def test_a_certificate_for_tls(ehbox: Command) -> None:
    told = json.loads(ehbox.ok("pki", "server", "boxes.example", "192.0.2.7", "--json"))
    assert told["path"] == str(ehbox.data / "pki" / "server.pem")
    assert json.loads(ehbox.ok("pki", "server", "--json")) == told
    made = x509.load_pem_x509_certificate((ehbox.data / "pki" / "server.pem").read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "boxes.example"]
    result = ehbox("pki", "server", "a b")
    assert (result.exit_code, "a DNS name in ASCII or an IP address" in result.stderr) == (2, True)
