"""docs/clients.md's properties file, exactly as it stands there, makes a connector that works: assertion, tokens and
their chain to the CA store, address book, a sealed message there and back, keys of the KGSS."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ehbox_soap import config
from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.pkcs12 import write_pkcs12
from tests.clients import properties
from tests.clients.ca_store import CaStore
from tests.clients.checks import Broken
from tests.clients.configured import Configured
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector_book import BookRequest
from tests.clients.connector_kgss import Reader
from tests.clients.http import HttpRequest
from tests.clients.letters import Destination, File, Letter
from tests.clients.names import CERTIFIED
from tests.clients.sealing import Shared
from tests.clients.talking import DOCTOR, Octets, contents
from tests.door import Door

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "clients.md").read_text("utf-8")
URL, PASSWORD = "http://127.0.0.1:8080", "ehbox-test"
SELF, NURSE = "71031499894", "85061999865"
PLAIN = b"A letter of a few words."


@dataclass(frozen=True)
class Place:
    """A working directory as the page's commands leave it, its server at the page's address, and who made its keys."""

    folder: Path
    door: Door
    authority: Authority

    def post(self, address: str, request: HttpRequest) -> Octets:
        """Over no other address than the page's."""
        assert address.startswith(f"{URL}/"), address
        self.door.advance(seconds=1)
        answer = self.door.send(request)
        return answer.status, dict(answer.headers), answer.body


@pytest.fixture(scope="module")
def place(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("documented")
    door, chance = Door(folder / "ehbox-data", template), SeededChance(81)
    authority = Authority.open(door.folder / "pki", SetClock(), chance)
    keystores = door.folder / "pki" / "keystores"
    keystores.mkdir()
    with door.house.store.begin() as transaction:
        for number in (SELF, NURSE):
            made = authority.keystore(authority.person(number, "TEST PERSON"))
            assert made.encryption is not None
            write_pkcs12(keystores / f"{number}.p12", made, PASSWORD, chance)
            transaction.tokens.add(stored(authority.token(made.encryption), door.now))
    CaStore((*authority.certificates, authority.sts.certificate)).write(folder / "truststore.jks", PASSWORD)
    yield Place(folder, door, authority)
    door.close()


def block(language: str, holds: str) -> str:
    """The page's one example in that language that holds something."""
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (found,) = [each for each in blocks if holds in each]
    return found


@pytest.fixture(params=[Connector3, Connector40], ids=lambda kind: kind.__name__)
def connector(request: pytest.FixtureRequest, place: Place) -> Configured:
    stated = properties.read(block("properties", "endpoint."))
    chance = SeededChance(82)
    return Configured(
        stated, place.folder, PASSWORD, request.param, place.post, lambda: place.door.now, chance
    ).identify("SSIN", SELF)


def test_a_sealed_letter_and_who_it_is_for(connector: Configured) -> None:
    """The recipient's token comes from the depot and its chain ends in the CA store; one's own letter is read again."""
    found = connector.look_up(BookRequest("searchProfessionals", [("SSIN", NURSE)]))
    assert [each.text for each in found.iter("{*}SSIN")] == [NURSE]
    tokens = [connector.token("SSIN", number) for number in (NURSE, SELF)]
    sealed = connector.seal(PLAIN, *(each.encryption for each in tokens))
    document = File("Sealed", "letter.txt", "text/plain", sealed)
    letter = Letter(
        f"doc{connector.kind.__name__}"[:13], [Destination(NURSE, "INSS", "NURSE")], document, encrypted=True
    )
    sent = connector.send_letter(letter)
    ((_, _, data),) = contents(connector.call("get_full_message", sent, "SENTBOX"))
    opened, signer = connector.open(data)
    assert opened == PLAIN
    assert signer == connector.keystore("holderofkey").authentication.certificate


def test_a_key_for_whom_nobody_knows_in_advance(connector: Configured) -> None:
    own = connector.token("SSIN", SELF)
    name, key = connector.kgss(own).made(Reader(CERTIFIED, DOCTOR, ["true"]))
    assert connector.open_by_key(connector.seal(PLAIN, Shared(name, key)), own)[0] == PLAIN


def test_without_the_ca_store_nothing_is_believed(place: Place, connector: Configured) -> None:
    """What the page says of CAKEYSTORE_LOCATION: no token, nothing that was sealed."""
    sealed = connector.seal(PLAIN, connector.token("SSIN", SELF).encryption)
    connector.cas = CaStore([place.authority.sts.certificate])
    with pytest.raises(Broken, match="the depot of a token has no chain to the CA store"):
        connector.token("SSIN", NURSE)
    with pytest.raises(Broken, match="who sealed has no chain to the CA store"):
        connector.open(sealed)


def test_what_a_server_is_told_of_keys_that_exist_already_are_settings(tmp_path: Path) -> None:
    """The page's `site.toml`; that it suffices is shown over HTTP (tests/http/test_site.py)."""
    (tmp_path / "site.toml").write_text(block("toml", "[kgss]"), "utf-8")
    settings = config.load(tmp_path / "site.toml")
    assert (len(settings.security.authorities), len(settings.people.seeds)) == (1, 1)
    assert all((settings.kgss.keystore, settings.kgss.password, settings.kgss.token))


@pytest.mark.skipif(shutil.which("keytool") is None, reason="no keytool on this machine")
def test_the_page_s_commands_make_that_truststore(place: Place, tmp_path: Path) -> None:
    """By Java's own tool, which reads the stand-in of the other tests too."""
    (tmp_path / "ehbox-data").symlink_to(place.folder / "ehbox-data")
    subprocess.run(["sh", "-ec", block("sh", "keytool")], cwd=tmp_path, capture_output=True, check=True)
    expected = CaStore.read(place.folder / "truststore.jks", PASSWORD)
    assert set(CaStore.read(tmp_path / "truststore.jks", PASSWORD).certificates) == set(expected.certificates)
    command = ["keytool", "-list", "-keystore", str(place.folder / "truststore.jks"), "-storepass", PASSWORD]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert listed.count("trustedCertEntry") == len(expected.certificates)
