"""WS-Security at the front door: what clients send holds; each piece missing, doubled or changed is turned away.

The calls come from the PKI of tests/security, which the server trusts by its settings only. Where a piece is changed
before the signing, the signature is good and only the rule in question is broken.
"""

from __future__ import annotations

import pytest
from lxml import etree

from tests.door import Door
from tests.front.signed import (
    ASSERTION,
    BODY_REFERENCE,
    COVERED,
    INFO,
    TIME_REFERENCE,
    TIMESTAMP,
    accepted,
    setting,
    spoil,
    text,
    turned_away,
)
from tests.security.builders import (
    ECDSA_SHA256,
    RSA_SHA1,
    RSA_SHA256,
    SHA1,
    SHA256,
    WSSE,
    Call,
    Token,
    find,
    with_token,
)
from tests.security.edits import HEADER, SECURITY, SIGNATURE, Edit, add, call, double, drop
from tests.security.keys import pki

# Good calls


@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize(
    ("algorithm", "digest", "key"),
    [(RSA_SHA1, SHA1, "rsa"), (RSA_SHA256, SHA256, "rsa"), (RSA_SHA256, SHA1, "rsa"), (ECDSA_SHA256, SHA256, "ec")],
)
def test_wire_accepts_what_clients_send(layout: str, algorithm: str, digest: str, key: str, foreign: Door) -> None:
    """wire.md: all of them must work in the default profile."""
    accepted(foreign, call(layout=layout, algorithm=algorithm, digest=digest, holder=getattr(pki(), key)))


@pytest.mark.parametrize("lists", [("", "", ""), (None, "", "S"), ("#default S", "#default ns4", "wsse nowhere")])
@pytest.mark.parametrize("layout", ["C", "E"])
def test_inclusive_namespaces_also_empty(lists: tuple[str | None, ...], layout: str, foreign: Door) -> None:
    accepted(foreign, call(layout=layout, inclusive=lists))


@pytest.mark.parametrize(
    "token",
    [
        Token(sts=pki().sts_ec, algorithm=ECDSA_SHA256),
        Token(algorithm=RSA_SHA1, digest=SHA1),
        Token(key_info=False),
        Token(prefixes=""),
    ],
    ids=["ec", "sha1", "no KeyInfo", "E"],
)
def test_assertions_of_an_sts_that_is_trusted(token: Token, foreign: Door) -> None:
    accepted(foreign, call(token=token))


def test_the_order_in_the_header_is_free(foreign: Door) -> None:
    def reorder(root: etree._Element) -> None:
        security = find(root, SECURITY)
        security.append(security[0])

    accepted(foreign, call(edit=reorder))


# The header


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (drop(HEADER), "wsse:Security: is missing"),
        (drop(SECURITY), "wsse:Security: must stand exactly once, in the Header"),
        (double(SECURITY), "wsse:Security: must stand exactly once, in the Header"),
        (add(HEADER, f"{{{WSSE}}}Security"), "wsse:Security: must stand exactly once, in the Header"),
        (add(SECURITY, "{urn:x}Other"), "wsse:Security: does not hold exactly the elements of the profile"),
        (text(SECURITY, "words"), "wsse:Security: holds text"),
        (setting(SECURITY, "actor", "x"), "wsse:Security: has an attribute that the profile does not know"),
        *[
            (change(path), "wsse:Security: does not hold exactly the elements of the profile")
            for path in (TIMESTAMP, ASSERTION, SIGNATURE)
            for change in (drop, double)
        ],
    ],
)
def test_the_security_header(edit: Edit, reason: str, foreign: Door) -> None:
    """Of wsse:Security itself and its three children: each exactly once."""
    assert turned_away(foreign, call(after=edit)) == reason


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (drop("//wsu:Created"), "wsu:Timestamp: does not hold exactly the elements of the profile, in order"),
        (double("//wsu:Created"), "wsu:Timestamp: does not hold exactly the elements of the profile, in order"),
        (drop("//wsu:Expires"), "wsu:Timestamp: does not hold exactly the elements of the profile, in order"),
        (double("//wsu:Expires"), "wsu:Timestamp: does not hold exactly the elements of the profile, in order"),
        (text("//wsu:Created", "now"), "wsu:Created: is not an xs:dateTime with a zone"),
        (text("//wsu:Expires", "2026-01-15T09:01:00"), "wsu:Expires: is not an xs:dateTime with a zone"),
        (text("//wsu:Expires", "2026-02-30T09:01:00Z"), "wsu:Expires: is not a moment of the calendar"),
    ],
)
def test_the_timestamp(edit: Edit, reason: str, foreign: Door) -> None:
    """Changed before the signing."""
    assert turned_away(foreign, call(edit=edit)) == reason


SHAPE = "ds:Signature: does not hold exactly SignedInfo, SignatureValue and KeyInfo"
METHODS = "ds:SignedInfo: does not hold exactly"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (drop(INFO), SHAPE),
        (double(INFO), SHAPE),
        (drop(SIGNATURE + "/ds:SignatureValue"), SHAPE),
        (double(SIGNATURE + "/ds:SignatureValue"), SHAPE),
        (double(SIGNATURE + "/ds:KeyInfo"), SHAPE),
        (add(SIGNATURE, "{http://www.w3.org/2000/09/xmldsig#}Object"), SHAPE),
        (drop(SIGNATURE + "/ds:KeyInfo"), "ds:KeyInfo: is missing"),
        (drop(INFO + "/ds:CanonicalizationMethod"), "ds:SignedInfo"),
        (double(INFO + "/ds:CanonicalizationMethod"), "ds:SignedInfo"),
        (drop(INFO + "/ds:SignatureMethod"), "ds:SignedInfo"),
        (double(INFO + "/ds:SignatureMethod"), "ds:SignedInfo"),
        (drop(BODY_REFERENCE), COVERED),
        (drop(TIME_REFERENCE), COVERED),
        (double(BODY_REFERENCE), COVERED),
        (double(TIME_REFERENCE), COVERED),
        (setting(TIME_REFERENCE, "URI", "#id-1"), COVERED),
        (setting(BODY_REFERENCE, "URI", ""), COVERED),
        (setting(BODY_REFERENCE, "URI", "http://127.0.0.1:9/x"), COVERED),
        (drop(BODY_REFERENCE + "/ds:Transforms"), "ds:Reference: does not hold exactly"),
        (double(BODY_REFERENCE + "/ds:Transforms"), "ds:Reference: does not hold exactly"),
        (drop(BODY_REFERENCE + "//ds:Transform"), "ds:Transforms: does not hold exactly"),
        (double(BODY_REFERENCE + "//ds:Transform"), "ds:Transforms: does not hold exactly"),
        (drop(BODY_REFERENCE + "/ds:DigestMethod"), "ds:Reference: does not hold exactly"),
        (double(BODY_REFERENCE + "/ds:DigestMethod"), "ds:Reference: does not hold exactly"),
        (drop(BODY_REFERENCE + "/ds:DigestValue"), "ds:Reference: does not hold exactly"),
        (double(BODY_REFERENCE + "/ds:DigestValue"), "ds:Reference: does not hold exactly"),
        (text(BODY_REFERENCE + "/ds:DigestValue", "not base64!"), "ds:DigestValue: is not base64"),
        (text(SIGNATURE + "/ds:SignatureValue", ""), "ds:SignatureValue: is not base64"),
        (spoil(SIGNATURE + "/ds:SignatureValue"), "ds:SignatureValue: is not by the key that must have signed"),
        (spoil(BODY_REFERENCE + "/ds:DigestValue"), "ds:SignatureValue: is not by the key that must have signed"),
        (drop(SIGNATURE + "/ds:KeyInfo/*"), "ds:KeyInfo: does not hold exactly"),
        (drop(SIGNATURE + "/ds:KeyInfo/*/*"), "wsse:SecurityTokenReference: does not hold exactly"),
        (double(SIGNATURE + "/ds:KeyInfo/*/*"), "wsse:SecurityTokenReference: does not hold exactly"),
        (text(SIGNATURE + "/ds:KeyInfo/*/*", "_other"), "wsse:KeyIdentifier: does not name the assertion"),
        (
            setting(SIGNATURE + "/ds:KeyInfo/*/*", "ValueType", "urn:x"),
            "wsse:KeyIdentifier: does not name the assertion",
        ),
    ],
)
def test_the_message_signature(edit: Edit, reason: str, foreign: Door) -> None:
    """Each of its pieces missing, doubled or changed."""
    assert turned_away(foreign, call(after=edit)).startswith(reason)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (text("//Source", "SENTBOX"), "ds:Reference: the digest is not that of the element"),
        (setting("/S:Envelope/S:Body", "x", "y"), "ds:Reference: the digest is not that of the element"),
        (text("//wsu:Expires", "2026-01-15T09:30:00.000Z"), "ds:Reference: the digest is not that of the element"),
        (text("//wsu:Created", "2026-01-15T08:59:59.000Z"), "ds:Reference: the digest is not that of the element"),
        (drop("/S:Envelope/S:Body/@none | //Source"), "ds:Reference: the digest is not that of the element"),
        (setting(TIMESTAMP, "{urn:x}Id", "x"), "wsu:Timestamp: has an attribute"),
    ],
)
def test_what_was_signed_is_changed(edit: Edit, reason: str, foreign: Door) -> None:
    assert turned_away(foreign, call(after=edit)).startswith(reason)


@pytest.mark.parametrize(
    "edit",
    [
        setting(HEADER, "Id", "id-1"),
        setting("/S:Envelope", "ID", "TS-1"),
        setting("//wsse:SecurityTokenReference", "Id", "id-1"),
        setting(HEADER, "AssertionID", "_twice"),
        setting("/S:Envelope/S:Body/*", "id", "TS-1"),
    ],
)
def test_an_id_occurs_twice(edit: Edit, foreign: Door) -> None:
    """Signed so, and whether the assertion is known from another call or not."""
    foreign.restart()
    token = Token(id="_twice")
    for _ in range(2):
        assert turned_away(foreign, call(token=token, edit=edit)) == "Envelope: an id occurs twice"
        foreign.reset()
        accepted(foreign, call(token=token))


# The assertion

FORM = "Assertion: does not hold exactly the elements of the profile, in order"
ENVELOPED = "enveloped ds:Signature: must stand exactly once among the children of what it signs"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (drop("saml:Conditions"), FORM),
        (double("saml:Conditions"), FORM),
        (drop("saml:AuthenticationStatement"), FORM),
        (double("saml:AuthenticationStatement"), FORM),
        (drop("saml:AttributeStatement"), FORM),
        (double("saml:AttributeStatement"), FORM),
        (setting(".", "Issuer", "urn:other"), "Assertion: is not by the expected Issuer"),
        (setting(".", "MinorVersion", "0"), "Assertion: is not of SAML 1.1"),
        (setting("saml:Conditions", "NotBefore", "x"), "Conditions/NotBefore: is not an xs:dateTime"),
        (drop("saml:AttributeStatement//ds:X509Certificate"), "AttributeStatement/Subject/ds:KeyInfo"),
        (drop("saml:AttributeStatement//saml:SubjectConfirmation"), "AttributeStatement/Subject"),
        (
            text("saml:AttributeStatement//saml:ConfirmationMethod", "urn:oasis:names:tc:SAML:1.0:cm:bearer"),
            "AttributeStatement/Subject/ConfirmationMethod: is not holder of key",
        ),
    ],
)
def test_an_assertion_of_another_form(edit: Edit, reason: str, foreign: Door) -> None:
    """Signed by the trusted STS as it stands: only its form is wrong."""
    assert turned_away(foreign, with_token(Call(), edit=edit)).startswith(reason)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (drop("ds:Signature"), FORM),
        (double("ds:Signature"), FORM),
        (drop("ds:Signature/ds:SignatureValue"), SHAPE),
        (spoil("ds:Signature/ds:SignatureValue"), "ds:SignatureValue: is not by the key that must have signed"),
        (text("//saml:AttributeValue[.='true']", "1"), "ds:Reference: the digest is not that of the element"),
        (setting("saml:Conditions", "NotOnOrAfter", "2027-01-15T09:00:00.000Z"), "ds:Reference: the digest is not"),
        (lambda root: setattr(find(root, "ds:Signature"), "tail", " "), "enveloped ds:Signature: is followed by text"),
    ],
)
def test_an_assertion_that_is_unsigned_or_changed(edit: Edit, reason: str, foreign: Door) -> None:
    assert turned_away(foreign, with_token(Call(), after=edit)).startswith(reason)
