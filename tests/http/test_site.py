"""A connector's properties file that was there before this server, changed only in its addresses, works against it,
encryption included: the CA store stays the site's, which knows nothing of the server's own authority."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from ehbox_soap.cli import main
from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority
from tests.clients import properties
from tests.clients.checks import Broken
from tests.clients.configured import Configured
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector_book import BookRequest
from tests.clients.connector_kgss import Reader
from tests.clients.http import HttpRequest
from tests.clients.letters import Destination, File, Letter
from tests.clients.names import CERTIFIED
from tests.clients.sealing import Shared
from tests.clients.talking import Octets, contents, message_ids
from tests.http import people
from tests.http.conftest import copied, end
from tests.http.running import Connection, Running
from tests.http.site import DOCTOR, HOSPITAL, OWNERS, PASSWORD, PATHS, RECOGNISED, Site, made

pytestmark = pytest.mark.http

TO_HOSPITAL = Destination(HOSPITAL, "NIHII", "HOSPITAL", "HOSPITAL")
PLAIN, ANNEX, REMARK = b"A letter of a few words.", bytes(range(256)), b"for whoever may read it"


@dataclass(frozen=True)
class Moved:
    """The site, and the server that takes the platform's place for it."""

    site: Site
    server: Running

    def file(self, number: str) -> str:
        """The properties file with the addresses of this server."""
        addresses = {f"endpoint.{name}": f"{self.server.base}{path}" for name, path in PATHS.items()}
        return properties.replaced(self.site.properties(number).read_text("latin-1"), addresses)

    def connector(self, kind: type[Connector40], number: str) -> Configured:
        stated = properties.read(self.file(number))
        made = Configured(stated, self.site.folder, PASSWORD, kind, post, SystemClock().now, SystemChance())
        return made.identify(OWNERS[number], number)


def post(address: str, request: HttpRequest) -> Octets:
    """To whatever host the address names, octet for octet as the client sends it."""
    host, _, port = address.partition("//")[2].partition("/")[0].partition(":")
    with Connection((host, int(port))) as connection:
        reply = people.post_on(connection, request)
    return reply.status, reply.headers, reply.body


@pytest.fixture(scope="module")
def moved(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """The operator's part: tokens are imported, settings name the rest (docs/clients.md)."""
    folder = tmp_path_factory.mktemp("site")
    site, data = made(folder), copied(template, folder / "data")
    imported = CliRunner().invoke(main, ["etk", "import", *map(str, site.tokens), f"--data={data}"])
    assert imported.exit_code == 0, imported.output
    server = Running(data, {**site.settings, "server.workers": "1"})
    yield Moved(site, server)
    end(server)


@pytest.mark.parametrize("number", OWNERS)
def test_nothing_but_addresses_is_another(moved: Moved, number: str) -> None:
    before, after = moved.site.properties(number).read_text("latin-1").splitlines(), moved.file(number).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == len(PATHS)
    for old, new in changed:
        name, _, address = old.partition(" = ")
        assert name.startswith("endpoint.")
        path = address.removeprefix("https://services-acpt.platform.example")
        assert new == f"{name} = {moved.server.base}{path}"


def test_the_ca_store_knows_nothing_of_the_server_s_own_authority(moved: Moved) -> None:
    own = Authority.open(moved.server.folder / "pki", SystemClock(), SystemChance())
    cas = moved.connector(Connector40, DOCTOR).cas
    assert not {*cas.certificates} & {*own.certificates}
    for entry in (own.etk_depot, own.kgss.authentication):
        with pytest.raises(Broken, match="no chain to the CA store"):
            cas.demand(entry.certificate, entry.chain, people.now(), "a service")


@pytest.mark.parametrize("kind", [Connector3, Connector40], ids=lambda kind: kind.__name__)
def test_it_works(moved: Moved, kind: type[Connector40]) -> None:
    doctor, hospital = (moved.connector(kind, number) for number in OWNERS)
    _found_in_the_address_book(doctor)
    _sealed_for_the_hospital(doctor, hospital)
    _sealed_for_whoever_may_have_the_key(doctor, hospital)


def _found_in_the_address_book(doctor: Configured) -> None:
    asked = BookRequest("searchProfessionals", [("LastName", "Vroeger"), ("Profession", "PHYSICIAN")])
    assert [each.text for each in doctor.look_up(asked).iter("{*}SSIN")] == [DOCTOR]
    asked = BookRequest("searchOrganizations", [("NIHII", HOSPITAL)])
    assert HOSPITAL in [each.text for each in doctor.look_up(asked).iter("{*}Id")]


def _sealed_for_the_hospital(doctor: Configured, hospital: Configured) -> None:
    """Every field by itself, for the hospital's token and the doctor's own."""
    tokens = [doctor.token("NIHII-HOSPITAL", HOSPITAL), doctor.token("SSIN", DOCTOR)]
    to = [each.encryption for each in tokens]
    document = File("Sealed", "letter.txt", "text/plain", doctor.seal(PLAIN, *to))
    annex = File("", "scan.png", "image/png", doctor.seal(ANNEX, *to), doctor.seal(b"A scan", *to))
    free = doctor.seal(REMARK, *to)
    letter = Letter(people.publication_id(), [TO_HOSPITAL], document, [annex], free_text=free, encrypted=True)
    sent = doctor.send_letter(letter)
    assert sent in message_ids(hospital.call("get_messages_list"))
    for reader, source in ((hospital, "INBOX"), (doctor, "SENTBOX")):
        full = reader.call("get_full_message", sent, source)
        assert full.element.findtext("Message/ContentContext/ContentSpecification/IsEncrypted") == "true"
        fields = [data for _, _, data in contents(full)]
        for name in ("EncryptableTitle", "EncryptableFreeText"):
            fields += [base64.b64decode(each.text or "") for each in full.element.iter(name)]
        opened = [reader.open(each) for each in fields]
        assert [data for data, _ in opened] == [PLAIN, ANNEX, b"A scan", REMARK]
        assert {signer for _, signer in opened} == {doctor.keystore("holderofkey").authentication.certificate}


def _sealed_for_whoever_may_have_the_key(doctor: Configured, hospital: Configured) -> None:
    """The KGSS gives a key for recognised hospitals; the hospital has it by the name that the sealed document tells."""
    kgss = doctor.kgss(doctor.token("SSIN", DOCTOR))
    key = Shared(*kgss.made(Reader(CERTIFIED, RECOGNISED, ["true"])))
    document = File("Sealed", "letter.txt", "text/plain", doctor.seal(PLAIN, key))
    sent = doctor.send_letter(Letter(people.publication_id(), [TO_HOSPITAL], document, encrypted=True))
    ((_, _, data),) = contents(hospital.call("get_full_message", sent))
    with pytest.raises(Broken, match="sealed for somebody else"):
        hospital.open(data)
    opened, signer = hospital.open_by_key(data, hospital.token("NIHII-HOSPITAL", HOSPITAL))
    assert opened == PLAIN
    assert signer == doctor.keystore("holderofkey").authentication.certificate
