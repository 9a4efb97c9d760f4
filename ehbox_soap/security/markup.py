"""Canonical forms as text: elements, values, and the markup between them.

Knows: what exclusive canonicalisation writes (tags, attributes in double quotes, declarations of prefixes, seven
character references, no CDATA, no empty-element tags). Must not know: any form, or what is allowed in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ehbox_soap.security.names import XML
from ehbox_soap.security.reading import refused

_TOKEN = re.compile(
    r"<(?:(?P<odd>!--.*?--|\?.*?\?)|(?P<end>/?)(?P<name>[^\s<>/!?\"=]+)(?P<attributes>(?: [^\s<>\"=]+=\"[^\"]*\")*))>"
    r"(?P<text>[^<]*)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r' ([^=]+)="([^"]*)"')
_REFERENCES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&#x9;", "\t"),
    ("&#xA;", "\n"),
    ("&#xD;", "\r"),
    # Last, since what stands behind it is no reference.
    ("&amp;", "&"),
)


def plain(value: str) -> str:
    """A value without its character references."""
    for reference, character in _REFERENCES:
        value = value.replace(reference, character)
    return value


def has_text(texts: Iterable[str]) -> bool:
    """Whether one of them, as they stand in a form, is more than white space."""
    return any(not plain(text).isspace() for text in texts if text)


class Value(NamedTuple):
    """An attribute's value or a text, from `begin` until `end` of the form."""

    begin: int
    end: int


class Rows:
    """The elements of a canonical form in document order, with the values in them.

    `tags` are qualified names as lxml writes them, "" for a comment or processing instruction; `children` how many
    elements each holds; `texts` what stands in each between its elements, also nothing. `counts` are for who knows the
    form. Raises SoapFault SOA-01001, with `place`, for what is no canonical form.
    """

    def __init__(self, form: str, place: str) -> None:
        self.form = form
        self.tags: list[str] = []
        self.children: list[int] = []
        self.attributes: list[dict[str, Value]] = []
        self.texts: list[list[Value]] = []
        self.counts: list[int] = []
        self._scopes: list[dict[str, str]] = [{"": "", "xml": XML}]
        self._open: list[int] = []
        at = 0
        while at < len(form):
            token = _TOKEN.match(form, at)
            if token is None:
                # Such as a namespace with a quotation mark in it.
                raise refused(place, "has no canonical form that can be read")
            at = token.end()
            if token["end"]:
                self._open.pop()
                self._scopes.pop()
            else:
                self._begin(token)
            if self._open:
                self.texts[self._open[-1]].append(Value(*token.span("text")))

    def text(self, value: Value) -> str:
        """What it is, with its character references."""
        return self.form[value.begin : value.end]

    def after(self, row: int) -> int:
        """The row of what follows an element and all that it holds."""
        waiting = 1
        while waiting:
            waiting += self.children[row] - 1
            row += 1
        return row

    def count(self, row: int) -> int:
        """How many elements a row holds; none where there is no such row."""
        return self.children[row] if row < len(self.children) else 0

    def _begin(self, token: re.Match[str]) -> None:
        if self._open:
            self.children[self._open[-1]] += 1
        scope, own = self._scopes[-1], []
        for each in _ATTRIBUTE.finditer(self.form, *token.span("attributes")) if not token["odd"] else ():
            first, _, prefix = each[1].partition(":")
            if first == "xmlns":
                scope = {**scope, prefix: plain(each[2])}
            else:
                own.append((each[1], Value(*each.span(2))))
        self.tags.append("" if token["odd"] else _qualified(token["name"], scope, scope[""]))
        self.children.append(0)
        self.attributes.append({_qualified(name, scope, ""): value for name, value in own})
        self.texts.append([])
        if not token["odd"]:
            self._open.append(len(self.tags) - 1)
            self._scopes.append(scope)


def _qualified(name: str, scope: dict[str, str], default: str) -> str:
    prefix, colon, local = name.rpartition(":")
    namespace = scope.get(prefix, "undeclared") if colon else default
    return f"{{{namespace}}}{local}" if namespace else local
