"""A site that was there before this server: its own authority, keystores, tokens, CA store and properties files.

Knows: what an operator of such a site has in files, for the platform's acceptance environment. Must not know: the
server's own authority, where the server is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, Keystore
from ehbox_soap.pki.pkcs12 import write_pkcs12
from tests.clients.ca_store import CaStore

PASSWORD, CA_PASSWORD = "of the site", "of the store"
DOCTOR, HOSPITAL = "75030399724", "71990232"
OWNERS = {DOCTOR: "SSIN", HOSPITAL: "NIHII-HOSPITAL"}
PATHS = {
    "sts": "/IAM/Saml11TokenService/v1",
    "etk": "/EtkDepot/v1",
    "kgss": "/Kgss/v1",
    "addressbook": "/AddressBook/v1",
    "ehbox.publication.v3": "/ehBoxPublication/v3",
    "ehbox.consultation.v3": "/ehBoxConsultation/v3",
}
_IDENTIFICATION, _CERTIFIED = "urn:be:fgov:identification-namespace", "urn:be:fgov:certified-namespace:ehealth"
_PERSON, _HOSPITAL = "urn:be:fgov:person:ssin", "urn:be:fgov:ehealth:1.0:hospital:nihii-number"
RECOGNISED = f"{_HOSPITAL}:recognisedhospital:boolean"
_HOLDER = "urn:be:fgov:ehealth:1.0:certificateholder"
_CLAIMED = {DOCTOR: (f"{_HOLDER}:person:ssin", _PERSON), HOSPITAL: (f"{_HOLDER}:hospital:nihii-number", _HOSPITAL)}
_ASKED = {DOCTOR: (f"{_PERSON}:doctor:boolean", f"{_PERSON}:ehealth:1.0:doctor:nihii11"), HOSPITAL: (RECOGNISED,)}
PEOPLE = f"""\
[[person]]
inss = "{DOCTOR}"
last_name = "Vroeger"
first_name = "Vera"

[[person.profession]]
quality = "DOCTOR"
nihii = "19991106009"

[[organisation]]
type = "NIHII"
id = "{HOSPITAL}"
quality = "HOSPITAL"
name = "Oud Ziekenhuis"
"""


@dataclass(frozen=True)
class Site:
    """The folder with everything, and what of it the operator of a server is handed."""

    folder: Path
    authority: Authority

    def properties(self, number: str) -> Path:
        """The connector's properties file of one of OWNERS."""
        return self.folder / f"{number}.properties"

    @property
    def tokens(self) -> list[Path]:
        """The encryption tokens of its people, made by its own depot."""
        return [self.folder / f"{number}.etk" for number in OWNERS]

    @property
    def settings(self) -> dict[str, str]:
        """What the server is told once: whom to believe, who exists, the KGSS as the site knows it."""
        return {
            "security.authorities": str(self.folder / "site-ca.pem"),
            "people.seeds": str(self.folder / "site-people.toml"),
            "kgss.keystore": str(self.folder / "kgss.p12"),
            "kgss.password": PASSWORD,
            "kgss.token": str(self.folder / "kgss.etk"),
        }


def made(folder: Path) -> Site:
    """A site in that folder."""
    chance = SystemChance()
    authority = Authority.create(folder / "its-pki", SystemClock(), chance)
    doctor = authority.person(DOCTOR, "VROEGER VERA")
    hospital = authority.organisation("NIHII-HOSPITAL", HOSPITAL, "OUD ZIEKENHUIS")
    (folder / "keys").mkdir()
    for number, entry in ((DOCTOR, doctor), (HOSPITAL, hospital)):
        _deposit(folder, number, authority, entry, chance)
        (folder / f"{number}.properties").write_text(_properties(number), "latin-1")
    assert authority.kgss.encryption is not None
    write_pkcs12(folder / "kgss.p12", authority.kgss, PASSWORD, chance)
    (folder / "kgss.etk").write_bytes(authority.token(authority.kgss.encryption))
    CaStore(authority.certificates).write(folder / "keys" / "caCertificateKeystore.jks", CA_PASSWORD)
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in authority.certificates)
    (folder / "site-ca.pem").write_bytes(pem)
    (folder / "site-people.toml").write_text(PEOPLE, "utf-8")
    return Site(folder, authority)


def _deposit(folder: Path, number: str, authority: Authority, entry: KeyEntry, chance: SystemChance) -> None:
    """Keystores of authentication and of encryption, apart as some sites have them, and the token."""
    encryption = authority.encryption(entry)
    write_pkcs12(folder / "keys" / f"{number}-auth.p12", Keystore(entry), PASSWORD, chance)
    write_pkcs12(folder / "keys" / f"{number}-all.p12", Keystore(entry, encryption), PASSWORD, chance)
    (folder / f"{number}.etk").write_bytes(authority.token(encryption))


def _properties(number: str) -> str:
    """As its operator wrote it for the acceptance environment, in a manner of his own."""
    lines = ["# Acceptance environment. Do not touch without asking.", ""]
    lines += [f"endpoint.{name} = https://services-acpt.platform.example{path}" for name, path in PATHS.items()]
    lines += [
        "", "! keys", "KEYSTORE_DIR : keys/",
        f"sessionmanager.identification.keystore={number}-auth.p12",
        f"sessionmanager.holderofkey.keystore={number}-auth.p12",
        "sessionmanager.holderofkey.alias=authentication",
        f"sessionmanager.encryption.keystore={number}-all.p12",
        "CAKEYSTORE_LOCATION=caCertificateKeystore.jks",
        f"CAKEYSTORE_PASSWORD={CA_PASSWORD}",
        "sessionmanager.validity.token=12", "",
    ]  # fmt: skip
    claimed, asked = _CLAIMED[number], _ASKED[number]
    lines += [
        f"sessionmanager.samlattribute.{n}={_IDENTIFICATION},{each},{number}" for n, each in enumerate(claimed, 1)
    ]
    designators = [*((_IDENTIFICATION, each) for each in claimed), *((_CERTIFIED, each) for each in asked)]
    lines += [
        f"sessionmanager.samlattributedesignator.{n}={namespace},\\\n    {name}"
        for n, (namespace, name) in enumerate(designators, 1)
    ]
    return "\n".join([*lines, ""])
