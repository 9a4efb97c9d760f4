"""Signature wrapping of the Timestamp: what was signed stays in the message, and a later one says that it is new.

The eight classic forms of tests/attacks/wrapping.py on another element: what they win is a call that has long ended.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

from lxml import etree

from tests.attacks.wrapping import Form
from tests.security.builders import DS, WSSE, WSU, find, stamp
from tests.security.keys import NOW

_ID = f"{{{WSU}}}Id"
_PREFIXES = {"wsse": WSSE, "wsu": WSU}
_HEADER = "/S:Envelope/S:Header"
_SECURITY = _HEADER + "/wsse:Security"


def _start(root: etree._Element, identifier: str | None) -> tuple[etree._Element, etree._Element]:
    """A copy of the envelope with the forged Timestamp in place; the copy and the signed one, which stands nowhere."""
    root = deepcopy(root)
    signed = find(root, _SECURITY + "/wsu:Timestamp")
    forged = deepcopy(signed)
    find(forged, "wsu:Created").text = stamp(NOW)
    find(forged, "wsu:Expires").text = stamp(NOW + timedelta(seconds=60))
    if identifier is None:
        del forged.attrib[_ID]
    else:
        forged.set(_ID, identifier)
    parent = signed.getparent()
    assert parent is not None
    parent.replace(signed, forged)
    return root, signed


def _wrapper(parent: etree._Element) -> etree._Element:
    """An element that nobody knows, in which the prefixes are what they were: some canonical forms hold them."""
    return etree.SubElement(parent, "{urn:attack}Wrapper", nsmap={"attack": "urn:attack", **_PREFIXES})


def timestamp_in_header(root: etree._Element) -> etree._Element:
    """The signed one in a wrapper in the Header; the forged one has an id of its own."""
    root, signed = _start(root, "forged")
    _wrapper(find(root, _HEADER)).append(signed)
    return root


def timestamp_in_header_same_id(root: etree._Element) -> etree._Element:
    """As before, and the forged one carries the signed one's id."""
    root, signed = _start(root, find(root, _SECURITY + "/wsu:Timestamp").get(_ID))
    _wrapper(find(root, _HEADER)).append(signed)
    return root


def timestamp_in_security(root: etree._Element) -> etree._Element:
    """The signed one in a wrapper within wsse:Security; the forged one has no id at all."""
    root, signed = _start(root, None)
    _wrapper(find(root, _SECURITY)).append(signed)
    return root


def timestamp_beside_body(root: etree._Element) -> etree._Element:
    """The signed one in a wrapper beside the Body."""
    root, signed = _start(root, "forged")
    _wrapper(root).append(signed)
    return root


def two_timestamps(root: etree._Element) -> etree._Element:
    """The forged one first, the signed one after it."""
    root, signed = _start(root, "forged")
    find(root, _SECURITY + "/wsu:Timestamp").addnext(signed)
    return root


def timestamp_in_timestamp(root: etree._Element) -> etree._Element:
    """The signed one within the forged one, behind its Expires."""
    root, signed = _start(root, "forged")
    find(root, _SECURITY + "/wsu:Timestamp").append(signed)
    return root


def timestamp_in_signature_object(root: etree._Element) -> etree._Element:
    """The signed one in a ds:Object of the signature."""
    root, signed = _start(root, "forged")
    etree.SubElement(find(root, _SECURITY + "/ds:Signature"), f"{{{DS}}}Object").append(signed)
    return root


def timestamp_in_second_security(root: etree._Element) -> etree._Element:
    """The signed one in a second wsse:Security of the same Header."""
    root, signed = _start(root, "forged")
    etree.SubElement(find(root, _HEADER), f"{{{WSSE}}}Security", nsmap=_PREFIXES).append(signed)
    return root


TIMESTAMP_FORMS: tuple[Form, ...] = (
    timestamp_in_header,
    timestamp_in_header_same_id,
    timestamp_in_security,
    timestamp_beside_body,
    two_timestamps,
    timestamp_in_timestamp,
    timestamp_in_signature_object,
    timestamp_in_second_security,
)
