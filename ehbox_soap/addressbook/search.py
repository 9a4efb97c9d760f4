"""The four operations of the address book.

Knows: what each answers and when it refuses. Must not know: XML, SQL, who asks.
A refusal is an answer with a Status and nothing else; no operation changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ehbox_soap.addressbook import criteria, statuses, told
from ehbox_soap.addressbook.criteria import ByMail, ByName, ByNumber, ByPlace, OrganisationSearch, Search
from ehbox_soap.addressbook.statuses import Refused
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.store.address_book import AddressBook, OrganisationKey, Page
from ehbox_soap.wire.types import address_book as book

Paged = book.SearchProfessionalsRequest | book.SearchOrganizationsRequest
R = TypeVar("R", bound=Paged)
S = TypeVar("S", bound=Search)
K = TypeVar("K")
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class AddressBookRules:
    """What configuration decides: the most results of one answer."""

    max_results: int = 100


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an operation works with; `now` is true time."""

    address_book: AddressBook
    now: datetime
    rules: AddressBookRules
    chance: Chance


def search_professionals(
    request: book.SearchProfessionalsRequest, occasion: Occasion
) -> book.SearchProfessionalsResponse:
    """A page of the professionals that match (BOOK-2 to BOOK-5)."""
    known = occasion.address_book.professionals
    found, status = _found(request, occasion, criteria.of_professionals, _people, known)
    professionals = tuple(told.found_professional(each) for each in found)
    return book.SearchProfessionalsResponse(_reply(request, status, occasion), _paging(request), professionals)


def search_organizations(
    request: book.SearchOrganizationsRequest, occasion: Occasion
) -> book.SearchOrganizationsResponse:
    """A page of the organisations that match (BOOK-2 to BOOK-5)."""
    known = occasion.address_book.organisations
    found, status = _found(request, occasion, criteria.of_organisations, _places, known)
    organisations = tuple(told.found_organisation(each) for each in found)
    return book.SearchOrganizationsResponse(_reply(request, status, occasion), _paging(request), organisations)


def get_professional_contact_info(
    request: book.GetProfessionalContactInfoRequest, occasion: Occasion
) -> book.GetProfessionalContactInfoResponse:
    """Everything that is known of one professional."""
    search = ByNumber("SSIN", request.ssin, None) if request.ssin else ByNumber("NIHII", request.nihii or "", None)
    found = occasion.address_book.professionals(_people(search, occasion.address_book, _ANY))
    if len(found) > 1:
        status = Refused("NIHII: several professionals have that number; ask by SSIN").status
        return book.GetProfessionalContactInfoResponse(_reply(request, status, occasion))
    return book.GetProfessionalContactInfoResponse(
        _reply(request, statuses.found(len(found)), occasion), told.professional(found[0]) if found else None
    )


def get_organization_contact_info(
    request: book.GetOrganizationContactInfoRequest, occasion: Occasion
) -> book.GetOrganizationContactInfoResponse:
    """Everything that is known of one organisation, in one type or in all (BOOK-6)."""
    type, number = next(
        (type, number)
        for type, number in (("NIHII", request.nihii), ("CBE", request.cbe), ("EHP", request.ehp))
        if number is not None
    )
    try:
        quality = criteria.institution_type(request.institution_type)
    except Refused as refused:
        return book.GetOrganizationContactInfoResponse(_reply(request, refused.status, occasion))
    keys = _places(ByNumber(type, number, quality), occasion.address_book, _ANY)
    # A further number may be that of several organisations, each with a number of its own: the first is told.
    found = occasion.address_book.organisations([key for key in keys if key[:2] == keys[0][:2]])
    return book.GetOrganizationContactInfoResponse(
        _reply(request, statuses.found(len(found)), occasion), told.organisation(found) if found else None
    )


# A search by number is not paged.
_ANY = Page(0, 0)


def _found(
    request: R,
    occasion: Occasion,
    read: Callable[[R], S],
    find: Callable[[S, AddressBook, Page], Sequence[K]],
    known: Callable[[Sequence[K]], tuple[F, ...]],
) -> tuple[tuple[F, ...], book.Status]:
    """What a request searches for: `read` tells its search, `find` the keys of a page of it, `known` whose they are."""
    try:
        search = read(request)
        keys, status = _page(search, request, occasion.rules, lambda page: find(search, occasion.address_book, page))
        return known(keys), status
    except Refused as refused:
        return (), refused.status


def _page(
    search: Search,
    request: Paged,
    rules: AddressBookRules,
    find: Callable[[Page], Sequence[K]],
) -> tuple[Sequence[K], book.Status]:
    """The keys of the page that is asked for, and its status. Raises Refused."""
    if request.offset < 0:
        raise Refused("The offset paging attribute is too low: 0 is the first result")
    if request.max_elements < 1:
        raise Refused("The maxElements paging attribute is too low: at least 1")
    if request.max_elements > rules.max_results:
        raise Refused(f"The maxElements paging attribute is too high: at most {rules.max_results}")
    # One more than asked for tells whether there are more.
    keys = find(Page(request.offset, request.max_elements + 1))
    if isinstance(search, ByNumber):
        if len(keys) <= rules.max_results:
            return keys, statuses.found(len(keys))
        return keys[: rules.max_results], statuses.only(rules.max_results)
    if len(keys) <= request.max_elements:
        return keys, statuses.found(len(keys))
    return keys[: request.max_elements], statuses.more(request.offset + request.max_elements)


def _people(search: Search, address_book: AddressBook, page: Page) -> tuple[str, ...]:
    """The INSS of the professionals that a search finds."""
    match search:
        case ByNumber("SSIN", number, quality):
            return tuple(
                found.person.inss
                for found in address_book.professionals([number])
                if any(quality in (None, held.quality) for held in found.person.professions)
            )
        case ByNumber(_, number, quality):
            return address_book.professionals_by_nihii(number, quality)
        case ByName(quality, name, first_name):
            return address_book.professionals_by_name(quality, name, first_name, page)
        case ByPlace(quality, place):
            return address_book.professionals_by_place(quality, place, page)
        case ByMail(mail):
            return address_book.professionals_by_mail(mail, page)


def _places(search: OrganisationSearch, address_book: AddressBook, page: Page) -> tuple[OrganisationKey, ...]:
    """The keys of the organisations that a search finds."""
    match search:
        case ByNumber(type, number, quality):
            return address_book.organisations_by_number(type, number, quality)
        case ByName(quality, name):
            return address_book.organisations_by_name(quality, name, page)
        case ByPlace(quality, place):
            return address_book.organisations_by_place(quality, place, page)


def _paging(request: Paged) -> book.Paging:
    return book.Paging(request.offset, request.max_elements)


def _reply(request: book.Request, status: book.Status, occasion: Occasion) -> book.Reply:
    # An xs:ID begins with no digit.
    return book.Reply(f"_{hexadecimal(occasion.chance)}", occasion.now, status, request.id)
