"""etk import, list, revoke; and the token that pki issue makes."""

from __future__ import annotations

import json
from pathlib import Path

from ehbox_soap.pki.pkcs12 import read_pkcs12
from tests.cli.conftest import DOCTOR, NURSE, Command


def listed(ehbox: Command) -> dict[tuple[str, str, str | None], tuple[str, str]]:
    """Serial and state of each token, by its name."""
    found = json.loads(ehbox.ok("etk", "list", "--json"))
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
