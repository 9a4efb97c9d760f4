"""XML signatures of one closed form, read by position, everything checked against the policy. Nothing is verified.

Knows: ds:Signature as a table. Must not know: keys, digests, who signed, SOAP.
It will not do: look anything up by id, believe a KeyInfo, run what a Transform names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

from lxml import etree

from ehbox_soap.security import names, reading
from ehbox_soap.security.canonical import size
from ehbox_soap.security.forms import Form, Line, Read
from ehbox_soap.security.markup import Rows
from ehbox_soap.security.names import ds
from ehbox_soap.security.policy import DigestAlgorithm, Policy, SignatureAlgorithm
from ehbox_soap.security.reading import refused

_ENVELOPED_IDS = ("AssertionID", "RequestID")
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

SIGNATURE = ds("Signature")
_ALGORITHM = ("Algorithm",)
_PARTS = "does not hold exactly SignedInfo, SignatureValue and KeyInfo"
_METHODS_FIRST = "does not begin with CanonicalizationMethod and SignatureMethod"
_LISTS = "holds something else than InclusiveNamespaces"
_NOT_THESE = "does not refer to exactly the elements that must be signed"
_NOT_ALLOWED = "is not allowed by the policy"
KEY_INFO_WITHIN = ("ds:Signature", _PARTS)

_LIST = Line("ec:InclusiveNamespaces", f"{{{names.EXC_C14N}}}InclusiveNamespaces", required=("PrefixList",))
# By whether there is one.
_LISTED = (replace(_LIST, absent=True), _LIST)
_WHOLE = Line("ds:Signature", SIGNATURE, -1, optional=("Id",), rule=_PARTS)
_SIGNED_INFO = Line("ds:SignedInfo", ds("SignedInfo"), -1, optional=("Id",), rule=_METHODS_FIRST)
_CANONICALISATION = Line(
    "ds:CanonicalizationMethod", ds("CanonicalizationMethod"), required=_ALGORITHM, settled=_ALGORITHM, rule=_LISTS
)
_METHOD = Line("ds:SignatureMethod", ds("SignatureMethod"), required=_ALGORITHM, settled=_ALGORITHM)
_REFERENCE = Line(
    "ds:Reference",
    ds("Reference"),
    3,
    required=("URI",),
    optional=("Id",),
    within=("ds:SignedInfo", "holds something else than references"),
)
_TRANSFORM = Line("ds:Transform", ds("Transform"), required=_ALGORITHM, settled=_ALGORITHM)
_DIGEST_METHOD = Line("ds:DigestMethod", ds("DigestMethod"), required=_ALGORITHM, settled=_ALGORITHM)
_DIGEST_VALUE = Line("ds:DigestValue", ds("DigestValue"), text=True)
_VALUE = Line("ds:SignatureValue", ds("SignatureValue"), optional=("Id",), text=True, within=KEY_INFO_WITHIN)
_ANY_KEY_INFO = Line("ds:KeyInfo", ds("KeyInfo"), within=KEY_INFO_WITHIN, unread=True)
# What stands before the first Reference, in a Reference beside its Transforms, and before the KeyInfo.
_BEGINNING = 5
_OF_REFERENCE = 5
_OF_VALUE = 2


def lines(
    rows: Rows, at: int, references: int, transforms: int, key_info: Sequence[Line] = (_ANY_KEY_INFO,)
) -> Iterator[Line]:
    """The lines of a ds:Signature in the rows from `at` on, with so many References of so many Transforms each; and
    of its KeyInfo, if it has one. Adds to the counts whether it has."""
    yield _WHOLE
    yield _SIGNED_INFO
    row = at + 2
    held = rows.count(row) == 1
    yield replace(_CANONICALISATION, children=int(held))
    yield _LISTED[held]
    yield _METHOD
    if rows.count(at + 1) != 2 + references:
        raise refused("ds:SignedInfo", _NOT_THESE)
    row += 2 + held
    for _ in range(references):
        held = rows.count(row + 1 + transforms) == 1
        yield from _reference(transforms, held)
        row += 4 + transforms + held
    yield _VALUE
    present = rows.count(at) == 3
    rows.counts.append(int(present))
    yield from (key_info if present else [replace(line, absent=True) for line in key_info])


def _reference(transforms: int, held: bool) -> Iterator[Line]:
    """A Reference with so many Transforms, and an InclusiveNamespaces in the last of them or none."""
    yield _REFERENCE
    yield Line("ds:Transforms", ds("Transforms"), transforms)
    yield from [_TRANSFORM] * (transforms - 1)
    yield replace(_TRANSFORM, children=int(held), rule=_LISTS)
    yield _LISTED[held]
    yield _DIGEST_METHOD
    yield _DIGEST_VALUE


@cache
def form(references: int, transforms: int, key_info: tuple[Line, ...] = (_ANY_KEY_INFO,)) -> Form:
    """The form of a ds:Signature that stands for itself."""
    return Form(lambda rows: lines(rows, 0, references, transforms, key_info))


class Reference(NamedTuple):
    """One ds:Reference: `prefixes` are those of its InclusiveNamespaces, `value` is the digest claimed."""

    uri: str
    prefixes: tuple[str, ...]
    digest: DigestAlgorithm
    value: bytes


class Signature(NamedTuple):
    """A ds:Signature that the policy allows; whether it is true is still to be verified. `key_info` are the values of
    the lines of its KeyInfo, None if it has none; `ids` all that stand in what it was read from; `signed` is the
    canonical form of SignedInfo, None where it is to be made."""

    element: etree._Element
    signed: bytes | None
    prefixes: tuple[str, ...]
    algorithm: SignatureAlgorithm
    references: tuple[Reference, ...]
    value: bytes
    key_info: tuple[str | None, ...] | None
    ids: tuple[str, ...]

    @property
    def sha1(self) -> bool:
        """SHA-1 occurs in it."""
        return self.algorithm.sha1 or any(reference.digest.sha1 for reference in self.references)

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of the SignatureValue, the same for all values that nobody needs the key to make of it.

        Of an ECDSA value (r, s) anybody makes another good one, (r, n - s): the smaller s stands for both. Only for
        a signature that was verified.
        """
        value = self.value
        if self.algorithm.key == "EC":
            half = len(value) // 2
            s = int.from_bytes(value[half:])
            value = value[:half] + min(s, _P256_ORDER - s).to_bytes(half)
        return hashlib.sha256(value).hexdigest()


def read_form(
    element: etree._Element,
    sort: float,
    references: int,
    transforms: int,
    key_info: tuple[Line, ...] = (_ANY_KEY_INFO,),
) -> Read:
    """Reads a ds:Signature of so many references, each of so many transforms. It may have a KeyInfo, of the lines
    `key_info` or without them not looked into. Raises SoapFault SOA-01001."""
    return form(references, transforms, key_info).read(element, "ds:Signature", sort)


def take(
    element: etree._Element, read: Read, at: int, policy: Policy, ids: Collection[str], transforms: tuple[str, ...]
) -> Signature:
    """The signature whose values begin at `at`, and end those that were read. Its references must be exactly `ids` (in
    any order), each with exactly `transforms`.

    Raises SoapFault SOA-01001 for anything that is not in the policy's closed list.
    """
    values = read.values
    _, _, canonicalisation, listed, method = values[at : at + _BEGINNING]
    if canonicalisation not in policy.canonicalisations:
        raise refused("ds:CanonicalizationMethod", _NOT_ALLOWED)
    algorithm = policy.signatures.get(method or "")
    if algorithm is None:
        raise refused("ds:SignatureMethod", _NOT_ALLOWED)
    at += _BEGINNING
    width = len(transforms) + _OF_REFERENCE
    references = []
    for _ in ids:
        references.append(_reference_of(values[at : at + width], policy, transforms))
        at += width
    if {reference.uri for reference in references} != {"#" + identifier for identifier in ids}:
        raise refused("ds:SignedInfo", _NOT_THESE)
    prefixes = _prefixes(listed, policy)
    return Signature(
        element,
        _signed_info(element.prefix, read.form) if not prefixes else None,
        prefixes,
        algorithm,
        tuple(references),
        reading.octets(values[at + 1], "ds:SignatureValue"),
        values[at + _OF_VALUE :] if read.counts[-1] else None,
        read.ids,
    )


@lru_cache(maxsize=64)
def _tags(prefix: str | None) -> tuple[bytes, bytes, bytes]:
    """How SignedInfo begins and ends within a Signature of that prefix, and how it begins by itself."""
    name, declaration = (f"{prefix}:SignedInfo", f"xmlns:{prefix}") if prefix else ("SignedInfo", "xmlns")
    return f"<{name}".encode(), f"</{name}>".encode(), f'<{name} {declaration}="{names.DS}"'.encode()


def _signed_info(prefix: str | None, form: bytes) -> bytes | None:
    """The canonical form of SignedInfo by itself, cut out of that of what holds it; None where that is not so easy.

    Both differ in declarations of prefixes alone: what SignedInfo's elements use is declared on the Signature, which
    is of the same namespace, and by itself on SignedInfo. If none of them declares another, all of them use that one.
    """
    begins, ends, by_itself = _tags(prefix)
    # The signature is what the form ends with, or all of it: the other way round there is more to go through.
    begin, end = form.rfind(begins), form.rfind(ends)
    inner = form[begin + len(begins) : end + len(ends)]
    return None if not 0 <= begin < end or b" xmlns" in inner else by_itself + inner


def _reference_of(values: tuple[str | None, ...], policy: Policy, transforms: tuple[str, ...]) -> Reference:
    """One Reference, all of it allowed by the policy."""
    listed, method, value = values[-3:]
    if values[2:-3] != transforms:
        raise refused("ds:Transform", _NOT_ALLOWED)
    digest = policy.digests.get(method or "")
    if digest is None:
        raise refused("ds:DigestMethod", _NOT_ALLOWED)
    return Reference(values[0] or "", _prefixes(listed, policy), digest, reading.octets(value, "ds:DigestValue"))


def read_enveloped(element: etree._Element, policy: Policy) -> Signature:
    """Reads the one ds:Signature among the children of an element with an AssertionID or RequestID (see above)."""
    found = [child for child in element if child.tag == SIGNATURE]
    if len(found) != 1:
        raise refused("enveloped ds:Signature", "must stand exactly once among the children of what it signs")
    present = [name for name in _ENVELOPED_IDS if name in element.attrib]
    if len(present) != 1:
        raise refused("enveloped ds:Signature", "signs an element without exactly one AssertionID or RequestID")
    identifier = reading.identifier(element, present[0], present[0])
    _demand_alone(found[0])
    return take(
        found[0],
        read_form(found[0], size(found[0], "ds:Signature"), 1, len(policy.enveloped)),
        0,
        policy,
        (identifier,),
        policy.enveloped,
    )


def enveloped(element: etree._Element, read: Read, at: int, identifier: str, policy: Policy) -> Signature:
    """The enveloped signature, of an element of that id, whose values begin at `at`, and end those that were read."""
    _demand_alone(element)
    return take(element, read, at, policy, (identifier,), policy.enveloped)


def _demand_alone(signature: etree._Element) -> None:
    """Demands that no text follows an enveloped signature."""
    if signature.tail:
        raise refused("enveloped ds:Signature", "is followed by text")


def _prefixes(listed: str | None, policy: Policy) -> tuple[str, ...]:
    """The PrefixList of an exclusive canonicalisation; no InclusiveNamespaces and an empty list are the same."""
    if not listed:
        return ()
    prefixes = tuple(listed.split())
    if len(prefixes) > policy.most_prefixes:
        raise refused("ec:InclusiveNamespaces", f"lists more than {policy.most_prefixes} prefixes")
    return prefixes
