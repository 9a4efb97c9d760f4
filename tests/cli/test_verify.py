"""verify: a healthy store has no finding, and each kind of damage is found by the check that names it.

The store is one that real calls made; damage is done by SQLite with its own guards switched off.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ehbox_soap.cli import main
from ehbox_soap.client import Addresses, Consultation, Publication, Session, types
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.store.checks import checks
from tests.door import Door, prepared
from tests.wiring import Wire

DOCTOR, NURSE, HOSPITAL = "71031499894", "85061999865", "71990133"
BASE = "http://box.test"
CANARY = "Canarynamecanary"


def letter() -> types.SendMessageRequest:
    """A message that has something in every table."""
    document = types.Document(CANARY, types.Content(CANARY.encode(), attached=True), CANARY, "text/plain")
    annexes = tuple(types.Annex(b"title", types.Content(b"annex"), "a.txt", "text/plain") for _ in range(2))
    table = types.FreeTable(((b"left", b"right"), (b"a", b"b")), "heading")
    boxes = (types.BoxId(NURSE, "INSS", "NURSE"), types.BoxId(HOSPITAL, "NIHII", "HOSPITAL"))
    return types.SendMessageRequest(
        tuple(types.Destination(box) for box in boxes),
        types.MessageContent(document, table, DOCTOR.encode(), annexes),
        types.ContentSpecification(types.ContentType.DOCUMENT),
        custom_metas=(types.CustomMeta("k", "v"), types.CustomMeta("l", "w")),
        metas=(types.Meta("t", ("1", "2")), types.Meta("u", ("3",))),
        copy_mail_to=("a@example.org", "b@example.org"),
    )


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which messages were sent, listed and read, one before it was listed."""
    folder = tmp_path_factory.mktemp("verify")
    template = prepared(folder / "template")
    authority = Authority.open(template / "pki", SetClock(), SeededChance(17))
    door = Door(folder / "data", template, {"log.level": "ERROR"})
    sessions = []
    for inss in (DOCTOR, NURSE):
        entry = authority.person(inss, "Test", kind="ec")
        session = Session(entry, Addresses(BASE).sts, clock=door.clock, chance=door.chance)
        session.transport.session.mount(BASE, Wire(door.server))
        sessions.append(session)
    doctor = Publication(sessions[0], Addresses(BASE).publication, shipped=True)
    nurse = Consultation(sessions[1], Addresses(BASE).consultation, shipped=True)
    first, _ = (doctor.send_message(letter()).id for _ in range(2))
    door.advance(minutes=1)
    nurse.get_full_message(types.GetFullMessageRequest(first or ""))
    door.advance(minutes=1)
    nurse.get_messages_list(types.GetMessagesListRequest())
    door.close()
    return door.folder


@pytest.fixture
def data(healthy: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    with closing(sqlite3.connect(healthy / "ehbox.sqlite")) as old, closing(database(tmp_path)) as new:
        old.backup(new)
    return tmp_path


def database(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "ehbox.sqlite", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    return connection


def verify(data: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["verify", "--data", str(data), *more])


def found(data: Path) -> tuple[int, set[str], list[dict[str, Any]]]:
    result = verify(data, "--json")
    findings = json.loads(result.stdout)["findings"]
    return result.exit_code, {finding["check"] for finding in findings}, findings


def test_a_healthy_store_has_no_finding(data: Path) -> None:
    result = verify(data)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("0 findings by ")
    assert found(data)[:2] == (0, set())


FIRST = "(SELECT min(message_key) FROM message)"
NURSES = "(SELECT box_key FROM box WHERE id = '85061999865' AND quality = 'NURSE')"
DOCTORS = "(SELECT box_key FROM box WHERE id = '71031499894' AND quality = 'DOCTOR')"
RECEIVED = f"message_key = {FIRST} AND box_key = {NURSES}"

PLANTED: list[tuple[str, str, set[str]]] = [
    ("box-size", f"UPDATE box SET current_size = current_size + 1 WHERE box_key = {NURSES}", set()),
    ("box-without-address", f"DELETE FROM box_address WHERE box_key = {NURSES}",
     {"box-other-address", "message-contents"}),
    ("box-other-address", f"UPDATE box SET id = '68072599721' WHERE box_key = {NURSES}", set()),
    ("box-twice", "INSERT INTO box (type, id, quality, registered, current_size) "
     "SELECT type, id, quality, registered, 0 FROM box LIMIT 1", {"box-without-address", "box-other-address"}),
    ("box_address-without-box", "INSERT INTO box_address VALUES ('CBE', '0999999031', 'LABO', 4711)", set()),
    ("box-current_size-check", "UPDATE box SET current_size = -1 WHERE quality = 'MIDWIFE'", {"box-size"}),
    ("message-without-part", f"DELETE FROM part WHERE message_key = {FIRST}",
     {"message-size", "message-has-annex", "message-contents"}),
    ("part-position-gap", f"DELETE FROM part WHERE message_key = {FIRST} AND position = 1",
     {"message-size", "message-contents"}),
    ("message-size", f"UPDATE part SET data = data || 'x' WHERE message_key = {FIRST} AND position = 0",
     {"message-contents"}),
    ("message-contents", f"UPDATE part SET data = CAST(upper(CAST(data AS TEXT)) AS BLOB) "
     f"WHERE message_key = {FIRST} AND position = 0", set()),
    ("message-has-annex", f"UPDATE message SET has_annex = 0 WHERE message_key = {FIRST}", set()),
    ("message-has-free-informations", f"UPDATE message SET has_free_informations = 0 WHERE message_key = {FIRST}",
     set()),
    ("message-without-delivery", f"DELETE FROM delivery WHERE message_key = {FIRST}", {"box-size"}),
    ("message-without-destination", f"DELETE FROM destination WHERE message_key = {FIRST}",
     {"delivery-without-destination", "message-contents"}),
    ("message-without-box", f"UPDATE message SET box_key = 4711 WHERE message_key = {FIRST}",
     {"delivery-sent-by-another-box", "publication-of-another"}),
    ("message-publication-date", f"UPDATE message SET publication_date = '2026-01-14' WHERE message_key = {FIRST}",
     set()),
    ("message-dates-check", f"UPDATE message SET expiration_date = '2025-01-01' WHERE message_key = {FIRST}", set()),
    ("delivery-without-message", "INSERT INTO delivery (box_key, folder, ordered_at, message_key, position, sent, "
     f"published_at) VALUES ({NURSES}, 'INBOX', 1, 4711, 0, 0, 1)", {"delivery-without-destination"}),
    ("delivery-without-box", f"UPDATE delivery SET box_key = 4711 WHERE {RECEIVED}",
     {"box-size", "delivery-in-another-box"}),
    ("delivery-without-destination", f"UPDATE delivery SET position = 9 WHERE {RECEIVED}", set()),
    ("delivery-in-another-box", f"UPDATE delivery SET position = 1 WHERE {RECEIVED}", set()),
    ("delivery-sent-by-another-box", f"UPDATE delivery SET box_key = {NURSES} WHERE message_key = {FIRST} AND sent",
     set()),
    ("delivery-folder-check", f"UPDATE delivery SET folder = 'SENTBOX' WHERE {RECEIVED}", {"box-size"}),
    ("delivery-published-check", f"UPDATE delivery SET published_at = NULL WHERE {RECEIVED}",
     {"delivery-never-published"}),
    ("delivery-published-early", f"UPDATE delivery SET published_at = 1 WHERE {RECEIVED}", set()),
    ("delivery-received-early", f"UPDATE delivery SET received_at = published_at - 1 WHERE {RECEIVED}", set()),
    ("delivery-read-early", f"UPDATE delivery SET read_at = published_at - 1 WHERE {RECEIVED}", set()),
    ("delivery-sent_moments-check", f"UPDATE delivery SET read_at = 1 WHERE message_key = {FIRST} AND sent",
     {"delivery-never-published"}),
    ("part-without-message", "INSERT INTO part VALUES (4711, 0, NULL, 'f', 'm', 0, x'00')", set()),
    ("destination-without-message", "INSERT INTO destination (message_key, position, type, quality) "
     "VALUES (4711, 0, 'INSS', 'NURSE')", set()),
    ("destination-without-box", f"UPDATE destination SET box_key = 4711 WHERE message_key = {FIRST} AND position = 1",
     {"delivery-in-another-box", "message-contents"}),
    ("destination-position-gap", f"UPDATE destination SET position = 5 WHERE message_key = {FIRST} AND position = 1",
     {"delivery-without-destination"}),
    ("custom_meta-without-message", "INSERT INTO custom_meta VALUES (4711, 0, 'k', 'v')", set()),
    ("custom_meta-position-gap", f"DELETE FROM custom_meta WHERE message_key = {FIRST} AND position = 0", set()),
    ("meta-without-message", "INSERT INTO meta VALUES (4711, 0, 0, 't', 'v')", set()),
    ("meta-position-gap", f"DELETE FROM meta WHERE message_key = {FIRST} AND position = 0", set()),
    ("meta-value_position-gap", f"DELETE FROM meta WHERE message_key = {FIRST} AND value_position = 0 "
     "AND position = 0", set()),
    ("free_information-without-message", "INSERT INTO free_information VALUES (4711, 'TEXT', NULL, NULL)",
     {"free_information-without-row"}),
    ("free_information-without-row", f"DELETE FROM free_row WHERE message_key = {FIRST}", {"message-size"}),
    ("free_row-without-free_information", f"DELETE FROM free_information WHERE message_key = {FIRST}",
     {"message-has-free-informations"}),
    ("free_row-position-gap", f"UPDATE free_row SET position = 7 WHERE message_key = {FIRST} AND position = 1", set()),
    ("copy_mail-without-message", "INSERT INTO copy_mail VALUES (4711, 0, 'a@example.org')", set()),
    ("copy_mail-position-gap", f"UPDATE copy_mail SET position = position + 1 WHERE message_key = {FIRST} "
     "AND position = 1", set()),
    ("publication-without-box", "UPDATE publication SET box_key = 4711, message_id = 'goneGONEgone0' "
     f"WHERE message_id = (SELECT message_id FROM message WHERE message_key = {FIRST})", set()),
    ("publication-of-another", f"UPDATE publication SET box_key = {NURSES} "
     f"WHERE message_id = (SELECT message_id FROM message WHERE message_key = {FIRST})", set()),
    ("publication-fingerprint-check", "UPDATE publication SET fingerprint = x'00' "
     f"WHERE message_id = (SELECT message_id FROM message WHERE message_key = {FIRST})", {"message-contents"}),
    ("person-without-box", "INSERT INTO person VALUES ('59091199772' || '', 'x', 'y', NULL) "
     "ON CONFLICT (inss) DO UPDATE SET inss = '00000000097'",
     {"profession-without-person", "person_detail-without-person"}),
    ("organisation-without-box", "UPDATE organisation SET id = '11111111' WHERE id = '71990133'",
     {f"organisation_{each}-without-organisation" for each in ("detail", "name", "number", "place")}),
    ("profession-without-person", "DELETE FROM person WHERE inss = '59091199772'", {"person_detail-without-person"}),
    ("profession-number", "UPDATE profession SET nihii8 = '11111111' WHERE inss = '59091199772'", set()),
    ("message-without-acknowledgment", "UPDATE message SET content_type = 'ACKNOWLEDGMENT' "
     f"WHERE message_key = {FIRST}",
     set()),
    ("message-without-error_notice", f"UPDATE message SET content_type = 'ERROR' WHERE message_key = {FIRST}", set()),
    ("absence-overlap", "".join(f"INSERT INTO absence (ooo_id, box_key, start_date, end_date) "
     f"VALUES ('{n * 13}', {NURSES}, '2026-02-0{n}', '2026-02-03');" for n in "13"), set()),
    ("substitute-position-gap", f"INSERT INTO absence VALUES (1, '{'x' * 13}', {NURSES}, '2026-02-01', '2026-02-03');"
     f"INSERT INTO substitute VALUES (1, 1, {DOCTORS})", set()),
    ("revision", "UPDATE alembic_version SET version_num = '0000'", set()),
]  # fmt: skip


@pytest.mark.parametrize(("check", "damage", "also"), PLANTED, ids=[row[0] for row in PLANTED])
def test_what_is_planted_is_found(data: Path, check: str, damage: str, also: set[str]) -> None:
    with closing(database(data)) as connection:
        connection.executescript(damage)
    code, names, findings = found(data)
    assert code == 1
    assert names == {check, *also}
    assert all(finding["key"] for finding in findings)


def test_a_news_that_everybody_deleted_has_no_content_and_that_is_right(data: Path) -> None:
    """PUB-11: only who deleted it is still known."""
    emptied = ("part", "free_row", "free_information", "custom_meta", "meta", "copy_mail")
    with closing(database(data)) as connection:
        connection.executescript(
            f"""UPDATE message SET content_type = 'NEWS' WHERE message_key = {FIRST};
            UPDATE delivery SET folder = iif(sent, 'SENTDELETED', 'DELETED') WHERE message_key = {FIRST};
            UPDATE box SET current_size = current_size - (SELECT size FROM message WHERE message_key = {FIRST})
            WHERE box_key IN (SELECT box_key FROM delivery WHERE message_key = {FIRST} AND NOT sent);"""
            + "".join(f"DELETE FROM {table} WHERE message_key = {FIRST};" for table in emptied)
        )
    assert found(data)[:2] == (0, set())


def test_a_unique_name_that_is_not_is_found(data: Path) -> None:
    """SQLite enforces uniqueness by an index; a file whose table lost it can hold anything twice."""
    with closing(database(data)) as connection:
        (text,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'delivery'").fetchone()
        open_text = re.sub(r",\s*CONSTRAINT \w+ UNIQUE \([^)]*\)", "", text)
        assert open_text != text
        connection.execute("ALTER TABLE delivery RENAME TO old")
        connection.execute(open_text)
        connection.execute("INSERT INTO delivery SELECT * FROM old")
        connection.execute("DROP TABLE old")
        columns = "box_key, folder, ordered_at, message_key, position, sent, published_at"
        connection.execute(f"INSERT INTO delivery ({columns}) SELECT {columns} FROM delivery WHERE {RECEIVED}")
    assert found(data)[:2] == (1, {"delivery-message_key-box_key-sent-twice", "box-size"})


def test_a_damaged_file_is_found_or_told(data: Path) -> None:
    """Zeroed pages in the middle: SQLite finds them itself, or cannot even read."""
    path = data / "ehbox.sqlite"
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2 : len(octets) // 2 + 8192] = bytes(8192)
    path.write_bytes(bytes(octets))
    assert verify(data).exit_code in (1, 2)


def test_findings_tell_keys_and_nothing_of_a_message(data: Path) -> None:
    with closing(database(data)) as connection:
        connection.execute(f"UPDATE part SET data = data || 'x' WHERE message_key = {FIRST} AND position = 0")
    for more in ((), ("--json",)):
        result = verify(data, *more)
        assert "message-contents" in result.stdout
        assert CANARY not in result.output
        assert CANARY.upper() not in result.output


def test_each_check_has_a_name_and_words_of_its_own() -> None:
    table = checks()
    assert len({check.name for check in table}) == len(table)
    assert all(check.says and "?" not in check.says for check in table)


def test_without_a_store_nothing_is_made(tmp_path: Path) -> None:
    for verb in ("verify", "dump"):
        result = CliRunner().invoke(main, [verb, "--data", str(tmp_path / "absent")])
        assert (result.exit_code, "there is no store" in result.stderr) == (2, True)
    assert not list(tmp_path.iterdir())
