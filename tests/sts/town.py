"""A server whose register knows somebody of every kind, and the sessions of those who call it.

Knows: how each is certified and asked for a box. Must not know: which box that must be.
"""

from __future__ import annotations

from pathlib import Path

from ehbox_soap.client import Addresses, Consultation, Dialect, types
from ehbox_soap.client.session import Session
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, KeyKind
from ehbox_soap.register.loading import load
from tests.door import Door, prepared
from tests.sts.kinds import KINDS, SEED, Kind
from tests.wiring import Wire

BASE = "http://box.test"
ADDRESSES = Addresses(BASE)
DIALECTS: dict[Dialect, str] = {"saml-p": ADDRESSES.sts, "ws-trust": ADDRESSES.sts_trust}


class Town:
    """A server whose register knows one of each kind, directory strict: no other box exists."""

    def __init__(self, folder: Path) -> None:
        template = prepared(folder / "template")
        self.door = Door(folder / "data", template, {"mailbox.directory": "strict", "log.level": "ERROR"})
        with self.door.house.store.begin() as transaction:
            load(SEED, transaction)
        self.authority = Authority.open(self.door.folder / "pki", self.door.clock, SeededChance(5))
        self.chance = SeededChance(6)
        self.consultation: Consultation | None = None
        self.other_sts = self.authority.service("an STS with an EC key", kind="ec")

    def session(self, entry: KeyEntry, dialect: Dialect, quality: str | None = None) -> Session:
        session = Session(
            entry,
            DIALECTS[dialect],
            dialect=dialect,
            quality=quality,
            clock=self.door.clock,
            chance=self.chance,
        )
        session.transport.session.mount(BASE, Wire(self.door.server))
        return session

    def box(self, session: Session, box_id: types.BoxId | None = None) -> types.BoxId:
        """The box that a call of that session is about."""
        if self.consultation is None:
            self.consultation = Consultation(session, ADDRESSES.consultation, shipped=True)
        # One for all: reading the WSDL takes longer than a call.
        self.consultation.session = session
        info = self.consultation.get_box_info(types.GetBoxInfoRequest(box_id)).info
        assert info is not None
        return info.box


def kind_of_key(kind: Kind) -> KeyKind:
    """Every fifth holder has an RSA key: those are slow to make."""
    return "rsa" if KINDS.index(kind) % 5 == 0 else "ec"
