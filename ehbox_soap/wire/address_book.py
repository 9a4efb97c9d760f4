"""The tables of the address book: four requests and their answers.

Knows: the elements of addressbook:protocol:v1 and of the schemas that it is made of, in their order. Must not know:
what is done with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.elements import Children, Field, Record, unreadable
from ehbox_soap.wire.fields import Attribute, Inline, Many, Maybe, One, Text
from ehbox_soap.wire.simple import INTEGER, MOMENT, TEXT
from ehbox_soap.wire.types import address_book as book

NAMESPACE = "urn:be:fgov:ehealth:addressbook:protocol:v1"
_CORE = "urn:be:fgov:ehealth:addressbook:core:v1"
_AA = "urn:be:fgov:ehealth:aa:complextype:v1"
_COMMON = "urn:be:fgov:ehealth:commons:core:v2"
OTHER_NAMESPACES = {"core": _CORE, "aa": _AA, "common": _COMMON}
"""Those of the children, which here carry one."""

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _book(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _core(name: str) -> str:
    return f"{{{_CORE}}}{name}"


def _aa(name: str) -> str:
    return f"{{{_AA}}}{name}"


class NestedCodes:
    """StatusType: a StatusCode that may hold another, and words."""

    CODE = f"{{{_COMMON}}}StatusCode"
    MESSAGE = f"{{{_COMMON}}}StatusMessage"

    def read(self, element: etree._Element, parts: Parts) -> book.Status:
        codes: list[str] = []
        code = Children(element).first(self.CODE)
        while code is not None:
            codes.append(code.get("Value", ""))
            code = Children(code).first(self.CODE)
        if not codes:
            raise unreadable("Status", "missing element")
        message = Children(element).first(self.MESSAGE)
        return book.Status(tuple(codes), None if message is None else message.text or "")

    def write(self, element: etree._Element, value: book.Status, attachments: Attachments) -> None:
        code = element
        for each in value.codes:
            code = etree.SubElement(code, self.CODE, Value=each)
        if value.message is not None:
            etree.SubElement(element, self.MESSAGE).text = value.message


_LOCAL = Record(book.LocalText, Text("text", TEXT), Attribute(LANG, "lang"))
_CODE = Record(
    book.TypedCode,
    Text("value", TEXT),
    Attribute("authenticSource", "authentic_source", required=True),
    Attribute("type", "type", required=True),
)


def _described(kind: type, *fields: Field) -> Record[Any]:
    return Record(kind, *fields, Many(_aa("Description"), "descriptions", _LOCAL))


_ADDRESS = Record(
    book.Address,
    Attribute("Type", "type"),
    Maybe(_aa("BSTCode"), "bst_code", TEXT),
    One(_aa("Street"), "street", _described(book.Street, Maybe(_aa("NSICode"), "nsi_code", TEXT))),
    Maybe(_aa("HouseNumber"), "house_number", TEXT),
    Maybe(_aa("PostBox"), "post_box", TEXT),
    One(
        _aa("Municipality"),
        "municipality",
        _described(
            book.Municipality,
            Maybe(_aa("ZipCode"), "zip_code", INTEGER),
            Maybe(_aa("NSICode"), "nsi_code", TEXT),
        ),
    ),
    Maybe(
        _aa("Country"),
        "country",
        _described(
            book.Country,
            Maybe(_aa("ISOCode"), "iso_code", TEXT),
            Maybe(_aa("NSICode"), "nsi_code", TEXT),
        ),
    ),
)
_CONTACT: tuple[Field, ...] = (
    Many(_aa("Address"), "addresses", _ADDRESS),
    Many(
        _aa("HealthCareAdditionalInformation"),
        "information",
        Record(book.AdditionalInformation, Text("value", TEXT), Attribute("Type", "type")),
    ),
)
_SPECIALITY = Record(
    book.Speciality,
    One(_aa("SpecialityCode"), "code", TEXT),
    Many(_aa("SpecialityFriendlyName"), "friendly_names", _LOCAL),
)
_PROFESSION = Record(
    book.Profession,
    Many(_aa("ProfessionCode"), "codes", _CODE),
    Many(_aa("ProfessionFriendlyName"), "friendly_names", _LOCAL),
    Maybe(_aa("NIHII"), "nihii", TEXT),
    Many(_aa("Speciality"), "specialities", _SPECIALITY),
)
_INDIVIDUAL = Record(
    book.Individual,
    Maybe(_aa("SSIN"), "ssin", TEXT),
    One(_aa("LastName"), "last_name", TEXT),
    Maybe(_aa("FirstName"), "first_name", TEXT),
    Maybe(_aa("MiddleNames"), "middle_names", TEXT),
    Maybe(_aa("Language"), "language", TEXT),
    Maybe(_aa("Gender"), "gender", TEXT),
    Maybe(_aa("BirthDate"), "birth_date", TEXT),
    Maybe(_aa("DeathDate"), "death_date", TEXT),
)
_BOX = Record(
    book.EHealthBox,
    One(_core("Id"), "id", TEXT),
    One(_core("Type"), "type", TEXT),
    Maybe(_core("SubType"), "sub_type", TEXT),
    One(_core("Quality"), "quality", TEXT),
)
_ORGANIZATION = Record(
    book.HealthCareOrganization,
    One(_aa("Id"), "id", _CODE),
    Many(_aa("OrganizationTypeCode"), "type_codes", _CODE),
    Many(_aa("OrganizationTypeFriendlyName"), "type_friendly_names", _LOCAL),
    Many(_aa("Name"), "names", _LOCAL),
)
_PROFESSIONAL_CONTACT = Record(
    book.IndividualContactInformation,
    Inline("individual", _INDIVIDUAL),
    *_CONTACT,
    Many(
        _core("ProfessionalInformation"),
        "professional_information",
        Record(
            book.ProfessionalInformation,
            One(_aa("Profession"), "profession", _PROFESSION),
            *_CONTACT,
            Maybe(_core("EHealthBox"), "e_health_box", _BOX),
        ),
    ),
)
_ORGANIZATION_CONTACT = Record(
    book.OrganizationContactInformation,
    Inline("organization", _ORGANIZATION),
    *_CONTACT,
    Many(_core("EHealthBox"), "e_health_boxes", _BOX),
)

_INSTANT = Attribute("IssueInstant", "issue_instant", required=True, shape=MOMENT)
_ASKED: tuple[Field, ...] = (Attribute("Id", "id"), _INSTANT)
_PAGE: tuple[Field, ...] = (
    Attribute("Offset", "offset", required=True, shape=INTEGER),
    Attribute("MaxElements", "max_elements", required=True, shape=INTEGER),
)
_WHERE: tuple[Field, ...] = (
    Maybe(_book("City"), "city", TEXT),
    Maybe(_book("ZipCode"), "zip_code", TEXT),
    Maybe(_book("EMail"), "e_mail", TEXT),
)
_NIHII, _SSIN, _CBE, _EHP = (Maybe(_book(name), name.lower(), TEXT) for name in ("NIHII", "SSIN", "CBE", "EHP"))
_INSTITUTION_TYPE = Maybe(_book("InstitutionType"), "institution_type", TEXT)

REQUESTS: Mapping[type, Record[Any]] = {
    record.kind: record
    for record in (
        Record[Any](
            book.SearchProfessionalsRequest,
            *_ASKED,
            *_PAGE,
            _NIHII,
            _SSIN,
            Maybe(_book("FirstName"), "first_name", TEXT),
            Maybe(_book("LastName"), "last_name", TEXT),
            Maybe(_book("Profession"), "profession", TEXT),
            *_WHERE,
        ),
        Record[Any](
            book.SearchOrganizationsRequest,
            *_ASKED,
            *_PAGE,
            _NIHII,
            _CBE,
            _EHP,
            Maybe(_book("InstitutionName"), "institution_name", TEXT),
            _INSTITUTION_TYPE,
            *_WHERE,
        ),
        Record[Any](book.GetProfessionalContactInfoRequest, *_ASKED, _NIHII, _SSIN),
        Record[Any](book.GetOrganizationContactInfoRequest, *_ASKED, _NIHII, _CBE, _EHP, _INSTITUTION_TYPE),
    )
}

_REPLY = Inline(
    "reply",
    Record(
        book.Reply,
        Attribute("Id", "id", required=True),
        Attribute("InResponseTo", "in_response_to"),
        _INSTANT,
        One(f"{{{_COMMON}}}Status", "status", NestedCodes()),
    ),
)
_PAGING = Inline("paging", Record(book.Paging, *_PAGE))

ANSWERS: Mapping[type, Record[Any]] = {
    record.kind: record
    for record in (
        Record[Any](
            book.SearchProfessionalsResponse,
            _REPLY,
            _PAGING,
            Many(
                _aa("HealthCareProfessional"),
                "professionals",
                Record(
                    book.HealthCareProfessional,
                    Inline("individual", _INDIVIDUAL),
                    Many(_aa("Profession"), "professions", _PROFESSION),
                ),
            ),
        ),
        Record[Any](
            book.SearchOrganizationsResponse,
            _REPLY,
            _PAGING,
            Many(_book("HealthCareOrganization"), "organizations", _ORGANIZATION),
        ),
        Record[Any](
            book.GetProfessionalContactInfoResponse,
            _REPLY,
            Maybe(_book("IndividualContactInformation"), "professional", _PROFESSIONAL_CONTACT),
        ),
        Record[Any](
            book.GetOrganizationContactInfoResponse,
            _REPLY,
            Maybe(_book("OrganizationContactInformation"), "organization", _ORGANIZATION_CONTACT),
        ),
    )
}
