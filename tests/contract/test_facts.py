"""What the shipped contract promises to a client, checked without a network and without a server.

This file knows the twelve operations of eHealthBox v3, their SOAPActions and the elements of their bodies, and
that ``wsdl/ehealthbox`` and ``xsd/ehealthbox`` stand on their own: they load in zeep, every schema compiles, every
reference stays inside the project, and every type and operation says what it is. It does not know the content of
the types; instances of messages are tested where they are read and written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest
import xmlschema
from lxml import etree
from zeep import Client
from zeep.transports import Transport

ROOT = Path(__file__).resolve().parents[2]
XSD_FOLDER = ROOT / "xsd" / "ehealthbox"
WSDLS = sorted((ROOT / "wsdl" / "ehealthbox").glob("*.wsdl"))
XSDS = sorted(XSD_FOLDER.glob("*.xsd"))

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"

PUBLICATION = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"
CONSULTATION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"
ERRORS = "urn:be:fgov:ehealth:errors:soa:v1"

# (namespace, operation, stem of its Request and Response elements)
OPERATIONS = [
    (PUBLICATION, "sendMessage", "SendMessage"),
    (CONSULTATION, "getBoxInfo", "GetBoxInfo"),
    (CONSULTATION, "getMessagesList", "GetMessagesList"),
    (CONSULTATION, "getAllEhboxesMessagesList", "GetAllEhboxesMessagesList"),
    (CONSULTATION, "getFullMessage", "GetFullMessage"),
    (CONSULTATION, "getMessageHistory", "GetHistory"),
    (CONSULTATION, "getMessageAcknowledgmentsStatus", "GetMessageAcknowledgmentsStatus"),
    (CONSULTATION, "moveMessage", "MoveMessage"),
    (CONSULTATION, "deleteMessage", "DeleteMessage"),
    (CONSULTATION, "insertOoO", "InsertOoO"),
    (CONSULTATION, "getOoOList", "GetOoOList"),
    (CONSULTATION, "deleteOoO", "DeleteOoO"),
]


class NoNetwork(Transport):
    """A zeep transport that reads files and refuses everything else."""

    def _refuse(self, address: object) -> NoReturn:
        raise AssertionError(f"the contract reached for the network: {address}")

    def _load_remote_data(self, url: str) -> NoReturn:
        self._refuse(url)

    def get(self, address: str, params: Any, headers: Any) -> NoReturn:
        self._refuse(address)

    def post(self, address: str, message: Any, headers: Any) -> NoReturn:
        self._refuse(address)


def parse(path: Path) -> etree._Element:
    return etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def qname(node: etree._Element, text: str | None) -> str:
    """``p:local`` in the scope of ``node``, as ``{namespace}local``."""
    prefix, _, local = (text or "").rpartition(":")
    return f"{{{node.nsmap[prefix or None]}}}{local}"


def global_elements() -> set[str]:
    return {
        f"{{{root.get('targetNamespace')}}}{element.get('name')}"
        for root in map(parse, XSDS)
        for element in root.findall(f"{XS}element")
    }


def documentation(node: etree._Element, path: str) -> str:
    found = node.find(path)
    return "" if found is None else "".join(map(str, found.itertext())).strip()


def file_id(path: Path) -> str:
    return path.name


each_wsdl = pytest.mark.parametrize("path", WSDLS, ids=file_id)
each_xsd = pytest.mark.parametrize("path", XSDS, ids=file_id)
each_file = pytest.mark.parametrize("path", [*WSDLS, *XSDS], ids=file_id)


def test_all_files_are_there() -> None:
    assert [path.name for path in WSDLS] == ["ehBoxConsultation.wsdl", "ehBoxPublication.wsdl"]
    assert [path.name for path in XSDS] == [
        "ehbox-consultation-protocol-v3.xsd",
        "ehbox-core-v3.xsd",
        "ehbox-publication-protocol-v3.xsd",
        "ehealth-commons-core-v1.xsd",
        "ehealth-commons-protocol-v1.xsd",
        "ehealth-errors-core-v1.xsd",
        "ehealth-errors-soa-v1.xsd",
        "wsi-swaref.xsd",
        "xml.xsd",
    ]
    assert len({parse(path).get("targetNamespace") for path in XSDS}) == len(XSDS), "one file per namespace"


# --- the two services ---


def test_zeep_reads_exactly_the_twelve_operations() -> None:
    found = set()
    for path in WSDLS:
        client = Client(str(path), transport=NoNetwork())  # type: ignore[no-untyped-call]
        for service in client.wsdl.services.values():
            for port in service.ports.values():
                for operation in port.binding._operations.values():
                    found.add((operation.name, operation.soapaction))
    assert found == {(name, f"{namespace}:{name}") for namespace, name, _ in OPERATIONS}


@pytest.mark.parametrize(("namespace", "name", "stem"), OPERATIONS, ids=[o[1] for o in OPERATIONS])
def test_operation_takes_and_gives_its_elements(namespace: str, name: str, stem: str) -> None:
    (root,) = [root for root in map(parse, WSDLS) if root.get("targetNamespace") == namespace]
    parts = {
        f"{{{namespace}}}{message.get('name')}": qname(part, part.get("element"))
        for message in root.iter(f"{WSDL}message")
        for part in message.iter(f"{WSDL}part")
    }
    (operation,) = root.findall(f"{WSDL}portType/{WSDL}operation[@name='{name}']")
    spoken = [parts[qname(child, child.get("message"))] for child in operation if child.get("message")]
    assert spoken == [
        f"{{{namespace}}}{stem}Request",
        f"{{{namespace}}}{stem}Response",
        f"{{{ERRORS}}}SystemError",
        f"{{{ERRORS}}}BusinessError",
    ]


@each_wsdl
def test_binding_is_bare_document_literal(path: Path) -> None:
    root = parse(path)
    (binding,) = root.findall(f"{WSDL}binding")
    (style,) = binding.findall(f"{SOAP}binding")
    assert style.get("style") == "document"
    assert style.get("transport") == "http://schemas.xmlsoap.org/soap/http"
    assert {node.get("use") for node in binding.iter(f"{SOAP}body", f"{SOAP}fault")} == {"literal"}
    for message in root.iter(f"{WSDL}message"):
        assert len(message.findall(f"{WSDL}part")) == 1, f"{message.get('name')}: bare means one part"
    for operation in binding.iter(f"{WSDL}operation"):
        names = [(f.get("name"), f[0].get("name")) for f in operation.findall(f"{WSDL}fault")]
        assert names == [("SystemError", "SystemError"), ("BusinessError", "BusinessError")]


@each_wsdl
def test_every_message_refers_to_an_element_that_exists(path: Path) -> None:
    elements = global_elements()
    parts = list(parse(path).iter(f"{WSDL}part"))
    assert parts
    for part in parts:
        assert qname(part, part.get("element")) in elements


@each_wsdl
def test_address_is_the_platforms_own_path_on_this_machine(path: Path) -> None:
    (address,) = parse(path).iter(f"{SOAP}address")
    assert address.get("location") == f"http://localhost:8080/{path.stem}/v3"


# --- the schemas ---


@each_xsd
def test_schema_compiles_by_itself(path: Path) -> None:
    etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))
    assert xmlschema.XMLSchema(path, allow="local").built


def test_all_schemas_compile_together() -> None:
    umbrella = etree.Element(f"{XS}schema", nsmap={"xs": XS[1:-1]})
    for path in XSDS:
        namespace = parse(path).get("targetNamespace") or ""
        etree.SubElement(umbrella, f"{XS}import", namespace=namespace, schemaLocation=path.as_uri())
    schema = etree.XMLSchema(umbrella)
    # libxml2 passes over an import that it cannot read: ask for an element whose type needs the others.
    unknown = etree.fromstring(f'<p:GetBoxInfoRequest xmlns:p="{CONSULTATION}"><Unknown/></p:GetBoxInfoRequest>')
    assert schema.validate(etree.Element(f"{{{CONSULTATION}}}GetBoxInfoRequest"))
    assert not schema.validate(unknown)


# --- what both must be ---


@each_file
def test_every_location_is_a_file_of_the_project(path: Path) -> None:
    root = parse(path)
    assert not list(root.iter(f"{XS}include", f"{XS}redefine", f"{WSDL}import"))
    for node in root.iter(f"{XS}import"):
        location = node.get("schemaLocation")
        assert location, f"{path.name}: an import of {node.get('namespace')} that says nowhere to find it"
        target = (path.parent / location).resolve()
        assert target.is_relative_to(XSD_FOLDER), f"{location} leaves the folder of the schemas"
        assert parse(target).get("targetNamespace") == node.get("namespace")
    if path.suffix == ".xsd":
        assert all("/" not in (node.get("schemaLocation") or "") for node in root.iter(f"{XS}import"))


@each_xsd
def test_schema_and_everything_global_in_it_is_documented(path: Path) -> None:
    root = parse(path)
    nodes = [root, *root.iterchildren(f"{XS}complexType", f"{XS}simpleType", f"{XS}element", f"{XS}attribute")]
    assert len(nodes) > 1
    silent = [n.get("name", "schema") for n in nodes if not documentation(n, f"{XS}annotation/{XS}documentation")]
    assert silent == []


@each_wsdl
def test_service_and_every_operation_is_documented(path: Path) -> None:
    root = parse(path)
    nodes = [root, *root.iter(f"{WSDL}portType", f"{WSDL}service"), *root.iterfind(f"{WSDL}portType/{WSDL}operation")]
    silent = [n.get("name") for n in nodes if not documentation(n, f"{WSDL}documentation")]
    assert silent == []
