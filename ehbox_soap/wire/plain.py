"""Reading and writing by a table where nothing is ever attached.

Knows: records. Must not know: any table.
"""

from __future__ import annotations

from typing import TypeVar

from lxml import etree

from ehbox_soap.ids import SystemChance
from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.elements import Record

T = TypeVar("T")


def read(record: Record[T], element: etree._Element) -> T:
    """The value of an element. SOA-03006 for what the table cannot read."""
    return record.read(element, Parts({}))


def write(record: Record[T], tag: str, value: T, **prefixes: str) -> etree._Element:
    """An element by that name with a value; every prefix is declared on it."""
    element = etree.Element(tag, nsmap=prefixes)
    record.write(element, value, Attachments(SystemChance()))
    return element
