"""Whose signature counts at the front door: keys, trust by settings, algorithms, profiles; and what is told first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import ask, box_info, consultation, fault, publication
from tests.front.cast import Cast
from tests.front.conftest import Fresh
from tests.front.signed import (
    BODY_REFERENCE,
    COVERED,
    INFO,
    STS_REQUEST,
    TIME_REFERENCE,
    accepted,
    request,
    setting,
    text,
    turned_away,
)
from tests.security.builders import (
    ECDSA_SHA256,
    EXC_C14N,
    RSA_SHA1,
    SHA1,
    Call,
    Token,
    with_token,
)
from tests.security.edits import SECURITY, SIGNATURE, Edit, call, double, drop
from tests.security.keys import holder, pki, platform_subject, rsa_key, usage

# Keys and trust


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (call(signing_key=pki().other, algorithm=ECDSA_SHA256), "ds:SignatureMethod: does not fit the kind of key"),
        (call(signing_key=pki().stranger), "ds:SignatureValue: is not by the key that must have signed"),
        (call(signing_key=pki().sts), "ds:SignatureValue: is not by the key that must have signed"),
        (call(token=Token(holder=pki().other)), "ds:SignatureMethod: does not fit the kind of key"),
        (call(token=Token(signing_key=pki().stranger)), "ds:SignatureValue: is not by the key that must have signed"),
        (call(token=Token(sts=pki().stranger)), "Assertion: is not signed by a trusted STS"),
        (call(token=Token(sts=pki().rsa)), "Assertion: is not signed by a trusted STS"),
        (
            call(token=Token(sts=pki().stranger, key_info=False)),
            "ds:Sign",
        ),
        (call(holder=pki().stranger), "holder-of-key certificate: was not issued by a trusted authority for signing"),
    ],
    ids=[
        "another's key",
        "a stranger's key",
        "the STS's key",
        "another's assertion",
        "the STS's name",
        "strange STS",
        "the caller as STS",
        "strange STS without name",
        "strange holder",
    ],
)
def test_keys_that_must_not_count(broken: Call, reason: str, foreign: Door) -> None:
    assert turned_away(foreign, broken).startswith(reason)


def test_without_the_settings_the_foreign_pki_is_not_trusted(door: Door) -> None:
    """The same call, at a server that trusts its own authority and STS only."""
    assert turned_away(door, Call()) == "holder-of-key certificate: was not issued by a trusted authority for signing"


def test_a_foreign_authority_alone_makes_no_sts(fresh: Fresh, foreign_settings: dict[str, str]) -> None:
    door = fresh({"security.authorities": foreign_settings["security.authorities"]})
    assert turned_away(door, Call()) == "Assertion: is not signed by a trusted STS"


def test_the_servers_own_sts_is_trusted_beside_the_foreign_one(foreign: Door, people: Cast) -> None:
    ask(foreign, box_info(foreign, people.doctor))
    accepted(foreign, Call())


def test_the_issuer_is_a_setting(fresh: Fresh, people: Cast) -> None:
    """sts.issuer: of the assertions issued and accepted."""
    door = fresh({"sts.issuer": "urn:my:own:sts"})
    assert turned_away(door, box_info(door, people.doctor)) == "Assertion: is not by the expected Issuer"
    doctor = door.person("71031499894", ("urn:be:fgov:person:ssin:doctor:boolean",))
    assert 'Issuer="urn:my:own:sts"' in doctor.assertion
    ask(door, box_info(door, doctor))


# Algorithms and transforms

METHOD = "ds:SignatureMethod: is not allowed by the policy"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"


@pytest.mark.parametrize(
    ("path", "algorithm", "reason"),
    [
        (INFO + "/ds:SignatureMethod", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", METHOD),
        (INFO + "/ds:SignatureMethod", MORE + "hmac-sha256", METHOD),
        (INFO + "/ds:SignatureMethod", MORE + "rsa-md5", METHOD),
        (INFO + "/ds:SignatureMethod", "http://www.w3.org/2000/09/xmldsig#dsa-sha1", METHOD),
        (INFO + "/ds:SignatureMethod", ECDSA_SHA256, "ds:SignatureMethod: does not fit the kind of key"),
        (INFO + "/ds:SignatureMethod", "", METHOD),
        (
            INFO + "/ds:CanonicalizationMethod",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            "ds:CanonicalizationMethod: is not allowed by the policy",
        ),
        (INFO + "/ds:CanonicalizationMethod", EXC_C14N + "WithComments", "ds:CanonicalizationMethod: is not allowed"),
        (BODY_REFERENCE + "/ds:DigestMethod", MORE + "md5", "ds:DigestMethod: is not allowed by the policy"),
        (TIME_REFERENCE + "/ds:DigestMethod", MORE + "sha384", "ds:DigestMethod: is not allowed by the policy"),
        *[
            (BODY_REFERENCE + "//ds:Transform", algorithm, "ds:Transform: is not allowed by the policy")
            for algorithm in (
                "http://www.w3.org/TR/1999/REC-xslt-19991116",
                "http://www.w3.org/TR/1999/REC-xpath-19991116",
                "http://www.w3.org/2002/06/xmldsig-filter2",
                "http://www.w3.org/2000/09/xmldsig#base64",
                "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
                "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform",
                EXC_C14N + "WithComments",
            )
        ],
    ],
)
def test_algorithms_and_transforms_that_are_not_listed(path: str, algorithm: str, reason: str, foreign: Door) -> None:
    assert turned_away(foreign, call(after=setting(path, "Algorithm", algorithm))).startswith(reason)


@pytest.mark.parametrize("kind", ["ds:SignatureMethod", "ds:DigestMethod", "ds:CanonicalizationMethod"])
def test_nor_in_the_assertion(kind: str, foreign: Door) -> None:
    edit = setting(f"ds:Signature//{kind}", "Algorithm", "urn:x")
    assert turned_away(foreign, with_token(Call(), after=edit)) == f"{kind}: is not allowed by the policy"


@pytest.fixture(scope="module")
def strict(
    template: Path, tmp_path_factory: pytest.TempPathFactory, foreign_settings: dict[str, str]
) -> Iterator[Door]:
    settings = {**foreign_settings, "security.profile": "strict"}
    door = Door(tmp_path_factory.mktemp("strict") / "data", template, settings)
    yield door
    door.close()


@pytest.mark.parametrize(
    ("signed", "reason"),
    [
        (call(algorithm=RSA_SHA1), METHOD),
        (call(digest=SHA1), "ds:DigestMethod: is not allowed by the policy"),
        (call(token=Token(algorithm=RSA_SHA1)), METHOD),
        (call(token=Token(digest=SHA1)), "ds:DigestMethod: is not allowed by the policy"),
        (call(kind="sts", content=STS_REQUEST, algorithm=RSA_SHA1), METHOD),
        (call(kind="sts", content=STS_REQUEST, digest=SHA1), "ds:DigestMethod: is not allowed by the policy"),
    ],
)
def test_profile_strict_refuses_sha1(signed: Call, reason: str, strict: Door) -> None:
    strict.reset()
    assert turned_away(strict, signed) == reason
    accepted(strict, Call())


# STS calls

STS_CALL = call(kind="sts", content=STS_REQUEST)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (drop(SECURITY), "wsse:Security: must stand exactly once, in the Header"),
        *[
            (change(f"{SECURITY}/{part}"), "wsse:Security: does not hold exactly the elements of the profile")
            for part in ("wsu:Timestamp", "wsse:BinarySecurityToken", "ds:Signature")
            for change in (drop, double)
        ],
        (text("//wsse:BinarySecurityToken", "AAAA"), "wsse:BinarySecurityToken: is not an X.509 certificate"),
        (setting("//wsse:BinarySecurityToken", "ValueType", "urn:x"), "wsse:BinarySecurityToken: is not an X509v3"),
        (drop(INFO + "/ds:Reference[3]"), COVERED),
        (drop(INFO + "/ds:Reference[1]"), COVERED),
        (setting("//samlp:Request", "RequestID", "x"), "ds:Reference: the digest is not that of the element"),
        (setting(SIGNATURE + "//wsse:Reference", "URI", "#TS-1"), "wsse:Reference: does not name the token"),
    ],
)
def test_a_call_to_the_sts(edit: Edit, reason: str, foreign: Door) -> None:
    assert turned_away(foreign, replace(STS_CALL, after=edit)).startswith(reason)


def test_an_sts_call_by_the_wrong_key_or_a_strange_certificate(foreign: Door) -> None:
    reason = turned_away(foreign, replace(STS_CALL, signing_key=pki().stranger))
    assert reason == "ds:SignatureValue: is not by the key that must have signed"
    reason = turned_away(foreign, replace(STS_CALL, holder=pki().stranger))
    assert reason == "wsse:BinarySecurityToken: was not issued by a trusted authority for signing"


def test_a_signed_sts_call_gets_further(foreign: Door) -> None:
    """What the tests above break is good: the STS reads the request."""
    assert fault(foreign, request(STS_CALL)).code == "SOA-03006"


# What comes first


@pytest.mark.parametrize(
    "content",
    [
        consultation("GetMessagesListRequest", "<Source>NOWHERE</Source>"),
        consultation("DeleteOoORequest"),
        consultation("GetOoOListRequest"),
    ],
    ids=["breaks the schema", "misses an element", "keeps to the schema"],
)
@pytest.mark.parametrize(
    "broken", [{"holder": pki().stranger}, {"signing_key": pki().stranger}, {"after": drop(SECURITY)}]
)
def test_security_comes_before_the_schema(content: str, broken: dict[str, object], foreign: Door) -> None:
    """Nobody who is not authenticated is told more than SOA-01001."""
    turned_away(foreign, call(content=content, **broken))


def test_the_schema_comes_before_anything_else(foreign: Door) -> None:
    """An assertion that names no box, a message that is unknown: the schema first."""
    nobody = Token(attributes=(("urn:x", "urn:x", "x"),))
    found = fault(foreign, request(call(content=consultation("GetMessagesListRequest"), token=nobody)))
    assert found.code == "SOA-03006"
    assert fault(foreign, request(call(content=consultation("DeleteOoORequest")))).code == "SOA-03006"
    found = fault(foreign, request(call(token=nobody)))
    assert (found.code, found.reason) == ("SOA-01002", "the assertion names no box: it certifies no identity (BOX-6)")


def test_the_strict_directory_knows_only_who_is_registered(fresh_foreign: Fresh) -> None:
    """SOA-01002 (BOX-4): the holder of the foreign assertion is in no seed."""
    door = fresh_foreign({"mailbox.directory": "strict"})
    found = fault(door, request(Call()))
    assert (found.code, found.reason) == ("SOA-01002", "no box that the assertion names is registered (BOX-4)")


@pytest.mark.parametrize("path", [PUBLICATION, CONSULTATION])
def test_a_call_for_the_sts_is_no_mailbox_call(path: str, foreign: Door) -> None:
    """Signed well by a BinarySecurityToken, without an assertion."""
    element = {PUBLICATION: publication("SendMessageRequest", ""), CONSULTATION: consultation("GetBoxInfoRequest")}[
        path
    ]
    sent = replace(request(replace(STS_CALL, content=element)), path=path)
    assert turned_away(foreign, sent) == "wsse:Security: does not hold exactly the elements of the profile"


def test_a_mailbox_call_is_no_call_for_the_sts(foreign: Door) -> None:
    sent = replace(request(call(content=STS_REQUEST)), path=STS)
    assert turned_away(foreign, sent) == "wsse:Security: does not hold exactly the elements of the profile"


def test_a_certificate_may_not_sign_for_another_use(foreign: Door) -> None:
    """Only its key usage differs from the holder that is accepted."""
    owner = holder(rsa_key("holder"), pki().root, key_usage=usage(key_encipherment=True))
    assert turned_away(foreign, call(holder=owner)).startswith("holder-of-key certificate: was not issued")
    owner = holder(rsa_key("holder"), pki().root, subject=platform_subject("SSIN=79021802145", "X"))
    accepted(foreign, call(holder=owner))
