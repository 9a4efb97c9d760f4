"""The contact data of a seed: what is read, what is refused, what is loaded, and that a dump is the seed again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest

from ehbox_soap import resources
from ehbox_soap.register.loading import load
from ehbox_soap.register.seed import Seed, SeedError, read_seed, registered, write_seed
from ehbox_soap.store.contact_records import (
    Contact,
    Information,
    OrganisationDetail,
    PersonDetail,
    PostalAddress,
    ProfessionDetail,
    Speciality,
)
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address

DOCTOR = "71031499894"
TOML = f"""
[[person]]
inss = "{DOCTOR}"
last_name = "Voorbeeld"
first_name = "Dora"
middle_names = "Anna Maria"
language = "nl"
gender = "F"
birth_date = 1971-03-14
death_date = "2020-02-29"
emails = ["dora@home.example"]
phones = ["+32 9 000 00 00", "+32 470 00 00 00"]

[[person.address]]
street = "Kerkstraat"
city = {{ nl = "Gent", fr = "Gand" }}

[[person.profession]]
quality = "DOCTOR"
nihii = "19990116004"
emails = ["dora@work.example"]

[[person.profession.address]]
type = "Work"
street = {{ nl = "Wetstraat", fr = "Rue de la Loi" }}
number = "16"
box = "B"
postal_code = "1000"
city = {{ nl = "Brussel", fr = "Bruxelles" }}
country = "BE"
country_name = {{ nl = "België" }}
bst_code = "bst"
street_nsi = "1"
city_nsi = "2"
country_nsi = "3"

[[person.profession.information]]
type = "Fax"
value = "+32 2 000 00 00"

[[person.profession.speciality]]
code = "10"
name = {{ nl = "Huisarts", fr = "Généraliste" }}

[[person.profession]]
quality = "NURSE"

[[organisation]]
type = "NIHII"
id = "71990133"
quality = "HOSPITAL"
name = "Hôpital Exemple"
language = "fr"
names = {{ nl = "Ziekenhuis Voorbeeld" }}
cbe = "0999999031"
ehp = "1999999006"
emails = ["info@hospital.example"]

[[organisation.address]]
street = "Rue Exemple"
postal_code = "4000"
city = "Liège"
"""
PERSON_DETAIL = PersonDetail(
    "Anna Maria",
    "F",
    date(1971, 3, 14),
    date(2020, 2, 29),
    Contact(
        (PostalAddress((("", "Kerkstraat"),), (("nl", "Gent"), ("fr", "Gand"))),),
        (
            Information("Mail", "dora@home.example"),
            Information("Phone", "+32 9 000 00 00"),
            Information("Phone", "+32 470 00 00 00"),
        ),
    ),
    (
        ProfessionDetail(
            "DOCTOR",
            (Speciality("10", (("nl", "Huisarts"), ("fr", "Généraliste"))),),
            Contact(
                (
                    PostalAddress(
                        (("nl", "Wetstraat"), ("fr", "Rue de la Loi")),
                        (("nl", "Brussel"), ("fr", "Bruxelles")),
                        "Work",
                        "16",
                        "B",
                        "1000",
                        "BE",
                        (("nl", "België"),),
                        "bst",
                        "1",
                        "2",
                        "3",
                    ),
                ),
                (Information("Mail", "dora@work.example"), Information("Fax", "+32 2 000 00 00")),
            ),
        ),
    ),
)
ORGANISATION_DETAIL = OrganisationDetail(
    (("nl", "Ziekenhuis Voorbeeld"),),
    (("CBE", "0999999031"), ("EHP", "1999999006")),
    Contact(
        (PostalAddress((("", "Rue Exemple"),), (("", "Liège"),), postal_code="4000"),),
        (Information("Mail", "info@hospital.example"),),
    ),
)


def written(folder: Path, text: str, form: str = "toml") -> Path:
    path = folder / f"seed.{form}"
    path.write_text(text, encoding="utf-8")
    return path


def line(folder: Path, **keys: Any) -> Path:
    return written(folder, json.dumps({"kind": "person", **person(**keys)}), "jsonl")


def person(**keys: Any) -> dict[str, Any]:
    return {"inss": DOCTOR, "last_name": "Voorbeeld", "first_name": "Dora", **keys}


def test_every_field_is_read(tmp_path: Path) -> None:
    seed = read_seed(written(tmp_path, TOML))
    assert seed.person_details == {DOCTOR: PERSON_DETAIL}
    assert seed.organisation_details == {Address.of("NIHII", "71990133", "HOSPITAL"): ORGANISATION_DETAIL}


@pytest.mark.parametrize("form", ["toml", "jsonl"])
def test_what_is_loaded_is_dumped_as_the_same_seed(
    store: Store, tmp_path: Path, form: Literal["toml", "jsonl"]
) -> None:
    seed = read_seed(written(tmp_path, TOML))
    for _ in range(2):
        with store.begin() as transaction:
            load(seed, transaction)
    with store.begin(write=False) as transaction:
        dumped = registered(transaction)
    assert dumped == seed
    assert read_seed(written(tmp_path, write_seed(dumped, form), form)) == seed


def test_the_shipped_seed_is_dumped_as_it_is(store: Store, tmp_path: Path) -> None:
    seed = read_seed(resources.path("conf", "seed.toml"))
    with store.begin() as transaction:
        load(seed, transaction)
    with store.begin(write=False) as transaction:
        dumped = read_seed(written(tmp_path, write_seed(registered(transaction))))
    assert sorted(dumped.people, key=lambda each: each.inss) == sorted(seed.people, key=lambda each: each.inss)
    assert (dumped.person_details, dumped.organisation_details) == (seed.person_details, seed.organisation_details)


def test_every_professional_and_organisation_of_the_shipped_seed_can_be_reached() -> None:
    seed = read_seed(resources.path("conf", "seed.toml"))
    for who in seed.people:
        for held in who.professions:
            contact = seed.about(who).profession(held.quality).contact
            assert contact.addresses, who.last_name
            assert contact.mails, who.last_name
    for organisation in seed.organisations:
        assert seed.about_organisation(organisation).contact.addresses, organisation.name
        assert seed.about_organisation(organisation).contact.mails, organisation.name


def test_a_later_seed_takes_away_what_it_no_longer_says(store: Store) -> None:
    for details in ({DOCTOR: PERSON_DETAIL}, {}):
        with store.begin() as transaction:
            seed = read_seed(resources.path("conf", "seed.toml"))
            load(Seed(tuple(each for each in seed.people if each.inss == DOCTOR), person_details=details), transaction)
    with store.begin(write=False) as transaction:
        assert transaction.contacts.person(DOCTOR) == PersonDetail()


def test_a_mail_may_also_stand_among_the_information(tmp_path: Path) -> None:
    seed = read_seed(line(tmp_path, information=[{"type": "Fax", "value": "1"}, {"type": "Mail", "value": "a@b"}]))
    assert seed.person_details[DOCTOR].contact.information == (Information("Mail", "a@b"), Information("Fax", "1"))


STREET: dict[str, Any] = {"street": "A", "city": "B"}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"gender": "male"}, "gender: Input should be 'F', 'M' or 'X'"),
        ({"birth_date": "1971-02-30"}, "birth_date: must be a date: year-month-day"),
        ({"birth_date": 5}, "birth_date: Input should be a valid date"),
        ({"emails": ["nobody"]}, "emails[1]: must be an e-mail address"),
        ({"emails": ["a b@c"]}, "emails[1]: must be an e-mail address"),
        ({"emails": "a@b"}, "emails: Input should be a valid list"),
        ({"phones": [" 1"]}, "phones[1]: must be text without control characters"),
        ({"address": [{"street": "A"}]}, "address[1].city: Field required"),
        ({"address": [{**STREET, "city": ""}]}, "address[1].city: must be text without control characters"),
        ({"address": [{**STREET, "city": 5}]}, "address[1].city: must be a text, or a text in each of several"),
        ({"address": [{**STREET, "city": {}}]}, "address[1].city: must be a text, or a text in each of several"),
        ({"address": [{**STREET, "city": {"fr": 1}}]}, "address[1].city: must be a text, or a text in each of several"),
        ({"address": [{**STREET, "city": {"it": "C"}}]}, "address[1].city: a language must be fr, nl, de or en"),
        ({"address": [{**STREET, "country": "Belgium"}]}, "address[1].country: must be the two letters of ISO 3166"),
        ({"address": [{**STREET, "postal_code": "-"}]}, "address[1].postal_code: must hold a letter or a digit"),
        ({"address": [{**STREET, "zip": "1"}]}, "address[1].zip: Extra inputs are not permitted"),
        ({"profession": [{"quality": "DOCTOR", "speciality": [{"code": "1"}]}]}, "profession[1].speciality[1].name: F"),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    with pytest.raises(SeedError) as caught:
        read_seed(line(tmp_path, **keys))
    assert str(caught.value).startswith(f"seed.jsonl: line 1: {told}")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"nihii": "71990133"}, "nihii: the organisation's own number is one already"),
        ({"cbe": "099999903"}, "cbe: must have 10 digits"),
        ({"names": {"it": "Ospedale"}}, "names.it.[key]: Input should be 'fr', 'nl', 'de' or 'en'"),
    ],
)
def test_what_is_wrong_about_an_organisation(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    hospital = {"kind": "organisation", "type": "NIHII", "id": "71990133", "quality": "HOSPITAL", "name": "H"}
    with pytest.raises(SeedError) as caught:
        read_seed(written(tmp_path, json.dumps({**hospital, **keys}), "jsonl"))
    assert str(caught.value) == f"seed.jsonl: line 1: {told}"
