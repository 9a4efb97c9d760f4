"""Who may do what (RIGHTS.md): every call of the table, at the front door of one server (BOX-4 to BOX-7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.attacks.callers import (
    HOSPITAL,
    SSIN,
    Asking,
    box_id,
    caller,
    code_of,
    hospital,
    person,
    put_key,
    send,
    without_security,
)
from tests.attacks.certified import Certified, certified
from tests.attacks.rights import (
    BY_CERTIFICATE,
    CALLERS,
    DOCTOR_BOX,
    HOSPITAL_BOX,
    MEMBER,
    NOBODY,
    PUBLISHERS,
    ROWS,
    STRANGER,
    TABLE,
    Box,
    Row,
    Who,
    expected,
    table,
)
from tests.clients.connector40 import Destination, HttpRequest
from tests.door import CERTIFIED, Client, Door, content_of
from tests.doors import Doors, opened
from tests.front import book
from tests.security.keys import pki
from tests.wire import values

NIHII11 = (CERTIFIED, f"{SSIN}:ehealth:1.0:doctor:nihii11", "19990116004")
BY_NAME = {who.name: who for who in CALLERS}
SEARCHES = {
    "searchProfessionals": {"LastName": "Voorbeeld", "Profession": "PHYSICIAN"},
    "searchOrganizations": {"NIHII": HOSPITAL_BOX[0]},
    "getProfessionalContactInfo": {"SSIN": DOCTOR_BOX[0]},
    "getOrganizationContactInfo": {"NIHII": HOSPITAL_BOX[0]},
}


def clients() -> Mapping[str, Client]:
    """Everybody of the table, by assertions that say so."""
    doctor = (*person(DOCTOR_BOX[0], "DOCTOR"), NIHII11)
    number = HOSPITAL_BOX[0]
    own = caller(doctor)
    return {
        "no security": own,
        "expired": caller(doctor, expired=True),
        "own box": own,
        "other quality": caller(person(DOCTOR_BOX[0], "NURSE")),
        "stranger": caller(person(STRANGER, "DOCTOR")),
        "organisation member": caller((*hospital(number), *person(MEMBER, "NURSE"))),
        "organisation without right": caller((*hospital(number, certified=False), *person(NOBODY))),
        "organisation alone, without right": caller(hospital(number, certified=False)),
    }


@dataclass
class Stage:
    """A door, everybody, and for each box what is asked for."""

    door: Door
    clients: Mapping[str, Client]
    about: dict[Box, Asking]
    certified: Certified

    def request(self, row: Row, who: Who) -> HttpRequest:
        """The call of one cell of the table."""
        client, asking = self.clients[who.name], self.about[who.about]
        box = box_id(who.about) if row.kind == "box" else ""
        if row.service == "AddressBook":
            sent = book.request(self.door, client, row.operation, SEARCHES[row.operation], None)
            if row.operation.startswith("search"):
                sent = book.request(self.door, client, row.operation, SEARCHES[row.operation])
        elif row.kind in BY_CERTIFICATE:
            sent = self.certified.request(row.operation, who.name, who.about)
        elif row.service == "KGSS":
            sent = asking.get_key(client)
        elif row.kind == "everybody":
            sent = asking.letter(client, Destination("ALL", "INSS", "NURSE"))
        elif row.operation == "sendMessage":
            sent = asking.letter(client, box=box)
        else:
            sent = asking.consultation(client, row.operation, box)
        return without_security(sent) if who.name == "no security" else sent

    def refresh(self, box: Box) -> None:
        """A new message in the box, and a new period, where a call may have taken the last."""
        mine = self.clients["own box" if box == DOCTOR_BOX else "organisation member"]
        asking = self.about[box]
        number, quality = box
        kind = "INSS" if box == DOCTOR_BOX else "NIHII"
        asking.received = send(self.door, self.clients["stranger"], Destination(number, kind, quality))
        if box == DOCTOR_BOX:
            made = content_of(self.door.send(asking.consultation(mine, "insertOoO", "")))
            asking.period = made.get("Id", "")
            assert len(asking.period) > 5

    def forget_periods(self) -> None:
        """A box may have ten (OOO-1)."""
        asking = self.about[DOCTOR_BOX]
        self.door.send(asking.consultation(self.clients["own box"], "deleteOoO", ""))


@pytest.fixture(scope="module")
def stage(
    doors: Doors, template: Path, foreign_settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    settings = {**foreign_settings, "mailbox.all_publishers": ",".join(PUBLISHERS)}
    with opened(doors, tmp_path_factory.mktemp("rights") / "data", template, settings) as door:
        yield staged(door, template)


def staged(door: Door, template: Path) -> Stage:
    """What is asked for stands at the door."""
    everybody = clients()
    recognised = (CERTIFIED, f"{HOSPITAL}:recognisedhospital:boolean", "true")
    to_nurse = Destination(MEMBER, "INSS", "NURSE")
    about = {}
    for box, name, reader in (
        (DOCTOR_BOX, "own box", NIHII11),
        (HOSPITAL_BOX, "organisation member", recognised),
    ):
        about[box] = Asking(door, "", send(door, everybody[name], to_nurse), "A" * 13, put_key(door, reader))
    for who in CALLERS:
        if who.proved and who.boxes:
            # A first call makes the caller's box (BOX-4): that is no trace of what is refused afterwards.
            asked = Asking(door, "", "", "A" * 13, b"").consultation(everybody[who.name], "getMessagesList", "")
            assert code_of(door, asked) == "100"
    return Stage(door, everybody, about, certified(door, template))


@pytest.mark.within("holds the committed table against the rules")
def test_the_table_is_the_committed_one() -> None:
    """`python -m tests.attacks.rights` writes it."""
    assert TABLE.read_text(encoding="utf-8") == table()


@pytest.mark.within("counts the rows of its own table")
def test_the_table_knows_every_operation_of_the_mailbox() -> None:
    """All twelve: as many as there are kinds of requests; and the address book's four and the KGSS's secured one."""
    mailbox = {row.operation for row in ROWS if row.service in ("Publication", "Consultation")}
    assert len(mailbox) == len(values.REQUESTS) == 12


@pytest.mark.parametrize("who", CALLERS, ids=lambda who: who.name)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation} {row.kind}")
def test_who_may_do_what(row: Row, who: Who, stage: Stage) -> None:
    """What is refused changes nothing at all."""
    cell = expected(row, who)
    stage.door.reset()
    stage.refresh(who.about)
    before = stage.door.contents()
    assert code_of(stage.door, stage.request(row, who)) == cell.code
    if cell.code not in ("100", "Success"):
        assert stage.door.contents() == before
    if who.about == DOCTOR_BOX:
        stage.forget_periods()


@pytest.mark.parametrize("name", ["stranger", "organisation without right"])
def test_what_a_call_about_all_boxes_lists_is_the_callers(name: str, stage: Stage) -> None:
    """LIST-3: the box that others write to is not among them."""
    stage.door.reset()
    who = BY_NAME[name]
    stage.refresh(who.about)
    row = next(each for each in ROWS if each.kind == "all boxes")
    answer = content_of(stage.door.send(stage.request(row, who)))
    assert stage.about[who.about].received not in [each.get("MessageId", "") for each in answer.iter("Message")]
    assert not [each for each in answer.iter("MessageId") if each.text == stage.about[who.about].received]
    mine = BY_NAME["own box" if who.about == DOCTOR_BOX else "organisation member"]
    told = content_of(stage.door.send(stage.request(row, mine)))
    assert stage.about[who.about].received in "".join(str(text) for text in told.itertext())
    if who.about == DOCTOR_BOX:
        stage.forget_periods()


def test_an_assertion_is_of_use_to_its_holder_only(stage: Stage) -> None:
    """A stolen one, under another's key."""
    stage.door.reset()
    own = stage.clients["own box"]
    stolen = replace(own, connector=replace(own.connector, key=pki().other.key))
    sent = stage.about[DOCTOR_BOX].consultation(stolen, "getBoxInfo", "")
    assert code_of(stage.door, sent) == "SOA-01001"
