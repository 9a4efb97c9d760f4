"""XML signatures verified: canonical form, digests, key.

Knows: exclusive canonicalisation, digests, keys. Must not know: who signed, whose key it is, SOAP.
It will not do: look anything up by id, run a transform, fetch, canonicalise what `signature_form` has not read and
found allowed, or return False.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from ehbox_soap.security.policy import Policy, SignatureAlgorithm
from ehbox_soap.security.reading import refused
from ehbox_soap.security.signature_form import Reference, Signature, read_enveloped

_DEFAULT = "#default"
_PKCS1 = padding.PKCS1v15()
_NOT_BY_KEY = "is not by the key that must have signed"


def verify_signature(
    signature: Signature, elements: Mapping[str, etree._Element], key: PublicKeyTypes, policy: Policy
) -> None:
    """Verifies by `key` that exactly these elements (by the ids of the references) are signed as they stand.

    The key's signature comes first: nobody without a key makes us canonicalise a large element.
    """
    _verify_value(signature, key, policy)
    for reference in signature.references:
        form = reference.form
        _verify_digest(reference, canonical(elements[reference.uri[1:]], reference.prefixes) if form is None else form)


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
        _verify_digest(reference, enveloped_form(element, signature, reference, form))


def enveloped_form(element: etree._Element, signature: Signature, reference: Reference, form: bytes) -> bytes:
    """What is signed of an element by a signature in it; `form` is canonical(element)."""
    if reference.form is not None:
        return reference.form
    signed = canonical(element, reference.prefixes) if reference.prefixes else form
    return _without(signature.element, element, signed)


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
    # A single character is found much faster.
    if b"?" in form and b"<?" in form:
        raise refused("enveloped ds:Signature", "signs a processing instruction")
    name = (f"{signature.prefix}:Signature" if signature.prefix else "Signature").encode()
    end_tag = b"</" + name + b">"
    if signature.getnext() is None:
        # It is the last child, so its are the last tags of that name.
        end = form.rindex(end_tag) + len(end_tag)
        start = form.rfind(b"<" + name + b" ", 0, end)
        start = max(start, form.rfind(b"<" + name + b">", max(start, 0), end))
        return form[:start] + form[end:]
    written_alike = [other for other in element.iter("{*}Signature") if other.prefix == signature.prefix]
    starts = [match.start() for match in re.finditer(b"<" + re.escape(name) + b"[ >]", form)]
    start = starts[written_alike.index(signature)]
    return form[:start] + form[form.index(end_tag, start) + len(end_tag) :]


def _verify_digest(reference: Reference, form: bytes) -> None:
    if not hmac.compare_digest(getattr(hashlib, reference.digest.name)(form).digest(), reference.value):
        raise refused("ds:Reference", "the digest is not that of the element")


def _verify_value(signature: Signature, key: PublicKeyTypes, policy: Policy) -> None:
    algorithm = signature.algorithm
    # The kind is asked once: keys are of abstract classes, which take their time to tell.
    if isinstance(key, rsa.RSAPublicKey):
        _check_key("RSA", algorithm, strong=key.key_size >= policy.least_rsa_bits)
        form = signed_info_form(signature)
        try:
            key.verify(signature.value, form, _PKCS1, algorithm.hash)
        except InvalidSignature as error:
            raise refused("ds:SignatureValue", _NOT_BY_KEY) from error
    elif isinstance(key, ec.EllipticCurvePublicKey):
        _check_key("EC", algorithm, strong=key.curve.name == policy.curve)
        form = signed_info_form(signature)
        try:
            key.verify(_der(signature.value, key.key_size), form, ec.ECDSA(algorithm.hash))
        except InvalidSignature as error:
            raise refused("ds:SignatureValue", _NOT_BY_KEY) from error
    else:
        raise refused("ds:SignatureMethod", "the key is neither RSA nor EC")


def signed_info_form(signature: Signature) -> bytes:
    """The canonical form of its SignedInfo."""
    if signature.form is not None:
        return signature.form
    return canonical(signature.signed_info, signature.prefixes)


def _check_key(kind: str, algorithm: SignatureAlgorithm, *, strong: bool) -> None:
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
