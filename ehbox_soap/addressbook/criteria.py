"""Which searches there are, and which of them a request asks for.

Knows: the criteria that go together, how each is read. Must not know: what is found, the store's tables.
The searches are those of the platform's page (BOOK-2). Whatever else is asked is refused with the names of the
elements that are missing or that do not go together, and never with a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ehbox_soap.addressbook import names
from ehbox_soap.addressbook.statuses import NOT_SUPPORTED, Refused
from ehbox_soap.folding import fold, fold_mail
from ehbox_soap.store.address_book import Place
from ehbox_soap.wire.types import address_book as book


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Whoever has that number: `type` NIHII, SSIN, CBE or EHP; in a quality or in any."""

    type: str
    number: str
    quality: str | None


@dataclass(frozen=True, slots=True)
class ByName:
    """Those of a quality whose names begin like that, folded; an empty first name is any."""

    quality: str
    name: str
    first_name: str = ""


@dataclass(frozen=True, slots=True)
class ByPlace:
    """Those of a quality with an address there."""

    quality: str
    place: Place


@dataclass(frozen=True, slots=True)
class ByMail:
    """Those with that e-mail address, folded."""

    mail: str


OrganisationSearch = ByNumber | ByName | ByPlace
Search = OrganisationSearch | ByMail


@dataclass(frozen=True, slots=True)
class _Shape:
    """A search by its criteria: those that must be there, and those that may."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()

    def missing(self, given: frozenset[str]) -> frozenset[str]:
        return self.required - given

    def too_much(self, given: frozenset[str]) -> frozenset[str]:
        return given - self.required - self.optional

    def distance(self, given: frozenset[str]) -> int:
        return len(self.missing(given)) + len(self.too_much(given))


_PROFESSIONALS = (
    _Shape(frozenset({"SSIN"}), frozenset({"Profession"})),
    _Shape(frozenset({"NIHII"}), frozenset({"Profession"})),
    _Shape(frozenset({"Profession", "LastName"}), frozenset({"FirstName"})),
    _Shape(frozenset({"Profession", "ZipCode"})),
    _Shape(frozenset({"Profession", "City"})),
    _Shape(frozenset({"EMail"})),
)
_ORGANISATIONS = (
    _Shape(frozenset({"NIHII"}), frozenset({"InstitutionType"})),
    _Shape(frozenset({"CBE"}), frozenset({"InstitutionType"})),
    _Shape(frozenset({"EHP"}), frozenset({"InstitutionType"})),
    _Shape(frozenset({"InstitutionType", "InstitutionName"})),
    _Shape(frozenset({"InstitutionType", "ZipCode"})),
    _Shape(frozenset({"InstitutionType", "City"})),
)


_ELEMENTS = {
    "ssin": "SSIN",
    "nihii": "NIHII",
    "cbe": "CBE",
    "ehp": "EHP",
    "profession": "Profession",
    "last_name": "LastName",
    "first_name": "FirstName",
    "institution_type": "InstitutionType",
    "institution_name": "InstitutionName",
    "zip_code": "ZipCode",
    "city": "City",
    "e_mail": "EMail",
}
"""The criteria of both requests, by the names of their values."""


def of_professionals(request: book.SearchProfessionalsRequest) -> Search:
    """The search that a request asks for. Raises Refused."""
    given = _given(request)
    _check(given, _PROFESSIONALS)
    if "EMail" in given:
        return ByMail(fold_mail(given["EMail"]))
    quality = _profession(given["Profession"]) if "Profession" in given else None
    return _search(given, quality, "LastName")


def of_organisations(request: book.SearchOrganizationsRequest) -> OrganisationSearch:
    """The search that a request asks for. Raises Refused."""
    given = _given(request)
    _check(given, _ORGANISATIONS)
    return _search(given, institution_type(given.get("InstitutionType")), "InstitutionName")


def institution_type(code: str | None) -> str | None:
    """The quality that an InstitutionType asks for, None without one. Raises Refused for one that is unknown."""
    if code is None or not code.strip():
        return None
    quality = names.organisation_type(code)
    if quality is None:
        raise Refused("InstitutionType: there is no such type of organisation")
    return quality


def _profession(code: str) -> str:
    quality = names.profession(code)
    if quality is None:
        raise Refused("Profession: there is no such profession")
    return quality


def _given(request: book.SearchProfessionalsRequest | book.SearchOrganizationsRequest) -> dict[str, str]:
    """The criteria that are there, by their elements; one without any text is not."""
    stated = ((element, getattr(request, name, None) or "") for name, element in _ELEMENTS.items())
    return {element: text.strip() for element, text in stated if text.strip()}


def _search(given: Mapping[str, str], quality: str | None, name: str) -> OrganisationSearch:
    """What criteria that go together ask for."""
    for number in ("SSIN", "NIHII", "CBE", "EHP"):
        if number in given:
            return ByNumber(number, given[number], quality)
    # Every other search has its profession or type.
    assert quality is not None
    if name in given:
        first = _beginning("FirstName", given["FirstName"])[0] if "FirstName" in given else ""
        return ByName(quality, _beginning(name, given[name])[0], first)
    if "ZipCode" in given:
        code, starred = _beginning("ZipCode", given["ZipCode"])
        return ByPlace(quality, Place("ZIP", code, starred))
    city, starred = _beginning("City", given["City"])
    return ByPlace(quality, Place("CITY", city, starred))


def _beginning(element: str, text: str) -> tuple[str, bool]:
    """A folded text, and whether it had a * at its end (BOOK-3). Raises Refused."""
    begins = text.rstrip("*")
    if "*" in begins:
        raise Refused(f"{element}: * may only stand at its end")
    folded = fold(begins)
    if not folded:
        raise Refused(f"{element}: a letter or digit is missing")
    return folded, begins != text


def _check(given: Mapping[str, str], shapes: Sequence[_Shape]) -> None:
    """Raises Refused for criteria that are no search, with what is missing for the nearest ones."""
    names_given = frozenset(given)
    if not given:
        raise Refused(f"{NOT_SUPPORTED}: no criterion is given")
    least = min(shape.distance(names_given) for shape in shapes)
    if least == 0:
        return
    nearest = [shape for shape in shapes if shape.distance(names_given) == least]
    best = min(nearest, key=lambda shape: len(shape.too_much(names_given)))
    # All that have the same too much are ways to go on.
    too_much = best.too_much(names_given)
    ways = [_all_of(shape.missing(names_given)) for shape in nearest if shape.too_much(names_given) == too_much]
    told = []
    if missing := [way for way in dict.fromkeys(ways) if way]:
        told.append(f"{' or '.join(missing)} {'are' if ' and ' in missing[-1] else 'is'} missing")
    if too_much:
        told.append(f"{_all_of(too_much)} cannot stand beside {_all_of(names_given - too_much)}")
    raise Refused(f"{NOT_SUPPORTED}: {'; '.join(told)}")


def _all_of(elements: frozenset[str]) -> str:
    return " and ".join(sorted(elements))
