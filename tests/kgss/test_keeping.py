"""Keys at rest: encrypted, under a key of this server alone; and told to nobody, least of all the log."""

from __future__ import annotations

import base64
import io
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from ehbox_soap.clock import SetClock
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import SeededChance, SystemChance
from ehbox_soap.kgss.vault import Kept, Vault
from ehbox_soap.store.token_tables import kgss_key
from ehbox_soap.wire.types.kgss import Credential
from tests.door import fault_code
from tests.front.cast import DOCTOR, NURSE
from tests.kgss.asking import NURSES, element, etk, get_key, key_content, new_key, person, sealed, signed
from tests.kgss.conftest import Stage
from tests.listening import LogAsItIs

NOW = SetClock().moment
KEPT = Kept(b"k" * 16, (Credential("namespace", "name", ("a", "b")), Credential("n", "m")), (Credential("x", "y"),))


def test_what_is_stored_is_encrypted_with_its_readers() -> None:
    vault = Vault(bytes(32))
    stored = vault.put(b"i" * 16, KEPT, NOW, SeededChance(1))
    assert vault.take(stored) == KEPT
    for word in (KEPT.key, KEPT.key.hex().encode(), b"namespace"):
        assert word not in stored.sealed


def test_another_master_key_is_told_apart_from_damage() -> None:
    stored = Vault(bytes(32)).put(b"i" * 16, KEPT, NOW, SeededChance(1))
    with pytest.raises(SoapFault, match="SOA-02001 the key is under another master key"):
        Vault(b"\1" * 32).take(stored)
    for changed in (
        replace(stored, sealed=stored.sealed[:-1] + bytes([stored.sealed[-1] ^ 1])),
        replace(stored, nonce=bytes(12)),
        replace(stored, identifier=b"j" * 16),
    ):
        with pytest.raises(SoapFault, match="SOA-02001 the key was changed"):
            Vault(bytes(32)).take(changed)


def test_the_master_key_is_made_once_and_private(tmp_path: Path) -> None:
    """By several processes at once too: keys under one that was overwritten would be lost."""
    with ThreadPoolExecutor(4) as pool:
        vaults = list(pool.map(lambda _: Vault.of_folder(tmp_path, SystemChance()), range(4)))
    path = tmp_path / "kgss.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["kgss.key"]
    stored = vaults[0].put(b"i" * 16, KEPT, NOW, SeededChance(1))
    assert all(vault.take(stored) == KEPT for vault in vaults)


def test_a_master_key_of_another_length_is_named(tmp_path: Path) -> None:
    (tmp_path / "kgss.key").write_bytes(b"short")
    with pytest.raises(ValueError, match=r"kgss\.key: a master key has 32 octets"):
        Vault.of_folder(tmp_path, SystemChance())


def test_no_key_stands_in_the_database(stage: Stage) -> None:
    identifier, key = new_key(stage, stage.doctor, person(NURSE))
    file = stage.door.folder / "ehbox.sqlite"
    written = b"".join(each.read_bytes() for each in file.parent.glob("ehbox.sqlite*"))
    assert identifier in written, "what is looked through is where keys are kept"
    for form in (key, key.hex().encode(), base64.b64encode(key)):
        assert form not in written


def test_a_key_outlives_the_server(stage: Stage) -> None:
    identifier, _ = new_key(stage, stage.doctor, NURSES)
    stage.door.restart()
    assert get_key(stage, stage.nurse, identifier).code == "100"


def test_a_key_that_was_changed_in_the_store_is_a_fault(stage: Stage) -> None:
    identifier, _ = new_key(stage, stage.doctor, NURSES)
    with stage.door.house.store._engine.begin() as connection:
        where = kgss_key.c.identifier == identifier
        connection.execute(update(kgss_key).where(where).values(sealed=b"x" * 40))
    octets = sealed(stage, key_content(identifier, etk(stage.nurse)), stage.nurse.client.entry)
    answer = stage.door.send(signed(stage, stage.nurse, element("GetKeyRequest", octets)))
    assert fault_code(answer) == "SOA-02001"


def test_neither_keys_nor_names_are_in_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of success and of every refusal; a canary in each place where a caller can put one."""
    before, stream = LogAsItIs(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    caplog.set_level("DEBUG")
    stage.door.restart()
    identifier, key = new_key(stage, stage.doctor, NURSES, f"<Namespace>Kanarie</Namespace><Name>{DOCTOR}</Name>")
    get_key(stage, stage.nurse, identifier)
    get_key(stage, stage.doctor, identifier)
    get_key(stage, stage.nurse, b"Kanarie", "<KeyEncryptionKey>S2FuYXJpZQ==</KeyEncryptionKey>")
    for content in (b"<Kanarie/>", b"Kanarie"):
        octets = sealed(stage, content, stage.nurse.client.entry)
        stage.door.send(signed(stage, stage.nurse, element("GetKeyRequest", octets)))
    stage.door.send(signed(stage, stage.nurse, element("GetKeyRequest", b"Kanarie")))
    before.put_back()
    text = stream.getvalue() + caplog.text
    assert text.count('"port": "kgss"') == 7
    forms = [form for each in (key, identifier) for form in (each.hex(), base64.b64encode(each).decode(), repr(each))]
    for word in (*forms, "Kanarie", "S2FuYXJpZ", DOCTOR, NURSE, "Voorbeeld", "TEST PERSON"):
        assert word not in text
