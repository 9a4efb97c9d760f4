"""XML signatures of one closed form, read by position, everything checked against the policy. Nothing is verified.

Knows: ds:Signature as a table. Must not know: keys, digests, who signed, SOAP.
It will not do: look anything up by id, believe a KeyInfo, canonicalise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from lxml import etree

from ehbox_soap.security import names, reading
from ehbox_soap.security.forms import Form, Line, Rows
from ehbox_soap.security.names import ds
from ehbox_soap.security.policy import DigestAlgorithm, Policy, SignatureAlgorithm
from ehbox_soap.security.reading import refused

_ENVELOPED_IDS = ("AssertionID", "RequestID")
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

SIGNATURE = ds("Signature")
_KEY_INFO, _TRANSFORM = ds("KeyInfo"), ds("Transform")
_ALGORITHM = ("Algorithm",)
_PARTS = "does not hold exactly SignedInfo, SignatureValue and KeyInfo"
_METHODS_FIRST = "does not begin with CanonicalizationMethod and SignatureMethod"
_LISTS = "holds something else than InclusiveNamespaces"
_NOT_THESE = "does not refer to exactly the elements that must be signed"
_NOT_ALLOWED = "is not allowed by the policy"
_LIST = Line("ec:InclusiveNamespaces", f"{{{names.EXC_C14N}}}InclusiveNamespaces", required=("PrefixList",))


def _beginning(lists: int) -> Form:
    """Until the SignatureMethod, with so many InclusiveNamespaces."""
    return Form(
        Line("ds:Signature", SIGNATURE, -1, optional=("Id",), rule=_PARTS),
        Line("ds:SignedInfo", ds("SignedInfo"), -1, optional=("Id",), rule=_METHODS_FIRST),
        Line("ds:CanonicalizationMethod", ds("CanonicalizationMethod"), lists, required=_ALGORITHM, rule=_LISTS),
        *[_LIST] * lists,
        Line("ds:SignatureMethod", ds("SignatureMethod"), required=_ALGORITHM),
    )


def _reference(transforms: int, lists: int) -> tuple[Line, ...]:
    """A Reference with so many Transforms, and so many InclusiveNamespaces in the last of them."""
    return (
        Line(
            "ds:Reference",
            ds("Reference"),
            3,
            required=("URI",),
            optional=("Id",),
            within=("ds:SignedInfo", "holds something else than references"),
        ),
        Line("ds:Transforms", ds("Transforms"), transforms),
        *[Line("ds:Transform", _TRANSFORM, required=_ALGORITHM)] * (transforms - 1),
        Line("ds:Transform", _TRANSFORM, lists, required=_ALGORITHM, rule=_LISTS),
        *[_LIST] * lists,
        Line("ds:DigestMethod", ds("DigestMethod"), required=_ALGORITHM),
        Line("ds:DigestValue", ds("DigestValue"), text=True),
    )


KEY_INFO_WITHIN = ("ds:Signature", _PARTS)
_VALUE = Line("ds:SignatureValue", ds("SignatureValue"), optional=("Id",), text=True, within=KEY_INFO_WITHIN)
_BEGINNINGS = (_beginning(0), _beginning(1))


@cache
def _rest(transforms: int, lists: tuple[bool, ...], key_info: Form | None) -> Form:
    """References, each with or without InclusiveNamespaces, SignatureValue, and KeyInfo if it is to be read."""
    references = [line for held in lists for line in _reference(transforms, held)]
    return Form(*references, _VALUE, *(key_info.lines if key_info is not None else ()))


class Reference(NamedTuple):
    """One ds:Reference: `prefixes` are those of its InclusiveNamespaces, `value` is the digest claimed. `form` is what
    its transforms make of what it refers to, where that is known already (layout.py)."""

    uri: str
    prefixes: tuple[str, ...]
    digest: DigestAlgorithm
    value: bytes
    form: bytes | None = None


class KeyInfo(NamedTuple):
    """A KeyInfo as its form was read: the attributes of each line that may have some, the text of the last."""

    attributes: list[Mapping[str, str]]
    text: str


class Signature(NamedTuple):
    """A ds:Signature that the policy allows; whether it is true is still to be verified. `form` is the canonical form
    of its SignedInfo, where that is known already (layout.py)."""

    element: etree._Element
    signed_info: etree._Element
    prefixes: tuple[str, ...]
    algorithm: SignatureAlgorithm
    references: tuple[Reference, ...]
    value: bytes
    key_info: KeyInfo | None
    form: bytes | None = None

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


def read_signature(
    rows: Rows,
    at: int,
    policy: Policy,
    ids: Collection[str],
    transforms: tuple[str, ...],
    key_info: Form | None = None,
) -> Signature:
    """Reads the ds:Signature in the rows from `at` on, whose references must be exactly `ids` (in any order), each
    with exactly `transforms`. It may have a KeyInfo, of the form `key_info` or without one not looked into.

    Raises SoapFault SOA-01001 for anything that is not in the policy's closed list.
    """
    prefixes, algorithm, row = _read_beginning(rows, at, policy)
    if rows.children[at + 1] != 2 + len(ids):
        raise refused("ds:SignedInfo", _NOT_THESE)
    if rows.children[at] not in (2, 3):
        raise refused("ds:Signature", _PARTS)
    with_key_info = rows.children[at] == 3
    lists = _lists(rows, row, len(ids), len(transforms))
    named = _rest(len(transforms), lists, key_info if with_key_info else None).read(rows, row)
    references = []
    for held in lists:
        reference, row = _read_reference(rows, row, named, policy, transforms, held)
        references.append(reference)
    if {reference.uri for reference in references} != {"#" + identifier for identifier in ids}:
        raise refused("ds:SignedInfo", _NOT_THESE)
    return Signature(
        element=rows.elements[at],
        signed_info=rows.elements[at + 1],
        prefixes=prefixes,
        algorithm=algorithm,
        references=tuple(references),
        value=reading.octets(rows.texts[row], "ds:SignatureValue"),
        key_info=_key_info(rows, row + 1, named[1:], key_info) if with_key_info else None,
    )


def _read_beginning(rows: Rows, at: int, policy: Policy) -> tuple[tuple[str, ...], SignatureAlgorithm, int]:
    """What a SignedInfo begins with, all of it allowed by the policy, and the row of what follows."""
    form = _BEGINNINGS[rows.children[at + 2 : at + 3] == (1,)]
    _, _, canonicalisation, *listed, method = form.read(rows, at)
    if canonicalisation["Algorithm"] not in policy.canonicalisations:
        raise refused("ds:CanonicalizationMethod", _NOT_ALLOWED)
    algorithm = policy.signatures.get(method["Algorithm"])
    if algorithm is None:
        raise refused("ds:SignatureMethod", _NOT_ALLOWED)
    return (_prefixes(listed[0], policy) if listed else ()), algorithm, at + form.rows


def _lists(rows: Rows, at: int, references: int, transforms: int) -> tuple[bool, ...]:
    """Which of the References has one InclusiveNamespaces; their form is not demanded yet."""
    found = []
    for _ in range(references):
        last = at + 1 + transforms
        held = rows.children[last : last + 1] == (1,)
        found.append(held)
        at += 4 + transforms + held
    return tuple(found)


def _key_info(rows: Rows, at: int, named: list[Mapping[str, str]], form: Form | None) -> KeyInfo:
    """The KeyInfo in that row, which was read where it has a form."""
    if form is None:
        if rows.tags[at] != _KEY_INFO:
            raise refused("ds:Signature", _PARTS)
        return KeyInfo([], "")
    return KeyInfo(named, rows.texts[at + form.rows - 1] or "")


def _read_reference(
    rows: Rows, at: int, named: list[Mapping[str, str]], policy: Policy, transforms: tuple[str, ...], held: bool
) -> tuple[Reference, int]:
    """One Reference, all of it allowed by the policy, and the row of what follows. Takes its attributes, which come
    first in `named`."""
    count = len(transforms)
    own = named[: 2 + count + held]
    del named[: 2 + count + held]
    if tuple([step["Algorithm"] for step in own[1 : 1 + count]]) != transforms:
        raise refused("ds:Transform", _NOT_ALLOWED)
    digest = policy.digests.get(own[-1]["Algorithm"])
    if digest is None:
        raise refused("ds:DigestMethod", _NOT_ALLOWED)
    row = at + 4 + count + held
    value = reading.octets(rows.texts[row - 1], "ds:DigestValue")
    return Reference(own[0]["URI"], _prefixes(own[-2], policy) if held else (), digest, value), row


def read_enveloped(element: etree._Element, policy: Policy) -> Signature:
    """Reads the one ds:Signature among the children of an element with an AssertionID or RequestID (see above)."""
    found = [child for child in element if child.tag == SIGNATURE]
    if len(found) != 1:
        raise refused("enveloped ds:Signature", "must stand exactly once among the children of what it signs")
    present = [name for name in _ENVELOPED_IDS if name in element.attrib]
    if len(present) != 1:
        raise refused("enveloped ds:Signature", "signs an element without exactly one AssertionID or RequestID")
    identifier = reading.identifier(element, present[0], present[0])
    return read_enveloped_row(Rows("ds:Signature", found[0]), 0, identifier, policy, found[0].tail)


def read_enveloped_row(
    rows: Rows, at: int, identifier: str, policy: Policy, tail: str | None, key_info: Form | None = None
) -> Signature:
    """Reads an enveloped signature in the rows from `at` on; nothing may follow it within the element of that id."""
    if tail:
        raise refused("enveloped ds:Signature", "is followed by text")
    return read_signature(rows, at, policy, (identifier,), policy.enveloped, key_info)


def _prefixes(listed: Mapping[str, str], policy: Policy) -> tuple[str, ...]:
    """The PrefixList of an exclusive canonicalisation; no InclusiveNamespaces and an empty list are the same."""
    prefixes = tuple(listed["PrefixList"].split())
    if len(prefixes) > policy.most_prefixes:
        raise refused("ec:InclusiveNamespaces", f"lists more than {policy.most_prefixes} prefixes")
    return prefixes
