"""Shapes of elements: one table drives reading and writing.

Knows: how an element becomes a value and a value an element, given a table of its fields in the order of the schema
(fields.py has the kinds of its lines). Must not know: any table, any type of the contract. What is read has been
validated; whatever a shape still cannot read is SOA-03006 (or SOA-03007, attachments), naming the element and never
its value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.wire.attachments import Attachments, Parts

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

XML_SPACE = " \t\r\n"


def unreadable(tag: str, rule: str) -> SoapFault:
    """SOA-03006 at an element of the contract, whose name may be told."""
    return SoapFault("SOA-03006", f"{tag}: {rule}")


class Shape(Protocol[T]):
    """Reads an element into a value, and fills an empty element with one."""

    def read(self, element: etree._Element, parts: Parts) -> T: ...

    def write(self, element: etree._Element, value: T, attachments: Attachments) -> None: ...


@dataclass(frozen=True)
class Simple(Generic[T]):
    """Text content. `empty` is the schema's default: what an element without any content means."""

    name: str
    parse: Callable[[str], T]
    form: Callable[[T], str]
    empty: str = ""

    def read(self, element: etree._Element, parts: Parts) -> T:
        return self.value(str(element.tag), element.text or self.empty)

    def value(self, tag: str, text: str) -> T:
        """Text as a value; `tag` for the fault."""
        try:
            return self.parse(text)
        except (ValueError, OverflowError):
            raise unreadable(tag, f"not a valid {self.name}") from None

    def write(self, element: etree._Element, value: T, attachments: Attachments) -> None:
        element.text = self.form(value)

    def default(self, empty: str) -> Simple[T]:
        """The same with a default for an empty element."""
        return Simple(self.name, self.parse, self.form, empty)


class Children:
    """The children of an element by name, and its attributes; each list in document order."""

    __slots__ = ("element", "named")

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.named: dict[str, list[etree._Element]] = {}
        for child in element:
            self.named.setdefault(str(child.tag), []).append(child)

    def first(self, tag: str) -> etree._Element | None:
        found = self.named.get(tag)
        return found[0] if found else None


class Field(Protocol):
    """A line of a record's table: fills `values`, by the names of the dataclass, or writes one of them."""

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None: ...

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None: ...


class Record(Generic[T]):
    """An element whose children and attributes are the fields of a dataclass, in the order of the schema."""

    def __init__(self, kind: type[T], *fields: Field) -> None:
        self.kind = kind
        self.fields = fields

    def read(self, element: etree._Element, parts: Parts) -> T:
        return self.gather(Children(element), parts)

    def gather(self, children: Children, parts: Parts) -> T:
        """The dataclass from children that may also hold the fields of others."""
        values: dict[str, Any] = {}
        for field in self.fields:
            field.read(children, values, parts)
        return self.kind(**values)

    def write(self, element: etree._Element, value: T, attachments: Attachments) -> None:
        for field in self.fields:
            field.write(element, value, attachments)


class OneOf:
    """An element that holds exactly one of several children; the value's type tells which."""

    def __init__(self, *options: tuple[str, type, Shape[Any]]) -> None:
        self.options = options

    def read(self, element: etree._Element, parts: Parts) -> Any:
        children = Children(element)
        for tag, _, shape in self.options:
            child = children.first(tag)
            if child is not None:
                return shape.read(child, parts)
        raise unreadable(str(element.tag), "missing element")

    def write(self, element: etree._Element, value: Any, attachments: Attachments) -> None:
        for tag, kind, shape in self.options:
            if type(value) is kind:
                shape.write(etree.SubElement(element, tag), value, attachments)
                return
        raise ValueError(f"{element.tag}: the value has none of its forms")
