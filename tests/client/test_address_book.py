"""The address book's client against a whole server in the process: zeep reads the WSDL and schemas that it serves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import zeep

from ehbox_soap.client.address_book import AddressBook
from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.errors import AnswerLostError, FaultError, LookupRefusedError
from ehbox_soap.client.retry import Retry
from ehbox_soap.client.session import Session
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.ports.address_book import PATH
from ehbox_soap.wire import types
from tests.door import Door, prepared
from tests.wiring import Wire

book = types.address_book
ADDRESSES = Addresses("http://box.test")
DOCTOR, NOOR, HOSPITAL = "71031499894", "01010599873", "71990133"
VOORBEELD = book.SearchProfessionalsRequest(profession="PHYSICIAN", last_name="Voorbeeld", max_elements=1)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("book")
    opened = Door(folder / "data", prepared(folder / "template"), {"log.level": "ERROR"})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def session(door: Door) -> Session:
    chance = SeededChance(5)
    authority = Authority.open(door.folder / "pki", door.clock, chance)
    doctor, retry = authority.person(DOCTOR, "Dora", kind="ec"), Retry(2, pause_seconds=0)
    opened = Session(doctor, ADDRESSES.sts, retry=retry, clock=door.clock, chance=chance)
    opened.transport.session.mount("http://", Wire(door.server))
    return opened


@pytest.fixture(scope="module")
def served(session: Session) -> AddressBook:
    return AddressBook(session, ADDRESSES.address_book)


def test_the_address_is_the_platforms() -> None:
    assert ADDRESSES.address_book == f"http://box.test{PATH}"


@pytest.mark.parametrize("shipped", [False, True])
def test_a_search(session: Session, shipped: bool) -> None:
    found = AddressBook(session, ADDRESSES.address_book, shipped=shipped).search_professionals(VOORBEELD)
    assert [each.individual.ssin for each in found.professionals] == [DOCTOR]
    assert found.reply.in_response_to
    assert found.reply.status.codes[-1].endswith(":MoreResults")


def test_all_pages(served: AddressBook) -> None:
    assert [each.individual.ssin for each in served.all_professionals(VOORBEELD)] == [DOCTOR, NOOR]
    by_number = book.SearchProfessionalsRequest(nihii="19990116", max_elements=1)
    assert [each.individual.ssin for each in served.all_professionals(by_number)] == [DOCTOR]
    named = book.SearchOrganizationsRequest(institution_type="HOSPITAL", institution_name="hopital", max_elements=1)
    assert [each.id.value for each in served.all_organizations(named)] == [HOSPITAL]
    numbered = book.SearchOrganizationsRequest(cbe="0999990123", max_elements=1)
    assert [each.id.value for each in served.all_organizations(numbered)] == [HOSPITAL]


def test_everything_about_somebody(served: AddressBook) -> None:
    found = served.get_professional_contact_info(book.GetProfessionalContactInfoRequest(ssin=DOCTOR))
    assert found is not None
    (profession,) = found.professional_information
    assert profession.e_health_box == book.EHealthBox(DOCTOR, "INSS", "DOCTOR")
    assert profession.addresses[0].municipality.zip_code == 9000
    hospital = served.get_organization_contact_info(book.GetOrganizationContactInfoRequest(nihii=HOSPITAL))
    assert hospital is not None
    assert hospital.e_health_boxes == (book.EHealthBox(HOSPITAL, "NIHII", "HOSPITAL", "HOSPITAL"),)


def test_nobody(served: AddressBook) -> None:
    assert served.get_professional_contact_info(book.GetProfessionalContactInfoRequest(ssin="85010199786")) is None
    assert served.get_organization_contact_info(book.GetOrganizationContactInfoRequest(ehp="1999999105")) is None
    nobody = book.SearchProfessionalsRequest(e_mail="nobody@nowhere.example")
    assert served.search_professionals(nobody).professionals == ()


def test_a_refusal_is_an_exception_with_the_answer(served: AddressBook) -> None:
    with pytest.raises(LookupRefusedError, match=r"^Requester: This combination") as caught:
        served.search_professionals(book.SearchProfessionalsRequest(last_name="Voorbeeld"))
    assert caught.value.codes == ("urn:be:fgov:ehealth:2.0:status:Requester",)
    assert caught.value.message.endswith("Profession is missing")
    assert isinstance(caught.value.answer, book.SearchProfessionalsResponse)


def test_a_fault_is_one(served: AddressBook) -> None:
    with pytest.raises(FaultError) as caught:
        served.get_professional_contact_info(book.GetProfessionalContactInfoRequest(ssin="1"))
    assert caught.value.code == "SOA-03006"


def test_a_lost_answer_is_asked_for_again(served: AddressBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation only reads; the second call is signed anew, so it is no replay."""
    exchange = served.session.transport.exchange
    lost: list[str] = []

    def lose_one(*arguments: object) -> object:
        answer = exchange(*arguments)  # type: ignore[arg-type]
        if not lost:
            lost.append("one")
            raise AnswerLostError("gone")
        return answer

    monkeypatch.setattr(served.session.transport, "exchange", lose_one)
    assert served.search_professionals(VOORBEELD).professionals
    assert lost


def test_zeep_alone_reads_what_is_served_and_what_is_answered(door: Door, session: Session) -> None:
    """A client that is not ours: its own types from the served WSDL make the request and read the answer."""
    client = zeep.Client(f"{ADDRESSES.address_book}?wsdl", transport=session.transport)
    assert client.wsdl.services["AddressbookService"].ports["AddressbookSOAP11"].binding_options["address"] == (
        ADDRESSES.address_book
    )
    criteria = {"IssueInstant": door.clock.now(), "Offset": 0, "MaxElements": 10, "SSIN": DOCTOR}
    envelope = client.create_message(client.service, "searchProfessionals", **criteria)
    session.signature().apply(envelope, {})
    (binding,) = client.wsdl.bindings.values()
    operation = binding.get("searchProfessionals")
    reply = session.transport.exchange(ADDRESSES.address_book, operation.soapaction, envelope)
    read = operation.process_reply(reply.envelope)
    (found,) = read.HealthCareProfessional
    assert (found.SSIN, found.LastName) == (DOCTOR, "Voorbeeld")
    assert found.Profession[0].ProfessionCode[0]._value_1 == "PHYSICIAN"
