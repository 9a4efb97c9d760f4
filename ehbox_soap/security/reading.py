"""Reading by position: an element is taken because it stands where it must, never because an id points to it.

Knows: how to demand exactly these children, exactly these attributes, text without children, strict base64 and
xs:dateTime, ids that are unique. Must not know: keys, algorithms, what is trusted.
Everything raises SoapFault SOA-01001 with the place and the rule, never a value.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.names import WSU, XML

_ALL_IDS = etree.XPath(
    "//@wsu:Id | //@Id | //@ID | //@id | //@xml:id | //@AssertionID | //@RequestID",
    namespaces={"wsu": WSU, "xml": XML},
    smart_strings=False,
)
_ID = re.compile(r"[\w.\-]+")
_WHITE = re.compile(r"[ \t\r\n]+")
_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)


def refused(place: str, rule: str) -> SoapFault:
    """The one fault of this room: the caller is not authenticated; `place` and `rule` are our own words."""
    return SoapFault("SOA-01001", f"{place}: {rule}")


def children(element: etree._Element, place: str) -> list[etree._Element]:
    """The child elements of an element that holds nothing else but white space (no text, comment or PI)."""
    if element.text is not None and not element.text.isspace():
        raise refused(place, "holds text")
    found = list(element)
    for child in found:
        if not isinstance(child.tag, str):
            raise refused(place, "holds a comment or processing instruction")
        if child.tail is not None and not child.tail.isspace():
            raise refused(place, "holds text")
    return found


def exactly(element: etree._Element, place: str, *names: str) -> list[etree._Element]:
    """The children, which must be exactly these, once each, in this order."""
    found = children(element, place)
    if tuple(child.tag for child in found) != names:
        raise refused(place, "does not hold exactly the elements of the profile, in order")
    return found


def attributes(
    element: etree._Element, place: str, required: Collection[str] = (), optional: Collection[str] = ()
) -> None:
    """Demands all of `required` and allows `optional`; any other attribute is refused."""
    present = element.keys()
    for name in required:
        if name not in present:
            raise refused(place, "lacks a required attribute")
    for found in present:
        if found not in required and found not in optional:
            raise refused(place, "has an attribute that the profile does not know")


def attribute(element: etree._Element, place: str, name: str) -> str:
    """The value of an attribute that must be there."""
    value = element.get(name)
    if value is None:
        raise refused(place, "lacks a required attribute")
    return value


def identifier(element: etree._Element, place: str, name: str) -> str:
    """The id in attribute `name`: required, and of letters, digits, `_`, `-` and `.` only."""
    value = attribute(element, place, name)
    if _ID.fullmatch(value) is None:
        raise refused(place, "has an id of a form that is not allowed")
    return value


def leaf(element: etree._Element, place: str) -> str:
    """The text of an element without children; a comment or PI counts as a child, so text cannot be split."""
    if len(element):
        raise refused(place, "must hold text only")
    return element.text or ""


def octets(element: etree._Element, place: str) -> bytes:
    """The bytes of a base64 leaf; white space (also the CR of `&#13;`) may stand anywhere, nothing else may."""
    text = _WHITE.sub("", leaf(element, place))
    try:
        # The alphabet is checked by decoding, the length and padding bits by encoding again.
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise refused(place, "is not base64") from error
    if not value or base64.b64encode(value).decode() != text:
        raise refused(place, "is not base64 in its one canonical form")
    return value


def instant(text: str, place: str) -> datetime:
    """A strict xs:dateTime with a zone, as UTC; digits of the fraction past the microsecond are cut off."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise refused(place, "is not an xs:dateTime with a zone")
    year, month, day, hour, minute, second = (int(part) for part in match.group(1, 2, 3, 4, 5, 6))
    fraction, sign, zone_hours, zone_minutes = match.group(7, 8, 9, 10)
    try:
        zone: timezone = UTC
        if sign is not None:
            offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
            if int(zone_minutes) > 59 or offset > timedelta(hours=14):
                raise refused(place, "has a zone outside of 14 hours")
            zone = timezone(-offset if sign == "-" else offset)
        microsecond = int((fraction or "0")[:6].ljust(6, "0"))
        return datetime(year, month, day, hour, minute, second, microsecond, zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refused(place, "is not a moment of the calendar") from error


def unique_ids(root: etree._Element) -> None:
    """Demands that no id of the whole document occurs twice, whichever attribute it stands in."""
    found = cast("list[str]", _ALL_IDS(root))
    if len(found) != len(set(found)):
        raise refused("Envelope", "an id occurs twice")
