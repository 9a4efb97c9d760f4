"""Signature wrapping, and that nothing is canonicalised or remembered too early."""

from __future__ import annotations

import pytest
import xmlsec
from lxml import etree

from ehbox_soap.security import signature
from tests.attacks.timestamps import TIMESTAMP_FORMS
from tests.attacks.wrapping import ALL_FORMS, ASSERTION_FORMS, BODY_FORMS, Form
from tests.security.builders import (
    WSU,
    Call,
    envelope,
    find,
    opened,
    parse,
    with_token,
)
from tests.security.checks import accepted, refusal, refusal_of, verifier, xmlsec_verifies
from tests.security.edits import SIGNATURE, call
from tests.security.keys import pki


def test_the_message_signature_is_verified_on_every_call() -> None:
    """The assertion is remembered, the call is not."""
    by = verifier()
    accepted(Call(), by)
    reason = refusal(call(signing_key=pki().stranger), by)
    assert reason == "ds:SignatureValue: is not by the key that must have signed"
    reason = refusal(call(after=lambda root: setattr(find(root, "//Source"), "text", "SENTBOX")), by)
    assert reason == "ds:Reference: the digest is not that of the element"


@pytest.mark.parametrize(
    "broken",
    [
        call(after=lambda r: find(r, SIGNATURE + "//ds:SignatureMethod").set("Algorithm", "urn:x")),
        call(after=lambda r: find(r, SIGNATURE + "//ds:CanonicalizationMethod").set("Algorithm", "urn:x")),
        call(after=lambda r: find(r, SIGNATURE + "//ds:Reference[1]//ds:Transform").set("Algorithm", "urn:x")),
        call(after=lambda r: find(r, SIGNATURE + "//ds:Reference[2]/ds:DigestMethod").set("Algorithm", "urn:x")),
        call(after=lambda r: find(r, SIGNATURE + "//ds:Reference[2]").set("URI", "#other")),
        with_token(Call(), after=lambda r: find(r, "ds:Signature//ds:SignatureMethod").set("Algorithm", "urn:x")),
        with_token(Call(), after=lambda r: find(r, "ds:Signature//ds:DigestMethod").set("Algorithm", "urn:x")),
        with_token(Call(), after=lambda r: find(r, "ds:Signature//ds:Transform[2]").set("Algorithm", "urn:x")),
    ],
)
def test_nothing_is_canonicalised_before_all_of_it_is_known_to_be_allowed(
    broken: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = envelope(broken)

    def never(*_: object) -> bytes:
        raise AssertionError("canonicalised")

    monkeypatch.setattr(signature, "canonical", never)
    assert "SignedInfo" in (reason := refusal_of(*opened(octets), verifier())) or "not allowed" in reason


# Signature wrapping


@pytest.mark.parametrize("form", [*ALL_FORMS, *TIMESTAMP_FORMS], ids=lambda form: form.__name__)
@pytest.mark.parametrize("layout", ["C", "E"])
def test_signature_wrapping(form: Form, layout: str) -> None:
    octets = envelope(call(layout=layout))
    assert verifier().call(*opened(octets))
    attacked = parse(etree.tostring(form(parse(octets))))
    header, body = attacked[0], find(attacked, "/S:Envelope/S:Body[1]")
    reason = refusal_of(header, body, verifier())
    assert "digest" not in reason, "refused by its place, before any digest is looked at"


@pytest.mark.parametrize("form", BODY_FORMS, ids=lambda form: form.__name__)
def test_signature_wrapping_of_an_sts_call(form: Form) -> None:
    attacked = parse(etree.tostring(form(parse(envelope(call(kind="sts"))))))
    header, body = attacked[0], find(attacked, "/S:Envelope/S:Body[1]")
    assert "digest" not in refusal_of(header, body, verifier(), "sts")


REFUSED_BY_LIBXMLSEC = (
    *("body_in_header_same_id", "assertion_same_id", "assertion_in_its_object", "timestamp_in_header_same_id"),
)


@pytest.mark.parametrize("form", [*ALL_FORMS, *TIMESTAMP_FORMS], ids=lambda form: form.__name__)
@pytest.mark.parametrize("layout", ["C", "E"])
def test_the_attacks_are_real(form: Form, layout: str) -> None:
    """The signature is still good for who looks the signed element up by its id: libxmlsec accepts it. It refuses
    doubled ids, and an enveloped transform that leaves nothing to sign."""
    root = parse(etree.tostring(form(parse(envelope(call(layout=layout))))))
    if form not in ASSERTION_FORMS:
        node, signer, id_attribute, namespace = find(root, SIGNATURE), pki().rsa, "Id", WSU
    else:
        node = find(root, "//ds:Signature[.//ds:Reference[starts-with(@URI, '#_')]]")
        signer, id_attribute, namespace = pki().sts, "AssertionID", None
    if form.__name__ in REFUSED_BY_LIBXMLSEC:
        with pytest.raises(xmlsec.Error):
            xmlsec_verifies(node, signer.public_pem, id_attribute, namespace)
    else:
        xmlsec_verifies(node, signer.public_pem, id_attribute, namespace)
