"""move, delete, history, acks, ooo, news: what a mailbox client does beside sending and reading, from a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import DOCTOR, HOSPITAL, NURSE, Command

NOBODY = "abcDEF0123456"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.txt"
    path.write_bytes(b"a line\r\n")
    return path


def _json(text: str) -> Any:
    return json.loads(text)


def _send(ehbox: Command, paper: Path, *more: str, verb: str = "send") -> str:
    sent = _json(ehbox.ok(verb, "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--document", paper, "--json", *more))
    return str(sent["id"])


def _ids(ehbox: Command, who: str, source: str) -> list[str]:
    return [row["message_id"] for row in _json(ehbox.ok("list", "--as", who, "--source", source, "--json"))]


def test_a_message_goes_to_the_bin_and_back_and_away(ehbox: Command, paper: Path) -> None:
    """MOVE-1, DEL-2."""
    sent = _send(ehbox, paper)
    assert ehbox.ok("move", sent, "--as", NURSE) == f"moved to BININBOX  {sent}\n"
    assert sent in _ids(ehbox, NURSE, "BININBOX")
    told = _json(ehbox.ok("move", sent, "--as", NURSE, "--source", "BININBOX", "--json"))
    assert (told["status"]["code"], told["message_ids"]) == ("100", [])
    assert ehbox.ok("delete", sent, "--as", NURSE) == f"deleted  {sent}\n"
    assert sent not in _ids(ehbox, NURSE, "INBOX")
    told = _json(ehbox.ok("delete", sent, "--as", DOCTOR, "--source", "SENTBOX", "--json"))
    assert told["status"]["code"] == "100"


@pytest.mark.parametrize("verb", ["move", "delete"])
def test_what_stays_is_told_and_the_rest_is_done(ehbox: Command, paper: Path, verb: str) -> None:
    """MOVE-2, DEL-1."""
    sent = _send(ehbox, paper)
    result = ehbox(verb, sent, NOBODY, "--as", NURSE)
    assert result.exit_code == 1
    assert f"{NOBODY}: " in result.stderr
    assert f"{sent}: " not in result.stderr
    assert "841" in result.stderr
    assert sent not in _ids(ehbox, NURSE, "INBOX")


def test_no_other_way_is_moved(ehbox: Command, paper: Path) -> None:
    """MOVE-1: 843."""
    result = ehbox("move", _send(ehbox, paper), "--as", NURSE, "--to", "SENTBOX")
    assert (result.exit_code, "843" in result.stderr) == (1, True)


def test_a_news_has_versions(ehbox: Command, paper: Path) -> None:
    """PUB-11, HIST-1."""
    first = _send(ehbox, paper, "--publication-id", "HOURS", verb="news")
    second = _send(ehbox, paper, "--publication-id", "HOURS", verb="news")
    assert [each for each in _ids(ehbox, NURSE, "INBOX") if each in (first, second)] == [second]
    assert _json(ehbox.ok("history", second, "--as", NURSE, "--json")) == [second, first]
    text = ehbox.ok("history", second, "--as", DOCTOR, "--source", "SENTBOX")
    assert text == f"version  {second}\nversion  {first}\n"


def test_acks_tell_the_moments(ehbox: Command, paper: Path) -> None:
    """ACK-4."""
    sent = _send(ehbox, paper, "--to", f"NIHII:{HOSPITAL}:HOSPITAL")
    ehbox.ok("read", sent, "--as", NURSE)
    rows = _json(ehbox.ok("acks", sent, "--as", DOCTOR, "--json"))
    assert {row["recipient"]["box"]["id"]: row["read"] is not None for row in rows} == {NURSE: True, HOSPITAL: False}
    assert all(row["published"] for row in rows)
    text = ehbox.ok("acks", sent, "--as", DOCTOR, "--start", "1", "--end", "1")
    assert f"INSS:{NURSE}:NURSE" in text
    assert HOSPITAL not in text
    result = ehbox("acks", sent, "--as", NURSE)
    assert (result.exit_code, "841" in result.stderr) == (1, True)


def test_who_is_out_of_office_is_told_to_who_sends(ehbox: Command, paper: Path) -> None:
    """OOO-1 to 3, PUB-9."""
    days = ("--from", "2026-01-10", "--to", "2026-01-20")
    replaced = ("--substitute", f"INSS:{DOCTOR}:DOCTOR")
    period = _json(ehbox.ok("ooo", "set", "--as", NURSE, *days, *replaced, "--json"))["id"]
    try:
        (row,) = _json(ehbox.ok("ooo", "list", "--as", NURSE, "--json"))
        assert (row["ooo_id"], row["start_date"], row["end_date"]) == (period, "2026-01-10", "2026-01-20")
        assert f"INSS:{DOCTOR}:DOCTOR" in ehbox.ok("ooo", "list", "--as", NURSE)
        result = ehbox("send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--document", paper)
        assert result.exit_code == 1
        assert "absent from 2026-01-10 to 2026-01-20" in result.stderr
        assert "826" in result.stderr
        assert _send(ehbox, paper, "--ooo-processed")
        result = ehbox("ooo", "set", "--as", DOCTOR, *days, "--substitute", f"INSS:{NURSE}:NURSE")
        assert result.exit_code == 1
        assert f"substitute INSS:{NURSE}:NURSE is absent from 2026-01-10 to 2026-01-20" in result.stderr
        result = ehbox("ooo", "remove", period, "--as", DOCTOR)
        assert (result.exit_code, f"{period}: unknown" in result.stderr) == (1, True)
    finally:
        assert ehbox.ok("ooo", "remove", period, "--as", NURSE) == f"removed  {period}\n"
    assert ehbox.ok("ooo", "list", "--as", NURSE) == "no periods\n"
    period = ehbox.ok("ooo", "set", "--as", NURSE, *days).split()[1]
    assert _json(ehbox.ok("ooo", "remove", period, "--as", NURSE, "--json"))["ooo_ids"] == []
