"""The callers of the table where no assertion is asked for: by certificates of the test authority, or by nothing.

Knows: how the depot, a new key and both dialects of the STS are asked. Must not know: what any answer should be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.ports import etk_depot, sts
from ehbox_soap.sealing.seal import seal
from tests.attacks.callers import HOSPITAL, SSIN
from tests.attacks.rights import DOCTOR_BOX, HOSPITAL_BOX, NOBODY, STRANGER, Box
from tests.clients import wstrust
from tests.clients.connector40 import Connector40, HttpRequest
from tests.clients.wstrust import C, Wanted
from tests.door import CERTIFIED, IDENTIFICATION, START, Door
from tests.etk.conftest import deposit
from tests.kgss.asking import DOCTORS, element, new_key_content, unsigned

_HOLDER = "urn:be:fgov:ehealth:1.0:certificateholder"
# By the box that is asked about: what identifies its owner, and what the register certifies.
_NAMES = {
    DOCTOR_BOX: ((f"{_HOLDER}:person:ssin", SSIN), f"{SSIN}:doctor:boolean"),
    HOSPITAL_BOX: ((f"{_HOLDER}:hospital:nihii-number", HOSPITAL), f"{HOSPITAL}:recognisedhospital:boolean"),
}
_TOKENS = {DOCTOR_BOX: "SSIN", HOSPITAL_BOX: "NIHII-HOSPITAL"}
_OTHER_HOSPITAL = "71000436"


@dataclass
class Certified:
    """Who holds which certificate, by the names of the table's callers; their tokens stand in the depot."""

    door: Door
    entries: Mapping[str, KeyEntry]
    tokens: Mapping[str, bytes]
    numbers: count[int]

    def request(self, operation: str, who: str, about: Box) -> HttpRequest:
        """A call of one of the four."""
        asked: Mapping[str, Callable[[str, Box], HttpRequest]] = {
            "GetEtk": self._token,
            "GetNewKey": self._new_key,
            "RequestSecureToken": self._saml,
            "RequestSecurityToken": self._trust,
        }
        return asked[operation](who, about)

    def _connector(self, who: str) -> Connector40:
        entry = self.entries[who]
        return Connector40(entry.key, entry.certificate, lambda: f"{next(self.numbers):08x}")

    def _token(self, who: str, about: Box) -> HttpRequest:
        return self._connector(who).get_etk(etk_depot.PATH, _TOKENS[about], about[0])

    def _new_key(self, who: str, about: Box) -> HttpRequest:
        entry = self.entries[who]
        token = self.tokens["own box" if who == "expired" else who]
        to = (self.door.house.kgss.keys[0].certificate,)
        chance = SeededChance(next(self.numbers))
        octets = seal(new_key_content(token, (DOCTORS,)), entry, to, self.door.now, chance)
        return unsigned(element("GetNewKeyRequest", octets))

    def _saml(self, who: str, about: Box) -> HttpRequest:
        names, certified = _NAMES[about]
        claims = [(name, about[0]) for name in names]
        asked = [(names[1], IDENTIFICATION), (certified, CERTIFIED)]
        return self._connector(who).request_secure_token(sts.PATHS[0], self.door.now, claims, asked)

    def _trust(self, who: str, about: Box) -> HttpRequest:
        names, certified = _NAMES[about]
        now, connector = self.door.now, self._connector(who)
        claims = [*((name, about[0]) for name in names), (certified, None)]
        wanted = Wanted(claims, self.entries[who].certificate, now, now + timedelta(hours=24))
        content = wstrust.issue(wanted, "context-1", C)
        return connector.post(sts.TRUST_PATH, f'"{wstrust.ACTION}"', connector.secured(content, now, None))


def certified(door: Door, template: Path) -> Certified:
    """Everybody, at that door."""
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(43))
    before = Authority.open(template / "pki", SetClock(START - timedelta(days=3650)), SeededChance(44))
    doctor = authority.person(DOCTOR_BOX[0], "Dora Voorbeeld", kind="ec")
    hospital = authority.organisation("NIHII-HOSPITAL", HOSPITAL_BOX[0], "Exemple", kind="ec")
    entries = {
        "no security": doctor,
        "expired": before.person(DOCTOR_BOX[0], "Dora Voorbeeld", kind="ec"),
        "own box": doctor,
        "other quality": doctor,
        "stranger": authority.person(STRANGER, "Denis Voorbeeld", kind="ec"),
        "organisation member": hospital,
        "organisation without right": authority.person(NOBODY, "Niemand", kind="ec"),
        "organisation alone, without right": authority.organisation(
            "NIHII-HOSPITAL", _OTHER_HOSPITAL, "Autre", kind="ec"
        ),
    }
    made: dict[int, bytes] = {}
    for name, entry in entries.items():
        if name != "expired" and id(entry) not in made:
            made[id(entry)] = authority.token(authority.encryption(entry))
            deposit(door, made[id(entry)])
    tokens = {name: made[id(entry)] for name, entry in entries.items() if name != "expired"}
    return Certified(door, entries, tokens, count(1))
