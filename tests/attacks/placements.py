"""Envelopes of another shape: what is signed stands where it was, or not far from it, and something else beside it.

Eight placements. They do not need that anybody follows an id: a reader that takes the first Body, the last Header, or
the nearest Security sees other elements than the one that verifies.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from tests.attacks.wrapping import Form
from tests.security.builders import DS, SOAP, WSU, find

_ID = f"{{{WSU}}}Id"
_HEADER, _BODY = "/S:Envelope/S:Header", "/S:Envelope/S:Body"
_SECURITY = _HEADER + "/wsse:Security"


def _forged(body: etree._Element) -> etree._Element:
    """A Body without an id whose request is another one."""
    forged = deepcopy(body)
    forged.attrib.pop(_ID, "")
    for element in forged[0].iter():
        element.attrib.pop("Id", "")
    forged[0].set("attacked", "yes")
    return forged


def second_header(root: etree._Element) -> etree._Element:
    """An empty Header behind the signed one."""
    root = deepcopy(root)
    find(root, _HEADER).addnext(etree.Element(f"{{{SOAP}}}Header"))
    return root


def second_body_before(root: etree._Element) -> etree._Element:
    """The forged Body before the signed one, which keeps its id."""
    root = deepcopy(root)
    body = find(root, _BODY)
    body.addprevious(_forged(body))
    return root


def second_body_after(root: etree._Element) -> etree._Element:
    """The forged Body behind the signed one."""
    root = deepcopy(root)
    body = find(root, _BODY)
    body.addnext(_forged(body))
    return root


def nested_body(root: etree._Element) -> etree._Element:
    """The signed Body as the only child of another Body."""
    root = deepcopy(root)
    body = find(root, _BODY)
    outer = etree.Element(f"{{{SOAP}}}Body")
    root.replace(body, outer)
    outer.append(body)
    return root


def security_as_sibling(root: etree._Element) -> etree._Element:
    """wsse:Security beside the Header instead of in it."""
    root = deepcopy(root)
    find(root, _HEADER).addnext(find(root, _SECURITY))
    return root


def body_as_signature_object(root: etree._Element) -> etree._Element:
    """A copy of the forged Body in a ds:Object, where an enveloping signature would have it."""
    root = deepcopy(root)
    content = etree.SubElement(find(root, _SECURITY + "/ds:Signature"), f"{{{DS}}}Object")
    content.append(_forged(find(root, _BODY)))
    return root


def wrapper_elements(root: etree._Element) -> etree._Element:
    """Header and Body one level down, within an element that is no Envelope's."""
    root = deepcopy(root)
    wrapper = etree.Element("{urn:attack}Wrapper", nsmap={"attack": "urn:attack"})
    for child in list(root):
        wrapper.append(child)
    root.append(wrapper)
    return root


def body_without_id(root: etree._Element) -> etree._Element:
    """The Body as it was signed, but for its id."""
    root = deepcopy(root)
    del find(root, _BODY).attrib[_ID]
    return root


PLACEMENTS: tuple[Form, ...] = (
    second_header,
    second_body_before,
    second_body_after,
    nested_body,
    security_as_sibling,
    body_as_signature_object,
    wrapper_elements,
    body_without_id,
)
