"""The seed: what is read, what is refused and how that is told, what is loaded.

Expectations come from BOX-1, BOX-2, BOX-3 and the seed format; python-stdnum is the oracle for check digits.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stdnum.be import nn

from ehbox_soap import resources
from ehbox_soap.numbers import is_inss
from ehbox_soap.register.seed import Seed, SeedError, read_seed
from ehbox_soap.store.records import BoxOverride, Organisation, Person, Profession

DOCTOR = "71031499894"
BORN_2001 = "01010599873"
PERSON = {"inss": DOCTOR, "last_name": "Voorbeeld", "first_name": "Dora"}
HOSPITAL = {"type": "NIHII", "id": "71990133", "quality": "HOSPITAL", "name": "Hôpital"}


def lines(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "seed.jsonl"
    path.write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    return path


def toml(folder: Path, text: str) -> Path:
    path = folder / "seed.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shipped() -> Seed:
    return read_seed(resources.path("conf", "seed.toml"))


def test_shipped_people_have_numbers_that_another_library_calls_valid(shipped: Seed) -> None:
    """BOX-3"""
    for person in shipped.people:
        assert nn.validate(person.inss) == person.inss


def test_shipped_professions_and_organisations_have_right_check_digits(shipped: Seed) -> None:
    """The 97 rule also holds for NIHII (first six digits) and enterprise numbers (first eight)."""
    numbers = [profession.nihii for person in shipped.people for profession in person.professions]
    numbers += [organisation.id for organisation in shipped.organisations if organisation.type == "NIHII"]
    assert len(numbers) == 15
    for number in numbers:
        assert number is not None
        assert int(number[6:8]) == 97 - int(number[:6]) % 97
    (enterprise,) = (organisation.id for organisation in shipped.organisations if organisation.type == "CBE")
    assert int(enterprise[8:]) == 97 - int(enterprise[:8]) % 97


def test_shipped_seed_has_every_kind_of_caller(shipped: Seed) -> None:
    professions = [profession.quality for person in shipped.people for profession in person.professions]
    assert professions.count("DOCTOR") >= 2
    assert set(professions) >= {"NURSE", "PHARMACIST", "DENTIST", "PHYSIOTHERAPIST", "MIDWIFE"}
    assert any(not person.professions for person in shipped.people)
    assert any(len(person.professions) == 2 for person in shipped.people)
    assert any(person.inss.startswith("0") for person in shipped.people)
    assert {organisation.quality for organisation in shipped.organisations} == {
        "HOSPITAL", "PHARMACY", "LABO", "GROUP", "MEDICAL_HOUSE", "INSTITUTION", "INSTITUTION_EHP",
    }  # fmt: skip
    assert {organisation.type for organisation in shipped.organisations} == {"NIHII", "CBE", "EHP"}


def test_inss_before_and_after_2000() -> None:
    """BOX-3: with and without 2 before it."""
    assert is_inss(DOCTOR)
    assert is_inss(BORN_2001)
    assert not is_inss(DOCTOR[:-1] + "5")
    assert not is_inss(DOCTOR[:-1])
    assert not is_inss(DOCTOR + "0")
    assert not is_inss("7103149989x")
    assert not is_inss("٧١٠٣١٤٩٩٨٩٤")


def test_same_keys_as_toml_and_as_json_lines(tmp_path: Path) -> None:
    expected = Seed(
        (Person(DOCTOR, "Voorbeeld", "Dora", "nl", (Profession("DOCTOR", "19990116004"), Profession("NURSE"))),),
        (Organisation("NIHII", "71990133", "HOSPITAL", "Hôpital", None),),
        (BoxOverride("NIHII", "71990133", "HOSPITAL", 12),),
    )
    assert expected == read_seed(
        toml(
            tmp_path,
            f"""
            [[box]]
            type = "NIHII"
            id = "71990133"
            quality = "HOSPITAL"
            max_size = 12
            [[person]]
            inss = "{DOCTOR}"
            last_name = "Voorbeeld"
            first_name = "Dora"
            language = "nl"
            [[person.profession]]
            quality = "DOCTOR"
            nihii = "19990116004"
            [[person.profession]]
            quality = "NURSE"
            [[organisation]]
            type = "NIHII"
            id = "71990133"
            quality = "HOSPITAL"
            name = "Hôpital"
            """,
        )
    )
    professions = [{"quality": "DOCTOR", "nihii": "19990116004"}, {"quality": "NURSE"}]
    person = {"kind": "person", **PERSON, "language": "nl", "profession": professions}
    box = {"kind": "box", "type": "NIHII", "id": "71990133", "quality": "HOSPITAL", "max_size": 12}
    assert expected == read_seed(lines(tmp_path, person, {"kind": "organisation", **HOSPITAL}, box))


WRONG_PEOPLE = [
    ({"inss": "71031499895"}, "inss: must have 11 digits whose last two are right by the 97 rule (BOX-3)"),
    ({"inss": 71031499894}, "inss: Input should be a valid string"),
    ({"last_name": ""}, "last_name: must be text without control characters and without space around it"),
    ({"last_name": "a\u0001b"}, "last_name: must be text without control characters and without space around it"),
    ({"first_name": " Dora"}, "first_name: must be text without control characters and without space around it"),
    ({"language": "it"}, "language: Input should be 'fr', 'nl', 'de' or 'en'"),
    ({"age": 5}, "age: Extra inputs are not permitted"),
    ({"profession": [{"quality": "HOSPITAL"}]}, "profession[1]: quality: must be a profession that the register"),
    ({"profession": [{"quality": "CITIZEN"}]}, "profession[1]: quality: must be a profession that the register"),
    ({"profession": [{"quality": "NURSE", "nihii": "123456789"}]}, "profession[1].nihii: must have 8 or 11 digits"),
    ({"profession": [{"quality": "NURSE", "nihii": "1234567x"}]}, "profession[1].nihii: must have 8 or 11 digits"),
    ({"profession": [{"quality": "NURSE"}, {"quality": "NURSE"}]}, "profession: a quality stands twice"),
]


@pytest.mark.parametrize(
    ("change", "told"), WRONG_PEOPLE, ids=lambda value: value[:40] if isinstance(value, str) else ""
)
def test_wrong_person(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(SeedError) as caught:
        read_seed(lines(tmp_path, {"kind": "person", **PERSON, **change}))
    assert str(caught.value).startswith(f"seed.jsonl: line 1: {told}")


WRONG_ORGANISATIONS = [
    ({"quality": "DOCTOR"}, "quality: must be that of an organisation"),
    ({"type": "CBE"}, "quality: no such quality with this type (BOX-1)"),
    ({"quality": "CLINIC"}, "quality: no such quality with this type (BOX-1)"),
    ({"id": "719901"}, "id: must have 8 or 11 digits"),
    ({"id": "7199013٣"}, "id: must have 8 or 11 digits"),
    ({"type": "CBE", "quality": "INSTITUTION", "id": "99999903199"}, "id: must have 10 digits"),
    ({"type": "EHP", "quality": "INSTITUTION_EHP", "id": "199999900"}, "id: must have 10 digits"),
]


@pytest.mark.parametrize(
    ("change", "told"), WRONG_ORGANISATIONS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_wrong_organisation(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(SeedError) as caught:
        read_seed(lines(tmp_path, {"kind": "organisation", **HOSPITAL, **change}))
    assert str(caught.value) == f"seed.jsonl: line 1: {told}"


def test_box_of_a_person_has_a_checked_inss(tmp_path: Path) -> None:
    """BOX-3, BOX-8"""
    box = {"kind": "box", "type": "INSS", "id": DOCTOR, "quality": "DOCTOR", "max_size": 1}
    assert read_seed(lines(tmp_path, box)).boxes == (BoxOverride("INSS", DOCTOR, "DOCTOR", 1),)
    with pytest.raises(SeedError, match=r"line 1: id: the last two digits are not right by the 97 rule \(BOX-3\)$"):
        read_seed(lines(tmp_path, {**box, "id": "71031499895"}))
    with pytest.raises(SeedError, match=r"line 1: max_size: Input should be greater than or equal to 1$"):
        read_seed(lines(tmp_path, {**box, "max_size": 0}))
    # More than a database keeps would break a load in its middle.
    assert read_seed(lines(tmp_path, {**box, "max_size": 2**63 - 1})).boxes[0].max_size == 2**63 - 1
    with pytest.raises(
        SeedError, match=r"line 1: max_size: Input should be less than or equal to 9223372036854775807$"
    ):
        read_seed(lines(tmp_path, {**box, "max_size": 2**63}))
    for size in ("12", 12.0, True):
        with pytest.raises(SeedError, match="line 1: max_size: Input should be a valid integer"):
            read_seed(lines(tmp_path, {**box, "max_size": size}))


def test_error_names_file_entry_and_key_and_never_the_value(tmp_path: Path) -> None:
    text = f'[[person]]\ninss = "{DOCTOR}"\nlast_name = "A"\nfirst_name = "B"\n[[person]]\ninss = "Secret"\n'
    with pytest.raises(SeedError) as caught:
        read_seed(toml(tmp_path, text))
    assert str(caught.value) == (
        "seed.toml: person 2: inss: must have 11 digits whose last two are right by the 97 rule (BOX-3)"
    )
    assert "Secret" not in repr(caught.value)
    # What is chained would be printed with the traceback.
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([{"kind": "person", **PERSON}] * 2, "line 2: inss: stands in line 1 already"),
        ([{"kind": "organisation", **HOSPITAL}] * 2, "line 2: id: stands in line 1 already"),
        (
            [{"kind": "organisation", **HOSPITAL}, {"kind": "organisation", **HOSPITAL, "id": "71990133000"}],
            "line 2: id: stands in line 1 already",
        ),
        (
            [
                {"kind": "person", **PERSON, "profession": [{"quality": "NURSE", "nihii": "49990335401"}]},
                {
                    "kind": "person",
                    **PERSON,
                    "inss": BORN_2001,
                    "profession": [{"quality": "NURSE", "nihii": "49990335"}],
                },
            ],
            "line 2: nihii: stands in line 1 already",
        ),
    ],
)
def test_nothing_stands_twice(tmp_path: Path, entries: list[dict[str, Any]], told: str) -> None:
    """BOX-2: 8 and 11 digits of a NIHII number are the same."""
    with pytest.raises(SeedError) as caught:
        read_seed(lines(tmp_path, *entries))
    assert str(caught.value) == f"seed.jsonl: {told}"


def test_box_beside_its_organisation_is_no_duplicate(tmp_path: Path) -> None:
    box = {"kind": "box", **{key: HOSPITAL[key] for key in ("type", "id", "quality")}, "max_size": 5}
    assert len(read_seed(lines(tmp_path, {"kind": "organisation", **HOSPITAL}, box)).boxes) == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", "[[doctor]]\n", "a.toml: doctor: no such kind of entry"),
        ("a.toml", "[person]\n", "a.toml: person: must be written [[person]]"),
        ("a.toml", "person = 5\n", "a.toml: person: must be written [[person]]"),
        ("a.toml", "person = [5]\n", "a.toml: person 1: Input should be a valid dictionary or instance of PersonEntry"),
        ("a.toml", "[[person\n", "a.toml: is not TOML"),
        ("a.jsonl", "{", "a.jsonl: line 1: is not JSON"),
        ("a.jsonl", "[]", "a.jsonl: line 1: kind: must be person, organisation, box"),
        ("a.jsonl", '\n{"kind": "doctor"}', "a.jsonl: line 2: kind: must be person, organisation, box"),
        ("a.jsonl", '{"kind": ["person"]}', "a.jsonl: line 1: kind: must be person, organisation, box"),
        ("a.yaml", "", "a.yaml: the name of a seed ends in .toml or .jsonl"),
    ],
)
def test_wrong_file(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SeedError) as caught:
        read_seed(tmp_path / name)
    assert str(caught.value).startswith(told)


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"# \xff")
    with pytest.raises(SeedError, match=r"^a\.toml: is not UTF-8$"):
        read_seed(tmp_path / "a.toml")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_seed(tmp_path / "a.toml")
