"""A WSDL as a server reads it: operations, their elements and actions, and where the schemas lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehbox_soap.wire import wsdl
from ehbox_soap.wire.wsdl import Definitions, Operation

TEXT = """<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" xmlns:d="urn:d"
 xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" name="Made" targetNamespace="urn:t">
<!-- nothing --><w:types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="urn:d" schemaLocation="../xsd/d.xsd"/></xs:schema></w:types>
<w:message name="AskMessage"><w:part name="p" element="d:Ask"/></w:message>
<w:message name="TellMessage"><w:part name="p" element="Tell" xmlns="urn:default"/></w:message>
<w:portType name="P"><!-- one --><w:operation name="ask"><w:input message="t:AskMessage"/>
<w:output message="t:TellMessage"/></w:operation>
<w:operation name="tell"><w:input message="t:TellMessage"/><w:output message="t:AskMessage"/></w:operation>
</w:portType>
<w:binding name="B" type="t:P"><s:binding style="document"/>
<w:operation name="ask"><s:operation soapAction="urn:action"/></w:operation>
<w:operation name="tell"><s:operation/></w:operation></w:binding>
</w:definitions>"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "wsdl" / "made.wsdl"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    return path


def test_all_that_is_read_of_a_wsdl(tmp_path: Path) -> None:
    """An operation without soapAction has none; an element without prefix is of the default namespace."""
    assert wsdl.read(written(tmp_path, TEXT)) == Definitions(
        name="Made",
        namespace="urn:t",
        operations=(
            Operation("ask", "urn:action", "{urn:d}Ask", "{urn:default}Tell"),
            Operation("tell", "", "{urn:default}Tell", "{urn:d}Ask"),
        ),
        schemas={"urn:d": (tmp_path / "xsd" / "d.xsd").resolve()},
    )


@pytest.mark.parametrize("missing", ['<w:input message="t:AskMessage"/>', '<w:output message="t:AskMessage"/>'])
def test_an_operation_has_both_of_its_messages(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ValueError, match="the WSDL lacks an element"):
        wsdl.read(written(tmp_path, TEXT.replace(missing, "")))


@pytest.mark.parametrize(
    ("old", "new"),
    [('element="d:Ask"', 'element="e:Ask"'), ('message="t:AskMessage"', 'message="t:Other"'), ('"tell"><s', '"x"><s')],
)
def test_what_a_wsdl_refers_to_is_in_it(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(KeyError):
        wsdl.read(written(tmp_path, TEXT.replace(old, new)))
