"""Exclusive canonicalisation (W3C, Exclusive XML Canonicalization 1.0, without comments), written out from the
standard's definition, as an oracle that shares no code with libxml2's."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

XML = "http://www.w3.org/XML/1998/namespace"


def exclusive(apex: etree._Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """The canonical form of the subtree at `apex` with an InclusiveNamespaces PrefixList."""
    inclusive = {"" if prefix == "#default" else prefix for prefix in prefixes}
    return _element(apex, inclusive, {}).encode()


def _in_scope(element: etree._Element) -> dict[str, str]:
    return {prefix or "": uri for prefix, uri in element.nsmap.items()}


def _used(element: etree._Element) -> dict[str, str]:
    """The prefixes that are visibly utilised by an element, with their namespaces ("" for none)."""
    own = etree.QName(element).namespace or ""
    used = {element.prefix or "": own}
    scope = element.nsmap
    for name in element.attrib:
        namespace = etree.QName(str(name)).namespace
        if namespace and namespace != XML:
            used[_attribute_prefix(element, str(name), scope)] = namespace
    return used


def _attribute_prefix(element: etree._Element, name: str, scope: Mapping[str | None, str]) -> str:
    # lxml does not tell an attribute's prefix; XPath's name() does.
    qualified = etree.QName(name)
    found = element.xpath(f"name(@*[namespace-uri()='{qualified.namespace}' and local-name()='{qualified.localname}'])")
    prefix = str(found).partition(":")[0]
    assert scope.get(prefix) == qualified.namespace
    return prefix


def _element(element: etree._Element, inclusive: set[str], rendered: Mapping[str, str]) -> str:
    scope = _in_scope(element)
    wanted = _used(element)
    for prefix in inclusive:
        # What is in scope by an inclusive prefix is treated as in inclusive canonicalisation.
        wanted.setdefault(prefix, scope.get(prefix, ""))
    declare = {
        prefix: uri for prefix, uri in wanted.items() if rendered.get(prefix, "") != uri and (uri or prefix == "")
    }
    name = _qualified(element.prefix, etree.QName(element).localname)
    parts = ["<", name]
    for prefix in sorted(declare):
        parts.append(f' {"xmlns:" + prefix if prefix else "xmlns"}="{_attribute(declare[prefix])}"')
    attributes = []
    for key, value in element.attrib.items():
        qualified = etree.QName(str(key))
        prefix = (
            ""
            if not qualified.namespace
            else "xml"
            if qualified.namespace == XML
            else _attribute_prefix(element, str(key), element.nsmap)
        )
        attributes.append((qualified.namespace or "", qualified.localname, prefix, str(value)))
    for _, local, prefix, value in sorted(attributes):
        parts.append(f' {_qualified(prefix, local)}="{_attribute(value)}"')
    parts.append(">")
    parts.append(_text(element.text))
    for child in element:
        parts.append(_element(child, inclusive, {**rendered, **declare}))
        parts.append(_text(child.tail))
    return "".join(parts) + f"</{name}>"


def _qualified(prefix: str | None, local: str) -> str:
    return f"{prefix}:{local}" if prefix else local


def _text(value: str | None) -> str:
    return (value or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def _attribute(value: str) -> str:
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return value.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")
