"""The verb lookup: who is in the address book, and how they are reached.

Knows: the client's entrance, how a result is told. Must not know: XML, HTTP, which searches there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import click

from ehbox_soap.client.address_book import MORE_RESULTS, AddressBook
from ehbox_soap.commands.options import calling_options, json_option, open_session
from ehbox_soap.commands.shown import tell_json, tell_pairs, tell_table
from ehbox_soap.wire.types import address_book as book

T = TypeVar("T")
Verb = TypeVar("Verb", bound=Callable[..., Any])

_PAGE = 100
_LIMIT = click.option(
    "--limit",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="most results, over as many pages as it takes",
)
_SSIN = click.option("--ssin", help="the INSS of a person")
_NIHII = click.option("--nihii", help="a NIHII number, of 8 or 11 digits")
_CBE = click.option("--cbe", help="an enterprise number")
_EHP = click.option("--ehp", help="an EHP number")
_CITY = click.option("--city", help="where; a * at the end for the beginning of a name")
_ZIP = click.option("--zip", "zip_code", help="the postal code")
_TYPE = click.option("--type", "institution_type", help="what kind of organisation, e.g. HOSPITAL")


def _of_an_organisation(command: Verb) -> Verb:
    """The options that name an organisation by number."""
    return _NIHII(_CBE(_EHP(_TYPE(command))))


@click.group()
def lookup() -> None:
    """The address book: who works in health care, how they are reached, which boxes they have."""


@lookup.command()
@_SSIN
@_NIHII
@click.option("--profession", help="e.g. PHYSICIAN or NURSE")
@click.option("--last-name", help="the beginning of the last name; accents and case do not matter")
@click.option("--first-name", help="the beginning of the first name")
@_ZIP
@_CITY
@click.option("--mail", "e_mail", help="the e-mail address")
@_LIMIT
@json_option
@calling_options
def professionals(limit: int, as_json: bool, **options: Any) -> None:
    """Searches for professionals: by number; by profession and name, postal code or city; by e-mail address.

    \b
    Example:
      ehbox lookup professionals --profession PHYSICIAN --last-name voor --as 85061999865
    """
    criteria, calling = _split(options, book.SearchProfessionalsRequest)
    request = book.SearchProfessionalsRequest(max_elements=min(limit, _PAGE), **criteria)
    pages = _book(calling).professional_pages(request)
    found, more = _first(((page.professionals, page.reply.status) for page in pages), limit)
    rows = [[_name(each.individual), each.individual.ssin or "", _professions(each)] for each in found]
    _tell(found, ("name", "INSS!", "professions"), rows, as_json, more)


@lookup.command()
@_of_an_organisation
@click.option("--name", "institution_name", help="the beginning of the name; accents and case do not matter")
@_ZIP
@_CITY
@_LIMIT
@json_option
@calling_options
def organizations(limit: int, as_json: bool, **options: Any) -> None:
    """Searches for organisations: by number; by type and name, postal code or city.

    \b
    Example:
      ehbox lookup organizations --type HOSPITAL --name hopital --as 85061999865
    """
    criteria, calling = _split(options, book.SearchOrganizationsRequest)
    request = book.SearchOrganizationsRequest(max_elements=min(limit, _PAGE), **criteria)
    pages = _book(calling).organization_pages(request)
    found, more = _first(((page.organizations, page.reply.status) for page in pages), limit)
    rows = [[_texts(each.names), each.id.authentic_source, each.id.value, _types(each)] for each in found]
    _tell(found, ("name", "number!", "!", "type"), rows, as_json, more)


@lookup.command()
@_SSIN
@_NIHII
@json_option
@calling_options
def professional(as_json: bool, **options: Any) -> None:
    """Tells everything about one professional, with its boxes.

    \b
    Example:
      ehbox lookup professional --ssin 71031499894 --as 85061999865
    """
    numbers, calling = _split(options, book.GetProfessionalContactInfoRequest)
    _one_number(numbers, "--ssin or --nihii")
    asked = book.GetProfessionalContactInfoRequest(**numbers)
    found = _in_words(_book(calling).get_professional_contact_info(asked), "professional", as_json)
    if found is None:
        return
    tell_pairs(
        ("name", _name(found.individual)),
        ("INSS", found.individual.ssin),
        ("language", found.individual.language),
        ("gender", found.individual.gender),
        ("born", found.individual.birth_date),
        ("died", found.individual.death_date),
        *_contact(found.addresses, found.information),
    )
    for each in found.professional_information:
        click.echo()
        tell_pairs(
            ("profession", _codes(each.profession.codes)),
            ("NIHII", each.profession.nihii),
            *(("speciality", _texts(speciality.friendly_names)) for speciality in each.profession.specialities),
            *_contact(each.addresses, each.information),
            ("box", None if each.e_health_box is None else _box(each.e_health_box)),
        )


@lookup.command()
@_of_an_organisation
@json_option
@calling_options
def organization(as_json: bool, **options: Any) -> None:
    """Tells everything about one organisation, with its boxes.

    \b
    Example:
      ehbox lookup organization --nihii 71990133 --as 85061999865
    """
    numbers, calling = _split(options, book.GetOrganizationContactInfoRequest)
    _one_number({name: text for name, text in numbers.items() if name != "institution_type"}, "--nihii, --cbe or --ehp")
    asked = book.GetOrganizationContactInfoRequest(**numbers)
    found = _in_words(_book(calling).get_organization_contact_info(asked), "organisation", as_json)
    if found is None:
        return
    known = found.organization
    tell_pairs(
        ("name", _texts(known.names)),
        (known.id.authentic_source, known.id.value),
        ("type", _types(known)),
        *_contact(found.addresses, found.information),
        *(("box", _box(each)) for each in found.e_health_boxes),
    )


def _split(options: dict[str, Any], kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options that are the request's own, those left out aside, and those that say who calls and where."""
    own = {name: value for name, value in options.items() if name in kind.__dataclass_fields__}  # type: ignore[attr-defined]
    calling = {name: value for name, value in options.items() if name not in own}
    return {name: value for name, value in own.items() if value is not None}, calling


def _one_number(numbers: dict[str, Any], which: str) -> None:
    if len(numbers) != 1:
        raise click.UsageError(f"say whom: {which}, one of them")


def _in_words(found: T | None, who: str, as_json: bool) -> T | None:
    """What is left to tell in words: nothing where JSON told it. Raises ClickException where nobody was found."""
    if found is None:
        raise click.ClickException(f"no {who} has that number")
    if not as_json:
        return found
    tell_json(found)
    return None


def _book(calling: dict[str, Any]) -> AddressBook:
    session, addresses = open_session(calling)
    return AddressBook(session, addresses.address_book)


def _first(pages: Iterable[tuple[Sequence[T], book.Status]], limit: int) -> tuple[list[T], bool]:
    """The first results of pages, and whether there are more: the service says so, or its last page had more."""
    found: list[T] = []
    more = False
    for results, status in pages:
        found += results
        more = MORE_RESULTS in status.codes
        if len(found) >= limit:
            break
    return found[:limit], more or len(found) > limit


def _tell(
    found: Sequence[object], columns: Sequence[str], rows: Sequence[Sequence[str]], as_json: bool, more: bool
) -> None:
    if as_json:
        tell_json(found)
    elif not found:
        click.echo("nobody found")
    else:
        tell_table(columns, rows)
    if more:
        # Not among the results, so that a program reads those as before.
        click.echo(f"there are more than these {len(found)}: narrow the search, or raise --limit", err=True)


def _name(person: book.Individual) -> str:
    return " ".join(filter(None, (person.first_name, person.middle_names, person.last_name)))


def _professions(found: book.HealthCareProfessional) -> str:
    return ", ".join(" ".join(filter(None, (_codes(each.codes), each.nihii))) for each in found.professions)


def _types(found: book.HealthCareOrganization) -> str:
    return _codes(found.type_codes)


def _codes(codes: Sequence[book.TypedCode]) -> str:
    return ", ".join(each.value for each in codes)


def _texts(texts: book.Texts) -> str:
    """A text in all its languages, each once."""
    return " / ".join(dict.fromkeys(each.text for each in texts))


def _contact(
    addresses: Sequence[book.Address], information: Sequence[book.AdditionalInformation]
) -> Iterator[tuple[str, str]]:
    for address in addresses:
        place = address.municipality
        street = " ".join(filter(None, (_texts(address.street.descriptions), address.house_number, address.post_box)))
        code = "" if place.zip_code is None else f"{place.zip_code} "
        country = "" if address.country is None else address.country.iso_code or _texts(address.country.descriptions)
        yield "address", ", ".join(filter(None, (street, f"{code}{_texts(place.descriptions)}", country)))
    for each in information:
        yield (each.type or "information").lower(), each.value


def _box(found: book.EHealthBox) -> str:
    return f"{found.type}:{found.id}:{found.quality}"
