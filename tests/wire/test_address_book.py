"""The address book's values to octets and back, valid against its contract; layouts are those that clients read."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ehbox_soap.ids import SeededChance
from ehbox_soap.wire import address_book, codec, soap, xml
from ehbox_soap.wire.attachments import Parts
from ehbox_soap.wire.contract import Contract, ContractBroken
from ehbox_soap.wire.types import address_book as book
from tests.wire.checks import CANARY, FEW, refused
from tests.wire.values import many, maybe, moments, text, whole

(PORT,) = Contract.load("addressbook").ports.values()
NAMESPACE = "urn:be:fgov:ehealth:addressbook:protocol:v1"
AA = "{urn:be:fgov:ehealth:aa:complextype:v1}"

names = st.text(string.ascii_letters, min_size=1, max_size=8)
digits = {length: st.text(string.digits, min_size=length, max_size=length) for length in (8, 10, 11)}
langs = maybe(st.sampled_from(["fr", "nl", "de"]))
locals_ = st.builds(book.LocalText, text=text(), lang=langs)
codes = st.builds(book.TypedCode, value=text(), authentic_source=text(), type=text())
addresses = st.builds(
    book.Address,
    street=st.builds(book.Street, descriptions=many(locals_, 1), nsi_code=maybe(text())),
    municipality=st.builds(
        book.Municipality, descriptions=many(locals_, 1), zip_code=maybe(whole), nsi_code=maybe(text())
    ),
    type=maybe(text()),
    bst_code=maybe(text()),
    house_number=maybe(text()),
    post_box=maybe(text()),
    country=maybe(st.builds(book.Country, iso_code=maybe(text()), nsi_code=maybe(text()), descriptions=many(locals_))),
)
informations = st.builds(book.AdditionalInformation, value=text(), type=maybe(text()))
professions = st.builds(
    book.Profession,
    codes=many(codes, 1),
    friendly_names=many(locals_, 1),
    nihii=maybe(text()),
    specialities=many(st.builds(book.Speciality, code=text(), friendly_names=many(locals_, 1))),
)
individuals = st.builds(
    book.Individual,
    last_name=text(),
    **{
        name: maybe(text())
        for name in ("ssin", "first_name", "middle_names", "language", "gender", "birth_date", "death_date")
    },
)
boxes = st.builds(book.EHealthBox, id=text(), type=text(), quality=text(), sub_type=maybe(text()))
organizations = st.builds(
    book.HealthCareOrganization,
    id=codes,
    type_codes=many(codes, 1),
    type_friendly_names=many(locals_, 1),
    names=many(locals_),
)
uris = st.sampled_from(["urn:be:fgov:ehealth:2.0:status:Success", "urn:be:fgov:ehealth:2.0:status:DataNotFound"])
replies = st.builds(
    book.Reply,
    id=names,
    issue_instant=moments,
    status=st.builds(book.Status, codes=many(uris, 1), message=maybe(text())),
    in_response_to=maybe(text()),
)
pagings = st.builds(book.Paging, offset=whole, max_elements=whole)
asked: dict[str, Any] = {"issue_instant": moments, "id": maybe(names)}
paged: dict[str, Any] = {**asked, "offset": whole, "max_elements": whole, "e_mail": maybe(text())}


def numbers(**choices: int) -> st.SearchStrategy[dict[str, str]]:
    return st.one_of(*(st.fixed_dictionaries({name: digits[length]}) for name, length in choices.items()))


def filled(kind: Any, number: st.SearchStrategy[Any], **others: Any) -> st.SearchStrategy[Any]:
    place = st.one_of(st.just({}), *(st.fixed_dictionaries({name: text()}) for name in ("city", "zip_code")))
    where = place if "e_mail" in others else st.just({})
    return st.builds(lambda a, b, c: kind(**a, **b, **c), st.fixed_dictionaries(others), number, where)


PERSON, ORGANIZATION = numbers(nihii=8, ssin=11), numbers(nihii=11, cbe=10, ehp=10)
REQUESTS = [
    filled(
        book.SearchProfessionalsRequest,
        st.just({}) | PERSON,
        **paged,
        **{name: maybe(text()) for name in ("first_name", "last_name", "profession")},
    ),
    filled(
        book.SearchOrganizationsRequest,
        st.just({}) | ORGANIZATION,
        **paged,
        **{name: maybe(text()) for name in ("institution_name", "institution_type")},
    ),
    filled(book.GetProfessionalContactInfoRequest, PERSON, **asked),
    filled(book.GetOrganizationContactInfoRequest, ORGANIZATION, **asked, institution_type=maybe(text())),
]
contacts: dict[str, Any] = {"addresses": many(addresses), "information": many(informations)}
ANSWERS = [
    st.builds(
        book.SearchProfessionalsResponse,
        reply=replies,
        paging=pagings,
        professionals=many(
            st.builds(book.HealthCareProfessional, individual=individuals, professions=many(professions, 1))
        ),
    ),
    st.builds(book.SearchOrganizationsResponse, reply=replies, paging=pagings, organizations=many(organizations)),
    st.builds(
        book.GetProfessionalContactInfoResponse,
        reply=replies,
        professional=maybe(
            st.builds(
                book.IndividualContactInformation,
                individual=individuals,
                professional_information=many(
                    st.builds(
                        book.ProfessionalInformation, profession=professions, e_health_box=maybe(boxes), **contacts
                    ),
                    1,
                ),
                **contacts,
            )
        ),
    ),
    st.builds(
        book.GetOrganizationContactInfoResponse,
        reply=replies,
        organization=maybe(
            st.builds(
                book.OrganizationContactInformation,
                organization=organizations,
                e_health_boxes=many(boxes),
                **contacts,
            )
        ),
    ),
]


def travelled(element: etree._Element) -> etree._Element:
    """As it arrives: written and read again."""
    return soap.open_envelope(xml.parse(soap.close_envelope(element))).content


@pytest.mark.parametrize("strategy", REQUESTS, ids=["professionals", "organizations", "professional", "organization"])
@given(data=st.data())
@FEW
def test_a_request_comes_back(strategy: st.SearchStrategy[Any], data: st.DataObject) -> None:
    request = data.draw(strategy)
    element, parts = codec.ADDRESS_BOOK.encode_request(request, SeededChance())
    content = travelled(element)
    PORT.validate_request(content)
    assert parts == ()
    assert codec.ADDRESS_BOOK.decode_request(content, {}) == request


@pytest.mark.parametrize("strategy", ANSWERS, ids=["professionals", "organizations", "professional", "organization"])
@given(data=st.data())
@FEW
def test_an_answer_comes_back(strategy: st.SearchStrategy[Any], data: st.DataObject) -> None:
    answer = data.draw(strategy)
    element, _ = codec.ADDRESS_BOOK.encode_answer(answer, SeededChance())
    content = travelled(element)
    PORT.validate_answer(content)
    assert codec.ADDRESS_BOOK.decode_answer(content, {}) == answer


def test_every_operation_of_the_wsdl_has_its_two_types() -> None:
    assert {each.request for each in PORT.operations.values()} == codec.ADDRESS_BOOK.requests.keys()
    assert {each.answer for each in PORT.operations.values()} == codec.ADDRESS_BOOK.answers.keys()


def search(inner: str, attributes: str = 'IssueInstant="2026-11-22T10:00:00Z" Offset="0" MaxElements="10"') -> Any:
    return xml.parse(
        f'<SearchProfessionalsRequest xmlns="{NAMESPACE}" {attributes}>{inner}</SearchProfessionalsRequest>'.encode()
    )


@pytest.mark.parametrize(
    ("element", "told"),
    [
        (search(f"<SSIN>{CANARY}</SSIN>"), "SSIN: pattern [0-9]{11}; value of 9 characters"),
        (search("<NIHII>123456789</NIHII>"), "NIHII: pattern [0-9]{8}|[0-9]{11}; value of 9 characters"),
        (search("<City>a</City><ZipCode>1</ZipCode>"), "ZipCode: unexpected element expected EMail"),
        (search("<LastName xmlns='urn:x'>a</LastName>"), "LastName in a namespace: unexpected element"),
        (search("", 'Offset="0" MaxElements="10"'), "SearchProfessionalsRequest: missing attribute IssueInstant"),
        (search("", 'IssueInstant="2026-11-22T10:00:00Z"'), "SearchProfessionalsRequest: missing attribute Offset"),
        (
            search("", 'IssueInstant="2026-11-22T10:00:00Z" Offset="x" MaxElements="1"'),
            "SearchProfessionalsRequest/@Offset: datatype xs:int; value of 1 characters",
        ),
    ],
)
def test_what_breaks_the_schema_is_told_without_any_value(element: Any, told: str) -> None:
    with refused("SOA-03006", told):
        PORT.validate_request(element)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ('IssueInstant="2026-11-22T10:00:00Z" MaxElements="1"', "Offset: missing attribute"),
        ('IssueInstant="2026-11-22T10:00:00Z" Offset="1"', "MaxElements: missing attribute"),
        ('Offset="1" MaxElements="1"', "IssueInstant: missing attribute"),
        (f'IssueInstant="{CANARY}" Offset="1" MaxElements="1"', "IssueInstant: not a valid dateTime"),
    ],
)
def test_what_was_not_validated_is_still_no_surprise(attributes: str, reason: str) -> None:
    with refused("SOA-03006", reason):
        codec.ADDRESS_BOOK.decode_request(search("", attributes), {})


LOCAL = (book.LocalText("Arts", "nl"),)
CODE = book.TypedCode("PHYSICIAN", "source", "code")
REPLY = book.Reply("_1", datetime(2026, 11, 22, tzinfo=UTC), book.Status(("urn:a",)), "_0")
ADDRESS = book.Address(book.Street(LOCAL), book.Municipality(LOCAL, 1000), "main")
FULL: list[book.Answer] = [
    book.SearchOrganizationsResponse(
        REPLY, book.Paging(0, 1), (book.HealthCareOrganization(CODE, (CODE,), LOCAL, LOCAL),)
    ),
    book.GetProfessionalContactInfoResponse(
        REPLY,
        book.IndividualContactInformation(
            book.Individual("Voorbeeld"),
            (book.ProfessionalInformation(book.Profession((CODE,), LOCAL), (ADDRESS,)),),
            (ADDRESS,),
            (book.AdditionalInformation("02", "phone"),),
        ),
    ),
]


@pytest.mark.parametrize("answer", FULL, ids=lambda answer: type(answer).__name__)
def test_an_attribute_is_demanded_where_the_schema_demands_it(answer: book.Answer) -> None:
    """A client may leave validation out; what it then is given has all that the types promise."""
    whole, _ = codec.ADDRESS_BOOK.encode_answer(answer, SeededChance())
    PORT.validate_answer(whole)
    demanded = set()
    for at, name in [(at, str(name)) for at, element in enumerate(whole.iter()) for name in element.attrib]:
        without = travelled(whole)
        del list(without.iter())[at].attrib[name]
        try:
            PORT.validate_answer(without)
        except ContractBroken:
            demanded.add(name)
            if name != "Value":
                with refused("SOA-03006", f"{name}: missing attribute"):
                    codec.ADDRESS_BOOK.decode_answer(without, {})
        else:
            assert codec.ADDRESS_BOOK.decode_answer(without, {}) != answer
    assert {"Id", "IssueInstant", "authenticSource", "type"} <= demanded


def status(inner: str) -> book.Status:
    common = "urn:be:fgov:ehealth:commons:core:v2"
    element = xml.parse(f'<Status xmlns="{common}">{inner}</Status>'.encode())
    return address_book.NestedCodes().read(element, Parts({}))


def test_a_status_that_was_not_validated() -> None:
    """A code without a Value is one without a name; what stands in another namespace is none."""
    assert status("<StatusCode><StatusCode Value='b'/></StatusCode><StatusMessage/>") == book.Status(("", "b"), "")
    assert status("<StatusCode Value='a'/>") == book.Status(("a",), None)
    with refused("SOA-03006", "Status: missing element"):
        status("<StatusCode xmlns='' Value='a'/>")


def test_statuses_are_nested_and_children_keep_their_namespaces() -> None:
    status = book.Status(("urn:a", "urn:b"), "words")
    individual = book.Individual("Voorbeeld")
    profession = book.Profession((book.TypedCode("PHYSICIAN", "s", "code"),), (book.LocalText("Arts", "nl"),))
    answer = book.SearchProfessionalsResponse(
        book.Reply("_1", datetime(2026, 11, 22, tzinfo=UTC), status),
        book.Paging(0, 1),
        (book.HealthCareProfessional(individual, (profession,)),),
    )
    element, _ = codec.ADDRESS_BOOK.encode_answer(answer, SeededChance())
    common = "{urn:be:fgov:ehealth:commons:core:v2}"
    code = element.find(f"{common}Status/{common}StatusCode")
    assert code is not None
    assert [code.get("Value"), code[0].get("Value")] == ["urn:a", "urn:b"]
    assert element.findtext(f"{common}Status/{common}StatusMessage") == "words"
    friendly = element.find(f"{AA}HealthCareProfessional/{AA}Profession/{AA}ProfessionFriendlyName")
    assert friendly is not None
    assert friendly.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"
    assert element.get("Offset") == "0"
