"""One request on its way through the house, and the house it goes through.

Knows: what a call has gathered so far, its transaction, the rooms' shared instances. Must not know: Spyne, gunicorn.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from lxml import etree
from sqlalchemy.exc import DBAPIError

from ehbox_soap.clock import Clock
from ehbox_soap.config import Settings
from ehbox_soap.ids import Chance
from ehbox_soap.kgss.service import Kgss
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.usage import Meter
from ehbox_soap.pace import Pace
from ehbox_soap.pseudonym import Pseudonyms
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import Verifier
from ehbox_soap.store.engine import Store
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts.decision import StsRules
from ehbox_soap.sts.signer import Signer
from ehbox_soap.wire import mime
from ehbox_soap.wire.contract import Contract
from ehbox_soap.wire.soap import Envelope


@dataclass(frozen=True, slots=True)
class House:
    """What every call shares. `clock` is true time (security, STS); `mailbox_clock` may be shifted."""

    settings: Settings
    contract: Contract
    verifier: Verifier
    store: Store
    rules: MailboxRules
    signer: Signer | None
    sts_rules: StsRules
    pseudonyms: Pseudonyms
    trust: Trust
    certified_until: datetime
    """When the first of the certificates that this server itself needs ends."""
    clock: Clock
    mailbox_clock: Clock
    chance: Chance
    meter: Meter
    kgss: Kgss
    pace: Pace

    def mailbox_now(self, transaction: Transaction) -> datetime:
        """The mailbox's time, shifted by what the store says, where the settings allow that."""
        now = self.mailbox_clock.now()
        return now + transaction.clock.shift() if self.settings.mailbox.clock_shift_allowed else now


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What goes back: a status of HTTP, headers, bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _RolledBack(Exception):
    """Ends a transaction without a commit."""


@dataclass(slots=True)
class Call:
    """One request; `headers` has lower-case names. Fields are filled from top to bottom as it goes, and emptied when
    what came after holds all that is needed; `outcome` is the status or fault code told."""

    house: House
    headers: Mapping[str, str]
    body: bytes
    id: str = ""
    """What its line in the log is found by, where there is no fault's Id."""
    parts: Mapping[str, mime.Part] = field(default_factory=dict, repr=False)
    envelope: Envelope | None = None
    operation: str = ""
    sha1: bool = False
    caller: str = ""
    """The caller's pseudonym."""
    transaction: Transaction | None = None
    outcome: str = ""
    fault_id: str = ""
    reason: str = ""
    unforeseen: str = ""
    out_parts: tuple[mime.Part, ...] = ()
    _paced: bool = field(default=False, repr=False)
    _scope: AbstractContextManager[Transaction] | None = field(default=None, repr=False)

    def take_turn(self, caller: x509.Certificate) -> None:
        """Counts this call among the caller's of the minute: once, also where its transaction is made anew, since no
        rollback undoes that. Raises SoapFault SOA-02002 for one too many."""
        if not self._paced:
            self.house.pace.take(caller)
            self._paced = True

    def begin(self, write: bool) -> Transaction:
        """Opens the call's one transaction."""
        self._scope = self.house.store.begin(write)
        self.transaction = self._scope.__enter__()
        return self.transaction

    def commit(self) -> None:
        """Makes everything the call did last; raises what the database raises, and then nothing lasts."""
        if self._scope is not None:
            scope, self._scope, self.transaction = self._scope, None, None
            scope.__exit__(None, None, None)

    def rollback(self) -> None:
        """Undoes everything the call did; nothing to undo is fine. Where even that fails the database forgets it by
        itself, with the connection, which is not used again: the fault that is told is what led here."""
        if self._scope is not None:
            scope, self._scope, self.transaction = self._scope, None, None
            undo = _RolledBack()
            with suppress(_RolledBack, DBAPIError):
                scope.__exit__(_RolledBack, undo, None)

    def release(self) -> None:
        """Drops what is large, so that a 10 MB request is gone with its answer although Spyne's contexts are cyclic."""
        self.rollback()
        self.body = b""
        self.parts = {}
        self.envelope = None
        self.out_parts = ()


@dataclass(frozen=True, slots=True)
class Encoded:
    """An answer ready to be enveloped: its element and the parts it refers to."""

    element: etree._Element
    parts: tuple[mime.Part, ...] = ()
