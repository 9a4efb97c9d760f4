"""Reading the STS's answers as a client would, with nothing of the house."""

from __future__ import annotations

from lxml import etree

from tests.sts.layouts import NAMESPACES


def texts(element: etree._Element, path: str) -> list[str]:
    found = element.xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    return [str(one) for one in found]


def one(element: etree._Element, path: str) -> str:
    (found,) = texts(element, path)
    return found


def assertion_of(response: etree._Element) -> etree._Element:
    (found,) = response.findall("saml:Assertion", NAMESPACES)
    return found


def attributes_of(response: etree._Element) -> list[tuple[str, str, str]]:
    """(namespace, name, value) of the assertion's attributes, in order."""
    return [
        (one(found, "@AttributeNamespace"), one(found, "@AttributeName"), one(found, "saml:AttributeValue/text()"))
        for found in assertion_of(response).findall("saml:AttributeStatement/saml:Attribute", NAMESPACES)
    ]


def failure_of(response: etree._Element) -> tuple[str, str]:
    """StatusCode and StatusMessage of an answer without an assertion."""
    assert [child.tag for child in response] == [f"{{{NAMESPACES['samlp']}}}Status"]
    return one(response, "samlp:Status/samlp:StatusCode/@Value"), one(
        response, "samlp:Status/samlp:StatusMessage/text()"
    )
