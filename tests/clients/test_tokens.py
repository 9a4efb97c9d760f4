"""Each model asks the STS in SAML-P, in its own layout, and calls the mailbox with what it gets."""

from __future__ import annotations

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from tests.clients import medikit_assertion
from tests.clients.conftest import Open
from tests.clients.connector40 import Connector3, Connector40, Connector42
from tests.clients.connector40_reader import Broken, Fault
from tests.clients.econtract import EContract, EContractEmptyPrefixes, EContractSha256
from tests.clients.medikit import Medikit
from tests.clients.model import Identification
from tests.clients.operations import Model
from tests.clients.talking import DOCTOR, HOLDER_SSIN, SSIN
from tests.clients.test_operations import SENDER, talk
from tests.door import START, Door

EVERY = [Connector3, Connector40, Connector42, EContract, EContractEmptyPrefixes, EContractSha256, Medikit]
HOSPITAL = "71990133"
_HOSPITAL = "urn:be:fgov:ehealth:1.0"
HOSPITAL_CLAIMS = [
    (f"{_HOSPITAL}:certificateholder:hospital:nihii-number", HOSPITAL),
    (f"{_HOSPITAL}:hospital:nihii-number", HOSPITAL),
]
RECOGNISED = f"{_HOSPITAL}:hospital:nihii-number:recognisedhospital:boolean"


def authority(door: Door) -> Authority:
    return Authority.open(door.template / "pki", SetClock(START), SeededChance(9))


def pair(entry: KeyEntry) -> Identification:
    return Identification(entry.key, entry.certificate)


def test_the_identification_is_an_eid_and_the_holder_an_ehealth_certificate(standing: Door) -> None:
    """wire.md: then the request carries a signature of its own, by the holder's key, beside that of the call."""
    eid = authority(standing).eid(SENDER, "Voorbeeld", "Dora")
    for kind in EVERY:
        client = talk(standing, kind, "rsa", SENDER)
        client.model.identification = pair(eid)
        client.identify(DOCTOR)
        assert client.ask("get_box_info").element.findtext("BoxId/Quality") == "DOCTOR"


def test_medikit_asks_for_a_nihii11_and_for_nothing_else(standing: Door) -> None:
    """BOX-7: its IdentityProfession is the name of one attribute; the box is that of the profession all the same. The
    key is an organisation's, of which its assertion says nothing."""
    person = authority(standing).person(SENDER, "TEST PERSON")
    holder = authority(standing).organisation("NIHII-HOSPITAL", HOSPITAL, "TEST HOSPITAL")
    client = talk(standing, Medikit, "rsa", SENDER)
    client.model.key, client.model.certificate = holder.key, holder.certificate
    client.model.identification = pair(person)
    client.identify_as([(HOLDER_SSIN, SENDER), (SSIN, SENDER)], (f"{SSIN}:ehealth:1.0:doctor:nihii11",))
    assert client.ask("get_box_info").element.findtext("BoxId/Quality") == "DOCTOR"


def test_the_identification_is_a_person_s_and_the_holder_an_organisation_s(standing: Door) -> None:
    """BOX-6: the assertion names both, and the organisation's box is the default."""
    eid = authority(standing).eid(SENDER, "Voorbeeld", "Dora")
    holder = authority(standing).organisation("NIHII-HOSPITAL", HOSPITAL, "TEST HOSPITAL")
    for kind in EVERY:
        client = talk(standing, kind, "rsa", SENDER)
        client.model.key, client.model.certificate = holder.key, holder.certificate
        client.model.identification = pair(eid)
        client.identify_as([(HOLDER_SSIN, SENDER), (SSIN, SENDER), *HOSPITAL_CLAIMS], (DOCTOR, RECOGNISED))
        box = client.ask("get_box_info").element.find("BoxId")
        assert box is not None
        assert [each.text for each in box] == [HOSPITAL, "NIHII", "HOSPITAL", "HOSPITAL"]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_organisation_identifies_itself(kind: type[Model], standing: Door) -> None:
    entry = authority(standing).organisation("NIHII-HOSPITAL", HOSPITAL, "TEST HOSPITAL")
    client = talk(standing, kind, "rsa", SENDER)
    client.model.key, client.model.certificate = entry.key, entry.certificate
    client.identify_as(HOSPITAL_CLAIMS, (RECOGNISED,), "/IAM/Saml11TokenService/Legacy/v1")
    assert client.ask("get_box_info").element.findtext("BoxId/Id") == HOSPITAL


def test_a_refusal_has_a_message_for_every_client(standing: Door) -> None:
    """wire.md: still HTTP 200, with StatusCode and StatusMessage: somebody else's number, and nothing to certify."""
    for kind in EVERY:
        client = talk(standing, kind, "rsa", SENDER)
        with pytest.raises(Broken, match="the STS refused: A claimed identity attribute differs"):
            client.identify_as([(SSIN, "85061999865")], (DOCTOR,))
        with pytest.raises(Broken, match="the STS refused: None of the requested attributes"):
            client.identify_as([], (f"{SSIN}:nurse:boolean",))


def test_the_inner_signature_is_needed_and_must_be_the_holder_s(standing: Door) -> None:
    """wire.md: when the identification certificate is not the holder-of-key certificate."""
    eid = authority(standing).eid(SENDER, "Voorbeeld", "Dora")
    client = talk(standing, EContract, "rsa", SENDER)
    client.model.identification = pair(eid)
    client.model.key = eid.key
    with pytest.raises(Fault) as caught:
        client.identify(DOCTOR)
    assert caught.value.code == "SOA-01001"


def test_sha1_within_is_refused_in_the_profile_strict(open_door: Open) -> None:
    """The inner signature is rsa-sha1 in every client seen, so connector 4.0 needs `wire` for an eID; with a key on a
    curve it does not."""
    door = open_door({"security.profile": "strict"})
    eid = authority(door).eid(SENDER, "Voorbeeld", "Dora")
    client = talk(door, Connector40, "rsa", SENDER)
    client.model.identification = pair(eid)
    with pytest.raises(Fault) as caught:
        client.identify(DOCTOR)
    assert caught.value.code == "SOA-01001"
    client = talk(door, Connector40, "ec", SENDER)
    client.model.identification = pair(eid)
    client.identify(DOCTOR).ask("get_box_info")


@pytest.fixture(scope="module")
def assertion(standing: Door) -> str:
    """A real one of the STS."""
    return talk(standing, Connector40, "rsa", SENDER).identify(DOCTOR).assertion


def test_medikit_writes_an_assertion_anew(assertion: str) -> None:
    """In other bytes, and yet the one that the STS signed: the mailbox accepts it in every test of M."""
    anew = medikit_assertion.rewritten(assertion)
    assert anew != assertion
    assert "<Conditions NotBefore=" in anew
    assert 'MinorVersion="1" xmlns="' in anew


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Conditions ", "\n<Conditions "),
        ("</AttributeValue><", "</AttributeValue> <"),
        ('.000Z"', 'Z"'),
        ('.000Z"', '.0000Z"'),
        ('.000Z"', '.000+00:00"'),
        ("<AttributeValue>", '<AttributeValue xmlns:a="urn:a" a:c="d">'),
        ("<AttributeValue>", "<AttributeValue>true</AttributeValue><AttributeValue>"),
        ("<Conditions", "<Advice/><Conditions"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>\n"),
        ("<ds:X509Certificate>", "<ds:X509Certificate>\n"),
        ("<ds:Transform ", '<ds:Transform Id="a" '),
        ("<ds:DigestMethod", "<!-- --><ds:DigestMethod Id='a'"),
        ("<AuthenticationStatement", "<Statement/><AuthenticationStatement"),
    ],
)
def test_what_has_no_place_in_medikit_s_values_is_caught(assertion: str, old: str, new: str) -> None:
    """wire.md, STS: no white space, one AttributeValue each, three digits of fraction, no line breaks in base64."""
    assert old in assertion
    with pytest.raises(Broken, match=r"survive being written anew|cannot be read into values"):
        medikit_assertion.rewritten(assertion.replace(old, new, 1))
