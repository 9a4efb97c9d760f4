"""Edits of XML trees that know what a tree is: renamed, dropped, doubled, moved, refilled pieces.

Knows: elements, attributes, text, what breaks readers of them. Must not know: the contract beyond its words.
An edit is data (what, where, with which text), so that hypothesis can make it smaller; `where` counts modulo what is
there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from hypothesis import strategies as st
from lxml import etree

from tests.security.builders import DS, SAML, SAMLP, SOAP, WSSE, WSU
from tests.wire import values

VALUES = (
    *("", " ", "\r\n\t", "0", "1", "-1", "+5", "007", "100", "2147483647", "2147483648", "9223372036854775808"),
    *("9" * 400, "9" * 5000, "1e9", "NaN", "true", "false", "FALSE", "INBOX", "HISTORY", "inbox", "DOCUMENT", "NEWS"),
    *("ALL", "INSS", "NIHII", "DOCTOR", "NURSE", "HOSPITAL", "CITIZEN", "71031499894", "85061999865", "71990133"),
    *("٧١٠٣١٤٩٩٨٩٤", "²", "é", "😀", "\x85", "\u2028", "\ufeff", "'\"<&>]]>", "%s%n", "'; DROP TABLE message; --"),
    *("2026-01-15", "0001-01-01+14:00", "9999-12-31-14:00", "12026-01-01Z", "-0001-01-01", "2026-02-30", "0000-01-01"),
    *("2026-01-15T09:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00", "24:00:00"),
    *("cid:", "cid:1@x", "CID:%00", "cid:%", "#", "#id-1", "#xpointer(/)", "http://127.0.0.1:9/", "file:///etc/passwd"),
    *("QQ==", "QQ", "QR==", "Q Q = =", "A" * 13, "x" * 10_000, "urn:x", "a:b", "xs:string", "http://www.w3.org/2001/"),
)
NAMESPACES = (
    *("", "urn:x", SOAP, WSSE, WSU, DS, SAML, SAMLP, "http://www.w3.org/2001/XMLSchema-instance"),
    "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3",
    "urn:be:fgov:ehealth:ehbox:publication:protocol:v3",
    "urn:be:fgov:ehealth:commons:protocol:v2",
)
ATTRIBUTES = (
    *(f"{{{WSU}}}Id", "Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id", "AssertionID", "RequestID", "URI"),
    *("Algorithm", "PrefixList", "PublicationId", "Lang", "Title", "{http://www.w3.org/XML/1998/namespace}base"),
    *(f"{{{SOAP}}}{name}" for name in ("mustUnderstand", "actor", "encodingStyle")),
    *(f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}" for name in ("type", "nil", "schemaLocation")),
)
TEXTS = st.sampled_from(VALUES) | values.text(0, 30)


@dataclass(frozen=True)
class Edit:
    """What is done at the `at`-th element; `other` chooses a second thing, `text` is a value to put somewhere."""

    what: str
    at: int
    other: int
    text: str

    def apply(self, root: etree._Element) -> None:
        """Does it; an edit that makes no sense where it falls does nothing."""
        elements = [each for each in root.iter() if isinstance(each.tag, str)]
        KINDS[self.what](elements[self.at % len(elements)], elements, self)


def _rename(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    element.tag = elements[edit.other % len(elements)].tag


def _respace(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    namespace = NAMESPACES[edit.other % len(NAMESPACES)]
    element.tag = etree.QName(namespace or None, etree.QName(element).localname).text


def _drop(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def _double(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    if element.getparent() is not None:
        for _ in range(200 if edit.other % 50 == 0 else 1):
            element.addnext(deepcopy(element))


def _move(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    target = elements[edit.other % len(elements)]
    if element is not target and element.getparent() is not None and element not in target.iterancestors():
        target.insert(edit.other % (len(target) + 1), element)


def _copy(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    elements[edit.other % len(elements)].append(deepcopy(element))


def _wrap(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    parent = element.getparent()
    if parent is not None:
        for _ in range(300 if edit.other % 50 == 0 else 1):
            wrapper = etree.Element("wrapper" if edit.other % 2 else str(element.tag))
            parent.replace(element, wrapper)
            wrapper.append(element)
            element = wrapper


def _unwrap(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    if (parent := element.getparent()) is not None:
        at = parent.index(element)
        parent[at : at + 1] = list(element)


def _text(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    if not len(element) or edit.other % 5 == 0:
        element.text = edit.text


def _tail(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    if element.getparent() is not None:
        element.tail = edit.text


def _borrow(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    element.text = elements[edit.other % len(elements)].text


def _set(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    names = [*element.attrib, *ATTRIBUTES]
    element.set(names[edit.other % len(names)], edit.text)


def _unset(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    if names := list(element.attrib):
        del element.attrib[names[edit.other % len(names)]]


def _comment(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    """In the middle of the text, where it would split an identifier."""
    text = element.text or ""
    middle = len(text) // 2
    split = etree.Comment("c") if edit.other % 2 else etree.ProcessingInstruction("p", "i")
    element.text, split.tail = text[:middle], text[middle:]
    element.insert(0, split)


def _child(element: etree._Element, elements: Sequence[etree._Element], edit: Edit) -> None:
    namespace = NAMESPACES[edit.other % len(NAMESPACES)]
    etree.SubElement(element, etree.QName(namespace or None, "Added")).text = edit.text


KINDS: dict[str, Callable[[etree._Element, Sequence[etree._Element], Edit], None]] = {
    "text": _text,
    "set": _set,
    "drop": _drop,
    "double": _double,
    "borrow": _borrow,
    "rename": _rename,
    "respace": _respace,
    "move": _move,
    "copy": _copy,
    "wrap": _wrap,
    "unwrap": _unwrap,
    "tail": _tail,
    "unset": _unset,
    "comment": _comment,
    "child": _child,
}
EDITS = st.lists(
    st.builds(Edit, st.sampled_from(list(KINDS)), st.integers(0, 999), st.integers(0, 999), TEXTS),
    min_size=1,
    max_size=4,
)


def edited(edits: Sequence[Edit], root: etree._Element) -> None:
    """Applies one after another."""
    for edit in edits:
        edit.apply(root)
