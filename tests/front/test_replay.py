"""Replay at the front door: a byte-identical call is accepted once, until its Timestamp has ended and ever after."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy.exc import OperationalError

from ehbox_soap import config
from ehbox_soap.mailbox import publication
from tests.clients.connector40 import HttpRequest
from tests.door import PUBLICATION, START, STS, Door
from tests.front.calls import ask, box_info, consult, consultation, edited, fault, publish, refusal, told
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, attached, send_message
from tests.front.signed import accepted, request, turned_away
from tests.security.builders import ECDSA_SHA256, Call, find, stamp
from tests.security.edits import SIGNATURE, call
from tests.security.keys import pki

REPLAY = "replay: this signed message was received before"


def letter(door: Door, people: Cast) -> HttpRequest:
    doctor = people.doctor
    return doctor.connector.send_message(PUBLICATION, door.now, doctor.assertion, attached("replay", [NURSE_BOX]))


def test_the_same_bytes_are_accepted_once(fresh: Fresh, people: Cast) -> None:
    door = fresh()
    sent = letter(door, people)
    ask(door, sent)
    for _ in range(2):
        assert turned_away(door, sent) == REPLAY


def test_signed_again_it_is_another_call(fresh: Fresh, people: Cast) -> None:
    """PUB-3: a client that lost the answer signs the same letter again and gets the first answer."""
    door = fresh()
    first = ask(door, letter(door, people))
    again = ask(door, letter(door, people))
    assert first.element.get("Id") == again.element.get("Id")
    kinds = [row[4] for row in door.contents()["message"]]
    assert kinds == ["DOCUMENT", "ACKNOWLEDGMENT"], "the letter and its one PublicationReceipt"


def test_after_a_restart_it_is_still_known(fresh: Fresh, people: Cast) -> None:
    door = fresh()
    sent, read = letter(door, people), box_info(door, people.doctor)
    ask(door, sent)
    ask(door, read)
    door.restart()
    assert turned_away(door, sent) == REPLAY
    assert turned_away(door, read) == REPLAY


def test_another_worker_knows_it(fresh: Fresh, people: Cast) -> None:
    """Two servers on one database, as gunicorn's workers are."""
    door = fresh()
    other = fresh({"data.database": config.database_url(door.settings)})
    sent = letter(door, people)
    ask(door, sent)
    assert turned_away(other, sent) == REPLAY


def test_the_same_bytes_at_the_same_moment(fresh: Fresh, people: Cast) -> None:
    """Of several at once, by several threads, exactly one is accepted; a writing call and a reading one."""
    door = fresh()
    for sent in (letter(door, people), box_info(door, people.doctor)):
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(door.send, [sent] * 4))
        assert sorted(answer.status for answer in answers) == [200, 500, 500, 500]
        assert {told(answer).reason for answer in answers if answer.status == 500} == {REPLAY}


def test_it_is_never_accepted_again(foreign: Door) -> None:
    """A replay until the last second of its Timestamp, too old from then on; also when others have come since."""
    sent = request(Call())
    ask(foreign, sent)
    reasons = []
    for offset in (0, 30, 59, 60, 61, 3600, 86400):
        foreign.clock.moment = START + timedelta(seconds=offset)
        reasons.append(turned_away(foreign, sent))
        now = foreign.clock.moment
        foreign.send(request(call(created=stamp(now), expires=stamp(now + timedelta(seconds=60)))))
    assert reasons == [REPLAY] * 3 + ["wsu:Expires: has passed"] * 4


def test_a_call_that_only_reads_is_no_exception(door: Door, people: Cast) -> None:
    sent = box_info(door, people.doctor)
    ask(door, sent)
    assert turned_away(door, sent) == REPLAY


@pytest.mark.parametrize("name", ["GetBoxInfoRequest", "GetMessagesListRequest"])
def test_a_refused_call_is_not_heard_twice(name: str, door: Door, people: Cast) -> None:
    """810 changes nothing but this: that it was received."""
    content = "<BoxId><Id>85061999865</Id><Type>INSS</Type><Quality>NURSE</Quality></BoxId>"
    if name == "GetMessagesListRequest":
        content += "<Source>INBOX</Source>"
    sent = consult(door, people.doctor, consultation(name, content))
    refused = refusal(door, sent)
    assert (refused.code, refused.place) == ("810", "BoxId")
    assert refused.element == name.replace("Request", "Response")
    assert turned_away(door, sent) == REPLAY


def test_a_refused_letter_is_not_heard_twice(door: Door, people: Cast) -> None:
    """816: its Digest is another's."""
    wrong = base64.b64encode(bytes(32)).decode()
    sent = publish(door, people.doctor, send_message(Inline([NURSE_BOX], digest=wrong)))
    refused = refusal(door, sent)
    assert (refused.code, refused.place) == ("816", "Document/Digest")
    assert turned_away(door, sent) == REPLAY


@pytest.mark.within("has a function of the server's process fail; `scripts/reliability faults` has the storage fail")
def test_a_fault_forgets_the_call(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault leaves no trace: what failed by the database may come again as it is."""
    door = fresh()
    sent = letter(door, people)
    with monkeypatch.context() as patch:

        def fail(*_: object) -> object:
            raise OperationalError("x", {}, Exception("x"))

        patch.setattr(publication, "send_message", fail)
        assert fault(door, sent).code == "SOA-02002"
    ask(door, sent)


def test_line_ends_in_the_signature_make_no_other_call(foreign: Door) -> None:
    sent = request(Call())
    ask(foreign, sent)

    def unwrap(root: etree._Element) -> None:
        value = find(root, SIGNATURE + "/ds:SignatureValue")
        value.text = "".join((value.text or "").split())

    assert turned_away(foreign, edited(sent, unwrap)) == REPLAY


def test_the_other_signature_that_anybody_can_make_of_an_ecdsa_one(foreign: Door) -> None:
    """(r, n - s) verifies like (r, s), without the key: to the memory of calls they must be one."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    sent = request(call(holder=pki().ec, algorithm=ECDSA_SHA256))

    def mirror(root: etree._Element) -> None:
        value = find(root, SIGNATURE + "/ds:SignatureValue")
        octets = base64.b64decode(value.text or "")
        s = order - int.from_bytes(octets[32:])
        value.text = base64.b64encode(octets[:32] + s.to_bytes(32)).decode()

    ask(foreign, sent)
    assert turned_away(foreign, edited(sent, mirror)) == REPLAY
    foreign.reset()
    ask(foreign, edited(sent, mirror))


def test_header_blocks_around_it_make_no_other_call(foreign: Door) -> None:
    """What is not signed can be changed by anybody."""
    sent = request(Call())
    ask(foreign, sent)
    added = edited(sent, lambda root: etree.SubElement(root[0], "{urn:x}To"))
    assert turned_away(foreign, added) == REPLAY


def test_calls_to_the_sts_are_not_held_against_replay(door: Door, people: Cast) -> None:
    """wire.md, STS."""
    name = "urn:be:fgov:person:ssin"
    sent = people.doctor.connector.request_secure_token(
        STS, door.now, [(name, "71031499894")], [(name, "urn:be:fgov:identification-namespace")]
    )
    assert [door.send(sent).status for _ in range(2)] == [200, 200]
    assert door.replay_keys() == 0


def test_keys_leave_when_they_have_ended(fresh_foreign: Fresh) -> None:
    """The memory of calls is bounded by the life of their Timestamps."""
    door = fresh_foreign()
    for number in range(5):
        accepted(door, call(expires=stamp(START + timedelta(seconds=50 + number))))
    assert door.replay_keys() == 5
    door.clock.advance(seconds=100)
    now = door.clock.moment
    accepted(door, call(created=stamp(now), expires=stamp(now + timedelta(seconds=60))))
    assert door.replay_keys() == 1
