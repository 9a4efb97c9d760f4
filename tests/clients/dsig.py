"""XML signatures into texts: a template with marks, whose digests and signature are then filled in.

Knows: exclusive canonicalisation, the three algorithms that clients use. Must not know: what is signed and why, the
project: canonical forms are lxml's, of a document parsed anew, keys are cryptography's. A text is signed as it stands,
so that not a byte of a client's layout is lost by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from tests.clients.names import DS, DSIG_MORE, EXC_C14N, WSU, XMLENC
from tests.clients.writing import base64_of, wrapped

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Covered:
    """One ds:Reference: the id, and the PrefixList of its transform (None: none, "" an empty one)."""

    id: str
    prefixes: str | None = None


@dataclass(frozen=True)
class Signer:
    """A key with the hash that its client uses, and how that client ends lines of base64 ("": one line)."""

    key: Key
    sha1: bool
    line_end: str

    @property
    def _hash(self) -> str:
        return "sha1" if self.sha1 else "sha256"

    def signed_info(self, covered: Sequence[Covered], prefixes: str | None, *, enveloped: bool = False) -> str:
        """A ds:SignedInfo, its digests marked; the declaration of ds stands around it."""
        kind = "ecdsa" if isinstance(self.key, ec.EllipticCurvePrivateKey) else "rsa"
        method = f"{DS}{kind}-sha1" if self.sha1 else f"{DSIG_MORE}{kind}-sha256"
        digest = f"{DS}sha1" if self.sha1 else f"{XMLENC}sha256"
        first = f'<ds:Transform Algorithm="{DS}enveloped-signature"/>' if enveloped else ""
        references = "".join(
            f'<ds:Reference URI="#{each.id}"><ds:Transforms>{first}{_exclusive("Transform", each.prefixes)}'
            f'</ds:Transforms><ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue>@{each.id}@</ds:DigestValue>'
            "</ds:Reference>"
            for each in covered
        )
        return (
            f"<ds:SignedInfo>{_exclusive('CanonicalizationMethod', prefixes)}"
            f'<ds:SignatureMethod Algorithm="{method}"/>{references}</ds:SignedInfo>'
        )

    def digested(self, text: str, covered: Sequence[Covered], *, without: str = "") -> str:
        """The text with the digests of what has these wsu:Ids or RequestIDs; `without` is cut out for them."""
        root = parsed(text.replace(without, ""))
        for each in covered:
            (element,) = _found(root, f"//*[@wsu:Id='{each.id}' or @RequestID='{each.id}']")
            digest = hashlib.new(self._hash, canonical(element, each.prefixes)).digest()
            text = text.replace(f"@{each.id}@", base64_of(digest))
        return text

    def signed(self, text: str, mark: str, prefixes: str | None) -> str:
        """The text with the signature in the place of `mark`, over the SignedInfo beside it."""
        (value,) = _found(parsed(text), f"//ds:SignatureValue[.='{mark}']")
        info = value.getprevious()
        assert info is not None
        return text.replace(mark, wrapped(self._sign(canonical(info, prefixes)), self.line_end))

    def _sign(self, octets: bytes) -> bytes:
        algorithm: hashes.HashAlgorithm = hashes.SHA1() if self.sha1 else hashes.SHA256()
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(octets, padding.PKCS1v15(), algorithm)
        size = (self.key.key_size + 7) // 8
        numbers = decode_dss_signature(self.key.sign(octets, ec.ECDSA(algorithm)))
        return b"".join(number.to_bytes(size) for number in numbers)


def parsed(text: str) -> etree._Element:
    """The document of a text."""
    return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def canonical(element: etree._Element, prefixes: str | None = None) -> bytes:
    """Exclusive canonical XML of an element where it stands."""
    # Written out, an element brings along all that is declared around it: an inclusive prefix may be unused within.
    own = etree.fromstring(etree.tostring(element, with_tail=False), etree.XMLParser(huge_tree=True))
    inclusive = prefixes.split() if prefixes else None
    return etree.tostring(own, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=inclusive)


def _exclusive(name: str, prefixes: str | None) -> str:
    if prefixes is None:
        return f'<ds:{name} Algorithm="{EXC_C14N}"/>'
    inclusive = f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="{prefixes}"/>'
    return f'<ds:{name} Algorithm="{EXC_C14N}">{inclusive}</ds:{name}>'


def _found(root: etree._Element, path: str) -> list[etree._Element]:
    found = root.xpath(path, namespaces={"ds": DS, "wsu": WSU})
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, etree._Element)]
