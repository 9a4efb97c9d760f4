"""etk import, list, revoke; and the token that pki issue makes."""

from __future__ import annotations

import json
from pathlib import Path

from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.pkcs12 import read_pkcs12, write_pkcs12
from tests.cli.conftest import DOCTOR, NURSE, Command

RENEWED = "68072599721"


def listed(ehbox: Command) -> dict[tuple[str, str, str | None], tuple[str, str]]:
    """Serial and state of the last token of each name, which is listed first."""
    found = reversed(json.loads(ehbox.ok("etk", "list", "--json")))
    return {(each["type"], each["value"], each["application"]): (each["serial"], each["state"]) for each in found}


def test_issue_makes_a_token_that_the_depot_gives_out(ehbox: Command) -> None:
    ehbox.ok("pki", "issue", "--person", DOCTOR, "--key", "ec", "--force")
    keystore = read_pkcs12(ehbox.data / "pki" / "keystores" / f"{DOCTOR}.p12", "ehbox-test")
    assert keystore.encryption is not None
    serial = str(keystore.encryption.certificate.serial_number)
    assert listed(ehbox)["SSIN", DOCTOR, None] == (serial, "given out")
    assert DOCTOR in ehbox.ok("etk", "list")


def test_a_token_from_elsewhere_is_imported_once(ehbox: Command, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    ehbox.ok("pki", "issue", "--person", NURSE, "--key", "ec", "--data", elsewhere, data=False)
    token = elsewhere / "pki" / "keystores" / f"{NURSE}.etk"
    assert "added" in ehbox.ok("etk", "import", token)
    assert "known already" in ehbox.ok("etk", "import", token)
    assert listed(ehbox)["SSIN", NURSE, None][1] == "given out"


def test_tokens_may_be_imported_before_the_first_start(ehbox: Command, tmp_path: Path) -> None:
    """The data folder is made, for its owner alone."""
    elsewhere, new = tmp_path / "elsewhere", tmp_path / "folder" / "new"
    ehbox.ok("pki", "issue", "--person", NURSE, "--key", "ec", "--data", elsewhere, data=False)
    token = elsewhere / "pki" / "keystores" / f"{NURSE}.etk"
    assert "added" in ehbox.ok("etk", "import", token, "--data", new, data=False)
    assert new.stat().st_mode & 0o077 == 0


def test_a_keystore_of_before_gets_its_token(ehbox: Command, tmp_path: Path) -> None:
    """Made when there was no depot, or by another tool: the keys are there, the token is not."""
    elsewhere = tmp_path / "elsewhere"
    ehbox.ok("pki", "issue", "--person", NURSE, "--key", "ec", "--data", elsewhere, data=False)
    path = elsewhere / "pki" / "keystores" / f"{NURSE}.p12"
    assert "added" in ehbox.ok("etk", "import", path)
    keystore = read_pkcs12(path, "ehbox-test")
    assert keystore.encryption is not None
    serial = str(keystore.encryption.certificate.serial_number)
    assert listed(ehbox)["SSIN", NURSE, None] == (serial, "given out")
    wrong = ehbox("etk", "import", path, "--password", "wrong")
    assert wrong.exit_code == 2
    assert "not a PKCS#12 that this password opens" in wrong.output


def test_of_a_keystore_s_keys_the_one_in_use_is_given_out(ehbox: Command, tmp_path: Path) -> None:
    """It stands first in the keystore; content of before can still be opened by those that stand behind it."""
    authority = Authority.open(ehbox.data / "pki", ehbox.door.clock, SystemChance())
    owner = authority.person(RENEWED, "TEST PERSON", kind="ec")
    used, earlier = authority.encryption(owner), authority.encryption(owner)
    write_pkcs12(tmp_path / "a.p12", Keystore(owner, used, (earlier,)), "ehbox-test", SystemChance())
    ehbox.ok("etk", "import", tmp_path / "a.p12")
    found = json.loads(ehbox.ok("etk", "list", "--json"))
    assert {each["serial"]: each["state"] for each in found if each["value"] == RENEWED} == {
        str(used.certificate.serial_number): "given out",
        str(earlier.certificate.serial_number): "superseded",
    }


def test_a_keystore_without_encryption_key(ehbox: Command, tmp_path: Path) -> None:
    keystore = read_pkcs12(ehbox.data / "pki" / "keystores" / f"{DOCTOR}.p12", "ehbox-test")
    write_pkcs12(tmp_path / "a.p12", Keystore(keystore.authentication), "ehbox-test", SystemChance())
    result = ehbox("etk", "import", tmp_path / "a.p12")
    assert result.exit_code == 2
    assert "there is no encryption key in it" in result.output


def test_of_several_files_all_are_taken_or_none(ehbox: Command, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    ehbox.ok("pki", "issue", "--person", NURSE, "--key", "ec", "--data", elsewhere, data=False)
    before = listed(ehbox)
    broken = tmp_path / "broken.etk"
    broken.write_bytes(b"no token")
    result = ehbox("etk", "import", elsewhere / "pki" / "keystores" / f"{NURSE}.etk", broken)
    assert result.exit_code == 2
    assert f"{broken}: token: neither DER nor base64" in result.output
    assert listed(ehbox) == before


def test_revoke_by_serial(ehbox: Command) -> None:
    ehbox.ok("pki", "issue", "--person", DOCTOR, "--key", "ec", "--force")
    serial, _ = listed(ehbox)["SSIN", DOCTOR, None]
    assert ehbox.ok("etk", "revoke", serial) == f"revoked {serial}\n"
    assert listed(ehbox)["SSIN", DOCTOR, None] == (serial, "revoked")
    again = ehbox("etk", "revoke", serial)
    assert again.exit_code == 2
    assert "no token of the serial number" in again.output


def test_without_a_store(ehbox: Command, tmp_path: Path) -> None:
    result = ehbox("etk", "list", "--data", tmp_path / "nothing", data=False)
    assert result.exit_code == 2
    assert "there is no store" in result.output


def test_a_token_is_listed_as_the_depot_deals_with_it(ehbox: Command) -> None:
    """Of two of a name the last one is given out; none whose owner a revocation list names."""
    ehbox.ok("pki", "issue", "--person", DOCTOR, "--key", "ec", "--force")
    ehbox.ok("pki", "issue", "--person", DOCTOR, "--key", "ec", "--force")
    mine = [each["state"] for each in json.loads(ehbox.ok("etk", "list", "--json")) if each["value"] == DOCTOR]
    assert mine[:2] == ["given out", "superseded"]
    ehbox.ok("pki", "revoke", DOCTOR)
    assert listed(ehbox)["SSIN", DOCTOR, None][1] == "owner revoked"
