"""The simple types of the contract: text to values and back.

Knows: XML Schema's lexical forms, how dates and moments of an answer are written (LIFE-6). Must not know: where they
stand.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from ehbox_soap.clock import BRUSSELS
from ehbox_soap.wire import base64text
from ehbox_soap.wire.elements import XML_SPACE, Simple
from ehbox_soap.wire.types import ContentType, Source

_NOON = time(12)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _parse_boolean(text: str) -> bool:
    value = _BOOLEANS.get(text.strip(XML_SPACE))
    if value is None:
        raise ValueError("not a boolean")
    return value


def _form_boolean(value: bool) -> str:
    return "true" if value else "false"


def _parse_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text.strip(XML_SPACE)):
        raise ValueError("not an integer")
    return int(text)


def _parse_date(text: str) -> date:
    """The calendar date as written: a zone does not move it (clients put Z, +01:00 or none on Belgian dates)."""
    found = _DATE.fullmatch(text.strip(XML_SPACE))
    if not found:
        raise ValueError("not a date of the years 1 to 9999")
    return date(int(found[1]), int(found[2]), int(found[3]))


def _form_date(value: date) -> str:
    """With the offset that Brussels has at noon of that day (before 1892 it had seconds, which xs:date has not)."""
    offset = datetime.combine(value, _NOON, BRUSSELS).strftime("%z")
    return f"{value.isoformat()}{offset[:3]}:{offset[3:5]}"


def _parse_moment(text: str) -> datetime:
    """An aware moment in UTC; one without zone is Brussels' time."""
    moment = datetime.fromisoformat(text.strip(XML_SPACE))
    return (moment if moment.tzinfo else moment.replace(tzinfo=BRUSSELS)).astimezone(UTC)


def _form_moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a moment without zone")
    return value.astimezone(BRUSSELS).isoformat(timespec="milliseconds")


TEXT = Simple("string", str, str)
BOOLEAN = Simple("boolean", _parse_boolean, _form_boolean)
# Elements with the schema's default: sent empty, they are false.
FALSE = BOOLEAN.default("false")
INTEGER = Simple("int", _parse_integer, str)
BASE64 = Simple("base64Binary", base64text.decode, base64text.encode)
DATE = Simple("date", _parse_date, _form_date)
MOMENT = Simple("dateTime", _parse_moment, _form_moment)
SOURCE = Simple("Source", Source, Source.__str__)
CONTENT_TYPE = Simple("ContentType", ContentType, ContentType.__str__)
