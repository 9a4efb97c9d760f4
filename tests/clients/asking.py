"""A client that asks the KGSS, in whichever layout it does: a new key, and a key again.

Knows: the order seal, call, open. Must not know: how a client writes any of it, how the server is reached, the project.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tests.clients import connector_kgss
from tests.clients.connector_etk import Token
from tests.clients.connector_kgss import Reader, read_key, read_new_key
from tests.clients.http import HttpRequest
from tests.clients.sealing import Opener, Sealer
from tests.clients.talking import Octets, Talk

PATH = "/Kgss/v1"


class Asking(Protocol):
    """A model that knows the KGSS."""

    def get_new_key(self, path: str, sealed: bytes) -> HttpRequest: ...
    def get_key(self, path: str, now: datetime, assertion: str, sealed: bytes) -> HttpRequest: ...


@dataclass(frozen=True)
class Written:
    """How a client writes what it seals: the readers and its own token, a key's name and its own token."""

    new_key: Callable[[Sequence[Reader], bytes], bytes]
    key: Callable[[bytes, bytes], bytes]


CONNECTOR = Written(
    connector_kgss.new_key_content, lambda identifier, token: connector_kgss.key_content(identifier, token=token)
)


@dataclass(frozen=True)
class Asker:
    """A client with its keys, and what it knows of the KGSS from the depot."""

    client: Talk
    model: Asking
    sealer: Sealer
    opener: Opener
    token: bytes
    kgss: Token
    octets: Callable[[int], bytes]
    written: Written = CONNECTOR
    path: str = PATH

    def seal(self, content: bytes) -> bytes:
        """For the KGSS."""
        return self.sealer.seal(content, [self.kgss.encryption], self.client.line.now, self.octets)

    def new_key(self, *readers: Reader) -> Octets:
        """The answer to GetNewKey."""
        sealed = self.seal(self.written.new_key(readers, self.token))
        return self.client.line.post(self.model.get_new_key(self.path, sealed))

    def made(self, *readers: Reader) -> tuple[bytes, bytes]:
        """Name and octets of a new key."""
        return read_new_key(*self.new_key(*readers), self.opener, self.kgss.owner)

    def key(self, identifier: bytes, content: bytes | None = None) -> Octets:
        """The answer to GetKey, for the asker's token or as the content says."""
        sealed = self.seal(self.written.key(identifier, self.token) if content is None else content)
        request = self.model.get_key(self.path, self.client.line.now, self.client.assertion, sealed)
        return self.client.line.post(request)

    def had(self, identifier: bytes) -> bytes:
        """A key's octets."""
        return read_key(*self.key(identifier), self.opener, self.kgss.owner)
