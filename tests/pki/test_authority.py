"""The folder of the test authority: whole or not there, private, the same for everybody who makes it at once."""

from __future__ import annotations

import multiprocessing
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import Chance, SeededChance
from ehbox_soap.pki.authority import Authority, AuthorityError
from ehbox_soap.pki.files import write_private
from ehbox_soap.security.subject import Identity, identity


def make(folder: Path, seed: int) -> bytes:
    """Top-level, so that another process can call it; gives the STS certificate's fingerprint-like serial."""
    authority = Authority.create(folder, SetClock(), SeededChance(seed))
    return authority.sts.certificate.serial_number.to_bytes(12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority") / "deep" / "pki"
    Authority.create(folder, SetClock(), SeededChance(5))
    return folder


def copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


def test_keys_are_readable_by_nobody_else(folder: Path) -> None:
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    names = ("root", "issuing", "sts", "etk-depot", "kgss", "kgss-encryption")
    assert modes == {f"{name}.key": 0o600 for name in names} | {f"{name}.pem": 0o644 for name in names}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_is_left_beside_it(folder: Path) -> None:
    assert [path.name for path in folder.parent.iterdir()] == ["pki"]


def test_creating_again_keeps_what_is_there(folder: Path) -> None:
    first = Authority.open(folder, SetClock(), SeededChance())
    again = Authority.create(folder, SetClock(), SeededChance(6))
    assert again.certificates == first.certificates
    assert again.sts.certificate == first.sts.certificate
    assert [path.name for path in folder.parent.iterdir()] == ["pki"]


def test_one_who_comes_second_takes_the_firsts(tmp_path: Path) -> None:
    """Between looking and renaming another process finished: its authority stays, the draft goes."""
    folder = tmp_path / "pki"

    class Late:
        """Chance whose first use is the moment in which the other process wins."""

        def __init__(self) -> None:
            self.inner: Chance = SeededChance(8)
            self.first = b""

        def octets(self, count: int) -> bytes:
            if not self.first:
                self.first = make(folder, 9)
            return self.inner.octets(count)

    late = Late()
    second = Authority.create(folder, SetClock(), late)
    assert second.sts.certificate.serial_number.to_bytes(12) == late.first
    assert [path.name for path in tmp_path.iterdir()] == ["pki"]


def test_processes_at_once_end_with_one_authority(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        serials = pool.starmap(make, [(tmp_path / "pki", seed) for seed in range(3)])
    assert len(set(serials)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["pki"]


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    Authority.create(tmp_path / ".", SetClock(), SeededChance(7))
    assert (tmp_path / "root.pem").is_file()


def test_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "pki"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    with pytest.raises(AuthorityError, match="is not empty and holds no authority"):
        Authority.create(folder, SetClock(), SeededChance(7))
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["pki"]


LATER = ("etk-depot", "kgss", "kgss-encryption")


def old(folder: Path, to: Path) -> Path:
    """A folder as an earlier version made it."""
    copied = copy(folder, to)
    for name in LATER:
        for suffix in ("key", "pem"):
            (copied / f"{name}.{suffix}").unlink()
    return copied


def test_a_folder_of_an_earlier_version_gets_what_it_lacks(folder: Path, tmp_path: Path) -> None:
    before = old(folder, tmp_path / "pki")
    kept = {file.name: file.read_bytes() for file in before.iterdir()}
    made = Authority.create(before, SetClock(), SeededChance(11))
    assert {name: (before / name).read_bytes() for name in kept} == kept
    assert made.etk_depot.chain == made.certificates
    encryption = made.kgss.encryption
    assert encryption is not None
    encryption.certificate.verify_directly_issued_by(made.kgss.authentication.certificate)
    again = Authority.create(before, SetClock(), SeededChance(12))
    assert again.etk_depot.certificate == made.etk_depot.certificate
    assert stat.S_IMODE((before / "etk-depot.key").stat().st_mode) == 0o600


def test_processes_that_complete_a_folder_at_once_end_with_one(folder: Path, tmp_path: Path) -> None:
    before = old(folder, tmp_path / "pki")
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda seed: Authority.create(before, SetClock(), SeededChance(seed)), range(3)))
    assert len({each.etk_depot.certificate for each in made}) == 1
    assert len({each.kgss.authentication.certificate for each in made}) == 1


def test_the_kgss_is_the_platform_by_its_cbe_number(folder: Path) -> None:
    """wire.md, KGSS: CBE of the platform with the application KGSS."""
    kgss = Authority.open(folder, SetClock(), SeededChance()).kgss
    for entry in (kgss.authentication, *kgss.encryptions):
        assert identity(entry.certificate) == Identity("CBE", "0809394427", "KGSS")


def test_a_token_is_the_encryption_certificate_signed_by_the_depot(folder: Path) -> None:
    """wire.md, ETK depot: content, signer and certificates."""
    authority = Authority.open(folder, SetClock(), SeededChance())
    encryption = authority.kgss.encryption
    assert encryption is not None
    content = cms.ContentInfo.load(authority.token(encryption), strict=True)["content"]
    assert content["encap_content_info"]["content"].native == encryption.certificate.public_bytes(Encoding.DER)
    (info,) = content["signer_infos"]
    assert info["sid"].chosen["serial_number"].native == authority.etk_depot.certificate.serial_number
    held = {each.chosen.serial_number for each in content["certificates"]}
    expected = (authority.etk_depot.certificate, authority.kgss.authentication.certificate, *authority.certificates)
    assert held == {each.serial_number for each in expected}


@pytest.mark.parametrize("name", ["root.pem", "issuing.key", "sts.pem", "etk-depot.key"])
def test_missing_file_is_named(folder: Path, tmp_path: Path, name: str) -> None:
    broken = copy(folder, tmp_path / "pki")
    (broken / name).unlink()
    with pytest.raises(AuthorityError, match=rf"pki/{name} is missing"):
        Authority.open(broken, SetClock(), SeededChance())


def test_unreadable_key_is_named(folder: Path, tmp_path: Path) -> None:
    broken = copy(folder, tmp_path / "pki")
    (broken / "sts.key").write_text("no key")
    with pytest.raises(AuthorityError, match="pki/sts: the key or the certificate is not readable"):
        Authority.open(broken, SetClock(), SeededChance())


def test_key_of_another_certificate_is_noticed(folder: Path, tmp_path: Path) -> None:
    broken = copy(folder, tmp_path / "pki")
    (broken / "sts.key").write_bytes((broken / "root.key").read_bytes())
    with pytest.raises(AuthorityError, match="pki/sts: the certificate is not that of the key"):
        Authority.open(broken, SetClock(), SeededChance())


def test_private_file_is_whole_or_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.p12"
    write_private(path, b"old")
    path.chmod(0o644)

    def no_room(_descriptor: int) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="no room"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
