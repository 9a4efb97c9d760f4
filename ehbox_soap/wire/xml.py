"""The one hardened XML parser: octets to a tree, or SOA-03001.

Knows: what XML is accepted at all (encodings, no DOCTYPE, size in elements). Must not know: SOAP, the contract, what
the elements mean. White space is kept, comments and processing instructions are gone, and nothing outside the octets
is ever read. A reason never holds anything of the document, only places and limits.
"""

from __future__ import annotations

import re
import threading

from lxml import etree

from ehbox_soap.errors import SoapFault

MAX_DEPTH = 256
MAX_ELEMENTS = 200_000
# An element needs one or two of them, so over this no document can be within MAX_ELEMENTS without odd CDATA.
MAX_MARKUP = 2 * MAX_ELEMENTS
# Ours, beyond the rules: canonicalisation is quadratic in the attributes of an element and linear, for each of them,
# in the namespaces in scope; real messages have at most a dozen of either.
MAX_ATTRIBUTES = 64
MAX_NAMESPACES = 256
# libxml2 refuses longer text nodes unless told otherwise; told so only when the body can hold one.
HUGE_OVER = 10_000_000

MAX_DECLARATION = 1024
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})

_BOM = b"\xef\xbb\xbf"
_SPACE = re.compile(rb"[ \t\r\n]*")
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n]")
_DECLARED = re.compile(rb"""\sencoding\s*=\s*["']([^"']*)["']""")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

_USUAL = re.compile(r"\Z|[A-Za-z][A-Za-z0-9+.-]*:")
_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*[@*[{MAX_ATTRIBUTES + 1}]])")

_parsers = threading.local()


def malformed(reason: str) -> SoapFault:
    """The fault of this module (SOA-03001)."""
    return SoapFault("SOA-03001", reason)


def parse(octets: bytes, *, charset: str | None = None) -> etree._Element:
    """The root element of a document; `charset` is what the Content-Type said, None if it said nothing.

    Refuses with SOA-03001: another encoding than UTF-8 or US-ASCII, NUL, DOCTYPE, what is not well-formed, more than
    256 levels or 200 000 elements, and relative namespace names (which have no canonical form).
    """
    octets = octets.removeprefix(_BOM)
    if 0 in octets:
        raise malformed("NUL in the document")
    markup = octets.count(b"<")
    if markup > MAX_MARKUP:
        raise malformed(f"more than {MAX_ELEMENTS} elements")
    _check_encoding(octets, charset)
    _check_prolog(octets)
    root = _parse(octets)
    # With so little markup no document is too deep: the usual one need not be walked through.
    if markup > MAX_DEPTH or not _has_usual_names(root):
        _check_tree(root)
    return root


class _Nothing(etree.Resolver):
    """An empty file, whichever is asked for: without ids libxml2 reads what a DOCTYPE names, whatever load_dtd says."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        # Not resolve_empty: lxml then reads the file after all.
        return self.resolve_string("", context, base_url=system_url)


def _parser(huge: bool) -> etree.XMLParser:
    """This thread's parser: a shared one would let its users wait for each other."""
    name = "huge" if huge else "usual"
    parser = getattr(_parsers, name, None)
    if parser is None:
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            remove_blank_text=False,
            remove_comments=True,
            remove_pis=True,
            strip_cdata=True,
            collect_ids=False,
            huge_tree=huge,
        )
        parser.resolvers.add(_Nothing())
        setattr(_parsers, name, parser)
    return parser


def _parse(octets: bytes) -> etree._Element:
    try:
        root = etree.fromstring(octets, _parser(len(octets) > HUGE_OVER))
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            raise malformed(f"over a limit of the parser, such as {MAX_DEPTH} levels") from None
        raise malformed(f"not well-formed XML: line {error.lineno}, column {error.offset}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise malformed("DOCTYPE is not allowed")
    return root


def _check_encoding(octets: bytes, charset: str | None) -> None:
    """Only UTF-8 and its subset US-ASCII, by header and by declaration; the parser itself always reads UTF-8."""
    names = [charset] if charset is not None else []
    if _DECLARATION.match(octets):
        end = octets.find(b"?>", 0, MAX_DECLARATION)
        if end < 0:
            raise malformed("the XML declaration does not end")
        declared = _DECLARED.search(octets, 0, end)
        if declared:
            names.append(declared[1].decode("latin-1"))
    for name in names:
        if name.lower() not in CHARSETS:
            raise malformed("the charset is neither utf-8 nor us-ascii")
        if name.lower() == "us-ascii" and not octets.isascii():
            raise malformed("us-ascii is declared, but other characters follow")


def _check_prolog(octets: bytes) -> None:
    """Refuses a DOCTYPE before the parser sees it: what is in one must not even be expanded."""
    at = 0
    while True:
        space = _SPACE.match(octets, at)
        at = space.end() if space else at
        if octets.startswith(b"<?", at):
            at = _after(octets, b"?>", at + 2)
        elif octets.startswith(b"<!--", at):
            at = _after(octets, b"-->", at + 4)
        elif octets.startswith(b"<!", at):
            raise malformed("DOCTYPE is not allowed")
        else:
            return


def _after(octets: bytes, mark: bytes, at: int) -> int:
    found = octets.find(mark, at)
    return len(octets) if found < 0 else found + len(mark)


def _has_usual_names(root: etree._Element) -> bool:
    """Whether no element has too many attributes, and namespaces are few and absolute, in the whole document."""
    if _MANY_ATTRIBUTES(root):
        return False
    names = [declared[1] for _, declared in etree.iterwalk(root, events=("start-ns",))]
    return len(names) <= MAX_NAMESPACES and all(map(_USUAL.match, names))


def _check_tree(root: etree._Element) -> None:
    """Exact counts in one walk, and namespace names that canonicalisation would stumble over."""
    depth = count = in_scope = 0
    for event, item in etree.iterwalk(root, events=("start", "end", "start-ns", "end-ns")):
        if event == "start":
            depth += 1
            count += 1
            if depth > MAX_DEPTH:
                raise malformed(f"more than {MAX_DEPTH} levels of elements")
            if count > MAX_ELEMENTS:
                raise malformed(f"more than {MAX_ELEMENTS} elements")
            if len(item.attrib) > MAX_ATTRIBUTES:
                raise malformed(f"more than {MAX_ATTRIBUTES} attributes on one element")
        elif event == "end":
            depth -= 1
        elif event == "end-ns":
            in_scope -= 1
        else:
            in_scope += 1
            if in_scope > MAX_NAMESPACES:
                raise malformed(f"more than {MAX_NAMESPACES} namespaces in scope")
            if item[1] and not _ABSOLUTE.match(item[1]):
                raise malformed("a namespace name is not absolute")
