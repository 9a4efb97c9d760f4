"""Who may do what: every secured operation, called by everybody, about a box that is its own or not (RIGHTS.md).

Knows: the callers, the operations, the rules that decide. Must not know: any server. `python -m tests.attacks.rights`
writes the table from the rules; test_rights.py makes every one of its calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TABLE = Path(__file__).parent / "RIGHTS.md"

Box = tuple[str, str]
"""Number and quality."""
DOCTOR_BOX: Box = ("71031499894", "DOCTOR")
HOSPITAL_BOX: Box = ("71990133", "HOSPITAL")
MEMBER, STRANGER, NOBODY = "85061999865", "68072599721", "04022999310"
PUBLISHERS = ("HOSPITAL",)
"""Whose box may publish to ALL (BOX-5) at the server of these calls."""


@dataclass(frozen=True)
class Who:
    """A caller: its boxes by BOX-6, the default one first, and the box that its calls are about."""

    name: str
    says: str
    boxes: tuple[Box, ...]
    about: Box = DOCTOR_BOX
    proved: bool = True
    """Whether its security header holds."""


CALLERS = (
    Who("no security", "sends no security header", (DOCTOR_BOX,), proved=False),
    Who("expired", "the doctor, by an assertion that has just ended", (DOCTOR_BOX,), proved=False),
    Who("own box", "the doctor whose box it is", (DOCTOR_BOX,)),
    Who("other quality", "the same person, certified as a nurse only", (("71031499894", "NURSE"),)),
    Who("stranger", "another doctor", ((STRANGER, "DOCTOR"),)),
    Who(
        "organisation member",
        "a nurse in the hospital whose box it is",
        (HOSPITAL_BOX, (MEMBER, "NURSE")),
        HOSPITAL_BOX,
    ),
    Who(
        "organisation without right",
        "a person in the hospital, which is not certified",
        ((NOBODY, "CITIZEN"),),
        HOSPITAL_BOX,
    ),
    Who("organisation alone, without right", "the hospital, not certified, and nobody in it", (), HOSPITAL_BOX),
)

Kind = Literal["box", "message", "period", "all boxes", "everybody", "book", "key", "token", "new key", "certified"]


@dataclass(frozen=True)
class Row:
    """One way to call an operation. `kind` is how it names what it is about."""

    service: str
    operation: str
    kind: Kind

    @property
    def about(self) -> str:
        """In the table's words."""
        return {
            "box": "the box, by BoxId",
            "message": "a message of the box, by its id alone",
            "period": "a period of the box, by its id alone",
            "all boxes": "all boxes of the caller",
            "everybody": "Id ALL, as destination",
            "book": "anybody",
            "key": "a key for readers of the box",
            "token": "the box owner's token",
            "new key": "a key of the caller's own",
            "certified": "what is certified of the box's owner",
        }[self.kind]


_OF_A_BOX = (
    *("getBoxInfo", "getMessagesList", "getFullMessage", "getMessageHistory", "getMessageAcknowledgmentsStatus"),
    *("moveMessage", "deleteMessage", "insertOoO", "getOoOList", "deleteOoO"),
)
_OF_A_MESSAGE = (
    *("getFullMessage", "getMessageHistory", "getMessageAcknowledgmentsStatus", "moveMessage", "deleteMessage"),
)
_SEARCHES = (
    *("searchProfessionals", "searchOrganizations", "getProfessionalContactInfo", "getOrganizationContactInfo"),
)
ROWS = (
    Row("Publication", "sendMessage", "box"),
    Row("Publication", "sendMessage", "everybody"),
    *(Row("Consultation", name, "box") for name in _OF_A_BOX),
    Row("Consultation", "getAllEhboxesMessagesList", "all boxes"),
    *(Row("Consultation", name, "message") for name in _OF_A_MESSAGE),
    Row("Consultation", "deleteOoO", "period"),
    *(Row("AddressBook", name, "book") for name in _SEARCHES),
    Row("KGSS", "GetKey", "key"),
    Row("KGSS", "GetNewKey", "new key"),
    Row("EtkDepot", "GetEtk", "token"),
    Row("STS", "RequestSecureToken", "certified"),
    Row("STS", "RequestSecurityToken", "certified"),
)
BY_CERTIFICATE = ("new key", "token", "certified")
"""What is asked without an assertion: by the owner's certificate, by another's, by one that has ended, by none."""
_OWNERS = ("own box", "other quality", "organisation member")
"""Whose certificate names the number of the box; a quality is nothing that a certificate says."""


@dataclass(frozen=True)
class Cell:
    """What is answered: a code of a fault, of the mailbox, of the address book or of the KGSS; and the rule."""

    code: str
    rule: str = ""


def expected(row: Row, who: Who) -> Cell:
    """By the rules alone."""
    if row.kind in BY_CERTIFICATE:
        return _by_certificate(row, who)
    if not who.proved:
        return Cell("SOA-01001")
    if row.kind == "key":
        # wire.md, KGSS: the assertion's attributes must satisfy an AllowedReader. A key that is not for the caller is
        # told like one that there is not.
        return Cell("100") if who.about in who.boxes else Cell("KEY")
    if not who.boxes:
        return Cell("SOA-01002", "BOX-6")
    if row.kind == "book":
        return Cell("Success", "BOOK-1")
    if row.kind == "everybody":
        return Cell("100") if who.boxes[0][1] in PUBLISHERS else Cell("814", "BOX-5")
    if row.kind == "all boxes":
        return Cell("100", "LIST-3")
    return _about_a_box(row, who)


def _by_certificate(row: Row, who: Who) -> Cell:
    if row.kind == "token":
        # wire.md, ETK depot: nobody is asked who it is.
        return Cell("200")
    if row.kind == "new key":
        # wire.md, KGSS: the call is not secured; who makes a key is who sealed it, and that must be somebody believed.
        return Cell("SEALED_CONTENT") if who.name == "expired" else Cell("100")
    if not who.proved:
        return Cell("SOA-01001")
    if who.name in _OWNERS:
        return Cell("Success", "BOX-7")
    return Cell("Requester" if row.operation == "RequestSecureToken" else "SOA-01002", "BOX-7")


def _about_a_box(row: Row, who: Who) -> Cell:
    if row.kind == "box" and who.about not in who.boxes:
        return Cell("810", "BOX-6")
    if row.kind in ("message", "period") and who.about != who.boxes[0]:
        return Cell("848", "OOO-3") if row.kind == "period" else Cell("841", _RULES[row.operation])
    if who.about == HOSPITAL_BOX and row.operation in ("insertOoO", "deleteOoO"):
        # Absent is a person: an organisation has no period, and none to delete.
        return Cell("810", "OOO-1") if row.operation == "insertOoO" else Cell("848", "OOO-3")
    return Cell("100")


_RULES = {
    "getFullMessage": "FULL-1",
    "getMessageHistory": "FULL-1",
    "getMessageAcknowledgmentsStatus": "ACK-4",
    "moveMessage": "MOVE-2",
    "deleteMessage": "DEL-1",
}


def cells() -> Iterator[tuple[Row, Who, Cell]]:
    """The whole table."""
    for row in ROWS:
        for who in CALLERS:
            yield row, who, expected(row, who)


def table() -> str:
    """RIGHTS.md."""
    lines = [
        "# Who may do what",
        "",
        "Written by `python -m tests.attacks.rights` from the rules; nothing in it comes from a server, and",
        "`tests/attacks/test_rights.py` makes every call. A code is a fault's, the mailbox's, the address book's, the",
        "KGSS's, the depot's or the STS's; behind it the rule that decides.",
        "",
        "The last four ask for no assertion. There a caller comes by a certificate in its own number (that of the",
        "organisation for its member, another organisation's for the one alone), expired is a certificate that has",
        "ended, and a quality is nothing that a certificate says. A token is public; whoever makes a key seals the",
        "request; what the STS certifies is in docs/sts.md.",
        "",
        "| caller | |",
        "| --- | --- |",
        *(f"| {who.name} | {who.says} |" for who in CALLERS),
        "",
        f"| operation | about | {' | '.join(who.name for who in CALLERS)} |",
        f"| --- | --- |{' --- |' * len(CALLERS)}",
    ]
    for row in ROWS:
        found = [expected(row, who) for who in CALLERS]
        codes = (f"{each.code} ({each.rule})" if each.rule else each.code for each in found)
        lines.append(f"| {row.operation} | {row.about} | {' | '.join(codes)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
