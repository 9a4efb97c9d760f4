"""Reading a seed file, and writing one.

Knows: the one seed format, as TOML (an array of tables per kind) and as JSON lines (the same keys, and `kind`).
Must not know: SQL, where the settings say that seeds are.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from ehbox_soap.register.contact_entries import written_contact, written_specialities
from ehbox_soap.register.entries import BoxEntry, OrganisationEntry, PersonEntry
from ehbox_soap.store.contact_records import OrganisationDetail, PersonDetail
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.records import BoxOverride, Organisation, Person
from ehbox_soap.store.transaction import Transaction

_Entry = PersonEntry | OrganisationEntry | BoxEntry
_KINDS: dict[str, type[PersonEntry] | type[OrganisationEntry] | type[BoxEntry]] = {
    "person": PersonEntry,
    "organisation": OrganisationEntry,
    "box": BoxEntry,
}


class SeedError(Exception):
    """A seed that is not right: file, entry and key, and the rule; never a value."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Who exists, as records of the store; details of those of whom more is known than names and numbers."""

    people: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    boxes: tuple[BoxOverride, ...] = ()
    person_details: Mapping[str, PersonDetail] = field(default_factory=dict)
    """By INSS."""
    organisation_details: Mapping[Address, OrganisationDetail] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """How many there are of all kinds."""
        return len(self.people) + len(self.organisations) + len(self.boxes)

    def about(self, who: Person) -> PersonDetail:
        """What more is known of a person."""
        return self.person_details.get(who.inss, PersonDetail())

    def about_organisation(self, which: Organisation) -> OrganisationDetail:
        """What more is known of an organisation."""
        return self.organisation_details.get(_address(which), OrganisationDetail())


def read_seed(path: Path) -> Seed:
    """Reads a seed: `.toml`, or JSON lines in `.jsonl`. Raises SeedError, FileNotFoundError.

    The whole file is right or nothing of it is used.
    """
    seen: dict[tuple[str, ...], str] = {}
    records: list[Person | Organisation | BoxOverride] = []
    people: dict[str, PersonDetail] = {}
    organisations: dict[Address, OrganisationDetail] = {}
    for place, kind, keys in _entries(path):
        entry = _entry(f"{path.name}: {place}", kind, keys)
        record = entry.record()
        for key in _unique_keys(record):
            if key in seen:
                raise SeedError(f"{path.name}: {place}: {key[0]}: stands in {seen[key]} already")
            seen[key] = place
        records.append(record)
        if isinstance(entry, PersonEntry):
            people[entry.inss] = entry.detail()
        elif isinstance(entry, OrganisationEntry):
            organisations[_address(entry.record())] = entry.detail()
    return Seed(
        tuple(record for record in records if isinstance(record, Person)),
        tuple(record for record in records if isinstance(record, Organisation)),
        tuple(record for record in records if isinstance(record, BoxOverride)),
        {inss: detail for inss, detail in people.items() if detail != PersonDetail()},
        {address: detail for address, detail in organisations.items() if detail != OrganisationDetail()},
    )


def registered(transaction: Transaction) -> Seed:
    """The register as a seed: loaded into an empty store it gives the same register again."""
    found = (transaction.register.person(inss) for inss in transaction.whole.people())
    people = tuple(person for person in found if person is not None)
    numbers = transaction.whole.organisations()
    organisations = tuple(one for number in numbers for one in transaction.register.organisations(*number))
    person_details = {person.inss: transaction.contacts.person(person.inss) for person in people}
    details = {_address(one): transaction.contacts.organisation(_address(one)) for one in organisations}
    return Seed(
        people,
        organisations,
        transaction.whole.limits(),
        {inss: detail for inss, detail in person_details.items() if detail != PersonDetail()},
        {address: detail for address, detail in details.items() if detail != OrganisationDetail()},
    )


def write_seed(seed: Seed, form: Literal["toml", "jsonl"] = "toml") -> str:
    """The text of a seed file, which `read_seed` reads as that seed."""
    lines: list[str] = []
    for kind, keys in _written(seed):
        if form == "jsonl":
            lines.append(json.dumps({"kind": kind, **keys}, ensure_ascii=False))
        else:
            lines += ["", f"[[{kind}]]", *_toml_lines(kind, keys)]
    return "".join(f"{line}\n" for line in (lines[1:] if form == "toml" else lines))


def _written(seed: Seed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and keys of each entry, without those that are left out."""
    for person in seed.people:
        yield "person", _given(_written_person(person, seed.about(person)))
    for organisation in seed.organisations:
        yield "organisation", _given(_written_organisation(organisation, seed.about_organisation(organisation)))
    for box in seed.boxes:
        yield "box", _given(asdict(box))


def _written_person(person: Person, detail: PersonDetail) -> dict[str, Any]:
    return {
        "inss": person.inss,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_names": detail.middle_names,
        "language": person.language,
        "gender": detail.gender,
        "birth_date": None if detail.birth_date is None else detail.birth_date.isoformat(),
        "death_date": None if detail.death_date is None else detail.death_date.isoformat(),
        **written_contact(detail.contact),
        "profession": [
            {
                "quality": held.quality,
                "nihii": held.nihii,
                **written_contact(detail.profession(held.quality).contact),
                "speciality": written_specialities(detail.profession(held.quality).specialities),
            }
            for held in person.professions
        ],
    }


def _written_organisation(organisation: Organisation, detail: OrganisationDetail) -> dict[str, Any]:
    numbers = {type.lower(): number for type, number in detail.numbers}
    return {**asdict(organisation), "names": dict(detail.names), **numbers, **written_contact(detail.contact)}


def _given(keys: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that say something, those of what stands inside as well."""
    return {
        key: [_given(each) if isinstance(each, dict) else each for each in value] if isinstance(value, list) else value
        for key, value in keys.items()
        if value not in (None, [], {})
    }


def _address(organisation: Organisation) -> Address:
    return Address.of(organisation.type, organisation.id, organisation.quality)


def _toml_lines(place: str, keys: Mapping[str, Any]) -> Iterator[str]:
    tables = {key: value for key, value in keys.items() if isinstance(value, list) and isinstance(value[0], dict)}
    for key, value in keys.items():
        if key not in tables:
            yield f"{key} = {_toml_value(value)}"
    for key, value in tables.items():
        for each in value:
            yield from ("", f"[[{place}.{key}]]", *_toml_lines(f"{place}.{key}", each))


def _toml_value(value: Any) -> str:
    # JSON's texts, whole numbers and lists are TOML's too, as long as no control character is left as it is.
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml_value(each)}' for key, each in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _entries(path: Path) -> Iterator[tuple[str, str, Any]]:
    """(place, kind, keys) of each entry, in the order of the file."""
    readers = {".toml": _toml, ".jsonl": _json_lines}
    reader = readers.get(path.suffix)
    if reader is None:
        raise SeedError(f"{path.name}: the name of a seed ends in .toml or .jsonl")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SeedError(f"{path.name}: is not UTF-8") from None
    return reader(path.name, text)


def _toml(name: str, text: str) -> Iterator[tuple[str, str, Any]]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SeedError(f"{name}: is not TOML: {error}") from None
    for kind, entries in tables.items():
        if kind not in _KINDS:
            raise SeedError(f"{name}: {kind}: no such kind of entry")
        if not isinstance(entries, list):
            raise SeedError(f"{name}: {kind}: must be written [[{kind}]]")
        for number, keys in enumerate(entries, start=1):
            yield f"{kind} {number}", kind, keys


def _json_lines(name: str, text: str) -> Iterator[tuple[str, str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            keys = json.loads(line)
        except json.JSONDecodeError as error:
            raise SeedError(f"{name}: line {number}: is not JSON: {error.msg}, column {error.colno}") from None
        kind = keys.pop("kind", None) if isinstance(keys, dict) else None
        if not isinstance(kind, str) or kind not in _KINDS:
            raise SeedError(f"{name}: line {number}: kind: must be {', '.join(_KINDS)}")
        yield f"line {number}", kind, keys


def _entry(place: str, kind: str, keys: Any) -> _Entry:
    try:
        return _KINDS[kind].model_validate(keys)
    except ValidationError as error:
        # Only the first: its text is the library's rule, without the input that broke it.
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        rule = first["msg"].removeprefix("Value error, ")
        raise SeedError(f"{place}: {where.removeprefix('.')}{': ' if where else ''}{rule}") from None


def _unique_keys(record: Person | Organisation | BoxOverride) -> Iterator[tuple[str, ...]]:
    """What no two entries of a file may share, each after the key that says it; a NIHII counts by 8 digits (BOX-2)."""
    if isinstance(record, Person):
        yield "inss", record.inss
        for profession in record.professions:
            if profession.nihii is not None:
                yield "nihii", profession.nihii[:8], profession.quality
    else:
        number = record.id[:8] if record.type == "NIHII" else record.id
        yield "id", type(record).__name__, record.type, number, record.quality
