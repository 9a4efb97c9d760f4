"""Edits of an envelope for tests: drop, double, add; and the paths of its pieces."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Literal

from lxml import etree

from tests.security.builders import WSU, Call, find

Edit = Callable[[etree._Element], object]
Kind = Literal["mailbox", "sts"]
KINDS: list[Kind] = ["mailbox", "sts"]
HEADER = "/S:Envelope/S:Header"
BODY = "/S:Envelope/S:Body"
SECURITY = HEADER + "/wsse:Security"
SIGNATURE = SECURITY + "/ds:Signature"
ID = f"{{{WSU}}}Id"


def call(**changes: object) -> Call:
    return replace(Call(), **changes)  # type: ignore[arg-type]


def drop(path: str) -> Edit:
    def edit(root: etree._Element) -> None:
        element = find(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return edit


def double(path: str) -> Edit:
    """Twice the same element, the second without ids, so that no other rule is broken."""

    def edit(root: etree._Element) -> None:
        element = find(root, path)
        twin = deepcopy(element)
        for part in twin.iter():
            for name in (ID, "Id", "AssertionID"):
                part.attrib.pop(name, "")
        element.addnext(twin)

    return edit


def add(path: str, tag: str) -> Edit:
    return lambda root: etree.SubElement(find(root, path), tag)
