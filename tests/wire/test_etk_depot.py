"""The ETK depot's request and answer, literal by literal (wire.md, "ETK depot"): names, order, namespaces."""

from __future__ import annotations

import pytest

from ehbox_soap.wire import etk_depot
from ehbox_soap.wire.contract import Contract
from ehbox_soap.wire.types.answers import Status
from ehbox_soap.wire.types.etk_depot import EtkError, EtkIdentifier, GetEtkRequest, GetEtkResponse
from tests.wire.checks import CANARY, refused
from tests.wire.plainly import document, form

NS = "urn:be:fgov:ehealth:etkdepot:1_0:protocol"
PORT = Contract.load("etkdepot").ports[NS]
ONE = "<Identifier><Type>SSIN</Type><Value>1</Value></Identifier>"
TWO = "<Identifier><Type>CBE</Type><Value>2</Value><ApplicationID>app</ApplicationID></Identifier>"
IDENTIFIERS = (EtkIdentifier("SSIN", "1"), EtkIdentifier("CBE", "2", "app"))
STATUS = (
    '<c:Status xmlns:c="urn:be:fgov:ehealth:commons:1_0:core" xmlns=""><Code>200</Code>'
    '<Message Lang="EN">Success</Message></c:Status>'
)
OK = Status("200", (("EN", "Success"),))
GIVEN = f"<GivenSearchCriteria>{ONE}{TWO}</GivenSearchCriteria>"
ANSWERS = [
    (STATUS, GetEtkResponse(OK)),
    (STATUS + GIVEN, GetEtkResponse(OK, IDENTIFIERS)),
    (f"{STATUS}{GIVEN}<ETK>AQI=</ETK>", GetEtkResponse(OK, IDENTIFIERS, b"\1\2")),
    (
        f"{STATUS}{GIVEN}<MatchingEtk>{ONE}{TWO}</MatchingEtk><MatchingEtk>{TWO}</MatchingEtk>",
        GetEtkResponse(OK, IDENTIFIERS, matching=(IDENTIFIERS, IDENTIFIERS[1:])),
    ),
    (
        f"{STATUS}{GIVEN}<Error><Code>e</Code><Message>m</Message></Error><Error><Code>f</Code><Message>n</Message>"
        "</Error>",
        GetEtkResponse(OK, IDENTIFIERS, errors=(EtkError("e", "m"), EtkError("f", "n"))),
    ),
]


def test_a_request_both_ways() -> None:
    element = document(f"<GetEtkRequest><SearchCriteria>{ONE}{TWO}</SearchCriteria></GetEtkRequest>", NS)
    PORT.validate_request(element)
    assert etk_depot.decode_request(element) == GetEtkRequest(IDENTIFIERS)
    assert form(etk_depot.encode_request(GetEtkRequest(IDENTIFIERS))) == form(element)


@pytest.mark.parametrize(("inner", "answer"), ANSWERS, ids=["status", "nothing", "etk", "matching", "errors"])
def test_an_answer_both_ways(inner: str, answer: GetEtkResponse) -> None:
    element = document(f"<GetEtkResponse>{inner}</GetEtkResponse>", NS)
    PORT.validate_answer(element)
    assert etk_depot.decode_answer(element) == answer
    assert form(etk_depot.encode_answer(answer)) == form(element)


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("", "SearchCriteria: missing element"),
        ("<SearchCriteria><Identifier/></SearchCriteria>", "Type: missing element"),
        (f"<SearchCriteria><Identifier><Type>{CANARY}</Type></Identifier></SearchCriteria>", "Value: missing element"),
    ],
)
def test_what_was_not_validated_is_still_no_surprise(inner: str, reason: str) -> None:
    with refused("SOA-03006", reason):
        etk_depot.decode_request(document(f"<GetEtkRequest>{inner}</GetEtkRequest>", NS))
