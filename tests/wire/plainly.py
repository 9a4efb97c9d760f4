"""Messages without attachments as literal documents: both ways, and valid against the contract's schema."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ehbox_soap import resources
from ehbox_soap.wire import xml

Form = tuple[str, dict[str, str], str, list[Any]]


def form(element: etree._Element) -> Form:
    """What an element is, whatever its prefixes: names, attributes, text, children."""
    attributes = {str(name): str(value) for name, value in element.items()}
    return str(element.tag), attributes, (element.text or "").strip(), [form(child) for child in element]


def schema(*path: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(resources.path("xsd", *path)))


def document(text: str, namespace: str) -> etree._Element:
    """The element of a document whose root says `xmlns` itself, or else has this one by default."""
    name, _, rest = text.removeprefix("<").partition(">")
    name, slash = (name[:-1], "/") if name.endswith("/") else (name, "")
    return xml.parse(f'<{name} xmlns="{namespace}"{slash}>{rest}'.encode())
