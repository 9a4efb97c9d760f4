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
from tests.clients.talking import DOCTOR as CERTIFIED_DOCTOR
from tests.clients.talking import Octets, contents
from tests.door import Door

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "clients.md").read_text("utf-8")
URL, PASSWORD = "http://127.0.0.1:8080", "ehbox-test"
DOCTOR, NURSE, HOSPITAL = "71031499894", "85061999865", "71990133"
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
        owners = [authority.person(number, "TEST PERSON") for number in (DOCTOR, NURSE)]
        owners.append(authority.organisation("NIHII-HOSPITAL", HOSPITAL, "TEST HOSPITAL"))
        for number, owner in zip((DOCTOR, NURSE, HOSPITAL), owners, strict=True):
            made = authority.keystore(owner)
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


def stated(owner: str) -> dict[str, str]:
    """The page's file: the doctor's as it stands, or the hospital's, with other keystores and other attributes."""
    found = properties.read(block("properties", "endpoint."))
    if owner == HOSPITAL:
        rest = {name: value for name, value in found.items() if ".samlattribute" not in name}
        rest |= {name: value.replace(DOCTOR, HOSPITAL) for name, value in rest.items() if ".keystore" in name}
        found = rest | properties.read(block("properties", f",{HOSPITAL}"))
    return found


KINDS = pytest.mark.parametrize("kind", [Connector3, Connector40], ids=lambda kind: kind.__name__)
TYPES = {DOCTOR: "SSIN", HOSPITAL: "NIHII-HOSPITAL"}


def connector(place: Place, kind: type[Connector40], owner: str = DOCTOR) -> Configured:
    """With a session."""
    chance = SeededChance(82)
    made = Configured(stated(owner), place.folder, PASSWORD, kind, place.post, lambda: place.door.now, chance)
    return made.identify(TYPES[owner], owner)


@KINDS
def test_a_sealed_letter_there_and_back(place: Place, kind: type[Connector40]) -> None:
    """Tokens come from the depot, their chains end in the CA store; one's own letter is read again."""
    doctor, hospital = (connector(place, kind, owner) for owner in TYPES)
    found = doctor.look_up(BookRequest("searchProfessionals", [("SSIN", NURSE)]))
    assert [each.text for each in found.iter("{*}SSIN")] == [NURSE]
    tokens = [doctor.token("SSIN", NURSE), *(doctor.token(type, number) for number, type in TYPES.items())]
    document = File("Sealed", "letter.txt", "text/plain", doctor.seal(PLAIN, *(each.encryption for each in tokens)))
    to = [Destination(NURSE, "INSS", "NURSE"), Destination(HOSPITAL, "NIHII", "HOSPITAL", "HOSPITAL")]
    sent = doctor.send_letter(Letter(kind.__name__, to, document, encrypted=True))
    for reader, source in ((hospital, "INBOX"), (doctor, "SENTBOX")):
        ((_, _, data),) = contents(reader.call("get_full_message", sent, source))
        assert reader.open(data) == (PLAIN, doctor.keystore("holderofkey").authentication.certificate)


@KINDS
def test_a_key_for_whom_nobody_knows_in_advance(place: Place, kind: type[Connector40]) -> None:
    doctor = connector(place, kind)
    own = doctor.token("SSIN", DOCTOR)
    name, key = doctor.kgss(own).made(Reader(CERTIFIED, CERTIFIED_DOCTOR, ["true"]))
    assert doctor.open_by_key(doctor.seal(PLAIN, Shared(name, key)), own)[0] == PLAIN


def test_without_the_ca_store_nothing_is_believed(place: Place) -> None:
    """What the page says of CAKEYSTORE_LOCATION: no token, nothing that was sealed."""
    doctor = connector(place, Connector40)
    sealed = doctor.seal(PLAIN, doctor.token("SSIN", DOCTOR).encryption)
    doctor.cas = CaStore([place.authority.sts.certificate])
    with pytest.raises(Broken, match="the depot of a token has no chain to the CA store"):
        doctor.token("SSIN", NURSE)
    with pytest.raises(Broken, match="who sealed has no chain to the CA store"):
        doctor.open(sealed)


def test_a_session_ends_where_one_s_own_token_is_of_other_keys(place: Place) -> None:
    """What the page says of sessionmanager.fetch.etk."""
    made = connector(place, Connector40)
    with pytest.raises(Broken, match="the keystore's own token is of other keys"):
        made.identify("SSIN", NURSE)


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
