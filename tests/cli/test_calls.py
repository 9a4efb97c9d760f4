"""token, send, list, read, box: the main job from a terminal, for a reader and for a program."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import click
import pytest

from ehbox_soap.client import Retry
from ehbox_soap.commands.calls import _names
from tests.cli.conftest import DOCTOR, HOSPITAL, NURSE, Command

BYTES = b"\x00\r\n--\xff" + bytes(range(256))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A document and an annex."""
    document, annex = tmp_path / "brief é.txt", tmp_path / "annex.bin"
    document.write_bytes(b"a line\r\n")
    annex.write_bytes(BYTES)
    return document, annex


def _json(text: str) -> Any:
    return json.loads(text)


def _send(ehbox: Command, files: tuple[Path, Path], *more: str) -> dict[str, Any]:
    document, annex = files
    sent: dict[str, Any] = _json(
        ehbox.ok(
            "send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--to", f"NIHII:{HOSPITAL}:HOSPITAL",
            "--document", document, "--annex", annex, "--json", *more,
        )
    )  # fmt: skip
    return sent


def test_token_tells_who_and_until_when(ehbox: Command, tmp_path: Path) -> None:
    out = tmp_path / "assertion.xml"
    text = ehbox.ok("token", "--as", DOCTOR, "--out", out)
    assert f'CN="SSIN={DOCTOR}"' in text
    assert "2026-01-16T09:00:00" in text
    assert "person:ssin:doctor:boolean" in text
    assert out.read_bytes().startswith(b'<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion" ')
    told = _json(ehbox.ok("token", "--as", DOCTOR, "--json"))
    assert ["urn:be:fgov:person:ssin:doctor:boolean", "true"] in told["attributes"]


def test_token_of_one_quality_asks_for_no_other(ehbox: Command) -> None:
    attributes = dict(_json(ehbox.ok("token", "--as", DOCTOR, "--quality", "CITIZEN", "--json"))["attributes"])
    assert "urn:be:fgov:person:ssin:doctor:boolean" not in attributes
    assert attributes["urn:be:fgov:person:ssin"] == DOCTOR


@pytest.mark.parametrize("way", ["--attach", "--inline"])
def test_what_is_sent_is_listed_and_read_byte_for_byte(
    ehbox: Command, files: tuple[Path, Path], tmp_path: Path, way: str
) -> None:
    sent = _send(ehbox, files, way, "--important", "--title", "Titel é", "--meta", "k=v=w", "--text", "vrij é")
    assert [each["destination"]["box"]["id"] for each in sent["recipients"]] == [NURSE, HOSPITAL]
    for who in (NURSE, HOSPITAL):
        (row,) = [row for row in _json(ehbox.ok("list", "--as", who, "--json")) if row["message_id"] == sent["id"]]
        assert (row["content"]["title"], row["content"]["has_annex"]) == ("Titel é", True)
        assert row["specification"]["is_important"] is True
        out = tmp_path / f"letters-{who}"
        told = _json(ehbox.ok("read", sent["id"], "--as", who, "--out", out, "--json"))
        assert [Path(path).read_bytes() for path in told["files"]] == [b"a line\r\n", BYTES]
        content = told["message"]["content"]
        assert content["document"]["content"] == {
            "data": base64.b64encode(b"a line\r\n").decode(),
            "attached": way == "--attach",
        }
        assert content["free_informations"]["text"] == base64.b64encode("vrij é".encode()).decode()
        assert told["message"]["custom_metas"] == [{"key": "k", "value": "v=w"}]


def test_a_reader_gets_tables(ehbox: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    sent = _send(ehbox, files, "--important", "--title", "For a reader")
    rows = [line for line in ehbox.ok("list", "--as", NURSE).splitlines() if sent["id"] in line]
    assert len(rows) == 1
    for expected in ("2026-01-15", "Dora Voorbeeld (DOCTOR)", f"INSS:{NURSE}:NURSE", "For a reader", "important annex"):
        assert expected in rows[0]
    text = ehbox.ok("read", sent["id"], "--as", NURSE, "--out", tmp_path / "out")
    assert "Dora Voorbeeld (DOCTOR)" in text
    assert str(tmp_path / "out" / "annex.bin") in text
    assert "attached" in text
    text = ehbox.ok("send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--document", files[0])
    assert f"INSS:{NURSE}:NURSE" in text
    assert "message" in text


def test_the_sent_folder_lists_what_was_sent(ehbox: Command, files: tuple[Path, Path]) -> None:
    sent = _send(ehbox, files)
    rows = _json(ehbox.ok("list", "--as", DOCTOR, "--source", "SENTBOX", "--start", "1", "--end", "1", "--json"))
    assert [row["message_id"] for row in rows] == [sent["id"]]


def test_all_boxes_are_listed_at_once(ehbox: Command, files: tuple[Path, Path]) -> None:
    """getAllEhboxesMessagesList: who has two qualities has two boxes (LIST-3)."""
    document, both = files[0], "93042799282"
    for quality in ("NURSE", "MIDWIFE"):
        ehbox.ok("send", "--as", DOCTOR, "--to", f"INSS:{both}:{quality}", "--document", document)
    assert len(_json(ehbox.ok("list", "--as", both, "--all-boxes", "--json"))) == 2
    assert len(_json(ehbox.ok("list", "--as", both, "--json"))) == 1
    refused = ehbox("list", "--as", both, "--all-boxes", "--box", f"INSS:{both}:NURSE")
    assert refused.exit_code == 2
    assert "do not go together" in refused.stderr


def test_an_empty_folder_says_so(ehbox: Command) -> None:
    assert ehbox.ok("list", "--as", NURSE, "--source", "BININBOX") == "no messages\n"


def test_box_tells_how_full_it_is(ehbox: Command) -> None:
    text = ehbox.ok("box", "--as", HOSPITAL)
    assert f"NIHII:{HOSPITAL}:HOSPITAL" in text
    assert "of 104857600" in text
    told = _json(ehbox.ok("box", "--as", NURSE, "--box", f"INSS:{NURSE}:NURSE", "--json"))
    assert (told["box"]["quality"], told["max_size"]) == ("NURSE", 10485760)


def test_a_refusal_ends_with_1_and_its_status(ehbox: Command, files: tuple[Path, Path]) -> None:
    result = ehbox("send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NO_SUCH_QUALITY", "--document", files[0])
    assert result.exit_code == 1
    assert "803" in result.stderr
    result = ehbox("read", "abcDEF0123456", "--as", NURSE)
    assert result.exit_code == 1
    assert "841" in result.stderr


def test_a_fault_ends_with_4_and_its_code(ehbox: Command) -> None:
    result = ehbox("read", "short", "--as", NURSE)
    assert result.exit_code == 4
    assert "SOA-03006" in result.stderr


def test_nobody_there_ends_with_3(ehbox: Command) -> None:
    result = ehbox("box", "--as", NURSE, "--url", "http://127.0.0.1:1")
    assert result.exit_code == 3


def test_read_never_loses_a_file(ehbox: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    sent = _send(ehbox, files)
    out = tmp_path / "out"
    first, second = (
        _json(ehbox.ok("read", sent["id"], "--as", NURSE, "--out", out, "--json"))["files"] for _ in range(2)
    )
    assert not set(first) & set(second)
    assert [Path(path).name for path in second] == ["brief é-2.txt", "annex-2.bin"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../letter.pdf", "letter.pdf"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\letter.pdf", "letter.pdf"),
        ("C:\\letter.pdf", "letter.pdf"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("a\x00b\n.txt", "ab.txt"),
        ("dir/", "file"),
        (" ", "file"),
    ],
)
def test_a_sender_s_file_name_stays_in_the_folder(tmp_path: Path, name: str, written: str) -> None:
    assert next(_names(tmp_path, name)) == tmp_path / written


def test_keystores_of_whom_the_seed_knows_are_made_on_the_spot(ehbox: Command) -> None:
    shutil.rmtree(ehbox.data / "pki" / "keystores", ignore_errors=True)
    result = ehbox("box", "--as", HOSPITAL)
    assert result.exit_code == 0
    assert f"{HOSPITAL}.p12 for Hôpital Exemple" in result.stderr
    assert ehbox("box", "--as", HOSPITAL).stderr == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "say who calls"),
        (("--as", "12345678"), "there is no keystore of 12345678"),
        (("--as", NURSE, "--password", "wrong"), "not a PKCS#12 that this password opens"),
        (("--as", NURSE, "--box", "NURSE"), "write a box as TYPE:ID:QUALITY"),
        (("--as", NURSE, "--box", "INSS::NURSE"), "write a box as TYPE:ID:QUALITY"),
        (("--as", NURSE, "--quality", "nurse"), "nurse"),
        (("--p12", "absent.p12"), "absent.p12"),
        (("--as", NURSE, "--config", "absent.toml"), "absent.toml"),
    ],
)
def test_usage_ends_with_2(ehbox: Command, arguments: tuple[str, ...], told: str) -> None:
    ehbox.ok("box", "--as", NURSE)
    result = ehbox("box", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_meta_without_value_is_usage(ehbox: Command, files: tuple[Path, Path]) -> None:
    arguments = ("send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--document", files[0], "--meta", "key")
    result = ehbox(*arguments)
    assert (result.exit_code, "KEY=VALUE" in result.stderr) == (2, True)


def test_receipts_patient_and_publication_id_reach_the_message(ehbox: Command, files: tuple[Path, Path]) -> None:
    more = ("--receipt", "read", "--patient", NURSE, "--publication-id", "P-1", "--ooo-processed", "--encrypted")
    sent = _send(ehbox, files, *more, "--from", f"INSS:{DOCTOR}:DOCTOR")
    assert sent["sent_publication_id"] == "P-1"
    message = _json(ehbox.ok("read", sent["id"], "--as", NURSE, "--sealed", "--json"))["message"]
    assert message["specification"]["is_encrypted"] is True
    assert message["content"]["patient_inss"] == base64.b64encode(NURSE.encode()).decode()


def test_another_keystore_may_identify_the_caller(ehbox: Command) -> None:
    """wire.md, STS: a person who holds an organisation's key gets an assertion for both."""
    keystore = ehbox.data / "pki" / "keystores" / f"{DOCTOR}.p12"
    ehbox.ok("box", "--as", DOCTOR)
    told = _json(ehbox.ok("token", "--as", HOSPITAL, "--identify", keystore, "--json"))
    assert {DOCTOR, HOSPITAL} <= {value for _, value in told["attributes"]}


def test_either_dialect_of_the_sts(ehbox: Command) -> None:
    """--dialect also picks the address: the same attributes come of both."""
    saml, trust = (
        _json(ehbox.ok("token", "--as", HOSPITAL, "--dialect", dialect, "--json")) for dialect in ("saml-p", "ws-trust")
    )
    assert {tuple(each) for each in saml["attributes"]} == {tuple(each) for each in trust["attributes"]}
    assert HOSPITAL in {value for _, value in trust["attributes"]}


def test_timeout_and_attempts_reach_the_session(ehbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def session(*_: object, **options: object) -> None:
        given.update(options)
        raise click.ClickException("enough")

    monkeypatch.setattr("ehbox_soap.commands.options.Session", session)
    ehbox("box", "--as", DOCTOR, "--timeout", "2.5", "--attempts", "7")
    assert (given["timeout_seconds"], given["retry"]) == (2.5, Retry(7))
