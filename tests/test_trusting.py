"""From settings to certificates, lists and TLS: what a start looks at, and what it refuses."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap import assembly, config, log, serving, trusting
from ehbox_soap.clock import SetClock
from ehbox_soap.config import Settings
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.branches import branch
from ehbox_soap.pki.revoking import revoke
from ehbox_soap.store.engine import Store
from tests.door import START, prepared, settings_of
from tests.security.keys import pki
from tests.spoiled import EC_KEY, with_issuer, with_octets, with_subject

CLOCK = SetClock(START)
# [0] { INTEGER 2 }, which stands for version 3, and another.
VERSION_3, VERSION_9 = bytes.fromhex("a003020102"), bytes.fromhex("a003020108")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("trusting") / "data")


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "data"))


def authority(folder: Path) -> Authority:
    return Authority.open(folder / "pki", CLOCK, SeededChance(3))


def settings(folder: Path, **more: str) -> Settings:
    """The settings of that folder; names with a double underscore for the dot."""
    return settings_of(folder, {name.replace("__", ".", 1): value for name, value in more.items()})


def check(folder: Path, **more: str) -> None:
    trusting.check(settings(folder, **more), authority(folder), CLOCK)


def names(path: Path) -> set[object]:
    made = x509.load_pem_x509_certificate(path.read_bytes())
    return {str(each.value) for each in made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value}


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", set()), ("0.0.0.0", set()), ("::", set()), ("", set()), ("boxes.example", {"boxes.example"})],
)
def test_the_server_s_certificate_is_for_its_host(folder: Path, host: str, expected: set[str]) -> None:
    """An address that stands for all of them is none that a client could call."""
    check(folder, server__tls="true", server__host=host, server__tls_names="other.example")
    made = names(folder / "pki" / "server.pem")
    assert made == {"localhost", "127.0.0.1", "::1", "other.example", *expected}


def test_without_tls_no_certificate_is_made(folder: Path) -> None:
    check(folder)
    assert not (folder / "pki" / "server.pem").exists()
    assert trusting.tls(settings(folder)) is None


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("security__authorities", "not a certificate"),
        ("security__sts_certificates", "not a certificate"),
        ("security__revocation_lists", "is not a revocation list"),
        ("server__tls_certificate", "cannot be used for TLS"),
    ],
)
def test_files_that_cannot_be_used_keep_it_from_starting(folder: Path, tmp_path: Path, setting: str, told: str) -> None:
    (tmp_path / "file.pem").write_text("nothing")
    with pytest.raises(ValueError, match=rf"file\.pem.*: {told}"):
        check(folder, server__tls="true", **{setting: str(tmp_path / "file.pem")})
    with pytest.raises((OSError, ValueError), match=r"missing\.pem"):
        check(folder, server__tls="true", **{setting: str(tmp_path / "missing.pem")})


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda each: _der(each).replace(VERSION_3, VERSION_9, 1), "not a certificate"),
        (lambda each: _der(with_octets(each, *EC_KEY)), "a certificate has a key of an unknown kind"),
        (lambda each: _der(with_subject(each)), "a certificate has a name or a key that cannot be read"),
        (lambda each: _der(with_issuer(each)), "a certificate has a name or a key that cannot be read"),
    ],
    ids=["version", "key", "subject", "issuer"],
)
@pytest.mark.parametrize("form", ["DER", "PEM"])
def test_certificates_that_cannot_be_read_are_told_by_their_file(
    folder: Path, tmp_path: Path, spoil: Callable[[x509.Certificate], bytes], told: str, form: str
) -> None:
    """Whatever the library raises for one, and whenever it does: the file is named, what stands in it is not."""
    path = tmp_path / "file.pem"
    octets = spoil(pki().sts_ec.certificate)
    body = base64.encodebytes(octets)
    armoured = b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"
    path.write_bytes(octets if form == "DER" else armoured)
    for setting in ("security__authorities", "security__sts_certificates"):
        with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: {told}$"):
            check(folder, **{setting: str(path)})


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def test_prepare_looks_at_them(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        assembly.prepare(settings(folder, security__revocation_lists=str(tmp_path / "none.crl")), CLOCK, SeededChance())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
@pytest.mark.parametrize(
    "name", ["kgss.key", "pseudonym.key", "pki/sts.key", "pki/root.key", "pki/server.key", "ehbox.sqlite"]
)
def test_what_others_can_read_is_told_at_the_start(
    folder: Path, name: str, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a copy without its modes. It is told, and what stands in it is not."""
    chosen = settings(folder, server__tls="true")
    log.set_up(chosen.log)
    assembly.prepare(chosen, CLOCK, SeededChance(5))
    assert "others can read" not in capsys.readouterr().err
    (folder / name).chmod(mode)
    assembly.prepare(chosen, CLOCK, SeededChance(5))
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["level"], told["event"]) == ("warning", "others can read what is private")
    assert told["file"] == str(folder / name)


def test_nobody_else_can_read_what_a_server_makes(tmp_path: Path) -> None:
    """Whatever the umask: messages are medical."""
    before = os.umask(0)
    try:
        folder = prepared(tmp_path / "above" / "data")
        store = Store.open(config.database_url(settings(folder)))
        with store.begin() as transaction:
            transaction.clock.set_shift(timedelta(0))
            beside = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("ehbox.sqlite*")}
        assert store.copy(tmp_path / "copy.sqlite")
        store.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o777
    assert beside == {"ehbox.sqlite": 0o600, "ehbox.sqlite-wal": 0o600, "ehbox.sqlite-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "copy.sqlite").stat().st_mode) == 0o600


def test_a_key_of_ones_own_for_tls_is_looked_at_too(folder: Path, tmp_path: Path) -> None:
    check(folder, server__tls="true")
    for name in ("server.pem", "server.key"):
        shutil.copy(folder / "pki" / name, tmp_path / name)
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    both = {"server__tls_certificate": str(certificate), "server__tls_key": str(key)}
    assert trusting.exposed(settings(folder, server__tls="true", **both)) == []
    key.chmod(0o644)
    assert trusting.exposed(settings(folder, server__tls="true", **both)) == [key]
    assert trusting.exposed(settings(folder, **both)) == []
    # A certificate that its key stands with.
    certificate.chmod(0o644)
    alone = {"server__tls_certificate": str(certificate)}
    assert trusting.exposed(settings(folder, server__tls="true", **alone)) == [certificate]


def test_names_that_are_none(folder: Path) -> None:
    with pytest.raises(ValueError, match="a DNS name in ASCII or an IP address"):
        check(folder, server__tls="true", server__tls_names="a b")


def test_lists_of_the_test_authority_are_read_without_being_named(folder: Path) -> None:
    """Beside those that are; intermediates that it made are trusted as well."""
    made = authority(folder)
    regional = branch(folder / "pki", made, "regional")
    owner = regional.person("71031499894", "X", kind="ec").certificate
    now = START
    trust = trusting.trust(settings(folder, security__revocation_seconds="5"), made)
    assert trust.believe(owner, "place", now)
    revoke(folder / "pki", made, owner, "unspecified", CLOCK)
    assert trust.believe(owner, "place", now + timedelta(seconds=4))
    with pytest.raises(Exception, match="place: is revoked"):
        trust.believe(owner, "place", now + timedelta(seconds=5))


def test_a_list_that_breaks_is_told_in_the_log(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "pki" / "issuing.crl"
    log.set_up(settings(folder).log)
    trust = trusting.trust(settings(folder), authority(folder))
    path.write_text("nothing")
    assert trust.troubles(START) == [f"{path}: is not a revocation list"]
    assert f"{path}: is not a revocation list" in capsys.readouterr().err


def test_certificates_that_the_server_needs(folder: Path, tmp_path: Path) -> None:
    """The first to end: without TLS the STS's after five years, with it the server's own."""
    plain = trusting.certified_until(settings(folder), authority(folder))
    assert plain == START + timedelta(days=5 * 365)
    check(folder, server__tls="true")
    assert trusting.certified_until(settings(folder, server__tls="true"), authority(folder)) == (
        START + timedelta(days=820)
    )
    assert trusting.certified_until(settings(folder), authority(folder)) == plain


def test_the_root_that_clients_trust(folder: Path, tmp_path: Path) -> None:
    assert trusting.root_file(settings(folder)) == folder / "pki" / "root.pem"
    assert trusting.root_file(settings(tmp_path / "none")) is None


@pytest.mark.parametrize(
    ("host", "reachable"),
    [("127.0.0.1", False), ("127.1.2.3", False), ("localhost", False), ("0.0.0.0", True), ("::1", False), ("::", True)],
)
def test_plain_http_stays_on_this_machine(tmp_path: Path, host: str, reachable: bool) -> None:
    """Unless it is asked for elsewhere, or TLS is."""
    try:
        bound = serving.listener(host, 0)
    except serving.AddressError:
        pytest.skip("this machine has no IPv6")
    with bound:
        if reachable:
            with pytest.raises(serving.AddressError, match=f"others than this machine can reach {host}"):
                serving._demand_tls(settings(tmp_path, server__host=host), bound)
        else:
            serving._demand_tls(settings(tmp_path, server__host=host), bound)
        for allowed in ("server__tls", "server__plain_http"):
            serving._demand_tls(settings(tmp_path, server__host=host, **{allowed: "true"}), bound)
