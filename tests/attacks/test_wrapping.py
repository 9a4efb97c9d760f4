"""Signature wrapping at every port whose calls are secured: the eight classic forms on the Body, the Timestamp and the
assertion, and the eight placements. Every one is refused by its place, before any digest; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from tests.attacks.placements import PLACEMENTS, nested_body
from tests.attacks.ports import SECURED, SecuredPort
from tests.attacks.timestamps import TIMESTAMP_FORMS
from tests.attacks.wrapping import ASSERTION_FORMS, BODY_FORMS, Form
from tests.door import Door
from tests.front.calls import fault, told
from tests.security.builders import Call, stamp
from tests.security.keys import NOW

TIMED_OUT = Call(created=stamp(NOW - timedelta(hours=2)), expires=stamp(NOW - timedelta(hours=1)))
"""What a stolen call is by now: only another Timestamp makes it worth anything."""


def _rows() -> Iterator[tuple[SecuredPort, Form]]:
    """Every form at every port; there is no assertion in a call to an STS."""
    for port in SECURED:
        for form in (*BODY_FORMS, *TIMESTAMP_FORMS, *PLACEMENTS, *(ASSERTION_FORMS if port.kind == "mailbox" else ())):
            yield port, form


ROWS = list(_rows())


@pytest.mark.within("counts the rows of its own table")
def test_the_table_is_whole() -> None:
    """Eight forms on each of three, eight placements."""
    assert {len(each) for each in (BODY_FORMS, TIMESTAMP_FORMS, ASSERTION_FORMS, PLACEMENTS)} == {8}
    assert len(ROWS) == 4 * 32 + 2 * 24


@pytest.mark.parametrize(("port", "form"), ROWS, ids=lambda each: getattr(each, "__name__", None) or each.name)
def test_signature_wrapping(port: SecuredPort, form: Form, foreign: Door) -> None:
    """SOA-03002 and SOA-03003 are for what is no envelope, SOA-03005 for a Body that holds no request; everything else
    is not authenticated."""
    good = port.request(TIMED_OUT if form in TIMESTAMP_FORMS else None)
    attacked = replace(good, body=etree.tostring(form(etree.fromstring(good.body))))
    keys = foreign.replay_keys()
    found = fault(foreign, attacked)
    allowed = ("SOA-03005",) if form is nested_body else ("SOA-01001", "SOA-03002", "SOA-03003")
    assert found.code in allowed
    assert "digest" not in found.reason
    assert "by the key" not in found.reason
    assert "has passed" not in found.reason
    assert foreign.replay_keys() == keys


@pytest.mark.parametrize("port", SECURED, ids=lambda port: port.name)
def test_the_calls_are_good_ones(port: SecuredPort, foreign: Door) -> None:
    """What is attacked above: each gets past the envelope and its security."""
    answer = foreign.send(port.request())
    if port.kind == "mailbox":
        assert answer.status == 200
    else:
        assert told(answer).code == "SOA-03006"
