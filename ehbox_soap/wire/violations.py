"""What a schema violation may be told as: element, rule, limit and line, and nothing of the document.

Knows: libxml2's messages, the words of the contract. Must not know: operations, how a schema is loaded.
A message quotes values and names that a caller made up, so no part of one is passed on: the rule comes from the
error's type, the place from the tree, and a limit only if every word of it stands in the schemas (SOA-03006).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

_XS = "{http://www.w3.org/2001/XMLSchema}"
_FACETS = ["enumeration", "length", "minLength", "maxLength", "pattern", "minInclusive", "maxInclusive"]

# libxml2's error type -> the rule as told, and the words before the limit at the end of its message.
_RULES: dict[str, tuple[str, str]] = {
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": ("datatype", " type "),
    "SCHEMAV_CVC_ENUMERATION_VALID": ("enumeration", " of the set "),
    "SCHEMAV_CVC_LENGTH_VALID": ("length", " length of "),
    "SCHEMAV_CVC_MINLENGTH_VALID": ("minLength", " length of "),
    "SCHEMAV_CVC_MAXLENGTH_VALID": ("maxLength", " length of "),
    "SCHEMAV_CVC_PATTERN_VALID": ("pattern", " by the pattern "),
    "SCHEMAV_CVC_MININCLUSIVE_VALID": ("minInclusive", " value allowed "),
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": ("maxInclusive", " value allowed "),
    "SCHEMAV_ELEMENT_CONTENT": ("unexpected element", ". Expected is "),
    "SCHEMAV_CVC_COMPLEX_TYPE_4": ("missing attribute", ": The attribute "),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": ("unexpected attribute", ""),
    "SCHEMAV_CVC_TYPE_3_1_1": ("unexpected attribute", ""),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": ("text between elements", ""),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": ("content in an empty element", ""),
    "SCHEMAV_CVC_TYPE_3_1_2": ("elements where only text may be", ""),
    "SCHEMAV_CVC_ELT_3_1": ("xsi:nil is not allowed", ""),
}
_VALUE_RULES = frozenset({"datatype", *_FACETS})

_STEP = re.compile(r"(?:(?P<prefix>[^:\[\]]+):)?(?P<name>[^:\[\]]+)(?:\[(?P<index>[0-9]+)\])?")
_ATTRIBUTE = re.compile(r"Element '[^']*', attribute '([^']*)':")
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the schemas: names of elements and attributes, the elements as they stand in a document, and
    everything a limit can consist of."""

    names: frozenset[str]
    tags: frozenset[str]
    limits: frozenset[str]

    @classmethod
    def of(cls, schemas: Iterable[etree._Element]) -> Vocabulary:
        """Collects them from schema documents."""
        names: set[str] = set()
        tags: set[str] = set()
        limits: set[str] = set()
        for schema in schemas:
            inner = f"{{{schema.get('targetNamespace')}}}" if schema.get("elementFormDefault") == "qualified" else ""
            tags.update(f"{inner}{item.get('name')}" for item in schema.iterfind(f"*//{_XS}element"))
            for item in schema.iter(f"{_XS}element", f"{_XS}attribute"):
                names.add(str(item.get("name", "")))
            for item in schema.iter(f"{_XS}simpleType", f"{_XS}complexType"):
                limits.add(str(item.get("name", "")))
            for item in schema.iter():
                limits.update(str(item.get(name, "")) for name in ("type", "base"))
            for item in schema.iter(*(f"{_XS}{facet}" for facet in _FACETS)):
                limits.add(str(item.get("value")))
        return cls(frozenset(names - {""}), frozenset(tags), frozenset(limits - {""}))

    def name(self, tag: str) -> str:
        """An element's or attribute's name as it may be told, and whether it stands in a namespace that is not its."""
        local = tag.rpartition("}")[2]
        if local not in self.names:
            return f"(name of {len(local)} characters)"
        if tag in self.tags:
            return local
        return local if local == tag else f"{local} in a namespace"


def tell(entry: etree._LogEntry, root: etree._Element, vocabulary: Vocabulary) -> str:
    """One line about one error of the schema's log, e.g. "DestinationContext[2]/Type: minLength 1; value of 0
    characters (line 1)"."""
    element = _locate(entry.path or "", root)
    rule, mark = _RULES.get(entry.type_name, (entry.type_name.removeprefix("SCHEMAV_").lower(), ""))
    head, _, tail = entry.message.rpartition(mark) if mark else ("", "", "")
    if rule == "unexpected element":
        rule = "missing element" if head.endswith("Missing child element(s)") else rule
        names = tail.partition("(")[2].partition(")")[0].split(",")
        limit = _known((name.strip().rpartition("}")[2] for name in names), vocabulary.names)
        limit = limit and f"expected {limit}"
    elif rule == "missing attribute":
        limit = _known(_QUOTED.findall(tail), vocabulary.names)
    else:
        limit = _known(_QUOTED.findall(tail), vocabulary.limits)
    found = _ATTRIBUTE.match(entry.message)
    attribute = found[1] if found else ""
    told = f"{place(element, root, vocabulary)}{'/@' + vocabulary.name(attribute) if attribute else ''}: {rule}"
    told += f" {limit}" if limit else ""
    if rule in _VALUE_RULES:
        value = element.get(attribute) if attribute else element.text
        told += f"; value of {len(value or '')} characters"
    return f"{told} (line {entry.line})"


def _known(words: Iterable[str], known: frozenset[str]) -> str:
    """The words, if each is the schema's own; a caller's value that looks like a limit is not told."""
    listed = list(words)
    return ", ".join(listed) if all(word in known for word in listed) else ""


def _locate(path: str, root: etree._Element) -> etree._Element:
    """The element of a libxml2 node path such as /p:Root/A[2]/*[1]; as far as it can be followed."""
    element = root
    for step in path.split("/")[2:]:
        found = _STEP.fullmatch(step)
        if not found:
            return element
        same = [child for child in element if _matches(child, found["prefix"], found["name"])]
        index = int(found["index"] or 1)
        if index > len(same):
            return element
        element = same[index - 1]
    return element


def _matches(child: etree._Element, prefix: str | None, name: str) -> bool:
    return name == "*" or (etree.QName(child).localname == name and child.prefix == prefix)


def place(element: etree._Element, root: etree._Element, vocabulary: Vocabulary) -> str:
    """Where an element is below the root, counted where there are several: DestinationContext[2]/Quality."""
    steps: list[str] = []
    while element is not root and (parent := element.getparent()) is not None:
        same = [child for child in parent if child.tag == element.tag]
        name = vocabulary.name(str(element.tag))
        steps.append(f"{name}[{same.index(element) + 1}]" if len(same) > 1 else name)
        element = parent
    # The root is an operation's element, so its name is the contract's.
    return "/".join(reversed(steps)) or etree.QName(root).localname
