"""ehbox lookup: the address book from a terminal, over the client library, against a whole server in the process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import DOCTOR, HOSPITAL, NURSE, Command


def told(ehbox: Command, *arguments: str) -> Any:
    return json.loads(ehbox.ok("lookup", *arguments, "--as", NURSE, "--json"))


def test_professionals_by_name(ehbox: Command) -> None:
    found = told(ehbox, "professionals", "--profession", "PHYSICIAN", "--last-name", "voor")
    assert [each["individual"]["ssin"] for each in found] == [DOCTOR, "01010599873"]
    table = ehbox.ok("lookup", "professionals", "--profession", "PHYSICIAN", "--zip", "9000", "--as", NURSE)
    assert "Dora Maria Voorbeeld" in table
    assert "PHYSICIAN 19990116004" in table


def test_as_many_as_asked_for_over_as_many_pages_as_it_takes(ehbox: Command) -> None:
    search = ("professionals", "--profession", "PHYSICIAN", "--last-name", "voor")
    assert len(told(ehbox, *search, "--limit", "1")) == 1
    assert len(told(ehbox, *search, "--limit", "1000")) == 2


def test_organizations(ehbox: Command) -> None:
    (found,) = told(ehbox, "organizations", "--type", "HOSPITAL", "--name", "hopital")
    assert found["id"]["value"] == HOSPITAL
    assert "Hôpital Exemple / Ziekenhuis Voorbeeld" in ehbox.ok(
        "lookup", "organizations", "--nihii", HOSPITAL, "--as", NURSE
    )


def test_nobody(ehbox: Command) -> None:
    search = ("professionals", "--profession", "NURSE", "--city", "Nergens")
    assert told(ehbox, *search) == []
    assert ehbox.ok("lookup", *search, "--as", NURSE) == "nobody found\n"


def test_everything_about_a_professional(ehbox: Command) -> None:
    text = ehbox.ok("lookup", "professional", "--ssin", DOCTOR, "--as", NURSE)
    for line in (
        "name      Dora Maria Voorbeeld",
        "profession  PHYSICIAN",
        "speciality  Huisarts / Médecin généraliste",
        "address     Voorbeeldstraat 12, 9000 Gent / Gand, BE",
        "mail        dora.voorbeeld@praktijk.example",
        f"box         INSS:{DOCTOR}:DOCTOR",
    ):
        assert line in text, text
    assert told(ehbox, "professional", "--nihii", "19990116")["individual"]["ssin"] == DOCTOR


def test_everything_about_an_organization(ehbox: Command) -> None:
    text = ehbox.ok("lookup", "organization", "--cbe", "0999990123", "--as", NURSE)
    assert f"box      NIHII:{HOSPITAL}:HOSPITAL" in text
    assert (
        told(ehbox, "organization", "--nihii", HOSPITAL, "--type", "HOSPITAL")["organization"]["id"]["value"]
        == HOSPITAL
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ("professionals", "--last-name", "voor"),
            1,
            "Requester: This combination of search criteria is not supported",
        ),
        (("professional", "--ssin", "85010199786"), 1, "no professional has that number"),
        (("organization", "--ehp", "1999999105"), 1, "no organisation has that number"),
        (("professional",), 2, "say whom: --ssin or --nihii, one of them"),
        (("professional", "--ssin", DOCTOR, "--nihii", "19990116"), 2, "say whom"),
        (("organization", "--type", "HOSPITAL"), 2, "say whom: --nihii, --cbe or --ehp, one of them"),
        (("professional", "--ssin", "1"), 4, "SOA-03006"),
    ],
)
def test_what_goes_wrong(ehbox: Command, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = ehbox("lookup", *arguments, "--as", NURSE)
    assert (result.exit_code, words in result.stderr) == (code, True), result.output
