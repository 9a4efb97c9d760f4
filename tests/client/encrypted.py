"""Clients that seal and open, at a whole server in the process.

Knows: sessions, keys, tokens in the depot. Must not know: what a test expects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ehbox_soap.client import Addresses, Consultation, EtkDepot, Kgss, Publication, Sealing, Session, types
from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from tests.door import START, Door, prepared
from tests.wiring import Wire

URL = "http://box.test"
DOCTOR, NURSE, HOSPITAL = "71031499894", "85061999865", "71990133"


@dataclass(frozen=True)
class Somebody:
    """A client with its keys."""

    session: Session
    entry: KeyEntry
    encryption: KeyEntry

    @property
    def depot(self) -> EtkDepot:
        return EtkDepot(self.session, Addresses(URL).etk_depot)

    @property
    def sealing(self) -> Sealing:
        return Sealing(self.depot)

    @property
    def kgss(self) -> Kgss:
        return Kgss(self.depot, Addresses(URL).kgss)

    def send(self, request: types.SendMessageRequest) -> str:
        answer = Publication(self.session, Addresses(URL).publication, shipped=True).send_message(request)
        assert answer.id is not None
        return answer.id

    def fetch(self, message_id: str, source: types.Source = types.Source.INBOX) -> types.FullMessage:
        port = Consultation(self.session, Addresses(URL).consultation, shipped=True)
        message = port.get_full_message(types.GetFullMessageRequest(message_id, source)).message
        assert message is not None
        return message


@dataclass(frozen=True)
class Stage:
    """A door and who calls at it, each with a token in the depot."""

    door: Door
    authority: Authority
    doctor: Somebody
    nurse: Somebody
    hospital: Somebody


def session(door: Door, entry: KeyEntry, encryption: tuple[KeyEntry, ...]) -> Session:
    made = Session(entry, Addresses(URL).sts, encryption=encryption, clock=door.clock, chance=SeededChance(81))
    made.transport.session.mount(URL, Wire(door.server))
    return made


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    template = prepared(tmp_path_factory.mktemp("sealing") / "template")
    door = Door(tmp_path_factory.mktemp("sealing") / "data", template, {"log.level": "ERROR"})
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(71))

    def somebody(entry: KeyEntry) -> Somebody:
        encryption = authority.encryption(entry)
        deposit(door, authority.token(encryption))
        return Somebody(session(door, entry, (encryption,)), entry, encryption)

    yield Stage(
        door,
        authority,
        somebody(authority.person(DOCTOR, "Dora Voorbeeld")),
        somebody(authority.person(NURSE, "Nele Proefpersoon", kind="ec")),
        somebody(authority.organisation("NIHII-HOSPITAL", HOSPITAL, "Voorbeeldziekenhuis", kind="ec")),
    )
    door.close()


def deposit(door: Door, token: bytes) -> str:
    kept = stored(token, door.now)
    with door.house.store.begin() as transaction:
        transaction.tokens.add(kept)
    return kept.serial
