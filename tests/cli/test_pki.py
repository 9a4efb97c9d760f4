"""pki init, issue, show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ehbox_soap.cli import main
from ehbox_soap.pki.pkcs12 import read_pkcs12
from tests.cli.conftest import DOCTOR, HOSPITAL, Command


def test_init_makes_a_test_pki_once(ehbox: Command, tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    arguments = ["pki", "init", "--data", str(folder), "--json"]
    first, second = (json.loads(CliRunner().invoke(main, arguments).stdout)["certificates"] for _ in range(2))
    assert [each["serial"] for each in first] == [each["serial"] for each in second]
    assert [each["subject"].partition(",")[0] for each in first] == [
        "CN=ehbox-soap test root CA",
        "CN=ehbox-soap test issuing CA",
        "CN=ehbox-soap test STS",
    ]


def test_issue_makes_a_keystore_of_a_person_with_the_seed_s_name(ehbox: Command) -> None:
    text = ehbox.ok("pki", "issue", "--person", DOCTOR, "--key", "ec", "--force")
    path = ehbox.data / "pki" / "keystores" / f"{DOCTOR}.p12"
    assert str(path) in text
    assert f'CN="SSIN={DOCTOR}", OU="SSIN={DOCTOR}", OU=DORA VOORBEELD, OU=eHealth-platform Belgium' in text
    assert "EC secp256r1" in text
    keystore = read_pkcs12(path, "ehbox-test")
    assert keystore.encryption is not None
    assert ehbox.ok("pki", "show", path) == text
    ehbox.ok("box", "--as", DOCTOR)


def test_issue_takes_name_application_and_password(ehbox: Command) -> None:
    arguments = ("pki", "issue", "--organisation", f"NIHII-HOSPITAL:{HOSPITAL}", "--key", "ec")
    told = json.loads(ehbox.ok(*arguments, "--name", "Een huis", "--application", "APP", "--password", "p", "--json"))
    path = Path(told["path"])
    assert path.name == f"{HOSPITAL}-APP.p12"
    subject = told["certificates"][0]["subject"]
    assert subject.startswith(
        f'CN="NIHII-HOSPITAL={HOSPITAL}, APP", OU=APP, OU="NIHII-HOSPITAL={HOSPITAL}", OU=EEN HUIS'
    )
    assert told["certificates"][0]["alias"] == "authentication"
    read_pkcs12(path, "p")
    ehbox.ok("box", "--p12", path, "--password", "p")


def test_issue_keeps_what_is_there(ehbox: Command) -> None:
    arguments = ("pki", "issue", "--person", DOCTOR, "--key", "ec")
    ehbox.ok(*arguments, "--force")
    path = ehbox.data / "pki" / "keystores" / f"{DOCTOR}.p12"
    before = path.read_bytes()
    result = ehbox(*arguments)
    assert (result.exit_code, "--force" in result.stderr) == (2, True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "say for whom"),
        (("--person", "1", "--organisation", "CBE:0999999031"), "say for whom"),
        (("--person", "123"), "11 digits"),
        (("--organisation", "12345678"), "TYPE:NUMBER"),
        (("--organisation", "SHOP:12345678"), "NIHII-<quality>"),
    ],
)
def test_issue_for_nobody_is_usage(ehbox: Command, arguments: tuple[str, ...], told: str) -> None:
    result = ehbox("pki", "issue", *arguments)
    assert (result.exit_code, told in result.stderr) == (2, True)


def test_show_tells_the_test_pki(ehbox: Command) -> None:
    text = ehbox.ok("pki", "show")
    assert "CN=ehbox-soap test STS" in text
    assert "RSA 2048" in text


def test_show_without_a_test_pki_is_usage(ehbox: Command, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["pki", "show", "--data", str(tmp_path / "none")])
    assert (result.exit_code, "there is no test PKI" in result.stderr) == (2, True)


def test_show_of_what_is_no_keystore_is_usage(ehbox: Command, tmp_path: Path) -> None:
    (tmp_path / "x.p12").write_bytes(b"x")
    result = ehbox("pki", "show", tmp_path / "x.p12")
    assert (result.exit_code, "not a PKCS#12" in result.stderr) == (2, True)
