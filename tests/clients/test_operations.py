"""Every model through every operation, in both profiles where it applies: SHA-1 is for `wire` only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import count, product
from pathlib import Path

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance, identifier
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, KeyKind
from ehbox_soap.wire.contract import Contract
from tests.clients.conftest import Open
from tests.clients.connector40 import Connector3, Connector40, Connector42
from tests.clients.connector40_reader import Fault
from tests.clients.econtract import EContract, EContractEmptyPrefixes, EContractOlder, EContractSha256
from tests.clients.http import HttpRequest
from tests.clients.letters import Destination
from tests.clients.medikit import Medikit
from tests.clients.operations import Model
from tests.clients.story import everything, letter
from tests.clients.talking import DOCTOR, Octets, Talk
from tests.door import START, Door

SENDER, READER = "71031499894", "68072599721"
SHA1: Mapping[str, tuple[type[Model], KeyKind]] = {
    "C 3.x": (Connector3, "rsa"),
    "E": (EContract, "rsa"),
    "E with empty PrefixLists": (EContractEmptyPrefixes, "rsa"),
    "E, older": (EContractOlder, "rsa"),
    "M": (Medikit, "rsa"),
}
"""E calls the mailbox by SHA-256, but the STS by SHA-1."""
SHA256: Mapping[str, tuple[type[Model], KeyKind]] = {
    "C 4.0": (Connector40, "rsa"),
    "C 4.0 on a curve": (Connector40, "ec"),
    "C 4.2": (Connector42, "ec"),
    "E all SHA-256": (EContractSha256, "rsa"),
}
EVERY = {**SHA1, **SHA256}


@dataclass
class InProcess:
    """The door as a client's way to the server."""

    door: Door

    @property
    def now(self) -> datetime:
        return self.door.now

    def post(self, request: HttpRequest) -> Octets:
        # A second apart: what a test does at one moment no client does.
        self.door.advance(seconds=1)
        answer = self.door.send(request)
        return answer.status, dict(answer.headers), answer.body


@cache
def entry(template: Path, inss: str, kind: KeyKind) -> KeyEntry:
    """A person's key, made once."""
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(7))
    return authority.person(inss, "TEST PERSON", kind=kind)


def talk(door: Door, kind: type[Model], key: KeyKind, inss: str) -> Talk:
    """A client at that door, not known to the STS yet."""
    own = entry(door.template, inss, key)
    return Talk(InProcess(door), kind(own.key, own.certificate, lambda: identifier(door.chance)), inss)


@pytest.mark.parametrize("name", EVERY)
def test_every_operation_in_the_profile_wire(name: str, open_door: Open) -> None:
    door = open_door()
    sender, reader = (talk(door, *EVERY[name], inss).identify(DOCTOR) for inss in (SENDER, READER))
    everything(sender, reader, "wire")


@pytest.mark.parametrize("name", SHA256)
def test_every_operation_in_the_profile_strict(name: str, open_door: Open) -> None:
    door = open_door({"security.profile": "strict"})
    sender, reader = (talk(door, *SHA256[name], inss).identify(DOCTOR) for inss in (SENDER, READER))
    everything(sender, reader, "strict")


ID = "abcDEF0123456"
CALLS: Mapping[str, tuple[object, ...]] = {
    "send_message": (letter("refused", Destination(READER, "INSS", "DOCTOR")),),
    "get_box_info": (),
    "get_messages_list": (),
    "get_all_ehboxes_messages_list": (),
    "get_full_message": (ID,),
    "get_message_history": (ID,),
    "get_message_acknowledgments_status": (ID,),
    "move_message": ("INBOX", "BININBOX", [ID]),
    "delete_message": ("INBOX", [ID]),
    "insert_ooo": (START.date(), START.date()),
    "get_ooo_list": (),
    "delete_ooo": ([ID],),
}


def test_every_operation_of_both_ports_is_called() -> None:
    """The story leaves none out."""
    story = Path(__file__).with_name("story.py").read_text("utf-8")
    assert [name for name in CALLS if f'"{name}"' not in story] == []
    ports = [Contract.load("ehealthbox").publication, Contract.load("ehealthbox").consultation]
    assert len(CALLS) == sum(len(port.operations) for port in ports) == 12


@pytest.mark.parametrize("kind", [Connector3, Medikit])
def test_sha1_is_refused_in_the_profile_strict_and_nothing_changes(kind: type[Model], open_door: Open) -> None:
    """Each operation, and the STS."""
    door = open_door({"security.profile": "strict"})
    sender = talk(door, kind, "rsa", SENDER)
    with pytest.raises(Fault) as caught:
        sender.identify(DOCTOR)
    assert caught.value.code == "SOA-01001"
    # Its key gets an assertion in another way, so that nothing but the call's own SHA-1 is wrong.
    sender.assertion = talk(door, Connector40, "rsa", SENDER).identify(DOCTOR).assertion
    before = door.contents()
    for operation, arguments in CALLS.items():
        with pytest.raises(Fault) as caught:
            sender.tell(operation, *arguments)
        assert (operation, caught.value.code) == (operation, "SOA-01001")
    assert door.contents() == before
    assert door.replay_keys() == 0


def test_only_the_sts_refuses_e_contract_in_the_profile_strict(open_door: Open) -> None:
    """Its SAML-P is SHA-1, its calls are not."""
    door = open_door({"security.profile": "strict"})
    sender = talk(door, EContract, "rsa", SENDER)
    with pytest.raises(Fault) as caught:
        sender.identify(DOCTOR)
    assert caught.value.code == "SOA-01001"
    sender.assertion = talk(door, EContractSha256, "rsa", SENDER).identify(DOCTOR).assertion
    sender.ask("get_box_info")


def test_prefixes_are_the_clients_own(open_door: Open) -> None:
    """wire.md, Requests: SOAP-ENV, S, soapenv; those of connector 3.13 are not known, so any must do."""
    sender = talk(open_door(), Connector3, "rsa", SENDER)
    for soap, prefix in product(("SOAP-ENV", "S", "soapenv"), ("ns2", "ehb", "a")):
        frame = replace(Connector3.frame, soap=soap)
        other = type("Other", (Connector3,), {"frame": frame, "sts_frame": frame, "prefix": prefix})
        sender.model = other(sender.model.key, sender.model.certificate, sender.model.identifiers)
        sender.identify(DOCTOR).ask("get_messages_list")


def test_e_contract_names_the_operations_that_it_knows(standing: Door) -> None:
    """Of Consultation, in the SOAPAction; the others it sends as its caller wrote them."""
    sender = talk(standing, EContract, "rsa", SENDER).identify(DOCTOR)
    actions = {name: dict(sender.request(name, *arguments).headers)["SOAPAction"] for name, arguments in CALLS.items()}
    known = {"send_message", "get_box_info", "get_messages_list", "get_full_message", "move_message", "delete_message"}
    assert {name for name, action in actions.items() if action != '""'} == known


def test_ids_may_count_from_one_again(open_door: Open) -> None:
    """Each start of an older e-Contract names what it signs as the one before did."""
    sender = talk(open_door(), EContract, "rsa", SENDER).identify(DOCTOR)
    for _ in range(2):
        sender.model = EContractOlder(sender.model.key, sender.model.certificate, map(str, count(1)).__next__)
        sender.ask("get_box_info")
