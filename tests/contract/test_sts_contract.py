"""The STS's contract: its WSDL states the facts of the platform's, and what is ours says what it is.

Knows: what the facts say of the SAML dialect's WSDL; of the WS-Trust dialect only elements and SOAPActions are known,
from clients. Must not know: what the service does with a message.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import zeep
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "xsd" / "sts"
XSDS = sorted(FOLDER.glob("*.xsd"))
WSDLS = sorted((ROOT / "wsdl" / "sts").glob("*.wsdl"))
XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
PROTOCOL = "urn:be:fgov:ehealth:sts:protocol:v1"


def parse(path: Path) -> etree._Element:
    return etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def name_of(path: Path) -> str:
    return path.name


def operations(name: str) -> dict[str, tuple[str, str, str]]:
    """Operation to SOAPAction, input and output element, as zeep reads the WSDL."""
    client = zeep.Client(str(ROOT / "wsdl" / "sts" / name))
    ports = [port for service in client.wsdl.services.values() for port in service.ports.values()]
    found = {}
    for operation in (each for port in ports for each in port.binding._operations.values()):
        elements = [message.body.qname.text for message in (operation.input, operation.output)]
        found[operation.name] = (operation.soapaction, *elements)
    return found


def test_saml_dialect_is_the_facts() -> None:
    """One operation AttributeQuery, whose SOAPAction is its name, from samlp:Request to samlp:Response."""
    assert operations("Saml11TokenService.wsdl") == {
        "AttributeQuery": ("AttributeQuery", f"{{{SAMLP}}}Request", f"{{{SAMLP}}}Response")
    }
    root = parse(ROOT / "wsdl" / "sts" / "Saml11TokenService.wsdl")
    assert root.get("targetNamespace") == "urn:be:ehealth:saml:sts:1.0"
    names = {
        kind: [each.get("name") for each in root.iter(f"{WSDL}{kind}")]
        for kind in ("message", "part", "portType", "binding", "service", "port")
    }
    assert names == {
        "message": ["AttributeQueryMessage", "AttributeResponseMessage"],
        "part": ["request", "response"],
        "portType": ["EHealthSamlStsPortType"],
        "binding": ["EHealthSamlStsBinding"],
        "service": ["EHealthSamlStsService"],
        "port": ["EHealthSamlStsPort"],
    }


def test_trust_dialect_is_what_clients_send() -> None:
    """The connector's, e-Contract's and the .NET client's elements and SOAPActions."""
    response = f"{{{WST}}}RequestSecurityTokenResponse"
    assert operations("SecurityTokenService.wsdl") == {
        "RequestSecurityToken": (f"{PROTOCOL}:RequestSecurityToken", f"{{{WST}}}RequestSecurityToken", response),
        "Challenge": (f"{PROTOCOL}:Challenge", response, response),
    }


@pytest.mark.parametrize("path", XSDS, ids=name_of)
def test_schema_and_everything_global_in_it_is_documented(path: Path) -> None:
    root = parse(path)
    nodes = [root, *root.iterchildren(f"{XS}complexType", f"{XS}simpleType", f"{XS}element", f"{XS}attribute")]
    silent = [
        each.get("name", "schema") for each in nodes if not _documented(each, f"{XS}annotation/{XS}documentation")
    ]
    assert silent == []


@pytest.mark.parametrize("path", WSDLS, ids=name_of)
def test_service_and_every_operation_is_documented(path: Path) -> None:
    root = parse(path)
    nodes = [root, *root.iter(f"{WSDL}portType", f"{WSDL}service"), *root.iterfind(f"{WSDL}portType/{WSDL}operation")]
    assert [each.get("name") for each in nodes if not _documented(each, f"{WSDL}documentation")] == []


def _documented(node: etree._Element, path: str) -> bool:
    found = node.find(path)
    return found is not None and bool("".join(map(str, found.itertext())).strip())
