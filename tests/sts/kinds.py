"""Somebody of every kind that can hold a box: a register of them, their certificates, the box that each must get.

Knows: the 87 combinations (qualities.py holds the contract's table). Must not know: attributes.
"""

from __future__ import annotations

from dataclasses import dataclass

from ehbox_soap import qualities
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, KeyKind
from ehbox_soap.register.seed import Seed
from ehbox_soap.store.records import Organisation, Person, Profession


@dataclass(frozen=True)
class Kind:
    """One holder. `certificate` is the type in its certificate's OU, `type` and `id` those of its box; `nihii` the
    number that a professional has besides."""

    quality: str
    type: str
    sub_type: str | None
    id: str
    certificate: str
    nihii: str | None = None

    def keys(self, authority: Authority, kind: KeyKind) -> KeyEntry:
        if self.certificate == "SSIN":
            return authority.person(self.id, "Iemand Bedacht", kind=kind)
        return authority.organisation(self.certificate, self.id, "Bedacht", kind=kind)


def _inss(number: int) -> str:
    body = 800_101_000 + number
    return f"{body}{97 - body % 97:02d}"


def _kinds() -> list[Kind]:
    found = [Kind(qualities.CITIZEN, "INSS", None, _inss(1), "SSIN")]
    for number, quality in enumerate(qualities.PROFESSIONS, start=2):
        found.append(Kind(quality, "INSS", None, _inss(number), "SSIN", f"1{number:07d}001"))
    rows = [row for row in qualities.ALL if row.quality in qualities.ORGANISATIONS]
    for number, row in enumerate(rows, start=1):
        id = f"{8 if row.id_length == 8 else 9}{number:0{row.id_length - 1}d}"
        found.append(Kind(row.quality, row.type, row.sub_type, id, row.etk_type))
    # The platform's certificates of enterprises may also name the kind of number only.
    for number, row in enumerate((row for row in rows if row.sub_type and row.type in ("CBE", "EHP")), start=100):
        found.append(Kind(row.quality, row.type, row.sub_type, f"9{number:09d}", row.type))
    return found


KINDS = _kinds()
SEED = Seed(
    people=tuple(
        Person(kind.id, "Bedacht", "Iemand", None, (Profession(kind.quality, kind.nihii),) if kind.nihii else ())
        for kind in KINDS
        if kind.type == "INSS"
    ),
    organisations=tuple(
        Organisation(kind.type, kind.id, kind.quality, "Bedacht", None) for kind in KINDS if kind.type != "INSS"
    ),
)


def name(kind: Kind) -> str:
    """For a test's id."""
    return f"{kind.certificate}-{kind.quality}" if kind.certificate in ("CBE", "EHP") else kind.quality
