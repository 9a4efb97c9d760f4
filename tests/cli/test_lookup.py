"""ehbox lookup: the address book from a terminal, over the client library, against a whole server in the process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ehbox_soap.register.loading import load
from ehbox_soap.register.seed import read_seed
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


OWNER, OTHER = "0999990222", "0999990321"


@pytest.fixture
def practices(ehbox: Command) -> None:
    """One more than fit on a page, all of one enterprise, and two of another."""
    entry = """
[[organisation]]
type = "NIHII"
id = "5199{:04d}"
quality = "OF_PHYSIOS"
name = "{}"
cbe = "{}"
"""
    entries = [entry.format(count, "Evenbeeld", OWNER) for count in range(101)]
    entries += [entry.format(count, "Tweeling", OTHER) for count in (101, 102)]
    path = ehbox.data / "practices.toml"
    path.write_text("".join(entries), encoding="utf-8")
    with ehbox.door.house.store.begin() as transaction:
        load(read_seed(path), transaction)


@pytest.mark.usefixtures("practices")
@pytest.mark.parametrize(
    ("search", "limit", "count", "more"),
    [
        (("organizations", "--type", "OF_PHYSIOS", "--name", "evenb"), 1, 1, True),
        (("organizations", "--type", "OF_PHYSIOS", "--name", "evenb"), 100, 100, True),
        (("organizations", "--type", "OF_PHYSIOS", "--name", "evenb"), 101, 101, False),
        # By number there is one answer, of up to address_book.max_results, whatever was asked for (BOOK-5).
        (("organizations", "--cbe", OWNER), 1000, 100, True),
        (("organizations", "--cbe", OTHER), 1, 1, True),
        (("organizations", "--cbe", OTHER), 2, 2, False),
        (("professionals", "--profession", "PHYSICIAN", "--last-name", "voor"), 1, 1, True),
        (("professionals", "--profession", "PHYSICIAN", "--last-name", "voor"), 2, 2, False),
    ],
)
def test_that_there_are_more_is_said_beside_the_results(
    ehbox: Command, search: tuple[str, ...], limit: int, count: int, more: bool
) -> None:
    words = f"there are more than these {count}: narrow the search, or raise --limit\n" if more else ""
    result = ehbox("lookup", *search, "--limit", limit, "--as", NURSE, "--json")
    assert (result.exit_code, result.stderr, len(json.loads(result.stdout))) == (0, words, count)


def test_beside_a_table_too(ehbox: Command) -> None:
    result = ehbox(
        "lookup", "professionals", "--profession", "PHYSICIAN", "--last-name", "voor", "--limit", 1, "--as", NURSE
    )
    assert "Voorbeeld" in result.stdout
    assert result.stderr.startswith("there are more than these 1: ")


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
