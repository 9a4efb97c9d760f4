"""?wsdl and its schemas, as a client fetches them from the running server.

Knows: which files ship for a service, how to point them at this host. Must not know: Spyne (its own WSDL is wrong
for this contract), what the operations do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from ehbox_soap import resources

_XS = "{http://www.w3.org/2001/XMLSchema}"
_SOAP_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
SCHEMA_PATH = "/xsd/"


@dataclass(frozen=True, slots=True)
class Description:
    """The WSDL of a port: `service` is its folder in wsdl/ and xsd/, `name` its file there."""

    service: str
    name: str


def is_host(text: str) -> bool:
    """Whether a Host header can stand in a document: a name or an address with or without a port."""
    return _HOST.fullmatch(text) is not None


def wsdl(description: Description, base: str, path: str) -> bytes:
    """The WSDL of the port that is served at `base` + `path`: soap:address says so, schemas are below `base`."""
    tree = _parse(resources.path("wsdl", description.service, description.name))
    for address in tree.iter(_SOAP_ADDRESS):
        address.set("location", base + path)
    _absolute(tree, description.service, base)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def schema(path: str, base: str) -> bytes | None:
    """The schema at a path below SCHEMA_PATH ("ehealthbox/x.xsd"); None when it is none of the shipped ones."""
    service, _, name = path.partition("/")
    file = _schemas().get((service, name))
    if file is None:
        return None
    tree = _parse(file)
    _absolute(tree, service, base)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


@cache
def _schemas() -> dict[tuple[str, str], Path]:
    """The allow-list: what is looked up is never a path from a request."""
    return {(file.parent.name, file.name): file for file in resources.path("xsd").glob("*/*.xsd")}


def _absolute(tree: etree._Element, service: str, base: str) -> None:
    """Whole addresses: a relative one, or a path from the root, each client resolves in its own way."""
    for reference in tree.iter(_XS + "import", _XS + "include"):
        location = reference.get("schemaLocation")
        if location is not None:
            reference.set("schemaLocation", f"{base}{SCHEMA_PATH}{service}/{location.rpartition('/')[2]}")


def _parse(file: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.parse(str(file), parser).getroot()
