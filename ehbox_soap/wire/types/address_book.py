"""The address book's requests, answers and what they hold, as values.

Knows: the types of its contract (addressbook, aa:complextype, commons v2). Must not know: lxml, bytes on the wire, who
is registered. A text is (text, language), the language None where none is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LocalText:
    """NameType, DescriptionType: a text and its xml:lang."""

    text: str
    lang: str | None = None


Texts = tuple[LocalText, ...]


@dataclass(frozen=True, slots=True)
class TypedCode:
    """TypeCodeType, ProfessionCodeType: a code or number, what gave it, what kind it is."""

    value: str
    authentic_source: str
    type: str


@dataclass(frozen=True, slots=True)
class Status:
    """StatusType of commons v2: the codes from the outer to the innermost one."""

    codes: tuple[str, ...]
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Street:
    """StreetType."""

    descriptions: Texts
    nsi_code: str | None = None


@dataclass(frozen=True, slots=True)
class Municipality:
    """MunicipalityType. A postal code that is no number cannot be stated."""

    descriptions: Texts
    zip_code: int | None = None
    nsi_code: str | None = None


@dataclass(frozen=True, slots=True)
class Country:
    """CountryType."""

    iso_code: str | None = None
    nsi_code: str | None = None
    descriptions: Texts = ()


@dataclass(frozen=True, slots=True)
class Address:
    """AddressType."""

    street: Street
    municipality: Municipality
    type: str | None = None
    bst_code: str | None = None
    house_number: str | None = None
    post_box: str | None = None
    country: Country | None = None


@dataclass(frozen=True, slots=True)
class AdditionalInformation:
    """HealthCareAdditionalInformationType: clients look for type Mail."""

    value: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Speciality:
    """SpecialityType."""

    code: str
    friendly_names: Texts


@dataclass(frozen=True, slots=True)
class Profession:
    """ProfessionTypeV3."""

    codes: tuple[TypedCode, ...]
    friendly_names: Texts
    nihii: str | None = None
    specialities: tuple[Speciality, ...] = ()


@dataclass(frozen=True, slots=True)
class Individual:
    """IndividualType; dates as they are written there, year-month-day."""

    last_name: str
    ssin: str | None = None
    first_name: str | None = None
    middle_names: str | None = None
    language: str | None = None
    gender: str | None = None
    birth_date: str | None = None
    death_date: str | None = None


@dataclass(frozen=True, slots=True)
class EHealthBox:
    """EHealthBoxType (BOX-1)."""

    id: str
    type: str
    quality: str
    sub_type: str | None = None


@dataclass(frozen=True, slots=True)
class HealthCareProfessional:
    """HealthCareProfessionalType: one result of a search."""

    individual: Individual
    professions: tuple[Profession, ...]


@dataclass(frozen=True, slots=True)
class ProfessionalInformation:
    """A profession with its addresses and its eHealthBox."""

    profession: Profession
    addresses: tuple[Address, ...] = ()
    information: tuple[AdditionalInformation, ...] = ()
    e_health_box: EHealthBox | None = None


@dataclass(frozen=True, slots=True)
class IndividualContactInformation:
    """IndividualContactInformationType."""

    individual: Individual
    professional_information: tuple[ProfessionalInformation, ...]
    addresses: tuple[Address, ...] = ()
    information: tuple[AdditionalInformation, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthCareOrganization:
    """HealthCareOrganizationTypeV2: one result of a search."""

    id: TypedCode
    type_codes: tuple[TypedCode, ...]
    type_friendly_names: Texts
    names: Texts = ()


@dataclass(frozen=True, slots=True)
class OrganizationContactInformation:
    """OrganizationContactInformationType."""

    organization: HealthCareOrganization
    addresses: tuple[Address, ...] = ()
    information: tuple[AdditionalInformation, ...] = ()
    e_health_boxes: tuple[EHealthBox, ...] = ()


# --- requests: who sends one states its moment last, and gives it an Id ---


@dataclass(frozen=True, slots=True)
class SearchProfessionalsRequest:
    """SearchProfessionalsRequestType; `offset` from 0."""

    issue_instant: datetime | None = None
    offset: int = 0
    max_elements: int = 100
    id: str | None = None
    nihii: str | None = None
    ssin: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    profession: str | None = None
    city: str | None = None
    zip_code: str | None = None
    e_mail: str | None = None


@dataclass(frozen=True, slots=True)
class SearchOrganizationsRequest:
    """SearchOrganizationsRequestType; `offset` from 0."""

    issue_instant: datetime | None = None
    offset: int = 0
    max_elements: int = 100
    id: str | None = None
    nihii: str | None = None
    cbe: str | None = None
    ehp: str | None = None
    institution_name: str | None = None
    institution_type: str | None = None
    city: str | None = None
    zip_code: str | None = None
    e_mail: str | None = None


@dataclass(frozen=True, slots=True)
class GetProfessionalContactInfoRequest:
    """GetProfessionalContactInfoRequestType: one of both numbers."""

    issue_instant: datetime | None = None
    id: str | None = None
    nihii: str | None = None
    ssin: str | None = None


@dataclass(frozen=True, slots=True)
class GetOrganizationContactInfoRequest:
    """GetOrganizationContactInfoRequestType: one of the three numbers."""

    issue_instant: datetime | None = None
    id: str | None = None
    nihii: str | None = None
    cbe: str | None = None
    ehp: str | None = None
    institution_type: str | None = None


Request = (
    SearchProfessionalsRequest
    | SearchOrganizationsRequest
    | GetProfessionalContactInfoRequest
    | GetOrganizationContactInfoRequest
)

# --- answers ---


@dataclass(frozen=True, slots=True)
class Reply:
    """What every answer states: StatusResponseType."""

    id: str
    issue_instant: datetime
    status: Status
    in_response_to: str | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """PaginationAttributeGroup: Offset and MaxElements of the request."""

    offset: int
    max_elements: int


@dataclass(frozen=True, slots=True)
class SearchProfessionalsResponse:
    """SearchProfessionalsResponseType."""

    reply: Reply
    paging: Paging
    professionals: tuple[HealthCareProfessional, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SearchOrganizationsResponse:
    """SearchOrganizationsResponseType."""

    reply: Reply
    paging: Paging
    organizations: tuple[HealthCareOrganization, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class GetProfessionalContactInfoResponse:
    """GetProfessionalContactInfoResponseType."""

    reply: Reply
    professional: IndividualContactInformation | None = None


@dataclass(frozen=True, slots=True)
class GetOrganizationContactInfoResponse:
    """GetOrganizationContactInfoResponseType."""

    reply: Reply
    organization: OrganizationContactInformation | None = None


Answer = (
    SearchProfessionalsResponse
    | SearchOrganizationsResponse
    | GetProfessionalContactInfoResponse
    | GetOrganizationContactInfoResponse
)
