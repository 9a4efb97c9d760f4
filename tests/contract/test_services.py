"""Every service's folder stands on its own: it loads without a network, stays inside the project and is documented.

This file knows the address book's operations and the shape of any folder of `wsdl/` and `xsd/`. It does not know the
content of the types: those of a service's facts are compared by scripts/lint.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import xmlschema
from lxml import etree
from zeep import Client

from tests.contract.test_facts import ROOT, SOAP, WSDL, XS, NoNetwork, documentation, parse, qname

ADDRESS_BOOK = "urn:be:fgov:ehealth:addressbook:protocol:v1"
OPERATIONS = {
    "searchProfessionals": "SearchProfessionals",
    "searchOrganizations": "SearchOrganizations",
    "getProfessionalContactInfo": "GetProfessionalContactInfo",
    "getOrganizationContactInfo": "GetOrganizationContactInfo",
}
(BOOK,) = sorted((ROOT / "wsdl" / "addressbook").glob("*.wsdl"))
SCHEMAS = sorted((ROOT / "xsd").glob("*/*.xsd"))


def is_the_platforms(path: Path) -> bool:
    """Not a published standard's, which is documented where it is published."""
    return str(parse(path).get("targetNamespace")).startswith("urn:be:")


def folder_and_name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


each_schema = pytest.mark.parametrize("path", SCHEMAS, ids=folder_and_name)


@each_schema
def test_a_schema_compiles_by_itself_and_refers_within_its_folder(path: Path) -> None:
    etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))
    assert xmlschema.XMLSchema(path, allow="local").built
    for node in parse(path).iter(f"{XS}import", f"{XS}include"):
        target = path.parent / str(node.get("schemaLocation"))
        assert target.parent == path.parent
        assert parse(target).get("targetNamespace") == node.get("namespace")


@pytest.mark.parametrize("path", [path for path in SCHEMAS if is_the_platforms(path)], ids=folder_and_name)
def test_a_schema_and_everything_global_in_it_is_documented(path: Path) -> None:
    root = parse(path)
    kinds = ("complexType", "simpleType", "element", "attribute", "attributeGroup", "group")
    nodes = [root, *root.iterchildren(*(f"{XS}{kind}" for kind in kinds))]
    silent = [n.get("name", "schema") for n in nodes if not documentation(n, f"{XS}annotation/{XS}documentation")]
    assert silent == []


def test_one_file_per_namespace() -> None:
    for folder in sorted((ROOT / "xsd").iterdir()):
        namespaces = [parse(path).get("targetNamespace") for path in folder.glob("*.xsd")]
        assert len(set(namespaces)) == len(namespaces), folder.name


def test_zeep_reads_the_address_books_four_operations() -> None:
    client = Client(str(BOOK), transport=NoNetwork())  # type: ignore[no-untyped-call]
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    found = {(each.name, each.soapaction) for each in port.binding._operations.values()}
    assert found == {(name, f"{ADDRESS_BOOK}:{name}") for name in OPERATIONS}
    assert port.binding_options["address"] == "http://localhost:8080/AddressBook/v1"


@pytest.mark.parametrize(("name", "stem"), OPERATIONS.items())
def test_an_operation_of_the_address_book_takes_and_gives_its_elements(name: str, stem: str) -> None:
    root = parse(BOOK)
    parts = {
        f"{{{ADDRESS_BOOK}}}{message.get('name')}": qname(message[-1], message[-1].get("element"))
        for message in root.iter(f"{WSDL}message")
    }
    (operation,) = root.findall(f"{WSDL}portType/{WSDL}operation[@name='{name}']")
    assert [parts[qname(child, child.get("message"))] for child in operation if child.get("message")] == [
        f"{{{ADDRESS_BOOK}}}{stem}Request",
        f"{{{ADDRESS_BOOK}}}{stem}Response",
        "{urn:be:fgov:ehealth:errors:soa:v1}SystemError",
        "{urn:be:fgov:ehealth:errors:soa:v1}BusinessError",
    ]
    assert documentation(operation, f"{WSDL}documentation")
    assert {node.get("use") for node in root.iter(f"{SOAP}body", f"{SOAP}fault")} == {"literal"}


ETK_DEPOT = "urn:be:fgov:ehealth:etkdepot:1_0:protocol"
(DEPOT,) = sorted((ROOT / "wsdl" / "etkdepot").glob("*.wsdl"))


def test_zeep_reads_the_etk_depots_one_operation() -> None:
    """Its SOAPAction is empty (wire.md: clients send none)."""
    client = Client(str(DEPOT), transport=NoNetwork())  # type: ignore[no-untyped-call]
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    (operation,) = port.binding._operations.values()
    assert (operation.name, operation.soapaction) == ("GetEtk", "")
    assert operation.input.body.qname.text == f"{{{ETK_DEPOT}}}GetEtkRequest"
    assert operation.output.body.qname.text == f"{{{ETK_DEPOT}}}GetEtkResponse"
    assert port.binding_options["address"] == "http://localhost:8080/EtkDepot/v1"


def test_the_etk_depot_is_documented() -> None:
    root = parse(DEPOT)
    nodes = [root, *root.iter(f"{WSDL}portType", f"{WSDL}service"), *root.iterfind(f"{WSDL}portType/{WSDL}operation")]
    assert all(documentation(node, f"{WSDL}documentation") for node in nodes)
    assert {node.get("use") for node in root.iter(f"{SOAP}body")} == {"literal"}
