"""Clients that send and read without a pause, each in a thread, over connections that they keep for a while.

Knows: what a careful client does with a call that broke: half of those letters it sends again, newly signed (PUB-3).
Must not know: why a server went away.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException

from ehbox_soap.ids import Chance, SeededChance
from ehbox_soap.pki.authority import Authority
from proofs.letters import Entry, Ledger
from tests.clients import connector40_reader
from tests.clients.connector40 import HttpRequest
from tests.clients.connector40_reader import Answer, Fault
from tests.http import people
from tests.http.people import Caller
from tests.http.running import Connection, Running

PATIENCE, CLIENTS = 120.0, 8
PEOPLE = ("71031499894 DOCTOR", "68072599721 DOCTOR", "01010599873 DOCTOR", "85061999865 NURSE", "93042799282 NURSE")
"""Of the shipped seed; eight clients share them, so that two call for the same box at once."""
_CALLS_A_CONNECTION, _AGAIN_SECONDS = 9, 0.05


class Broken(Exception):
    """A call that was sent and got no whole answer."""


class Ended(Exception):
    """The proof is over."""


@dataclass
class Front:
    """The servers that clients may call; none while all are down."""

    servers: list[Running] = field(default_factory=list)
    over: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def set(self, *servers: Running) -> None:
        """These serve from now on."""
        with self._changed:
            self.servers = list(servers)
            self._changed.notify_all()

    def end(self) -> None:
        """No further call begins."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def connect(self, number: int) -> Connection:
        """A connection to one of them, the one after it where it does not listen; waits while there is none."""
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self.servers or self.over, PATIENCE):
                    raise TimeoutError("no server came back")
                if self.over:
                    raise Ended
                servers = list(self.servers)
            for each in range(len(servers)):
                try:
                    return Connection(servers[(number + each) % len(servers)].address, PATIENCE)
                except ConnectionRefusedError:
                    continue
            with self._changed:
                # Nobody listens: before long others will be set, or these listen again.
                self._changed.wait(_AGAIN_SECONDS)


def callers(authority: Authority, server: Running) -> list[Caller]:
    """The people, each with an assertion that outlives the proof."""
    found = []
    for each in PEOPLE:
        inss, _, quality = each.partition(" ")
        found.append(people.person(authority, inss, quality.lower()).at(server))
    return found


class Client(threading.Thread):
    """One of them: `person` is its place in PEOPLE."""

    def __init__(self, number: int, everybody: Sequence[Caller], front: Front, ledger: Ledger, seed: int) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.number, self.person = number, number % len(everybody)
        self.caller = everybody[self.person]
        self.front, self.ledger = front, ledger
        self.chance: Chance = SeededChance(seed * 1000 + number)
        self._connection: Connection | None = None
        self._calls = 0

    def run(self) -> None:
        """Sends two letters for each look into its box, until the proof is over."""
        try:
            while True:
                if self.chance.octets(1)[0] % 3:
                    self._publish()
                else:
                    self._look()
        except Ended:
            pass
        except BaseException as error:  # noqa: BLE001  (the proof waits for it)
            self.ledger.failed(error)
        finally:
            self._hang_up()

    def _publish(self) -> None:
        others = [each for each in range(len(PEOPLE)) if each != self.person]
        first = self.chance.octets(1)[0] % len(others)
        recipients = (others[first], others[first - 1])
        entry = self.ledger.enter(self.person, recipients, PEOPLE, self.chance)
        # Every second letter is given up when its call breaks: then nobody knows, but half of it must not be there.
        while not self._sent(entry) and entry.number % 2:
            self.ledger.count("retried")

    def _sent(self, entry: Entry) -> bool:
        """Whether it was answered, with success or not."""
        try:
            answer = self._ask(self.caller.publish(entry.letter))
        except Broken:
            entry.broken += 1
            return False
        except Fault as fault:
            entry.refused.append(fault.code)
            return True
        if answer.code == "100":
            entry.told.append(answer.element.get("Id", ""))
        else:
            entry.refused.append(answer.code)
        return True

    def _look(self) -> None:
        """Lists, then reads one of the newest: the receipts of both go to the senders."""
        try:
            listed = self._ask(self.caller.list("INBOX", (1, 10)))
            ids = people.message_ids(listed)
            if ids:
                self._ask(self.caller.read(ids[self.chance.octets(1)[0] % len(ids)]))
        except (Broken, Fault):
            return

    def _ask(self, request: HttpRequest) -> Answer:
        """Raises Broken, Fault, or Ended before anything is sent."""
        self.ledger.begin(lambda: self.front.over)
        if self.front.over:
            raise Ended
        self._call_up()
        assert self._connection is not None
        try:
            reply = people.post_on(self._connection, request)
        except (OSError, HTTPException) as error:
            self.ledger.count("broken")
            self.ledger.count(f"broken: {type(error).__name__}")
            self._hang_up()
            raise Broken from error
        self._calls += 1
        if reply.closes or self._calls >= _CALLS_A_CONNECTION:
            self._hang_up()
        self.ledger.count("answered")
        try:
            answer = connector40_reader.read(reply.status, reply.headers, reply.body)
        except Fault as fault:
            self.ledger.count(f"fault {fault.code}")
            raise
        self.ledger.count(f"code {answer.code}")
        return answer

    def _call_up(self) -> None:
        """A connection that is still there: one that the server has ended meanwhile is readable, as clients know."""
        if self._connection is not None and select.select([self._connection.socket], [], [], 0)[0]:
            self._hang_up()
        if self._connection is None:
            self._connection = self.front.connect(self.number)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._calls = None, 0


class Crowd:
    """Eight clients at work, or another number, from entering to leaving the context."""

    def __init__(self, everybody: Sequence[Caller], front: Front, seed: int, pace: int, clients: int = CLIENTS) -> None:
        self.front, self.ledger = front, Ledger(pace)
        self.clients = [Client(number, everybody, front, self.ledger, seed) for number in range(clients)]

    def __enter__(self) -> Crowd:
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Lets every client finish its call."""
        self.front.end()
        self.ledger.wake()
        for client in self.clients:
            client.join(PATIENCE)
            assert kind is not None or not client.is_alive(), f"{client.name} hangs"
        if kind is None and self.ledger.errors:
            raise self.ledger.errors[0]
