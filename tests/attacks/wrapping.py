"""Signature wrapping: what was signed stays in the message, untouched, and something else stands in its place.

The eight classic forms on the Body (after McIntosh and Austel) and the eight on the assertion (after Somorovsky and
others, "On Breaking SAML"), as functions from a signed envelope to an attacked copy. None needs a key: a verifier
that follows ids finds the signed element and accepts them (libxmlsec: all but three, tests/security/test_wrapping.py).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from tests.security.builders import DS, SAML, WSSE, WSU, find

Form = Callable[[etree._Element], etree._Element]

_ID = f"{{{WSU}}}Id"
_BODY = "/S:Envelope/S:Body"
_HEADER = "/S:Envelope/S:Header"
_SECURITY = _HEADER + "/wsse:Security"
_SIGNATURE = _SECURITY + "/ds:Signature"
_ASSERTION = _SECURITY + "/saml:Assertion"


def _wrapper(parent: etree._Element, at: int | None = None) -> etree._Element:
    """An element that nobody knows, as a child of `parent`."""
    wrapper = etree.Element("{urn:attack}Wrapper", nsmap={"attack": "urn:attack"})
    parent.insert(len(parent) if at is None else at, wrapper)
    return wrapper


def _forged_body(body: etree._Element, identifier: str | None) -> etree._Element:
    """The attacker's Body: another folder where the request has one, else the same request again."""
    forged = deepcopy(body)
    for element in forged.iter("Source", "{*}Source"):
        element.text = "SENTBOX"
    if identifier is None:
        del forged.attrib[_ID]
    else:
        forged.set(_ID, identifier)
    return forged


def _replace_body(root: etree._Element, identifier: str | None) -> tuple[etree._Element, etree._Element]:
    """A copy of the envelope with the forged Body in place; the copy and the signed Body, which stands nowhere."""
    root = deepcopy(root)
    body = find(root, _BODY)
    forged = _forged_body(body, identifier)
    root.replace(body, forged)
    return root, body


def body_in_header(root: etree._Element) -> etree._Element:
    """The signed Body in a wrapper in the Header; the forged one has an id of its own."""
    root, body = _replace_body(root, "forged")
    _wrapper(find(root, _HEADER)).append(body)
    return root


def body_in_header_same_id(root: etree._Element) -> etree._Element:
    """As before, and the forged Body carries the signed one's id."""
    root, body = _replace_body(root, find(root, _BODY).get(_ID))
    _wrapper(find(root, _HEADER)).append(body)
    return root


def body_in_security(root: etree._Element) -> etree._Element:
    """The signed Body in a wrapper within wsse:Security; the forged one has no id at all."""
    root, body = _replace_body(root, None)
    _wrapper(find(root, _SECURITY)).append(body)
    return root


def body_beside_body(root: etree._Element) -> etree._Element:
    """The signed Body in a wrapper beside the forged one."""
    root, body = _replace_body(root, "forged")
    _wrapper(root).append(body)
    return root


def two_bodies(root: etree._Element) -> etree._Element:
    """The forged Body first, the signed one after it."""
    root, body = _replace_body(root, "forged")
    root.append(body)
    return root


def body_in_body(root: etree._Element) -> etree._Element:
    """The signed Body within the forged one, behind the forged request."""
    root, body = _replace_body(root, "forged")
    find(root, _BODY).append(body)
    return root


def body_in_signature_object(root: etree._Element) -> etree._Element:
    """The signed Body in a ds:Object of the signature."""
    root, body = _replace_body(root, "forged")
    etree.SubElement(find(root, _SIGNATURE), f"{{{DS}}}Object").append(body)
    return root


def body_in_second_security(root: etree._Element) -> etree._Element:
    """The signed Body in a second wsse:Security, with a Timestamp of its own, in the same Header."""
    root, body = _replace_body(root, "forged")
    second = etree.SubElement(find(root, _HEADER), f"{{{WSSE}}}Security")
    second.append(body)
    return root


BODY_FORMS: tuple[Form, ...] = (
    body_in_header,
    body_in_header_same_id,
    body_in_security,
    body_beside_body,
    two_bodies,
    body_in_body,
    body_in_signature_object,
    body_in_second_security,
)


def _forged_assertion(assertion: etree._Element, identifier: str) -> etree._Element:
    """The attacker's assertion, unsigned: every attribute value another, the same holder of key."""
    forged = deepcopy(assertion)
    forged.remove(find(forged, "ds:Signature"))
    for value in forged.iter(f"{{{SAML}}}AttributeValue"):
        value.text = "85041310259"
    forged.set("AssertionID", identifier)
    return forged


def _start(root: etree._Element, identifier: str = "_forged") -> tuple[etree._Element, etree._Element, etree._Element]:
    """A copy, its signed assertion, and a forged one; the message's KeyInfo (never signed) names the forged one."""
    root = deepcopy(root)
    signed = find(root, _ASSERTION)
    forged = _forged_assertion(signed, identifier)
    find(root, _SIGNATURE + "//wsse:KeyIdentifier").text = identifier
    return root, signed, forged


def assertion_before(root: etree._Element) -> etree._Element:
    """The forged assertion, then the signed one."""
    root, signed, forged = _start(root)
    signed.addprevious(forged)
    return root


def assertion_after(root: etree._Element) -> etree._Element:
    """The signed assertion, then the forged one."""
    root, signed, forged = _start(root)
    signed.addnext(forged)
    return root


def assertion_in_assertion(root: etree._Element) -> etree._Element:
    """The signed assertion, signature and all, as a child of the forged one."""
    root, signed, forged = _start(root)
    signed.addprevious(forged)
    forged.append(signed)
    return root


def assertion_in_its_object(root: etree._Element) -> etree._Element:
    """The forged assertion ends with the signature, whose ds:Object holds the signed assertion."""
    root, signed, forged = _start(root)
    signature = find(signed, "ds:Signature")
    signed.addprevious(forged)
    forged.append(signature)
    etree.SubElement(signature, f"{{{DS}}}Object").append(signed)
    return root


def assertion_with_signature_moved(root: etree._Element) -> etree._Element:
    """The forged assertion takes the signature; the signed one, without it, follows."""
    root, signed, forged = _start(root)
    signed.addprevious(forged)
    forged.append(find(signed, "ds:Signature"))
    return root


def assertion_same_id(root: etree._Element) -> etree._Element:
    """As before with the signed assertion in the Header, and both carry the same AssertionID."""
    original = find(root, _ASSERTION).get("AssertionID")
    assert original is not None
    root, signed, forged = _start(root, original)
    signed.addprevious(forged)
    forged.append(find(signed, "ds:Signature"))
    _wrapper(find(root, _HEADER)).append(signed)
    return root


def assertion_in_advice(root: etree._Element) -> etree._Element:
    """The forged assertion ends with the signature and keeps the signed one as Advice."""
    root, signed, forged = _start(root)
    signed.addprevious(forged)
    forged.append(find(signed, "ds:Signature"))
    etree.SubElement(forged, f"{{{SAML}}}Advice").append(signed)
    return root


def assertion_beside_body(root: etree._Element) -> etree._Element:
    """The forged assertion ends with the signature; the signed one leaves the Header for the end of the Envelope."""
    root, signed, forged = _start(root)
    signed.addprevious(forged)
    forged.append(find(signed, "ds:Signature"))
    _wrapper(root).append(signed)
    return root


ASSERTION_FORMS: tuple[Form, ...] = (
    assertion_before,
    assertion_after,
    assertion_in_assertion,
    assertion_in_its_object,
    assertion_with_signature_moved,
    assertion_same_id,
    assertion_in_advice,
    assertion_beside_body,
)

ALL_FORMS: tuple[Form, ...] = BODY_FORMS + ASSERTION_FORMS
