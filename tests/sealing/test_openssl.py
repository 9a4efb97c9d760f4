"""OpenSSL's own `cms` reads what we seal, layer by layer, and what it seals is read: an oracle that shares no code."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.certificates import AUTHENTICATION, Maker
from ehbox_soap.pki.names import service
from ehbox_soap.security.trust import Trust
from tests.sealing.people import DATA, NOW, SHARED, People, people

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
P = people()


def people_today() -> People:
    """OpenSSL signs by the machine's clock: the doctor's key with a certificate of today."""
    maker = Maker(SystemClock(), SeededChance(6))
    root = maker.self_signed(service("a test root"), P.authority.root.key)
    doctor = maker.issue(root, P.doctor.certificate.subject, P.doctor.key, AUTHENTICATION)
    return replace(P, doctor=doctor, trust=Trust((root.certificate,), ()))


TODAY = people_today()
LATER = SystemClock().now() + timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keys and certificates as files."""
    entries = {
        "today": TODAY.doctor,
        "doctor": P.doctor,
        "doctor-encryption": P.doctor_encryption,
        "nurse": P.nurse_encryption,
    }
    for name, entry in entries.items():
        key = entry.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / f"{name}.key").write_bytes(key)
        (tmp_path / f"{name}.pem").write_bytes(entry.certificate.public_bytes(Encoding.PEM))
    authorities = b"".join(each.public_bytes(Encoding.PEM) for each in P.authority.certificates)
    (tmp_path / "authorities.pem").write_bytes(authorities)
    return tmp_path


def cms(folder: Path, *arguments: str) -> None:
    """`openssl cms` on files of DER."""
    command = ["openssl", "cms", *arguments, "-binary"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


VERIFY = ("-verify", "-inform", "DER", "-CAfile", "authorities.pem", "-purpose", "any",
          "-attime", str(int(NOW.timestamp())))  # fmt: skip


@pytest.mark.parametrize("owner", ["nurse", "doctor-encryption"])
def test_it_opens_what_we_seal(folder: Path, owner: str) -> None:
    (folder / "sealed").write_bytes(P.seal())
    cms(folder, *VERIFY, "-in", "sealed", "-out", "envelope")
    own = ("-inkey", f"{owner}.key", "-recip", f"{owner}.pem")
    cms(folder, "-decrypt", "-inform", "DER", "-in", "envelope", "-out", "inner", *own)
    cms(folder, *VERIFY, "-in", "inner", "-certfile", "doctor.pem", "-out", "plain")
    assert (folder / "plain").read_bytes() == DATA


def test_it_opens_what_we_seal_for_a_shared_key(folder: Path) -> None:
    (folder / "sealed").write_bytes(P.seal(DATA, P.doctor, SHARED))
    cms(folder, *VERIFY, "-in", "sealed", "-out", "envelope")
    key = ("-secretkey", SHARED.key.hex(), "-secretkeyid", SHARED.identifier.hex())
    cms(folder, "-decrypt", "-inform", "DER", "-in", "envelope", "-out", "inner", *key)
    cms(folder, *VERIFY, "-in", "inner", "-certfile", "doctor.pem", "-out", "plain")
    assert (folder / "plain").read_bytes() == DATA


PSS = ("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32", "-keyopt", "rsa_mgf1_md:sha256")
SIGN = ("-sign", "-nodetach", "-outform", "DER", "-signer", "today.pem", "-inkey", "today.key", "-md", "sha256", *PSS)
OAEP = ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256")


@pytest.mark.parametrize("cipher", ["-aes128", "-aes256"])
@pytest.mark.parametrize("way", [(), OAEP], ids=["pkcs1", "oaep"])
@pytest.mark.parametrize("stream", [(), ("-stream",)], ids=["der", "ber"])
def test_we_open_what_it_seals(folder: Path, cipher: str, way: tuple[str, ...], stream: tuple[str, ...]) -> None:
    """It leaves out algorithm protection, which says nothing more where only one digest is accepted."""
    data = DATA * 500
    (folder / "plain").write_bytes(data)
    cms(folder, *SIGN, "-nocerts", "-in", "plain", "-out", "inner")
    cms(folder, "-encrypt", *stream, "-outform", "DER", cipher, "-in", "inner", "-out", "envelope",
        "-recip", "nurse.pem", *way)  # fmt: skip
    cms(folder, *SIGN, "-in", "envelope", "-out", "sealed")
    opened = TODAY.open((folder / "sealed").read_bytes(), now=LATER)
    assert (opened.data, opened.signer) == (data, TODAY.doctor.certificate)


def test_we_open_what_it_seals_for_a_shared_key(folder: Path) -> None:
    (folder / "plain").write_bytes(DATA)
    cms(folder, *SIGN, "-nocerts", "-in", "plain", "-out", "inner")
    key = ("-secretkey", SHARED.key.hex(), "-secretkeyid", SHARED.identifier.hex())
    cms(folder, "-encrypt", "-outform", "DER", "-aes128", "-in", "inner", "-out", "envelope", *key)
    cms(folder, *SIGN, "-in", "envelope", "-out", "sealed")
    assert TODAY.open((folder / "sealed").read_bytes(), now=LATER, shared=(SHARED,)).data == DATA
