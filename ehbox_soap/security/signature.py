"""XML signatures of one closed form: read by position, everything checked against the policy, then verified.

Knows: ds:Signature, exclusive canonicalisation, digests, keys. Must not know: who signed, whose key it is, SOAP.
It will not do: look anything up by id, run a transform, fetch, believe a KeyInfo, canonicalise before every algorithm
and reference is known to be allowed, or return False.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from ehbox_soap.security import names, reading
from ehbox_soap.security.names import ds
from ehbox_soap.security.policy import DigestAlgorithm, Policy, SignatureAlgorithm
from ehbox_soap.security.reading import refused

_ENVELOPED_IDS = ("AssertionID", "RequestID")
_INCLUSIVE = f"{{{names.EXC_C14N}}}InclusiveNamespaces"
_DEFAULT = "#default"
_SIGNATURE, _REFERENCE = ds("Signature"), ds("Reference")
_SIGNATURE_PARTS = (ds("SignedInfo"), ds("SignatureValue"), ds("KeyInfo"))
_METHODS = [ds("CanonicalizationMethod"), ds("SignatureMethod")]
_REFERENCE_PARTS = (ds("Transforms"), ds("DigestMethod"), ds("DigestValue"))
_TRANSFORM = ds("Transform")
_PKCS1 = padding.PKCS1v15()
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Reference:
    """One ds:Reference: `prefixes` are those of its InclusiveNamespaces, `value` is the digest claimed."""

    uri: str
    prefixes: tuple[str, ...]
    digest: DigestAlgorithm
    value: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """A ds:Signature that the policy allows; whether it is true is still to be verified."""

    element: etree._Element
    signed_info: etree._Element
    prefixes: tuple[str, ...]
    algorithm: SignatureAlgorithm
    references: tuple[Reference, ...]
    value: bytes
    key_info: etree._Element | None

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
    element: etree._Element, policy: Policy, ids: Collection[str], transforms: tuple[str, ...]
) -> Signature:
    """Reads a ds:Signature whose references must be exactly `ids` (in any order), each with exactly `transforms`.

    Raises SoapFault SOA-01001 for anything that is not in the policy's closed list; canonicalises nothing.
    """
    reading.attributes(element, "ds:Signature", optional=("Id",))
    found = reading.children(element, "ds:Signature")
    if len(found) < 2 or tuple([child.tag for child in found]) != _SIGNATURE_PARTS[: len(found)]:
        raise refused("ds:Signature", "does not hold exactly SignedInfo, SignatureValue and KeyInfo")
    signed_info, value = found[0], found[1]
    reading.attributes(value, "ds:SignatureValue", optional=("Id",))
    prefixes, algorithm, parts = _methods(signed_info, policy)
    if len(parts) != len(ids):
        raise refused("ds:SignedInfo", "does not refer to exactly the elements that must be signed")
    references = tuple([_reference(part, policy, transforms) for part in parts])
    if sorted([reference.uri for reference in references]) != sorted(["#" + identifier for identifier in ids]):
        raise refused("ds:SignedInfo", "does not refer to exactly the elements that must be signed")
    return Signature(
        element=element,
        signed_info=signed_info,
        prefixes=prefixes,
        algorithm=algorithm,
        references=references,
        value=reading.octets(value, "ds:SignatureValue"),
        key_info=found[2] if len(found) == 3 else None,
    )


def verify_signature(
    signature: Signature, elements: Mapping[str, etree._Element], key: PublicKeyTypes, policy: Policy
) -> None:
    """Verifies by `key` that exactly these elements (by the ids of the references) are signed as they stand.

    The key's signature comes first: nobody without a key makes us canonicalise a large element.
    """
    _verify_value(signature, key, policy)
    for reference in signature.references:
        _verify_digest(reference, canonical(elements[reference.uri[1:]], reference.prefixes))


def read_enveloped(element: etree._Element, policy: Policy) -> Signature:
    """Reads the one ds:Signature among the children of an element with an AssertionID or RequestID (see above)."""
    found = [child for child in element if child.tag == _SIGNATURE]
    if len(found) != 1:
        raise refused("enveloped ds:Signature", "must stand exactly once among the children of what it signs")
    if found[0].tail:
        raise refused("enveloped ds:Signature", "is followed by text")
    present = [name for name in _ENVELOPED_IDS if name in element.attrib]
    if len(present) != 1:
        raise refused("enveloped ds:Signature", "signs an element without exactly one AssertionID or RequestID")
    identifier = reading.identifier(element, present[0], present[0])
    return read_signature(found[0], policy, (identifier,), policy.enveloped)


def verify_enveloped(element: etree._Element, key: PublicKeyTypes, policy: Policy) -> Signature:
    """Verifies by `key` the enveloped signature over an Assertion or samlp:Request; returns it for its `sha1`.

    Ids must have been found unique before (reading.unique_ids). Raises SoapFault SOA-01001.
    """
    signature = read_enveloped(element, policy)
    verify_read_enveloped(element, signature, key, policy, canonical(element))
    return signature


def verify_read_enveloped(
    element: etree._Element, signature: Signature, key: PublicKeyTypes, policy: Policy, form: bytes
) -> None:
    """The second half of `verify_enveloped`, for what `read_enveloped` gave; `form` is canonical(element)."""
    _verify_value(signature, key, policy)
    for reference in signature.references:
        signed = canonical(element, reference.prefixes) if reference.prefixes else form
        _verify_digest(reference, _without(signature.element, element, signed))


def canonical(element: etree._Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """The exclusive canonical form, without comments, of that very element where it stands in its tree."""
    if _DEFAULT in prefixes:
        # lxml passes on only prefixes that its thread's dictionary of names holds; this puts "#default" there.
        etree.fromstring(b'<n xmlns:n="#default"/>')
    try:
        form: bytes = etree.tostring(
            element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=list(prefixes)
        )
    except etree.C14NError as error:
        raise refused("ds:Reference", "what is signed has no canonical form (a relative namespace URI)") from error
    return form


def _without(signature: etree._Element, element: etree._Element, form: bytes) -> bytes:
    """The canonical form of an element as if `signature`, a child, were not there (enveloped-signature).

    It is cut out of the bytes. Taking it out of the tree and putting it back would make lxml rename its prefix to
    that of any outer declaration of the same namespace, and what is verified must stay as it came. The cut is exact:
    in a canonical form `<` only begins a tag (or a PI, refused), and a Signature of the closed form holds no other.
    """
    if b"<?" in form:
        raise refused("enveloped ds:Signature", "signs a processing instruction")
    name = (f"{signature.prefix}:Signature" if signature.prefix else "Signature").encode()
    end_tag = b"</" + name + b">"
    if signature.getnext() is None:
        # It is the last child, so its are the last tags of that name.
        start = max(form.rfind(b"<" + name + b" "), form.rfind(b"<" + name + b">"))
        return form[:start] + form[form.rindex(end_tag) + len(end_tag) :]
    written_alike = [other for other in element.iter("{*}Signature") if other.prefix == signature.prefix]
    starts = [match.start() for match in re.finditer(b"<" + re.escape(name) + b"[ >]", form)]
    start = starts[written_alike.index(signature)]
    return form[:start] + form[form.index(end_tag, start) + len(end_tag) :]


def _methods(
    signed_info: etree._Element, policy: Policy
) -> tuple[tuple[str, ...], SignatureAlgorithm, list[etree._Element]]:
    """What a SignedInfo begins with, both allowed by the policy, and the rest of its children."""
    reading.attributes(signed_info, "ds:SignedInfo", optional=("Id",))
    parts = reading.children(signed_info, "ds:SignedInfo")
    if [part.tag for part in parts[:2]] != _METHODS:
        raise refused("ds:SignedInfo", "does not begin with CanonicalizationMethod and SignatureMethod")
    if _algorithm(parts[0], "ds:CanonicalizationMethod") not in policy.canonicalisations:
        raise refused("ds:CanonicalizationMethod", "is not allowed by the policy")
    prefixes = _prefixes(parts[0], "ds:CanonicalizationMethod", policy)
    algorithm = policy.signatures.get(_algorithm(parts[1], "ds:SignatureMethod"))
    if algorithm is None:
        raise refused("ds:SignatureMethod", "is not allowed by the policy")
    reading.empty(parts[1], "ds:SignatureMethod")
    return prefixes, algorithm, parts[2:]


def _reference(element: etree._Element, policy: Policy, transforms: tuple[str, ...]) -> Reference:
    if element.tag != _REFERENCE:
        raise refused("ds:SignedInfo", "holds something else than references")
    uri = reading.attributes(element, "ds:Reference", required=("URI",), optional=("Id",))["URI"]
    chain, method, value = reading.exactly(element, "ds:Reference", *_REFERENCE_PARTS)
    reading.attributes(chain, "ds:Transforms")
    steps = reading.exactly(chain, "ds:Transforms", *[_TRANSFORM] * len(transforms))
    if tuple([_algorithm(step, "ds:Transform") for step in steps]) != transforms:
        raise refused("ds:Transform", "is not allowed by the policy")
    for step in steps[:-1]:
        reading.empty(step, "ds:Transform")
    digest = policy.digests.get(_algorithm(method, "ds:DigestMethod"))
    if digest is None:
        raise refused("ds:DigestMethod", "is not allowed by the policy")
    reading.empty(method, "ds:DigestMethod")
    reading.attributes(value, "ds:DigestValue")
    return Reference(
        uri=uri,
        prefixes=_prefixes(steps[-1], "ds:Transform", policy),
        digest=digest,
        value=reading.octets(value, "ds:DigestValue"),
    )


def _algorithm(element: etree._Element, place: str) -> str:
    return reading.only(element, place, "Algorithm")


def _prefixes(element: etree._Element, place: str, policy: Policy) -> tuple[str, ...]:
    """The PrefixList of an exclusive canonicalisation; no InclusiveNamespaces and an empty list are the same."""
    if not len(element):
        reading.empty(element, place)
        return ()
    found = reading.children(element, place)
    if len(found) > 1 or found[0].tag != _INCLUSIVE:
        raise refused(place, "holds something else than InclusiveNamespaces")
    listed = reading.attributes(found[0], "ec:InclusiveNamespaces", required=("PrefixList",))["PrefixList"]
    reading.exactly(found[0], "ec:InclusiveNamespaces")
    prefixes = tuple(listed.split())
    if len(prefixes) > policy.most_prefixes:
        raise refused("ec:InclusiveNamespaces", f"lists more than {policy.most_prefixes} prefixes")
    return prefixes


def _verify_digest(reference: Reference, form: bytes) -> None:
    if not hmac.compare_digest(hashlib.new(reference.digest.name, form).digest(), reference.value):
        raise refused("ds:Reference", "the digest is not that of the element")


def _verify_value(signature: Signature, key: PublicKeyTypes, policy: Policy) -> None:
    algorithm = signature.algorithm
    _check_key(key, algorithm, policy)
    form = canonical(signature.signed_info, signature.prefixes)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature.value, form, _PKCS1, algorithm.hash)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der(signature.value, key.key_size), form, ec.ECDSA(algorithm.hash))
    except InvalidSignature as error:
        raise refused("ds:SignatureValue", "is not by the key that must have signed") from error


def _check_key(key: PublicKeyTypes, algorithm: SignatureAlgorithm, policy: Policy) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        kind, strong = "RSA", key.key_size >= policy.least_rsa_bits
    elif isinstance(key, ec.EllipticCurvePublicKey):
        kind, strong = "EC", key.curve.name == policy.curve
    else:
        raise refused("ds:SignatureMethod", "the key is neither RSA nor EC")
    if kind != algorithm.key:
        raise refused("ds:SignatureMethod", "does not fit the kind of key")
    if not strong:
        raise refused("ds:SignatureMethod", "the key is weaker than the policy asks")


def _der(value: bytes, bits: int) -> bytes:
    """XML Signature writes an ECDSA value as r and s, each as long as the curve; `cryptography` reads DER."""
    half = (bits + 7) // 8
    if len(value) != 2 * half:
        raise refused("ds:SignatureValue", "has not the length of its curve")
    return encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))
