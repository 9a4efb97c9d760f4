"""Keystores: in Java 8's algorithms, with both keys under the aliases that clients look for.

Oracles: asn1crypto reads the algorithms, keytool and openssl (where they are) read the file, cryptography the keys.
"""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki import names
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, Keystore, new_key
from ehbox_soap.pki.pkcs12 import KeystoreError, encryption_alias, pkcs12_octets, read_pkcs12, write_pkcs12
from ehbox_soap.pki.show import Describer
from tests.pki.conftest import INSS

PASSWORD = "geheim"
TRIPLE_DES = "pkcs12_sha1_tripledes_3key"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, keystore: Keystore) -> Path:
    path = tmp_path_factory.mktemp("keystore") / "dora.p12"
    write_pkcs12(path, keystore, PASSWORD, SeededChance(4))
    return path


def assert_same(read: KeyEntry | None, written: KeyEntry | None) -> None:
    assert read is not None
    assert written is not None
    assert (read.certificate, read.chain) == (written.certificate, written.chain)
    assert read.key.private_numbers() == written.key.private_numbers()


def test_only_algorithms_of_java_8(file: Path) -> None:
    """pbeWithSHAAnd3-KeyTripleDES-CBC for every key and every safe of certificates, HMAC-SHA1 for the whole."""
    pfx = asn1.Pfx.load(file.read_bytes())
    assert pfx["mac_data"]["mac"]["digest_algorithm"]["algorithm"].native == "sha1"
    used = []
    for safe in pfx.authenticated_safe:
        if safe["content_type"].native == "encrypted_data":
            content = safe["content"]["encrypted_content_info"]
            used.append(content["content_encryption_algorithm"]["algorithm"].native)
            continue
        for bag in asn1.SafeContents.load(safe["content"].native):
            assert bag["bag_id"].native == "pkcs8_shrouded_key_bag"
            used.append(bag["bag_value"]["encryption_algorithm"]["algorithm"].native)
    # asn1crypto's name of 1.2.840.113549.1.12.1.3: two safes of certificates and two keys.
    assert used == [TRIPLE_DES] * 4


def test_aliases_of_the_keys(file: Path, keystore: Keystore) -> None:
    """wire.md: `authentication`, and the serial number of the encryption certificate."""
    assert keystore.encryption is not None
    aliases = [
        attribute["values"][0].native
        for safe in asn1.Pfx.load(file.read_bytes()).authenticated_safe
        if safe["content_type"].native == "data"
        for bag in asn1.SafeContents.load(safe["content"].native)
        for attribute in bag["bag_attributes"]
        if attribute["type"].native == "friendly_name"
    ]
    assert aliases == ["authentication", str(keystore.encryption.certificate.serial_number)]


def test_reads_what_it_wrote(file: Path, keystore: Keystore) -> None:
    read = read_pkcs12(file, PASSWORD)
    assert_same(read.authentication, keystore.authentication)
    assert_same(read.encryption, keystore.encryption)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_password_beyond_ascii_and_ec_key(tmp_path: Path, authority: Authority) -> None:
    owner = authority.person(INSS, "Hélène", kind="ec")
    write_pkcs12(tmp_path / "a.p12", Keystore(owner), "gehéim €", SeededChance())
    read = read_pkcs12(tmp_path / "a.p12", "gehéim €")
    assert read.encryption is None
    assert_same(read.authentication, owner)


@pytest.mark.skipif(shutil.which("keytool") is None, reason="keytool is not installed")
def test_keytool_lists_both_keys(file: Path, keystore: Keystore) -> None:
    assert keystore.encryption is not None
    command = ["keytool", "-J-Duser.language=en", "-list", "-v", "-storetype", "PKCS12", "-storepass", PASSWORD]
    listing = subprocess.run([*command, "-keystore", file], capture_output=True, text=True, check=True).stdout
    assert "contains 2 entries" in listing
    authentication = listing.index("Alias name: authentication\n")
    encryption = listing.index(f"Alias name: {keystore.encryption.certificate.serial_number}\n")
    assert listing.count("Entry type: PrivateKeyEntry") == 2
    first, second = sorted((authentication, encryption))
    chains = {authentication: "Certificate chain length: 3", encryption: "Certificate chain length: 4"}
    assert chains[first] in listing[first:second]
    assert chains[second] in listing[second:]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_the_mac(file: Path) -> None:
    shown = subprocess.run(
        ["openssl", "pkcs12", "-in", file, "-passin", f"pass:{PASSWORD}", "-info", "-noout", "-legacy"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert "MAC: sha1, Iteration 10000" in shown.stderr


def test_mac_is_verified(tmp_path: Path, file: Path) -> None:
    """One octet of the MAC's salt changed: nothing is read."""
    octets = bytearray(file.read_bytes())
    salt = asn1.Pfx.load(bytes(octets))["mac_data"]["mac_salt"].native
    octets[octets.index(salt)] ^= 1
    (tmp_path / "a.p12").write_bytes(octets)
    with pytest.raises(KeystoreError, match="not a PKCS#12 that this password opens"):
        read_pkcs12(tmp_path / "a.p12", PASSWORD)


@pytest.mark.parametrize("password", ["wrong", ""])
def test_wrong_password(file: Path, password: str) -> None:
    with pytest.raises(KeystoreError, match="not a PKCS#12 that this password opens"):
        read_pkcs12(file, password)


@pytest.mark.parametrize("octets", [b"", b"no keystore", b"\x30\x00", b"\x30\x03\x02\x01\x03"])
def test_another_file(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "a.p12").write_bytes(octets)
    with pytest.raises(KeystoreError):
        read_pkcs12(tmp_path / "a.p12", PASSWORD)


def test_empty_password_is_refused(keystore: Keystore) -> None:
    with pytest.raises(ValueError, match="a keystore needs a password"):
        pkcs12_octets(keystore, "", SeededChance())


def test_keystore_of_another_tool(tmp_path: Path, keystore: Keystore) -> None:
    """One key under another alias, in today's algorithms, is the authentication key all the same."""
    entry = keystore.authentication
    octets = pkcs12.serialize_key_and_certificates(
        b"mine", entry.key, entry.certificate, entry.chain[::-1], BestAvailableEncryption(PASSWORD.encode())
    )
    (tmp_path / "a.p12").write_bytes(octets)
    read = read_pkcs12(tmp_path / "a.p12", PASSWORD)
    assert_same(read.authentication, entry)
    assert read.encryption is None


def test_authentication_alias_goes_before_the_order_of_keys(tmp_path: Path, authority: Authority) -> None:
    other, mine = authority.service("other", kind="ec"), authority.service("mine", kind="ec")
    parts = [
        asn1.Pfx.load(pkcs12.serialize_key_and_certificates(alias, entry.key, entry.certificate, None, NoEncryption()))
        for alias, entry in ((b"other", other), (b"authentication", mine))
    ]
    safes = asn1.AuthenticatedSafe([safe for part in parts for safe in part.authenticated_safe])
    joined = asn1.Pfx({"version": "v3", "auth_safe": {"content_type": "data", "content": safes.dump()}})
    (tmp_path / "a.p12").write_bytes(joined.dump())
    assert_same(read_pkcs12(tmp_path / "a.p12", "").authentication, KeyEntry(mine.key, mine.certificate))


def test_certificate_without_key_usage_authenticates(tmp_path: Path) -> None:
    """A developer's own self-signed certificate, as openssl makes it."""
    key, name, now = new_key("ec"), names.service("mine"), SetClock().now()
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    octets = pkcs12.serialize_key_and_certificates(None, key, certificate, None, NoEncryption())
    (tmp_path / "a.p12").write_bytes(octets)
    assert_same(read_pkcs12(tmp_path / "a.p12", "").authentication, KeyEntry(key, certificate))


def test_keystore_without_an_authentication_key(tmp_path: Path, keystore: Keystore) -> None:
    assert keystore.encryption is not None
    entry = keystore.encryption
    octets = pkcs12.serialize_key_and_certificates(
        b"authentication", entry.key, entry.certificate, None, NoEncryption()
    )
    (tmp_path / "a.p12").write_bytes(octets)
    with pytest.raises(KeystoreError, match="there is no authentication key in it"):
        read_pkcs12(tmp_path / "a.p12", "")


def test_keystore_without_a_key(tmp_path: Path, keystore: Keystore) -> None:
    chain = keystore.authentication.chain
    octets = pkcs12.serialize_key_and_certificates(None, None, None, chain, BestAvailableEncryption(PASSWORD.encode()))
    (tmp_path / "a.p12").write_bytes(octets)
    with pytest.raises(KeystoreError):
        read_pkcs12(tmp_path / "a.p12", PASSWORD)


def test_keys_do_what_their_certificates_say(file: Path) -> None:
    read = read_pkcs12(file, PASSWORD)
    assert read.encryption is not None
    key, public = read.encryption.key, read.encryption.certificate.public_key()
    assert isinstance(key, rsa.RSAPrivateKey)
    assert isinstance(public, rsa.RSAPublicKey)
    assert key.decrypt(public.encrypt(b"content key", padding.PKCS1v15()), padding.PKCS1v15()) == b"content key"
    signer, verifier = read.authentication.key, read.authentication.certificate.public_key()
    assert isinstance(signer, rsa.RSAPrivateKey)
    assert isinstance(verifier, rsa.RSAPublicKey)
    verifier.verify(signer.sign(b"x", padding.PKCS1v15(), hashes.SHA256()), b"x", padding.PKCS1v15(), hashes.SHA256())


def test_alias_of_an_encryption_key_is_decimal(keystore: Keystore) -> None:
    assert keystore.encryption is not None
    certificate: x509.Certificate = keystore.encryption.certificate
    assert encryption_alias(certificate) == f"{certificate.serial_number:d}"
    assert not isinstance(keystore.encryption.key, ec.EllipticCurvePrivateKey)


def test_earlier_encryption_keys_are_kept_and_read(authority: Authority, keystore: Keystore, tmp_path: Path) -> None:
    """What was encrypted for an earlier key is still there to be read."""
    earlier = authority.encryption(keystore.authentication)
    path = tmp_path / "a.p12"
    write_pkcs12(path, Keystore(keystore.authentication, keystore.encryption, (earlier,)), "p", SeededChance(1))
    read = read_pkcs12(path, "p")
    assert len(read.encryptions) == 2
    assert {each.certificate for each in read.encryptions} == {each.certificate for each in keystore.encryptions} | {
        earlier.certificate
    }
    shown = Describer(str, lambda _: None).keystore(read)
    aliases = [encryption_alias(each.certificate) for each in read.encryptions]
    assert [each.alias for each in shown] == ["authentication", *aliases]
