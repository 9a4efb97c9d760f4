"""Reading by position: an element is taken because it stands where it must, never because an id points to it.

Knows: how to demand exactly these children, exactly these attributes, text without children, strict base64 and
xs:dateTime, ids that are unique. Must not know: keys, algorithms, what is trusted.
Everything raises SoapFault SOA-01001 with the place and the rule, never a value.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.names import WSU, XML

_IDS = frozenset((f"{{{WSU}}}Id", "Id", "ID", "id", f"{{{XML}}}id", "AssertionID", "RequestID"))
_FOREIGN_IDS = ("}Id", "}ID", "}id")
"""Ends of an attribute that somebody else's reader may take for an id, whatever its namespace."""
_ID = re.compile(r"[\w.\-]+")
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)",
    re.ASCII,
)
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_WITH_ATTRIBUTES = etree.XPath("descendant-or-self::*[@*]")


def refused(place: str, rule: str) -> SoapFault:
    """The one fault of this room: the caller is not authenticated; `place` and `rule` are our own words."""
    return SoapFault("SOA-01001", f"{place}: {rule}")


def children(element: etree._Element, place: str) -> list[etree._Element]:
    """The child elements of an element that holds nothing else but white space (no text, comment or PI)."""
    found = list(element)
    _demand_no_text(element, found, place)
    for child in found:
        if not isinstance(child.tag, str):
            raise refused(place, "holds a comment or processing instruction")
    return found


def exactly(element: etree._Element, place: str, *names: str) -> list[etree._Element]:
    """The children, which must be exactly these, once each, in this order, with nothing but white space between."""
    found = list(element)
    if tuple([child.tag for child in found]) != names:
        raise refused(place, "does not hold exactly the elements of the profile, in order")
    _demand_no_text(element, found, place)
    return found


def _demand_no_text(element: etree._Element, found: list[etree._Element], place: str) -> None:
    # Loops, not any(): this is the innermost part of a verification.
    text = element.text
    if text and not text.isspace():
        raise refused(place, "holds text")
    for child in found:
        text = child.tail
        if text and not text.isspace():
            raise refused(place, "holds text")


def attributes(
    element: etree._Element, place: str, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> Mapping[str, str]:
    """The attributes by qualified name: all of `required`, perhaps some of `optional`; any other is refused."""
    items = element.items()
    if not items and not required:
        return _NO_ATTRIBUTES
    present: dict[str, str] = dict(items)  # type: ignore[arg-type]
    for name in required:
        if name not in present:
            raise refused(place, "lacks a required attribute")
    if len(present) > len(required):
        for name in present:
            if name not in required and name not in optional:
                raise refused(place, "has an attribute that the profile does not know")
    return present


def identifier(element: etree._Element, place: str, name: str) -> str:
    """The id in attribute `name`: required, and of letters, digits, `_`, `-` and `.` only."""
    value = element.get(name)
    if value is None or _ID.fullmatch(value) is None:
        raise refused(place, "has no id, or one of a form that is not allowed")
    return value


def leaf(element: etree._Element, place: str) -> str:
    """The text of an element without children; a comment or PI counts as a child, so text cannot be split."""
    if len(element):
        raise refused(place, "must hold text only")
    return element.text or ""


def octets(text: str | None, place: str) -> bytes:
    """The bytes of a base64 text (see `decoded`)."""
    try:
        return decoded(text or "")
    except ValueError as error:
        raise refused(place, "is not base64 in its one canonical form") from error


def decoded(text: str) -> bytes:
    """The bytes of a base64 text; white space (also the CR of `&#13;`) may stand anywhere, nothing else may.

    Raises ValueError, also for padding bits that are not zero and for nothing at all.
    """
    compact = b"".join(text.encode("ascii").split())
    value = a2b_base64(compact)
    # The decoder skips what is not base64; only the canonical form encodes to itself again.
    if not value or b2a_base64(value, newline=False) != compact:
        raise ValueError("not base64 in its one canonical form")
    return value


def instant(text: str, place: str) -> datetime:
    """A strict xs:dateTime with a zone, as UTC; digits of the fraction past the microsecond are cut off."""
    if _INSTANT.fullmatch(text) is None:
        raise refused(place, "is not an xs:dateTime with a zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refused(place, "is not a moment of the calendar") from error


def unique_ids(root: etree._Element) -> None:
    """Demands that no id of the whole document occurs twice, whichever attribute it stands in."""
    demand_unique(ids(root))


def demand_unique(found: Sequence[str]) -> None:
    """The same, of the ids that were found."""
    if len(set(found)) != len(found):
        raise refused("Envelope", "an id occurs twice")


def ids(element: etree._Element) -> list[str]:
    """The ids of an element and of all below it.

    One pass: an XPath union of the seven attributes takes quadratic time in libxml2.
    """
    return own_ids(*cast("list[etree._Element]", _WITH_ATTRIBUTES(element)))


def own_ids(*elements: etree._Element) -> list[str]:
    """The ids of these elements, not of what is below."""
    return ids_among([element.items() for element in elements])


def ids_among(attributes: Iterable[Iterable[tuple[str | bytes, str | bytes]]]) -> list[str]:
    """The ids among the attributes of elements."""
    return [str(value) for own in attributes for name, value in own if name in _IDS or str(name).endswith(_FOREIGN_IDS)]
