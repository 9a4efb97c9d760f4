"""The canonical form of an element: what signatures are made over, and what closed forms are read from.

Knows: exclusive canonicalisation (Exclusive XML Canonicalization 1.0) of an element where it stands in its tree. Must
not know: what is signed, which form is expected.
"""

from __future__ import annotations

from typing import cast

from lxml import etree

from ehbox_soap.security.reading import refused

MOST_ELEMENTS = 4096
"""How many elements are looked at: real assertions and signatures have a few dozen."""
MOST_ATTRIBUTES = 16
"""How many attributes one of them may have: no form knows more than five."""

SHORT = 4 * MOST_ELEMENTS
"""What is written in fewer characters need not be counted: an element takes four of them."""

_DEFAULT = "#default"
# More elements than any document has where one of them has too many attributes.
_ENDLESS = 10**9
_WIDE = f"descendant-or-self::*/@*[{MOST_ATTRIBUTES + 1}]"
_SIZE = etree.XPath(f"count(descendant::*) + {_ENDLESS} * boolean({_WIDE})")


def size(element: etree._Element, place: str) -> float:
    """How many elements are below it. Demands few of them, with few attributes each: what is to be read is made
    canonical before anybody is known to have signed it, and that takes time by attributes and namespaces. Raises
    SoapFault SOA-01001 naming `place`.
    """
    found = cast("float", _SIZE(element))
    if found >= _ENDLESS:
        raise refused(place, f"holds an element of more than {MOST_ATTRIBUTES} attributes")
    if found >= MOST_ELEMENTS:
        raise refused(place, f"holds more than {MOST_ELEMENTS} elements")
    return found


def canonical(element: etree._Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """The exclusive canonical form, without comments, of that very element where it stands in its tree."""
    if _DEFAULT in prefixes:
        # lxml passes on only prefixes that its thread's dictionary of names holds; this puts "#default" there.
        etree.fromstring(b'<n xmlns:n="#default"/>')
    return _form(element, list(prefixes), comments=False)


def commented(element: etree._Element) -> bytes:
    """The same of what is to be read: without prefixes and with comments, so that they can be refused; where there are
    none, and only there, it is the form that is signed. Its `size` must have been looked at before."""
    return _form(element, None, comments=True)


def _form(element: etree._Element, prefixes: list[str] | None, *, comments: bool) -> bytes:
    try:
        form: bytes = etree.tostring(
            element, method="c14n", exclusive=True, with_comments=comments, inclusive_ns_prefixes=prefixes
        )
    except etree.C14NError as error:
        raise refused("ds:Reference", "what is signed has no canonical form (a relative namespace URI)") from error
    return form
