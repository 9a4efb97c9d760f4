"""Assertions, Timestamps and replays at every port that is secured like a mailbox call: each turned away for its own
reason, and nothing kept of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from tests.attacks.callers import caller, code_of, person
from tests.attacks.ports import MAILBOX_PORTS, SecuredPort
from tests.door import Door, content_of
from tests.front.calls import consult, consultation, publish, told
from tests.front.cast import NURSE_BOX
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message
from tests.front.signed import setting, text, turned_away
from tests.http.door import HttpDoor
from tests.security.builders import Call, Token, find, stamp, with_token
from tests.security.edits import SECURITY, call, double, drop
from tests.security.keys import NOW, holder, pki, rsa_key

SECOND = timedelta(seconds=1)
ports = pytest.mark.parametrize("port", MAILBOX_PORTS, ids=lambda port: port.name)


def _sender_vouches(root: etree._Element) -> None:
    for method in root.iterfind(".//{*}ConfirmationMethod"):
        method.text = "urn:oasis:names:tc:SAML:1.0:cm:sender-vouches"


def _no_key(root: etree._Element) -> None:
    for confirmation in root.iterfind(".//{*}SubjectConfirmation"):
        confirmation.remove(confirmation[-1])


ASSERTIONS: dict[str, tuple[Call, str]] = {
    "two": (call(after=double(SECURITY + "/saml:Assertion")), "wsse:Security: does not hold exactly"),
    "none": (call(after=drop(SECURITY + "/saml:Assertion")), "wsse:Security: does not hold exactly"),
    "unsigned": (with_token(Call(), after=drop("ds:Signature")), "Assertion: does not hold exactly"),
    "signed by its holder": (call(token=Token(sts=pki().rsa)), "Assertion: is not signed by a trusted STS"),
    "signed by its holder, who names the STS": (
        call(token=Token(signing_key=pki().rsa)),
        "ds:SignatureValue: is not by the key that must have signed",
    ),
    "untrusted STS": (call(token=Token(sts=pki().stranger)), "Assertion: is not signed by a trusted STS"),
    "wrong issuer": (with_token(Call(), edit=setting(".", "Issuer", "urn:other")), "Assertion: is not by the expected"),
    "sender vouches": (
        with_token(Call(), edit=_sender_vouches),
        "AuthenticationStatement/Subject/ConfirmationMethod: is not holder of key",
    ),
    "no key": (with_token(Call(), edit=_no_key), "AuthenticationStatement/Subject/SubjectConfirmation: does not hold"),
    "another's key": (call(signing_key=pki().stranger), "ds:SignatureValue: is not by the key that must have signed"),
    "holder of an untrusted authority": (
        call(holder=pki().stranger),
        "holder-of-key certificate: was not issued by a trusted authority for signing",
    ),
    "expired holder": (
        call(holder=holder(rsa_key("holder"), pki().root, end=NOW - SECOND)),
        "holder-of-key certificate: is no longer valid",
    ),
    "ended": (call(token=Token(not_on_or_after=stamp(NOW))), "Conditions/NotOnOrAfter: the assertion is no longer"),
    "not yet": (
        call(token=Token(not_before=stamp(NOW + 61 * SECOND))),
        "Conditions/NotBefore: the assertion is not valid yet",
    ),
}
_FORM = "wsu:Timestamp: does not hold exactly the elements of the profile, in order"
_CREATED, _EXPIRES = "//wsu:Created", "//wsu:Expires"


def _swap(root: etree._Element) -> None:
    """Expires first."""
    find(root, SECURITY + "/wsu:Timestamp").append(find(root, _CREATED))


TIMESTAMPS: dict[str, tuple[Call, str]] = {
    "no Created": (call(edit=drop(_CREATED)), _FORM),
    "no Expires": (call(edit=drop(_EXPIRES)), _FORM),
    "wrong order": (call(edit=_swap), _FORM),
    "reversed": (
        call(created=stamp(NOW), expires=stamp(NOW - SECOND)),
        "wsu:Timestamp: does not expire after it was created",
    ),
    "too long": (call(expires=stamp(NOW + 3601 * SECOND)), "wsu:Timestamp: lives longer than the policy allows"),
    "future": (
        call(created=stamp(NOW + 61 * SECOND), expires=stamp(NOW + 90 * SECOND)),
        "wsu:Created: is in the future",
    ),
    "far future": (
        call(created="9999-12-31T23:59:58Z", expires="9999-12-31T23:59:59Z"),
        "wsu:Created: is in the future",
    ),
    "past": (call(created=stamp(NOW - 60 * SECOND), expires=stamp(NOW)), "wsu:Expires: has passed"),
    "no zone": (call(edit=text(_CREATED, "2026-01-15T09:00:00")), "wsu:Created: is not an xs:dateTime with a zone"),
    "no leap year": (call(edit=text(_EXPIRES, "2026-02-29T00:00:00Z")), "wsu:Expires: is not a moment of the calendar"),
    "second 60": (call(edit=text(_EXPIRES, "2026-01-15T09:00:60Z")), "wsu:Expires: is not an xs:dateTime with a zone"),
}


@ports
@pytest.mark.parametrize(("broken", "reason"), [*ASSERTIONS.values()], ids=[*ASSERTIONS])
def test_assertions(port: SecuredPort, broken: Call, reason: str, foreign: Door) -> None:
    assert turned_away(foreign, port.request(broken)).startswith(reason)


@ports
@pytest.mark.parametrize(("broken", "reason"), [*TIMESTAMPS.values()], ids=[*TIMESTAMPS])
def test_timestamps(port: SecuredPort, broken: Call, reason: str, foreign: Door) -> None:
    """Signed so: only the Timestamp is wrong."""
    assert turned_away(foreign, port.request(broken)).startswith(reason)


@ports
def test_a_second_before_each_end(port: SecuredPort, foreign: Door) -> None:
    """The last that is accepted: the neighbours of what is turned away above."""
    for good in (
        call(token=Token(not_on_or_after=stamp(NOW + SECOND))),
        call(token=Token(not_before=stamp(NOW + 60 * SECOND))),
        call(expires=stamp(NOW + 3600 * SECOND)),
        call(created=stamp(NOW + 60 * SECOND), expires=stamp(NOW + 90 * SECOND)),
        call(created=stamp(NOW - 59 * SECOND), expires=stamp(NOW + SECOND)),
        call(holder=holder(rsa_key("holder"), pki().root, end=NOW)),
    ):
        # An RSA signature over the same is the same one.
        foreign.reset()
        assert foreign.send(port.request(good)).status == 200


# Replay


@ports
def test_the_same_bytes_from_sixteen_threads_at_once(port: SecuredPort, foreign: Door) -> None:
    """Exactly one is accepted, whether the call writes or reads; and none after a restart."""
    sent = port.request()
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(foreign.send, [sent] * 16))
    assert sorted(answer.status for answer in answers) == [200, *[500] * 15]
    reasons = {told(answer).reason for answer in answers if answer.status == 500}
    foreign.restart()
    assert {turned_away(foreign, sent), *reasons} == {"replay: this signed message was received before"}


def test_a_thousand_calls_on_one_assertion(fresh_foreign: Fresh, many: int) -> None:
    """Each signed anew; what is remembered of the assertion refuses none, and takes none for another."""
    door = fresh_foreign({"usage.mode": "off"})
    doctor = caller(person("71031499894", "DOCTOR"))
    sent = [consult(door, doctor, consultation("GetBoxInfoRequest")) for _ in range(many)]
    assert {code_of(door, each) for each in sent} == {"100"}
    assert door.replay_keys() == many
    assert told(door.send(replace(sent[0]))).code == "SOA-01001"


def test_a_thousand_messages_on_one_assertion(fresh_foreign: Fresh, many: int) -> None:
    """Publications, several at once: each is a message of its own. Fewer within the process."""
    door = fresh_foreign({"usage.mode": "off"})
    count = many if isinstance(door, HttpDoor) else many // 10
    doctor = caller(person("71031499894", "DOCTOR"))
    sent = [publish(door, doctor, send_message(Inline([NURSE_BOX]))) for _ in range(count)]
    with ThreadPoolExecutor(8) as threads:
        answers = [content_of(each) for each in threads.map(door.send, sent)]
    assert {each.findtext("Status/Code") for each in answers} == {"100"}
    ids = {each.get("Id") for each in answers}
    assert len(ids) == door.replay_keys() == count
    kinds = [row[4] for row in door.contents()["message"]]
    assert kinds.count("DOCUMENT") == count
    assert turned_away(door, sent[-1]) == "replay: this signed message was received before"
