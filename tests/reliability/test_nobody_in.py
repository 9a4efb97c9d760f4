"""Nobody in, over HTTP: what tests/attacks tries at every port within the process, sent to two running workers of one
server on each database. Every attack is refused, whichever worker takes it, and the store stays as it was.

All of it over HTTP is `scripts/reliability nobody` (docs/reliability.md); here a part of it, and the octets of real
clients to the server as it is, at true time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from lxml import etree

from ehbox_soap.store.tables import box
from proofs import nobody
from proofs.contents import Rows, rows, without_calls
from proofs.places import Place
from tests.attacks.placements import PLACEMENTS, nested_body
from tests.attacks.test_references import IDS
from tests.attacks.timestamps import TIMESTAMP_FORMS
from tests.attacks.wrapping import ASSERTION_FORMS, BODY_FORMS
from tests.clients.connector40 import HttpRequest
from tests.clients.connector40_reader import Fault
from tests.databases import DATABASES
from tests.http import people
from tests.http.door import FAULT
from tests.http.people import Caller
from tests.http.running import PATIENCE, Reply, Running

pytestmark = [pytest.mark.http, pytest.mark.slow]
FORMS = (*BODY_FORMS, *TIMESTAMP_FORMS, *ASSERTION_FORMS, *PLACEMENTS)
THREADS = 16


OF_THE_FULL_SIZE = {
    "a thousand calls on one assertion",
    "a thousand letters on one assertion",
    "each piece of the security header",
    "placements anywhere, sets of references, split values, octets",
    "keys, certificates, profiles",
}


@pytest.mark.parametrize("database", DATABASES)
def test_a_part_of_every_attack(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Of each kind every sixtieth case, whose test and whose server are those of the full size."""
    if database == "postgresql":
        request.getfixturevalue("cluster")
    found = nobody.nobody(database, 60, tmp_path)
    assert found.all.findings == []
    assert set(found.topics) == set(nobody.TOPICS.values()) - OF_THE_FULL_SIZE
    assert {name for name, each in found.topics.items() if not each.answers} == set()
    assert found.all.answers[FAULT] > 100


REPORT = """<testsuites><testsuite>
<testcase classname="tests.attacks.test_wrapping" name="test_a[x]"><properties><property name="fault" value="2"/>
</properties></testcase>
<testcase classname="tests.attacks.test_wrapping" name="test_a[y]"><properties><property name="answered" value="1"/>
<property name="502" value="1"/></properties><failure message="it got in"/></testcase>
<testcase classname="tests.attacks.test_rights" name="test_b[x]"><error message="no server"/></testcase>
<testcase classname="tests.attacks.test_rights" name="test_c"><skipped message="why"/></testcase>
</testsuite></testsuites>"""


def test_what_failed_or_is_no_answer_is_found(tmp_path: Path) -> None:
    """Else the full size would find nothing whatever happened."""
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    found = nobody.read(report)
    wrapping, rights = found.topics["signature wrapping"], found.topics["rights"]
    assert (wrapping.tests, wrapping.answers) == (2, {"fault": 2, "answered": 1, "502": 1})
    first, second = wrapping.findings
    assert first == "test_wrapping.test_a[y]: it got in"
    assert second == "test_wrapping.test_a[y]: answered by 502"
    assert rights.findings == ["test_rights.test_b[x]: no server"]
    assert found.within == {"test_rights.test_c": "why"}
    assert (found.all.tests, len(found.all.findings)) == (3, 3)


def contents(place: Place) -> Rows:
    with place.store() as store:
        return rows(store._engine)


def changed_since(before: Rows, after: Rows) -> set[str]:
    """The tables that differ."""
    return {name for name in before if before[name] != after[name]}


def beside_answers(found: Rows) -> Rows:
    """All but what any call leaves that is answered, an unknown message included: that it was made, how often, and when
    its box was called last (LIFE-4)."""
    at = list(box.columns).index(box.c.last_call_at)
    boxes = sorted((each[:at] + each[at + 1 :] for each in found[box.name]), key=repr)
    return {**without_calls(found), box.name: boxes}


def cast(place: Place, server: Running) -> tuple[Caller, Caller]:
    authority = place.authority()
    doctor = people.person(authority, people.DOCTOR, "doctor").at(server)
    return doctor, people.person(authority, people.NURSE, "nurse").at(server)


def refused(server: Running, request: HttpRequest) -> Fault:
    return people.fault(people.post(server, request))


def edited(request: HttpRequest, root: etree._Element) -> HttpRequest:
    return replace(request, body=etree.tostring(root))


def test_wrapped_forged_and_foreign_calls_change_nothing(a_place: Place) -> None:
    """The 24 wrappings and 8 placements, 49 pairs of ids, a call that was changed after it was signed, one with
    another's assertion, and somebody else's message."""
    server = a_place.serve(workers="2")
    doctor, nurse = cast(a_place, server)
    people.ask(server, doctor.publish(people.letter(people.text())))
    (message,) = people.message_ids(people.ask(server, nurse.list()))
    before = contents(a_place)
    for form in FORMS:
        good = doctor.publish_inline(people.text(), people.NURSE_BOX)
        code = refused(server, edited(good, form(etree.fromstring(good.body)))).code
        allowed = ("SOA-03005",) if form is nested_body else ("SOA-01001", "SOA-03002", "SOA-03003")
        assert code in allowed, form.__name__
    for first in IDS:
        for second in IDS:
            root = etree.fromstring(doctor.box_info().body)
            for name, tag in ((first, "{urn:x}A"), (second, "{urn:x}B")):
                etree.SubElement(root[0], tag).set(name, "doubled-id")
            assert refused(server, edited(doctor.box_info(), root)).code == "SOA-01001", (first, second)
    changed = doctor.publish_inline(people.text(), people.NURSE_BOX)
    changed = replace(changed, body=changed.body.replace(b"A letter", b"A ladder"))
    stolen = replace(nurse, assertion=doctor.assertion).publish_inline(people.text(), people.NURSE_BOX)
    assert {refused(server, each).code for each in (changed, stolen)} == {"SOA-01001"}
    assert changed_since(before, contents(a_place)) == set(), "what was refused has left something"
    told = {people.post(server, doctor.read(each)).body for each in (message, "0" * len(message))}
    assert len(told) == 1, "somebody else's message is answered like one that does not exist"
    assert changed_since(beside_answers(before), beside_answers(contents(a_place))) == set()
    assert a_place.verify() == []
    good = doctor.publish_inline(people.text(), people.NURSE_BOX)
    people.ask(server, edited(good, etree.fromstring(good.body)))


def test_the_same_octets_from_sixteen_threads_are_one_call(a_place: Place) -> None:
    """One is accepted, by whichever worker; none after a restart. A call that reads; above one that writes."""
    server = a_place.serve(workers="2")
    doctor, _ = cast(a_place, server)
    sent = doctor.box_info()
    together = Barrier(THREADS)

    def send(_: int) -> Reply:
        with server.connect() as connection:
            together.wait(PATIENCE)
            return people.post_on(connection, sent)

    with ThreadPoolExecutor(THREADS) as pool:
        replies = list(pool.map(send, range(THREADS)))
    assert sorted(reply.status for reply in replies) == [200, *[500] * (THREADS - 1)]
    assert {people.fault(reply).code for reply in replies if reply.status == 500} == {"SOA-01001"}
    server.stop()
    assert refused(a_place.serve(workers="2"), sent).code == "SOA-01001"
