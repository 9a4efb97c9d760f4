"""send --encrypt, and read: a letter that only its readers' keystores open."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.cli.conftest import DOCTOR, NURSE, Command

LETTER = b"a letter with spaces\r\n"


@pytest.fixture
def keystores(ehbox: Command) -> None:
    """Keystores whose tokens are in the depot."""
    for inss in (DOCTOR, NURSE):
        ehbox.ok("pki", "issue", "--person", inss, "--key", "ec", "--force")


def send(ehbox: Command, folder: Path, *options: object) -> str:
    document = folder / "letter.txt"
    document.write_bytes(LETTER)
    arguments = ("send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--document", document, "--text", "free text")
    return str(json.loads(ehbox.ok(*arguments, "--json", *options))["id"])


def test_an_encrypted_letter_is_read_in_the_open(ehbox: Command, keystores: None, tmp_path: Path) -> None:
    message = send(ehbox, tmp_path, "--encrypt", "--annex", __file__)
    text = ehbox.ok("read", message, "--as", NURSE, "--out", tmp_path / "read")
    assert (tmp_path / "read" / "letter.txt").read_bytes() == LETTER
    assert (tmp_path / "read" / Path(__file__).name).read_bytes() == Path(__file__).read_bytes()
    assert f"SSIN:{DOCTOR}" in text
    told = json.loads(ehbox.ok("read", message, "--as", DOCTOR, "--source", "SENTBOX", "--json"))
    assert told["sealed"]["signer"] == {"type": "SSIN", "number": DOCTOR}
    assert base64.b64decode(told["message"]["content"]["free_informations"]["text"]) == b"free text"
    assert "encrypted" in ehbox.ok("list", "--as", NURSE)


def test_it_can_be_left_sealed(ehbox: Command, keystores: None, tmp_path: Path) -> None:
    message = send(ehbox, tmp_path, "--encrypt")
    told = json.loads(ehbox.ok("read", message, "--as", NURSE, "--sealed", "--json"))
    assert told["sealed"] is None
    assert LETTER not in base64.b64decode(told["message"]["content"]["document"]["content"]["data"])


def test_what_somebody_else_sealed_is_told_as_it_is(ehbox: Command, keystores: None, tmp_path: Path) -> None:
    """--encrypted says that the contents are sealed already; these are not, which reading finds."""
    message = send(ehbox, tmp_path, "--encrypted")
    result = ehbox("read", message, "--as", NURSE)
    assert result.exit_code == 1
    assert "Document: SignedData" in result.stderr
    told = json.loads(ehbox.ok("read", message, "--as", NURSE, "--sealed", "--json"))
    assert base64.b64decode(told["message"]["content"]["document"]["content"]["data"]) == LETTER


def test_a_recipient_without_a_token(ehbox: Command, keystores: None, tmp_path: Path) -> None:
    arguments = ("send", "--as", DOCTOR, "--to", "NIHII:71990232:HOSPITAL", "--document", __file__, "--encrypt")
    result = ehbox(*arguments)
    assert result.exit_code == 1
    assert "encryption token for NIHII-HOSPITAL: No encryption token is given out" in result.stderr


def test_a_recipient_with_keys_of_another_authority(ehbox: Command, keystores: None, tmp_path: Path) -> None:
    """Its token is believed by who is told of that authority: `security.authorities` of --config."""
    elsewhere = tmp_path / "elsewhere"
    ehbox.ok("pki", "issue", "--organisation", "NIHII-HOSPITAL:71990133", "--data", elsewhere, data=False)
    ehbox.ok("etk", "import", elsewhere / "pki" / "keystores" / "71990133.etk")
    arguments = ("send", "--as", DOCTOR, "--to", "NIHII:71990133:HOSPITAL", "--document", __file__, "--encrypt")
    result = ehbox(*arguments)
    assert result.exit_code == 1
    assert "was not issued by a trusted authority" in result.stderr
    mine = tmp_path / "mine.toml"
    files = [str(elsewhere / "pki" / f"{name}.pem") for name in ("root", "issuing")]
    mine.write_text(f"[security]\nauthorities = {json.dumps(files)}\n", "utf-8")
    assert "NIHII:71990133:HOSPITAL" in ehbox.ok(*arguments, "--config", mine)


def test_encrypt_and_encrypted_exclude_each_other(ehbox: Command) -> None:
    arguments = ("send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--document", __file__)
    result = ehbox(*arguments, "--encrypt", "--encrypted")
    assert result.exit_code == 2
    assert "not both" in result.stderr
