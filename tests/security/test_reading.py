"""Strict xs:dateTime and base64."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import reading
from ehbox_soap.security.memory import ByObject, Memory
from tests.security.builders import parse


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-15T09:00:00Z", datetime(2026, 1, 15, 9, 0, 0, 0, UTC)),
        ("2026-01-15T09:00:00.5Z", datetime(2026, 1, 15, 9, 0, 0, 500000, UTC)),
        ("2026-01-15T09:00:00.123456789Z", datetime(2026, 1, 15, 9, 0, 0, 123456, UTC)),
        ("2026-01-15T09:00:00.999999999999999999999Z", datetime(2026, 1, 15, 9, 0, 0, 999999, UTC)),
        ("2026-01-15T09:00:00+01:00", datetime(2026, 1, 15, 8, 0, 0, 0, UTC)),
        ("2026-01-15T09:00:00-14:00", datetime(2026, 1, 15, 23, 0, 0, 0, UTC)),
        ("2026-01-01T00:30:00+13:59", datetime(2025, 12, 31, 10, 31, 0, 0, UTC)),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, 0, UTC)),
        ("2000-02-29T00:00:00Z", datetime(2000, 2, 29, 0, 0, 0, 0, UTC)),
    ],
)
def test_instants(text: str, moment: datetime) -> None:
    assert reading.instant(text, "place") == moment
    assert reading.instant(text, "place").tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-15",
        "2026-01-15T09:00:00",
        "2026-01-15T09:00Z",
        "2026-01-15 09:00:00Z",
        "2026-01-15t09:00:00z",
        " 2026-01-15T09:00:00Z",
        "2026-01-15T09:00:00Z\n",
        "2026-01-15T09:00:00.Z",
        "2026-01-15T09:00:00,5Z",
        "2026-01-15T24:00:00Z",
        "2026-01-15T23:60:00Z",
        "2026-01-15T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-13-10T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "-2026-01-15T09:00:00Z",
        "12026-01-15T09:00:00Z",
        "2026-1-15T09:00:00Z",
        "20260115T090000Z",
        "2026-W03-4T09:00:00Z",
        "2026-01-15T09:00:00+0000",
        "2026-01-15T09:00:00+01",
        "2026-01-15T09:00:00+14:01",
        "2026-01-15T09:00:00+01:60",
        "2026-01-15T09:00:00+01:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-01-15T09:00:00Z",
    ],
)
def test_no_other_instants(text: str) -> None:
    with pytest.raises(SoapFault, match="place: is not") as caught:
        reading.instant(text, "place")
    assert caught.value.code == "SOA-01001"


@pytest.mark.parametrize("text", ["٢٠٢٦-01-15T09:00:00Z", "2026-01-15T09:00:00.123456٥Z", "2026-01-15T09:00:00+0１:00"])
def test_digits_of_other_scripts_are_none(text: str) -> None:
    """Not even past the microsecond, where Python takes any."""
    with pytest.raises(SoapFault, match="place: is not an xs:dateTime with a zone"):
        reading.instant(text, "place")


@pytest.mark.parametrize("text", ["QUJD", "QUI=", "QQ==", " Q\tU\r\nJ D ", "QUJDRA=="])
def test_base64(text: str) -> None:
    compact = "".join(text.split())
    assert reading.decoded(text) == {"QUJD": b"ABC", "QUI=": b"AB", "QQ==": b"A", "QUJDRA==": b"ABCD"}[compact]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Q",
        "QUI",
        "QUI==",
        "QQ=",
        "QR==",
        "QUJ=",
        "QU*D",
        "QUJD=",
        "=QUJD",
        "QQ==QUJD",
        "QU-_",
        "QU\u00a0JD",
        "é",
        "QUJDQ",
    ],
)
def test_no_other_base64(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|Incorrect padding|characters|ordinal"):
        reading.decoded(text)
    element = parse(b"<a/>")
    element.text = text
    with pytest.raises(SoapFault, match="SOA-01001 place: is not base64"):
        reading.octets(element.text, "place")


@pytest.mark.parametrize("document", [b"<a>b<c/></a>", b"<a>b<!--c-->d</a>", b"<a>b<?c?>d</a>"])
def test_a_text_cannot_be_split(document: bytes) -> None:
    """A comment would cut an identifier for one reader and not for another."""
    with pytest.raises(SoapFault, match="place: must hold text only"):
        reading.leaf(parse(document), "place")


def test_ids_are_compared_in_time_that_grows_with_the_message_only() -> None:
    """Sixty thousand elements with three ids each: an XPath union needs half a minute for this."""
    root = parse(b"<a>" + b"".join(b'<b Id="a%d" ID="b%d" id="c%d"/>' % (i, i, i) for i in range(60000)) + b"</a>")
    reading.unique_ids(root)
    root[59999].set("RequestID", "a0")
    with pytest.raises(SoapFault, match="an id occurs twice"):
        reading.unique_ids(root)


def test_a_memory_forgets_what_was_used_longest_ago() -> None:
    memory: Memory[str, str] = Memory(2)
    memory.put("a", "A")
    memory.put("b", "B")
    assert memory.get("a") == "A"
    memory.put("c", "C")
    assert (memory.get("a"), memory.get("b"), memory.get("c"), len(memory)) == ("A", None, "C", 2)
    memory.drop("a")
    memory.drop("unknown")
    assert (memory.get("a"), len(memory)) == (None, 1)


def test_by_object_equal_ones_are_asked_one_by_one() -> None:
    """And what is remembered stays: nothing made later can be taken for it."""
    memory: ByObject[list[int], str] = ByObject(2)
    first, equal = [1], [1]
    memory.put(first, "first")
    assert (memory.get(first), memory.get(equal)) == ("first", None)
    del first
    memory.put(equal, "equal")
    assert {memory.get([1]) for _ in range(100)} == {None}
    assert (len(memory), memory.get(equal)) == (2, "equal")
    memory.put([2], "another")
    assert len(memory) == 2
