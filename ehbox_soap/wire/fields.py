"""The lines of a record's table: children, attributes, text, and how they are nested.

Knows: for each kind of line how to read it from an element and how to write it there. Must not know: any table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.elements import Children, Field, Record, Shape, Simple, unreadable


@dataclass(frozen=True)
class One:
    """A child that has to be there."""

    tag: str
    name: str
    shape: Shape[Any]

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        child = children.first(self.tag)
        if child is None:
            raise unreadable(self.tag, "missing element")
        values[self.name] = self.shape.read(child, parts)

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        value = getattr(record, self.name)
        if value is None:
            raise ValueError(f"{self.tag} has to be written and is None")
        self.shape.write(etree.SubElement(element, self.tag), value, attachments)


@dataclass(frozen=True)
class Maybe:
    """A child that may be missing: then the dataclass's own default stands, and None is not written."""

    tag: str
    name: str
    shape: Shape[Any]

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        child = children.first(self.tag)
        if child is not None:
            values[self.name] = self.shape.read(child, parts)

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        value = getattr(record, self.name)
        if value is not None:
            self.shape.write(etree.SubElement(element, self.tag), value, attachments)


@dataclass(frozen=True)
class Many:
    """A child that may be repeated, as a tuple; `within`: they stand in an element of their own, there if any is."""

    tag: str
    name: str
    shape: Shape[Any]
    within: str = ""

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        if self.within:
            around = children.first(self.within)
            found = [] if around is None else [child for child in around if child.tag == self.tag]
        else:
            found = children.named.get(self.tag, [])
        values[self.name] = tuple(self.shape.read(child, parts) for child in found)

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        values = getattr(record, self.name)
        parent = etree.SubElement(element, self.within) if self.within and values else element
        for value in values:
            self.shape.write(etree.SubElement(parent, self.tag), value, attachments)


@dataclass(frozen=True)
class Attribute:
    """An attribute; one that is not required may be missing, and the dataclass's own default stands."""

    tag: str
    name: str
    required: bool = False
    shape: Simple[Any] | None = None
    """None: it is text."""

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        text = children.element.get(self.tag)
        if text is not None:
            values[self.name] = text if self.shape is None else self.shape.value(self.tag, text)
        elif self.required:
            raise unreadable(self.tag, "missing attribute")

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        value = getattr(record, self.name)
        if value is not None:
            element.set(self.tag, value if self.shape is None else self.shape.form(value))


@dataclass(frozen=True)
class Text:
    """The element's own text, beside its attributes."""

    name: str
    shape: Simple[Any]

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        values[self.name] = self.shape.read(children.element, parts)

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        self.shape.write(element, getattr(record, self.name), attachments)


class Within:
    """An element of the schema that the dataclass does not have: its children are fields of the same dataclass."""

    def __init__(self, tag: str, *fields: Field) -> None:
        self.tag = tag
        self.fields = fields

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        child = children.first(self.tag)
        if child is None:
            raise unreadable(self.tag, "missing element")
        inner = Children(child)
        for field in self.fields:
            field.read(inner, values, parts)

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        child = etree.SubElement(element, self.tag)
        for field in self.fields:
            field.write(child, record, attachments)


@dataclass(frozen=True)
class Inline:
    """A dataclass of its own whose fields stand directly in this element; `when` names the child that tells whether
    it is there at all ("": always)."""

    name: str
    record: Record[Any]
    when: str = ""

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        if not self.when or self.when in children.named:
            values[self.name] = self.record.gather(children, parts)

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        value = getattr(record, self.name)
        if value is not None:
            self.record.write(element, value, attachments)
