"""Help: every verb explains itself with an example; exit codes are told and kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from ehbox_soap import cli
from ehbox_soap.client.errors import (
    AnswerError,
    ClientError,
    EtkError,
    FaultError,
    KgssRefusedError,
    LookupRefusedError,
    RequestError,
    SealedError,
    StatusError,
    TokenError,
    UnreachableError,
)
from ehbox_soap.tokens import TokenName
from ehbox_soap.wire import types

book = types.address_book
LOOKUP = book.SearchProfessionalsResponse(
    book.Reply(
        "_1", datetime(2026, 11, 22, tzinfo=UTC), book.Status(("urn:x:status:Requester",), "Profession is missing")
    ),
    book.Paging(0, 1),
)
STATUS = types.Status("803", (("FR", "non"), ("EN", "The quality is not valid")))


def _verbs(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    for name, verb in group.commands.items():
        if isinstance(verb, click.Group):
            yield from _verbs(verb, *names, name)
        else:
            yield (*names, name)


@pytest.mark.parametrize("verb", list(_verbs(cli.main)), ids=" ".join)
def test_every_verb_shows_an_example_of_itself(verb: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli.main, [*verb, "--help"], prog_name="ehbox")
    assert result.exit_code == 0
    _, found, example = result.output.partition("Example:\n")
    assert found
    assert f"ehbox {' '.join(verb)} " in example.splitlines()[0] + " "


def test_the_verbs_are_those_that_readme_promises() -> None:
    expected = {"serve", "ready", "settings", "seed", "token", "send", "list", "read", "box"}
    expected |= {"verify", "reset", "dump", "backup", "completion", "upkeep", "usage", "worker"}
    expected |= {"clock show", "clock set", "clock advance", "clock reset"}
    expected |= {"notify set", "notify confirm", "notify off"}
    expected |= {"news", "move", "delete", "history", "acks", "ooo list", "ooo set", "ooo remove"}
    expected |= {f"lookup {what}" for what in ("professionals", "organizations", "professional", "organization")}
    expected |= {
        "pki init",
        "pki issue",
        "pki revoke",
        "pki server",
        "pki show",
        "etk import",
        "etk list",
        "etk revoke",
    }
    assert {" ".join(verb) for verb in _verbs(cli.main)} == expected


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (StatusError(types.SendMessageResponse(STATUS)), 1, "803 The quality is not valid"),
        (TokenError("Requester", "nothing certified"), 1, "nothing certified"),
        (LookupRefusedError(LOOKUP), 1, "Requester: Profession is missing"),
        (EtkError(TokenName("SSIN", "1"), "none is given out"), 1, "encryption token for SSIN: none is given out"),
        (KgssRefusedError(("KEY",), "no such key"), 1, "KEY: no such key"),
        (SealedError("Document", "was changed"), 1, "Document: was changed"),
        (RequestError("not of the WSDL"), 2, "not of the WSDL"),
        (UnreachableError("nobody there"), 3, "nobody there"),
        (FaultError("Client", "SOA-01001", None), 4, "SOA-01001"),
        (AnswerError("HTTP status 404"), 5, "HTTP status 404"),
    ],
)
def test_each_end_has_its_exit_code(error: ClientError, code: int, text: str) -> None:
    @click.group(cls=cli.Verbs)
    def group() -> None:
        """A group of one verb that ends in this way."""

    @group.command()
    def fail() -> None:
        raise error

    result = CliRunner().invoke(group, ["fail"])
    assert result.exit_code == code
    assert result.stderr.startswith("Error: ")
    assert text in result.stderr
    assert result.stdout == ""


def test_the_exit_codes_are_told() -> None:
    text = CliRunner().invoke(cli.main, ["--help"]).output
    assert [line.split()[0] for line in text.partition("Exit codes:\n")[2].splitlines()] == [
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
    ]


def test_its_addresses_are_those_that_the_server_answers() -> None:
    from ehbox_soap.client import addresses
    from ehbox_soap.ports import consultation, publication, sts

    assert addresses.PUBLICATION_PATH == publication.PATH
    assert addresses.CONSULTATION_PATH == consultation.PATH
    assert addresses.STS_PATH in sts.PATHS
    assert addresses.STS_TRUST_PATH == sts.TRUST_PATH
