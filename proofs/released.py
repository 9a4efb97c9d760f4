"""A store as the first released schema (r0001) held one: a person and an organisation of the register, a doctor's
letter to a nurse, whole.

Knows: the tables of that revision, which never change. Must not know: any later one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData

from ehbox_soap.mailbox.checking import fingerprint
from ehbox_soap.store.message_records import Address

FIRST = "0001"
DOCTOR, NURSE = Address("INSS", "71031499894", "DOCTOR"), Address("INSS", "85061999865", "NURSE")
_PUBLISHED = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
_DATA = b"a letter that was sent before the upgrade\r\n" * 100
_ANNEX = bytes(range(256)) * 40
_TITLE, _LEFT, _RIGHT = b"an annex", b"left", b"right"


def fill(connection: Connection) -> None:
    """Puts the rows into empty tables of the first revision."""
    tables = MetaData()
    tables.reflect(connection)
    for name, rows in _rows().items():
        connection.execute(tables.tables[name].insert(), rows)


def _moment(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _rows() -> dict[str, list[dict[str, Any]]]:
    moment, size = _moment(_PUBLISHED), len(_DATA) + len(_ANNEX) + len(_TITLE) + len(_LEFT) + len(_RIGHT)
    return {
        "box": [_box(1, DOCTOR, 0, moment), _box(2, NURSE, size, moment), _box(3, _HOSPITAL, 0, None)],
        "box_address": [_address(1, DOCTOR), _address(2, NURSE), _address(3, _HOSPITAL)],
        "person": [_person(DOCTOR, "Voorbeeld", "Dora"), _person(NURSE, "Proefpersoon", "Nèle")],
        "profession": [
            {"inss": NURSE.id, "quality": "NURSE", "position": 0, "nihii": "49990335401", "nihii8": "49990335"}
        ],
        "organisation": [
            {"type": "NIHII", "id": "71990133", "quality": "HOSPITAL", "number": "71990133", "name": "Hôpital Exemple"}
        ],
        "message": [_message(size, moment)],
        "destination": [{"message_key": 1, "position": 0, "box_key": 2, "type": "INSS", "quality": "NURSE"}],
        "part": [_part(0, None, _DATA), _part(1, _TITLE, _ANNEX)],
        "free_information": [{"message_key": 1, "form": "TABLE", "title": "values"}],
        "free_row": [{"message_key": 1, "position": 0, "left_cell": _LEFT, "right_cell": _RIGHT}],
        "custom_meta": [{"message_key": 1, "position": 0, "key": "k", "value": "v"}],
        "meta": [{"message_key": 1, "position": 0, "value_position": 0, "type": "t", "value": "v"}],
        "copy_mail": [{"message_key": 1, "position": 0, "address": "somebody@example.org"}],
        "delivery": [_delivery(2, "INBOX", False, moment), _delivery(1, "SENTBOX", True, moment)],
        "publication": [
            {"box_key": 1, "publication_id": "PUBLICATION01", "message_id": "FIRSTMESSAGE1", "published_at": moment,
             "fingerprint": fingerprint([NURSE], [_DATA, _ANNEX])}
        ],
        "replay_key": [{"replay_key": "f" * 64, "until": moment}],
    }  # fmt: skip


_HOSPITAL = Address("NIHII", "71990133", "HOSPITAL")


def _box(key: int, address: Address, size: int, called: int | None) -> dict[str, Any]:
    named = {"type": address.type, "id": address.id, "quality": address.quality}
    return {"box_key": key, **named, "registered": True, "current_size": size, "last_call_at": called}


def _address(key: int, address: Address) -> dict[str, Any]:
    return {"type": address.type, "id": address.id, "quality": address.quality, "box_key": key}


def _person(address: Address, last_name: str, first_name: str) -> dict[str, Any]:
    return {"inss": address.id, "last_name": last_name, "first_name": first_name, "language": "nl"}


def _message(size: int, moment: int) -> dict[str, Any]:
    flags = ("is_important", "is_encrypted", "publication_receipt", "received_receipt", "read_receipt")
    return {
        **dict.fromkeys(flags, False),
        "message_key": 1,
        "message_id": "FIRSTMESSAGE1",
        "box_key": 1,
        "publication_id": "PUBLICATION01",
        "content_type": "DOCUMENT",
        "sender_name": "Voorbeeld",
        "published_at": moment,
        "publication_date": date(2026, 1, 15),
        "expiration_date": date(2027, 1, 15),
        "size": size,
        "title": "from before",
        "mime_type": "text/plain",
        "has_free_informations": True,
        "has_annex": True,
    }


def _part(position: int, title: bytes | None, data: bytes) -> dict[str, Any]:
    named = {"download_file_name": f"{position}.txt", "mime_type": "text/plain"}
    return {"message_key": 1, "position": position, "title": title, **named, "attached": True, "data": data}


def _delivery(box_key: int, folder: str, sent: bool, moment: int) -> dict[str, Any]:
    place = {"box_key": box_key, "folder": folder, "ordered_at": moment, "message_key": 1, "position": 0, "sent": sent}
    return {**place, "published_at": None if sent else moment}
