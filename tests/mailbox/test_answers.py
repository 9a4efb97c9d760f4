"""Statuses in three languages, and the table of our own decisions."""

from __future__ import annotations

import typing

import pytest

from ehbox_soap.errors import STATUS, Refusal
from ehbox_soap.mailbox import answers, ours
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.wire import types


def test_success_is_100_in_three_languages() -> None:
    status = answers.success()
    assert status.code == "100"
    assert [lang for lang, _ in status.messages] == ["EN", "FR", "NL"]


@pytest.mark.parametrize("code", STATUS)
def test_pub_8_a_refusal_names_the_element_its_place_and_the_limit(code: str) -> None:
    status = answers.refused(Refusal(code, "DestinationContext[2]/Type", "at most 5"))
    assert status.code == code
    row = STATUS[code]
    tail = ": DestinationContext[2]/Type, at most 5"
    assert status.messages == (("EN", row.en + tail), ("FR", row.fr + tail), ("NL", row.nl + tail))
    assert answers.refused(Refusal(code)).messages[0] == ("EN", row.en)


@pytest.mark.parametrize("request_type", typing.get_args(types.Request))
def test_every_operation_refuses_with_its_own_answer(request_type: type[types.Request]) -> None:
    """The answer's element is the request's, with Response for Request."""
    request = object.__new__(request_type)
    answer = answers.refused_answer(request, Refusal("810", "BoxId"))
    assert type(answer).__name__ == request_type.__name__.replace("Request", "Response")
    assert answer == type(answer)(answers.refused(Refusal("810", "BoxId")))


def test_every_decision_of_ours_names_a_rule_once() -> None:
    assert len({(decision.rule, decision.says) for decision in ours.DECISIONS}) == len(ours.DECISIONS)


@pytest.mark.parametrize(
    ("start", "end", "skip_and_count"),
    [(1, None, (0, 100)), (1, 100, (0, 100)), (1, 101, (0, 100)), (5, 5, (4, 1)), (101, 200, (100, 100))],
)
def test_list_2_a_page(start: int, end: int | None, skip_and_count: tuple[int, int]) -> None:
    assert ours.page(start, end) == skip_and_count


def test_the_rules_come_from_the_settings() -> None:
    given = MailboxRules("strict", 1, 2, 3, 4, 5, ("DOCTOR",))
    assert MailboxRules.from_settings(given) == given
