"""The connector as a properties file configures it: all that it knows stands in the file, or is found through it.

Knows: the names that the connector's sources have for its properties (docs/clients.md lists them): addresses,
keystores, the CA store, what is claimed and asked for; what it does with them, by the models. Passwords of keystores
are given, as createFallbackSession takes them. Must not know: where the server is, of which authority anything is.
Keystores are read by the project's own reader of PKCS#12, which Java's keytool proves elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from ehbox_soap.ids import Chance, identifier
from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.pkcs12 import read_pkcs12
from tests.clients.asking import Asker
from tests.clients.ca_store import CaStore, signer_of
from tests.clients.checks import Broken, check
from tests.clients.connector40 import Connector40
from tests.clients.connector40_reader import Answer
from tests.clients.connector_book import BookRequest, read_book
from tests.clients.connector_etk import Token, read_token
from tests.clients.connector_kgss import KGSS_TOKEN
from tests.clients.http import HttpRequest
from tests.clients.letters import Letter
from tests.clients.model import Identification
from tests.clients.sealing import Opener, Recipient, Sealer, key_name
from tests.clients.talking import Octets, Talk

Post = Callable[[str, HttpRequest], Octets]
"""Sends a request to an address; the request's path is that of the address."""


@dataclass(frozen=True)
class Way:
    """One of the addresses, as the models know a way to a server."""

    address: str
    send: Post
    clock: Callable[[], datetime]

    @property
    def now(self) -> datetime:
        return self.clock()

    def post(self, request: HttpRequest) -> Octets:
        path = "/" + self.address.partition("//")[2].partition("/")[2]
        return self.send(self.address, replace(request, path=path))


@dataclass
class Configured:
    """A connector with a session of its own. `folder` is the one that it runs in."""

    stated: Mapping[str, str]
    folder: Path
    password: str
    kind: type[Connector40]
    send: Post
    clock: Callable[[], datetime]
    chance: Chance
    assertion: str = field(default="", repr=False)
    _read: dict[Path, Keystore] = field(default_factory=dict, repr=False)

    def way(self, name: str) -> Way:
        """The address of that name, which the connector would else look up at the platform."""
        return Way(self.stated[f"endpoint.{name}"], self.send, self.clock)

    def keystore(self, of: str) -> Keystore:
        """One of the three: identification, holderofkey, encryption."""
        assert self.stated.get(f"sessionmanager.{of}.alias", "authentication") == "authentication"
        path = self._keystores / self.stated[f"sessionmanager.{of}.keystore"]
        if path not in self._read:
            self._read[path] = read_pkcs12(path, self.password)
        return self._read[path]

    @property
    def _keystores(self) -> Path:
        return self.folder / self.stated["KEYSTORE_DIR"]

    @cached_property
    def cas(self) -> CaStore:
        """Whom it believes."""
        return CaStore.read(self._keystores / self.stated["CAKEYSTORE_LOCATION"], self.stated["CAKEYSTORE_PASSWORD"])

    @cached_property
    def model(self) -> Connector40:
        """It calls by the holder's key, and names itself to the STS by the identification's."""
        holder, who = self.keystore("holderofkey").authentication, self.keystore("identification").authentication
        own = Identification(who.key, who.certificate) if who.certificate != holder.certificate else None
        return self.kind(holder.key, holder.certificate, lambda: identifier(self.chance), own)

    def _numbered(self, name: str) -> list[list[str]]:
        """Properties from 1 on, until one is missing."""
        found: list[list[str]] = []
        while (value := self.stated.get(f"sessionmanager.{name}.{len(found) + 1}")) is not None:
            found.append(value.split(","))
        return found

    def identify(self, type: str, value: str) -> Configured:
        """A session, as it begins: the assertion for what the file claims and asks, and one's own token, which must be
        of a key that one has; itself. Raises Broken."""
        way = self.way("sts")
        claims = [(name, value) for _, name, value in self._numbered("samlattribute")]
        asked = [(name, namespace) for namespace, name in self._numbered("samlattributedesignator")]
        request = self.model.request_secure_token("", way.now, claims, asked)
        self.assertion = self.model.read_token(*way.post(request))
        held = [each.certificate for each in self.keystore("encryption").encryptions]
        check(self.token(type, value).encryption in held, "the keystore's own token is of other keys")
        return self

    def call(self, operation: str, *arguments: object) -> Answer:
        """An operation of the mailbox by the name that it has in the models; it must succeed."""
        port = "publication" if operation == "send_message" else "consultation"
        talk = Talk(self.way(f"ehbox.{port}.v3"), self.model, "", self.assertion)
        return talk.ask(operation, *arguments)

    def look_up(self, asked: BookRequest) -> etree._Element:
        """An answer of the address book."""
        way = self.way("addressbook")
        return read_book(*way.post(self.model.look_up("", way.now, self.assertion, asked)), asked)

    def token(self, type: str, value: str, application: str = "") -> Token:
        """A token of the depot that the CA store believes, depot and owner. Raises Broken."""
        way = self.way("etk")
        found = read_token(*way.post(self.model.get_etk("", type, value, application)))
        if found is None:
            raise Broken("the depot has no token")
        depot, brought = signer_of(found.octets)
        self.cas.demand(depot, brought, way.now, "the depot of a token")
        self.cas.demand(found.owner, brought, way.now, "the owner of a token")
        return found

    @cached_property
    def _sealer(self) -> Sealer:
        own = self.keystore("holderofkey").authentication
        return Sealer(own.key, own.certificate, own.chain[0])

    def seal(self, content: bytes, *recipients: Recipient) -> bytes:
        """One field of a message."""
        return self._sealer.seal(content, recipients, self.clock(), self.chance.octets)

    def _opener(self, shared: bytes | None = None) -> Opener:
        """Its encryption keys by their serial numbers."""
        held = self.keystore("encryption").encryptions
        keys = [(each.certificate.serial_number, each.key) for each in held if isinstance(each.key, rsa.RSAPrivateKey)]
        return Opener(keys, shared)

    def open(self, sealed: bytes, shared: bytes | None = None) -> tuple[bytes, x509.Certificate]:
        """What was sealed for it, or by a key of the KGSS that it has; and by whom, whom the CA store believes."""
        signer, brought = signer_of(sealed)
        self.cas.demand(signer, brought, self.clock(), "who sealed")
        return self._opener(shared).open(sealed, signer), signer

    def kgss(self, own: Token) -> Asker:
        """The KGSS, as its token in the depot says; answers are for the token of its own. Raises Broken."""
        way = self.way("kgss")
        talk = Talk(way, self.model, "", self.assertion)
        service = self.token(*KGSS_TOKEN)
        return Asker(talk, self.model, self._sealer, self._opener(), own.octets, service, self.chance.octets)

    def open_by_key(self, sealed: bytes, own: Token) -> tuple[bytes, x509.Certificate]:
        """What was sealed for whoever may have a key, which it gets by the name in it."""
        return self.open(sealed, self.kgss(own).had(key_name(sealed)))

    def send_letter(self, letter: Letter) -> str:
        """The id of the message."""
        return self.call("send_message", letter).element.get("Id", "")
