"""docs/client.md: its examples run as they stand, in their order, against a whole server in the process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ehbox_soap import client
from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.pkcs12 import write_pkcs12
from tests.door import Door, prepared
from tests.wiring import SESSIONS, answering

PAGE = Path(__file__).resolve().parents[2] / "docs" / "client.md"
URL = "http://127.0.0.1:8080"
DOCTOR, NURSE = "71031499894", "85061999865"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory as the page's commands leave it; its server answers at the page's address."""
    template = prepared(tmp_path / "template")
    door = Door(tmp_path / "ehbox-data", template, {"log.level": "ERROR"})
    chance = SeededChance(19)
    authority = Authority.open(door.folder / "pki", SetClock(), chance)
    keystores = door.folder / "pki" / "keystores"
    keystores.mkdir()
    paths = {keystores / f"{inss}.p12": inss for inss in (DOCTOR, NURSE)}
    other = authority.person(DOCTOR, "Test", kind="ec")
    write_pkcs12(tmp_path / "other-key-of-the-doctor.p12", Keystore(other), "ehbox-test", chance)
    for path, inss in paths.items():
        keystore = authority.keystore(authority.person(inss, "Test", kind="ec"))
        write_pkcs12(path, keystore, "ehbox-test", chance)
        assert keystore.encryption is not None
        with door.house.store.begin() as transaction:
            transaction.tokens.add(stored(authority.token(keystore.encryption), door.now))
    monkeypatch.setattr(SESSIONS, answering(lambda: door.server, URL))
    monkeypatch.setattr("ehbox_soap.client.session.SystemClock", lambda: door.clock)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    door.close()


def test_the_examples_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = PAGE.read_text("utf-8")
    examples = list(re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    assert len(examples) == 10
    names: dict[str, object] = {}
    for example in examples:
        line = text.count("\n", 0, example.start(1))
        # Line numbers of the page, so that a failure points into it.
        exec(compile("\n" * line + example[1], str(PAGE), "exec"), names)
    told = capsys.readouterr().out
    assert f'CN="SSIN={DOCTOR}"' in told
    assert "Lab report" in told
    assert "Nele Proefpersoon 85061999865" in told
    assert "SOA-03006" in told


def test_every_exception_and_port_is_named() -> None:
    text = PAGE.read_text("utf-8")
    for name in client.__all__:
        assert re.search(rf"\b{name}\b", text) or name == "Token", name
