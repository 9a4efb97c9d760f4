"""GetNewKey, which no assertion secures, is held against replay and paced by its seal; whose token gets no answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from asn1crypto import cms

from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.revoking import revoke
from ehbox_soap.ports.call import HttpAnswer
from tests.door import content_of, fault_code
from tests.front.cast import DOCTOR
from tests.kgss.asking import NURSES, Said, element, get_key, new_key, new_key_content, read, sealed, unsigned
from tests.kgss.conftest import Asker, Stage

Fresh = Callable[[Mapping[str, str]], Stage]
HOUR = timedelta(hours=1)


def asked(stage: Stage, octets: bytes) -> HttpAnswer:
    return stage.door.send(unsigned(element("GetNewKeyRequest", octets)))


def wanted(stage: Stage, asker: Asker) -> bytes:
    """What asks for a new key, sealed now by the asker."""
    return sealed(stage, new_key_content(asker.token, (NURSES,)), asker.client.entry)


def keys(stage: Stage) -> int:
    return len(stage.door.contents()["kgss_key"])


# --- once ---


def test_the_same_seal_makes_one_key(stage: Stage) -> None:
    """Also after a restart, and to the end of the time in which it is taken at all."""
    octets = wanted(stage, stage.doctor)
    assert read(asked(stage, octets)).code == "100"
    made = keys(stage)
    for later in (timedelta(0), timedelta(minutes=1), HOUR - timedelta(minutes=1, seconds=1)):
        stage.door.clock.moment += later
        stage.door.restart()
        again = asked(stage, octets)
        assert fault_code(again) == "SOA-01001"
        assert "replay" in "".join(map(str, content_of(again).itertext()))
    assert keys(stage) == made


def test_a_seal_written_otherwise_is_the_same(stage: Stage) -> None:
    """Which authorities stand beside the signer is not signed: a thief may leave them out."""
    octets = wanted(stage, stage.doctor)
    info = cms.ContentInfo.load(octets)
    certificates = list(info["content"]["certificates"])
    assert len(certificates) == 2
    assert read(asked(stage, octets)).code == "100"
    told = []
    for left in certificates:
        info["content"]["certificates"] = [left]
        changed = info.dump(force=True)
        assert changed != octets
        answer = asked(stage, changed)
        told.append(fault_code(answer) if answer.status == 500 else read(answer).errors[0])
    # Without the signer's own it cannot be read at all.
    assert sorted(told) == ["SEALED_CONTENT", "SOA-01001"]


def test_a_refusal_is_remembered_too(stage: Stage) -> None:
    """As with every call: a token that is not given out now may be later."""
    octets = sealed(stage, new_key_content(stage.doctor.token, (NURSES,)), stage.nurse.client.entry)
    assert read(asked(stage, octets)).errors == ("ETK",)
    assert fault_code(asked(stage, octets)) == "SOA-01001"


# --- when ---


@pytest.mark.parametrize(
    ("age", "why"),
    [
        (timedelta(seconds=-61), "the signing time is in the future"),
        (timedelta(seconds=-60), None),
        (HOUR - timedelta(seconds=1), None),
        (HOUR, "the signing time is too long ago"),
        (timedelta(days=30), "the signing time is too long ago"),
    ],
)
def test_the_signing_time(stage: Stage, age: timedelta, why: str | None) -> None:
    """Ours: as long as a Timestamp may live, and ahead as far as one may be."""
    octets = wanted(stage, stage.doctor)
    made = keys(stage)
    stage.door.clock.moment += age
    said = read(asked(stage, octets))
    if why is None:
        assert said.code == "100"
    else:
        assert said.errors == ("SEALED_CONTENT",)
        assert why in said.texts
    assert keys(stage) - made == (why is None)


def test_the_signing_time_goes_by_the_settings(fresh: Fresh) -> None:
    stage = fresh({"security.timestamp_seconds": "600", "security.skew_seconds": "5"})
    start, octets = stage.door.now, wanted(stage, stage.doctor)
    told: list[Said] = []
    for seconds in (-6, 600, -5):
        stage.door.clock.moment = start + timedelta(seconds=seconds)
        told.append(read(asked(stage, octets)))
    assert [each.code for each in told] == ["400", "400", "100"]


# --- how often ---


def test_one_new_key_too_many(fresh: Fresh) -> None:
    """Counted for who sealed; what is overheard costs nobody its turn, and GetKey counts for the same certificate."""
    stage = fresh({"usage.calls_per_minute": "2"})
    first = wanted(stage, stage.doctor)
    assert read(asked(stage, first)).code == "100"
    assert {fault_code(asked(stage, first)) for _ in range(3)} == {"SOA-01001"}
    assert get_key(stage, stage.doctor, b"unknown").errors == ("KEY",)
    made, late = keys(stage), wanted(stage, stage.doctor)
    assert fault_code(asked(stage, late)) == "SOA-02002"
    assert keys(stage) == made
    assert read(asked(stage, wanted(stage, stage.nurse))).code == "100"
    stage.door.advance(minutes=1)
    # The one that was too many left nothing behind.
    assert read(asked(stage, late)).code == "100"


# --- for whom ---


def test_a_token_whose_owner_a_list_revokes_gets_no_key(fresh: Fresh) -> None:
    """The depot does not give it out either; that the caller signs by another certificate does not help."""
    stage = fresh({})
    owner = stage.authority.person(DOCTOR, "Dora Voorbeeld", kind="ec")
    encryption = stage.authority.encryption(owner)
    token = stage.authority.token(encryption)
    with stage.door.house.store.begin() as transaction:
        transaction.tokens.add(stored(token, stage.door.now))
    asker = Asker(stage.doctor.client, encryption, token)
    identifier, _ = new_key(stage, asker, NURSES.replace("nurse", "doctor"))
    assert get_key(stage, asker, identifier).code == "100"
    own = Authority.open(stage.door.folder / "pki", stage.door.clock, SeededChance(53))
    revoke(stage.door.folder / "pki", own, owner.certificate, "key-compromise", stage.door.clock)
    stage.door.advance(seconds=10)
    assert read(asked(stage, wanted(stage, asker))).errors == ("ETK",)
    assert get_key(stage, asker, identifier).errors == ("ETK",)
    assert get_key(stage, stage.doctor, identifier).code == "100"
