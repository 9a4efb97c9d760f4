"""A WSDL as far as a server needs it: what its operations are and which schemas they use.

Knows: WSDL 1.1, document/literal. Must not know: XSD, validation, what an operation does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_WSDL_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_XS = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a port; `request` and `answer` are elements as {namespace}name."""

    name: str
    soap_action: str
    request: str
    answer: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """One WSDL: its name, target namespace, operations, and the schema file of each namespace it imports."""

    name: str
    namespace: str
    operations: tuple[Operation, ...]
    schemas: dict[str, Path]


def read(path: Path) -> Definitions:
    """Reads a shipped WSDL; a KeyError or ValueError if it is not one of document/literal operations."""
    root = etree.parse(path, shipped_parser()).getroot()
    return Definitions(
        name=str(root.get("name")),
        namespace=str(root.get("targetNamespace")),
        operations=tuple(_operations(root)),
        schemas={
            str(item.get("namespace")): (path.parent / str(item.get("schemaLocation"))).resolve()
            for item in root.iterfind(f"{_WSDL}types/{_XS}schema/{_XS}import")
        },
    )


def shipped_parser() -> etree.XMLParser:
    """For files of our own: nothing is fetched while they are read."""
    return etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False, remove_comments=True)


def _operations(definitions: etree._Element) -> Iterator[Operation]:
    """Joins portType, messages and binding."""
    elements = {
        str(message.get("name")): _qualified(part, "element")
        for message in definitions.iterfind(f"{_WSDL}message")
        for part in message.iterfind(f"{_WSDL}part")
    }
    actions = {
        str(operation.get("name")): str(soap.get("soapAction", ""))
        for operation in definitions.iterfind(f"{_WSDL}binding/{_WSDL}operation")
        for soap in operation.iterfind(f"{_WSDL_SOAP}operation")
    }
    for operation in definitions.iterfind(f"{_WSDL}portType/{_WSDL}operation"):
        name = str(operation.get("name"))
        request, answer = (
            elements[_qualified(operation.find(f"{_WSDL}{way}"), "message").rpartition("}")[2]]
            for way in ("input", "output")
        )
        yield Operation(name, actions[name], request, answer)


def _qualified(element: etree._Element | None, attribute: str) -> str:
    """The QName in an attribute as {namespace}name."""
    if element is None:
        raise ValueError("the WSDL lacks an element")
    prefix, _, name = str(element.get(attribute)).rpartition(":")
    return f"{{{element.nsmap[prefix or None]}}}{name}"
