"""A client process: publishes letters one after another, as a program of its own (`python -m tests.http.publisher`).

Reads its Task as JSON from standard input and writes the MessageIds that it was told, in order, to standard output.
Every few letters it takes another connection.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from dataclasses import dataclass
from http.client import HTTPException

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from ehbox_soap.ids import SystemChance, hexadecimal
from tests.clients.connector40 import Connector40
from tests.http import people
from tests.http.people import Caller
from tests.http.running import Connection


@dataclass(frozen=True)
class Task:
    """What a publisher is to do; `name` stands in every letter."""

    host: str
    port: int
    key: str
    certificate: str
    inss: str
    assertion: str
    name: str
    count: int
    letters_a_connection: int = 25
    until_it_fails: bool = False

    @classmethod
    def of(cls, caller: Caller, address: tuple[str, int], name: str, count: int) -> Task:
        """A task for a caller with an assertion."""
        key = caller.connector.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        certificate = caller.connector.certificate.public_bytes(Encoding.PEM).decode()
        return cls(*address, key, certificate, caller.inss, caller.assertion, name, count)

    @property
    def caller(self) -> Caller:
        """Who publishes."""
        key = load_pem_private_key(self.key.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        certificate = x509.load_pem_x509_certificate(self.certificate.encode())
        connector = Connector40(key, certificate, lambda: hexadecimal(SystemChance()))
        return Caller(self.inss, "doctor", connector, self.assertion)


def publish(task: Task) -> None:
    """Writes a line for each answer as soon as it is there."""
    caller = task.caller
    for first in range(0, task.count, task.letters_a_connection):
        connection = Connection((task.host, task.port))
        for number in range(first, min(first + task.letters_a_connection, task.count)):
            data = f"letter {number} of {task.name}".encode()
            answer = people.read(people.post_on(connection, caller.publish(people.letter(people.text(data)))))
            sys.stdout.write(f"{answer.element.get('Id')}\n")
            sys.stdout.flush()
        connection.close()


def main() -> None:
    """Exit code 0 when all were sent, or when the server ended and the Task allows for that."""
    task = Task(**json.load(sys.stdin))
    try:
        publish(task)
    except (OSError, HTTPException):
        if not task.until_it_fails:
            raise


def encoded(task: Task) -> bytes:
    """What a publisher reads."""
    return json.dumps(dataclasses.asdict(task)).encode()


if __name__ == "__main__":
    main()
