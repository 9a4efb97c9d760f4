"""Reading a RequestSecurityToken: the layouts of three clients, every other form refused (SOA-03006, SOA-01002)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.saml import Attribute
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.trust_request import Answered, Issue, Renew, read_request
from ehbox_soap.sts.wish import Asked
from tests.clients import wstrust
from tests.clients.names import TRUST
from tests.clients.wstrust import E_DECLARED, C, E, N, TrustStyle, Wanted, answer_challenge, issue, renew
from tests.sts.conftest import DORA, Cast
from tests.sts.layouts import CERTIFIED, HOLDER_SSIN, IDENTIFICATION, NOW, SAML, SOAP, SSIN

DOCTOR = "urn:be:fgov:person:ssin:doctor:boolean"
CLAIMS = ((SSIN, DORA), (HOLDER_SSIN, DORA), (DOCTOR, None))
STYLES = {"E": E, "C": C, "C qualified": wstrust.C_QUALIFIED, "N": N}
CONTEXT = "context-15c15c4c"


@pytest.fixture
def wanted(cast: Cast) -> Wanted:
    return Wanted(CLAIMS, cast.dora.certificate, NOW, NOW + timedelta(hours=24))


def element(content: str) -> etree._Element:
    root = etree.fromstring(
        f'<S:Envelope xmlns:S="{SOAP}"><S:Body {E_DECLARED}>{content}</S:Body></S:Envelope>'.encode()
    )
    return root[0][0]


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_every_layout_says_the_same(cast: Cast, wanted: Wanted, style: TrustStyle) -> None:
    """Prefixes, the Context's namespace, `+0000`, a zone of Brussels, seven digits of fraction."""
    read = read_request(element(issue(wanted, CONTEXT, style)))
    assert isinstance(read, Issue)
    assert read.context == CONTEXT
    assert read.holder == cast.dora.certificate
    assert read.claims == (Attribute(IDENTIFICATION, SSIN, (DORA,)), Attribute(IDENTIFICATION, HOLDER_SSIN, (DORA,)))
    assert read.asked == (Asked(IDENTIFICATION, SSIN), Asked(IDENTIFICATION, HOLDER_SSIN), Asked(CERTIFIED, DOCTOR))
    assert read.span == (NOW, NOW + timedelta(hours=24))


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_renew_in_every_layout(style: TrustStyle) -> None:
    """Two of them send neither key nor Lifetime; the connector leaves white space around the assertion."""
    read = read_request(element(renew(f'<Assertion xmlns="{SAML}" AssertionID="_1"/>', CONTEXT, style)))
    assert isinstance(read, Renew)
    assert (read.context, read.span) == (CONTEXT, None)
    assert read.assertion.get("AssertionID") == "_1"


@pytest.mark.parametrize(("style", "context"), [(E, None), (C, CONTEXT), (N, CONTEXT)])
def test_answer_to_a_challenge(style: TrustStyle, context: str | None) -> None:
    read = read_request(element(answer_challenge("Q2hhbGxlbmdl", CONTEXT, style)))
    assert read == Answered(context, "Q2hhbGxlbmdl")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-15T10:00:00+0100", NOW),
        ("2026-01-15T04:30:00-0430", NOW),
        ("2026-01-15T09:00:00.0000000Z", NOW),
        ("\n 2026-01-15T09:00:00Z ", NOW),
        ("2026-01-15T09:00:00.123456789+00:00", NOW + timedelta(microseconds=123456)),
    ],
)
def test_zones_and_fractions_of_a_lifetime(wanted: Wanted, written: str, moment: datetime) -> None:
    """wire.md: zones such as `+0000` occur."""
    content = issue(wanted, CONTEXT, E).replace("2026-01-15T09:00:00+0000", written)
    read = read_request(element(content))
    assert isinstance(read, Issue)
    assert read.span is not None
    assert read.span[0] == moment


@pytest.mark.parametrize("key_type", [wstrust.MISSPELT, "http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey"])
def test_both_spellings_of_the_key_type(wanted: Wanted, key_type: str) -> None:
    assert isinstance(read_request(element(issue(replace(wanted, key_type=key_type), CONTEXT, E))), Issue)


def test_what_may_be_left_out(wanted: Wanted) -> None:
    """TokenType, Lifetime, KeyType, UseKey, Context: nothing is assumed of them here."""
    content = (
        f"<wst:RequestSecurityToken {C.declared}><wst:RequestType>{TRUST}/Issue</wst:RequestType>"
        f'<wst:Claims Dialect="{wstrust.AUTH}/authclaims"/></wst:RequestSecurityToken>'
    )
    assert read_request(element(content)) == Issue(None, None, (), (), None)


def test_order_of_the_elements_is_free(wanted: Wanted) -> None:
    content = issue(wanted, CONTEXT, C)
    start, end = content.index("<wst:TokenType>"), content.index("<wst:Claims")
    moved = content[:start] + content[end:].replace("</wst:UseKey>", f"</wst:UseKey>{content[start:end]}")
    assert read_request(element(moved)) == read_request(element(content))


def test_claims_with_several_and_with_empty_values(wanted: Wanted) -> None:
    """The connector joins values by `;`, and an attribute without a value gives an empty one."""
    wanted = replace(wanted, claims=((SSIN, f"{DORA}; other"), (HOLDER_SSIN, ""), (DOCTOR, ";")))
    read = read_request(element(issue(wanted, CONTEXT, C)))
    assert isinstance(read, Issue)
    assert read.claims == (Attribute(IDENTIFICATION, SSIN, (DORA, "other")),)
    assert len(read.asked) == 3


RST, CLAIM = "wst:RequestSecurityToken", "<auth:ClaimType "
ORDER = "does not hold exactly the elements of the profile, in order"
LACKS, UNKNOWN = "lacks a required attribute", "has an attribute that the profile does not know"
REFERENCE = "wst:UseKey/wsse:SecurityTokenReference"
CREATED = "wst:Lifetime/wsu:Created"
BROKEN = [
    (' Context="', ' Secret="" Context="', f"{RST}: {UNKNOWN}"),
    (f'Context="{CONTEXT}', 'Context="' + "x" * 1025, f"{RST}/Context: is longer than 1024 characters"),
    ("<wst:TokenType>", "secret<wst:TokenType>", f"{RST}: holds text"),
    ("<wst:TokenType>", "<wst:TokenType/><wst:TokenType>", f"{RST}: holds an element twice"),
    ("<wst:TokenType>", '<wst:TokenType Secret="">', f"wst:TokenType: {UNKNOWN}"),
    ("<wst:KeyType>", "<wst:Secret/><wst:KeyType>",
     f"{RST}: holds an element that is not understood with this RequestType"),
    ("<wst:KeyType>", "<wst:RenewTarget/><wst:KeyType>",
     f"{RST}: holds an element that is not understood with this RequestType"),
    ("wst:RequestType>", "wst:Type>", f"{RST}: holds no RequestType"),
    ("authclaims", "secret", "wst:Claims: is of a Dialect that is not understood"),
    ('Dialect="', 'Secret="', f"wst:Claims: {LACKS}"),
    (CLAIM, "<auth:Secret/><auth:ClaimType ", "wst:Claims: holds something else than auth:ClaimType"),
    (CLAIM, '<auth:ClaimType Secret="" ', f"auth:ClaimType: {UNKNOWN}"),
    (f'{CLAIM}Uri="{SSIN}"', "<auth:ClaimType", f"auth:ClaimType: {LACKS}"),
    ("<auth:Value>", "<auth:Value/><auth:Value>", f"auth:ClaimType: {ORDER}"),
    ("<auth:Value>", '<auth:Value Secret="">', f"auth:Value: {UNKNOWN}"),
    ("<auth:Value>", "<auth:Value><auth:Secret/>", "auth:Value: must hold text only"),
    (CLAIM, '<auth:ClaimType Uri="x"/>' * 254 + CLAIM, "wst:Claims: holds more than 256 claims"),
    ("<wst:Lifetime>", '<wst:Lifetime Secret="">', f"wst:Lifetime: {UNKNOWN}"),
    ("<wsu:Created>", "<wsu:Secret/><wsu:Created>", f"wst:Lifetime: {ORDER}"),
    ("<wsu:Created>", '<wsu:Created Secret="">', f"{CREATED}: {UNKNOWN}"),
    ("10:00:00.000+01:00", "10:00:00.000", f"{CREATED}: is not an xs:dateTime with a zone"),
    ("2026-01-15T10", "2026-02-30T10", f"{CREATED}: is not a moment of the calendar"),
    ("<wst:KeyType>", '<wst:KeyType Secret="">', f"wst:KeyType: {UNKNOWN}"),
    ("<wst:UseKey>", '<wst:UseKey Sig="#secret">', f"wst:UseKey: {UNKNOWN}"),
    ("<ds:X509Data>", "<ds:KeyName/><ds:X509Data>", f"{REFERENCE}: {ORDER}"),
    ("</ds:X509Data>", "<ds:X509CRL/></ds:X509Data>", f"{REFERENCE}/ds:X509Data: {ORDER}"),
    ("<wsse:SecurityTokenReference>", "<wsse:Secret/><wsse:SecurityTokenReference>", f"wst:UseKey: {ORDER}"),
    ("<wsse:SecurityTokenReference>", '<wsse:SecurityTokenReference Secret="">', f"{REFERENCE}: {UNKNOWN}"),
    ("<ds:X509Certificate>MII", "<ds:X509Certificate>%%%",
     f"{REFERENCE}/ds:X509Data/ds:X509Certificate: is not an X.509 certificate in base64"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), BROKEN, ids=[str(number) for number in range(len(BROKEN))])
def test_another_form_is_a_fault_that_names_element_and_rule(wanted: Wanted, old: str, new: str, told: str) -> None:
    content = issue(wanted, CONTEXT, C)
    assert old in content
    count = 2 if old == "wst:RequestType>" else 1
    with pytest.raises(SoapFault) as caught:
        read_request(element(content.replace(old, new, count)))
    assert (caught.value.code, caught.value.reason) == ("SOA-03006", told)


TARGET = "wst:RenewTarget"
EMBEDDED = f"{TARGET}/wsse:SecurityTokenReference/wsse:Embedded"
BROKEN_RENEW = [
    ("<wst:RenewTarget>", '<wst:RenewTarget Secret="">', f"{TARGET}: {UNKNOWN}"),
    ("<wsse:SecurityTokenReference>", '<wsse:SecurityTokenReference Secret="">',
     f"{TARGET}/wsse:SecurityTokenReference: {UNKNOWN}"),
    ("<wsse:Embedded ", "<wsse:Reference/><wsse:Embedded ", f"{TARGET}/wsse:SecurityTokenReference: {ORDER}"),
    ("<wsse:Embedded ", '<wsse:Embedded Secret="" ', f"{EMBEDDED}: {UNKNOWN}"),
    ("<Assertion ", "<Secret/><Assertion ", f"{EMBEDDED}: {ORDER}"),
    ("<wst:RenewTarget>", "<wst:UseKey/><wst:RenewTarget>",
     f"{RST}: holds an element that is not understood with this RequestType"),
    ("wst:RenewTarget>", "wst:Lifetime>", f"{RST}: holds no RenewTarget"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), BROKEN_RENEW, ids=[str(number) for number in range(len(BROKEN_RENEW))])
def test_another_form_of_renew(old: str, new: str, told: str) -> None:
    content = renew(f'<Assertion xmlns="{SAML}"/>', CONTEXT, C)
    assert old in content
    count = 2 if old == "wst:RenewTarget>" else 1
    with pytest.raises(SoapFault) as caught:
        read_request(element(content.replace(old, new, count)))
    assert (caught.value.code, caught.value.reason) == ("SOA-03006", told)


RSTR = "wst:RequestSecurityTokenResponse"
BROKEN_ANSWERS = [
    (' Context="', ' Secret="" Context="', f"{RSTR}: {UNKNOWN}"),
    ("<wst:SignChallengeResponse>", "<wst:Secret/><wst:SignChallengeResponse>", f"{RSTR}: {ORDER}"),
    ("<wst:SignChallengeResponse>", '<wst:SignChallengeResponse Secret="">',
     f"{RSTR}/wst:SignChallengeResponse: {UNKNOWN}"),
    ("<wst:Challenge>", "<wst:Secret/><wst:Challenge>", f"{RSTR}/wst:SignChallengeResponse: {ORDER}"),
    ("<wst:Challenge>", '<wst:Challenge Secret="">', f"{RSTR}/wst:SignChallengeResponse/wst:Challenge: {UNKNOWN}"),
    ("<wst:Challenge>", "<wst:Challenge>" + "x" * 1_048_577,
     f"{RSTR}/wst:SignChallengeResponse/wst:Challenge: is longer than 1048576 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), BROKEN_ANSWERS, ids=[str(n) for n in range(len(BROKEN_ANSWERS))])
def test_another_form_of_the_answer_to_a_challenge(old: str, new: str, told: str) -> None:
    content = answer_challenge("", CONTEXT, C)
    assert old in content
    with pytest.raises(SoapFault) as caught:
        read_request(element(content.replace(old, new, 1)))
    assert (caught.value.code, caught.value.reason) == ("SOA-03006", told)


def test_another_element() -> None:
    with pytest.raises(SoapFault, match=f"SOA-03006 {RST}: is not what the Body holds"):
        read_request(element("<ns8:RequestSecurityTokenCollection/>"))


TOKEN_TYPE, REQUEST_TYPE = "#SAMLV1.1</wst:TokenType>", "/Issue</wst:RequestType>"
VOUCHING = "Only holder-of-key is granted: sender-vouches (OnBehalfOf) is not"
REFUSED = [
    (TOKEN_TYPE, TOKEN_TYPE.replace("1.1<", "2.0<"), "The only TokenType issued here is SAML 1.1"),
    (REQUEST_TYPE, REQUEST_TYPE.replace("Issue", "Validate"), "The only RequestTypes here are Issue and Renew"),
    ("/PublicKey", "/Bearer", "Only holder-of-key is granted: KeyType must be PublicKey"),
    ("/PublicKey", "/SymmetricKey", "Only holder-of-key is granted: KeyType must be PublicKey"),
    ("<wst:KeyType>", "<wst:OnBehalfOf/><wst:KeyType>", VOUCHING),
    ("<wst:KeyType>", '<t:ActAs xmlns:t="http://docs.oasis-open.org/ws-sx/ws-trust/200802"/><wst:KeyType>', VOUCHING),
]


@pytest.mark.parametrize(("old", "new", "told"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_what_is_understood_and_never_granted(wanted: Wanted, old: str, new: str, told: str) -> None:
    content = issue(wanted, CONTEXT, C)
    assert old in content
    with pytest.raises(StsFailure) as caught:
        read_request(element(content.replace(old, new, 1)))
    assert caught.value.message == told
