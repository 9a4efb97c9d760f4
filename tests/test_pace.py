"""How many calls a minute one caller may make: at the front door, and as a unit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.errors import SoapFault
from ehbox_soap.pace import Pace
from tests.attacks.callers import caller, code_of, person
from tests.attacks.ports import MAILBOX_PORTS, SecuredPort
from tests.door import START, Door
from tests.front.calls import consult, consultation, fault
from tests.front.cast import NURSE
from tests.front.conftest import (
    Fresh,
    foreign_settings,
    fresh,
    fresh_foreign,
    template,
)
from tests.security.builders import ECDSA_SHA256, Call, stamp
from tests.security.keys import pki

__all__ = ["foreign_settings", "fresh", "fresh_foreign", "template"]


def good(door: Door, port: SecuredPort) -> str:
    """Signed by EC, so that each is another call."""
    now = door.now
    return code_of(door, port.request(Call(holder=pki().ec, algorithm=ECDSA_SHA256, created=stamp(now))))


@pytest.mark.parametrize("port", MAILBOX_PORTS, ids=lambda port: port.name)
def test_one_call_too_many(port: SecuredPort, fresh_foreign: Fresh) -> None:
    """It is refused with SOA-02002 and leaves nothing; another caller is served, and the next minute everybody."""
    door = fresh_foreign({"usage.calls_per_minute": "3"})
    first = [good(door, port) for _ in range(3)]
    assert "SOA-02002" not in first
    found = fault(door, port.request(Call(holder=pki().ec, algorithm=ECDSA_SHA256)))
    assert (found.code, found.reason) == ("SOA-02002", "more calls in a minute than are taken from one caller")
    assert code_of(door, port.request(Call())) == first[0]
    door.advance(seconds=59)
    assert fault(door, port.request(Call(holder=pki().ec, algorithm=ECDSA_SHA256))).code == "SOA-02002"
    door.advance(seconds=1)
    fresh_call = Call(holder=pki().ec, algorithm=ECDSA_SHA256, created=stamp(door.now), expires=stamp(NEXT))
    assert code_of(door, port.request(fresh_call)) == first[0]


def test_one_reading_call_too_many(fresh_foreign: Fresh) -> None:
    """It is counted once it has read, and tells nothing of that; it leaves no more than one that writes."""
    door = fresh_foreign({"usage.calls_per_minute": "2"})
    nurse = caller(person(NURSE, "NURSE"))
    sent = [consult(door, nurse, consultation("GetBoxInfoRequest")) for _ in range(3)]
    assert [code_of(door, each) for each in sent[:2]] == ["100", "100"]
    keys = door.replay_keys()
    found = fault(door, sent[2])
    assert (found.code, found.reason) == ("SOA-02002", "more calls in a minute than are taken from one caller")
    assert door.replay_keys() == keys
    door.advance(seconds=60)
    assert code_of(door, consult(door, nurse, consultation("GetBoxInfoRequest"))) == "100"


NEXT = SetClock(START).moment.replace(minute=5)


def test_an_overheard_call_costs_its_sender_nothing(fresh_foreign: Fresh) -> None:
    """Nor does one that nobody signed well."""
    door = fresh_foreign({"usage.calls_per_minute": "2"})
    nurse = caller(person(NURSE, "NURSE"))
    sent = [consult(door, nurse, consultation("GetBoxInfoRequest")) for _ in range(2)]
    assert code_of(door, sent[0]) == "100"
    assert {code_of(door, sent[0]) for _ in range(5)} == {"SOA-01001"}
    assert code_of(door, sent[1]) == "100"


def test_without_the_setting_nobody_is_counted(fresh_foreign: Fresh) -> None:
    door = fresh_foreign()
    nurse = caller(person(NURSE, "NURSE"))
    for _ in range(20):
        assert code_of(door, consult(door, nurse, consultation("GetBoxInfoRequest"))) == "100"


def test_threads_take_no_more_than_there_are() -> None:
    pace = Pace(50, SetClock(START))

    def take(_: int) -> bool:
        try:
            pace.take(pki().ec.certificate)
        except SoapFault:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(200))) == 50
