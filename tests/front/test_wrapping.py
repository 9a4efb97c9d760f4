"""Signature wrapping at the front door: the eight classic forms on the Body and the eight on the assertion.

What was signed is still in the message, untouched; something else stands where a reader looks. Each is a message from
which a server that follows ids would read the forged part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from lxml import etree

from tests.attacks.wrapping import (
    ALL_FORMS,
    BODY_FORMS,
    Form,
    assertion_beside_body,
    body_beside_body,
    body_in_body,
    two_bodies,
)
from tests.clients.connector40 import HttpRequest
from tests.door import Door
from tests.front.calls import ask, edited, fault
from tests.front.cast import NURSE_BOX
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message
from tests.front.signed import STS_REQUEST, request
from tests.security.builders import Call, Token, find
from tests.security.edits import call

# Forms that are no envelope with one Header, one Body and one element in it are told so before who calls is looked at.
SHAPES: dict[Form, str] = {
    two_bodies: "SOA-03002",
    body_beside_body: "SOA-03002",
    assertion_beside_body: "SOA-03002",
    body_in_body: "SOA-03003",
}


@pytest.mark.parametrize("form", ALL_FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("layout", ["C", "E"])
def test_signature_wrapping(form: Form, layout: Literal["C", "E"], foreign: Door) -> None:
    """Of an assertion that was never seen, and of one that the good call made known."""
    sent = request(call(layout=layout, token=Token(id=f"_{form.__name__}_{layout}")))
    attacked = edited(sent, lambda root: _become(root, form(root)))
    reasons = [attack(foreign, attacked, form)]
    ask(foreign, sent)
    foreign.reset()
    reasons.append(attack(foreign, attacked, form))
    assert "digest" not in str(reasons), "refused by its place, before any digest is looked at"


def attack(door: Door, attacked: HttpRequest, form: Form) -> str:
    found = fault(door, attacked)
    assert found.code == SHAPES.get(form, "SOA-01001")
    return found.reason


@pytest.mark.parametrize("form", BODY_FORMS, ids=lambda form: form.__name__)
def test_signature_wrapping_of_a_letter(form: Form, fresh_foreign: Fresh) -> None:
    """The forged Body sends another letter by the same name: nothing of either is stored."""
    door = fresh_foreign()
    sent = request(call(content=send_message(Inline([NURSE_BOX], publication_id="wrapped"))))
    sent = replace(sent, path="/ehBoxPublication/v3")

    def forge(root: etree._Element) -> None:
        attacked = form(root)
        find(attacked, "(/S:Envelope/S:Body[1]//Title)[1]").text = "Forged"
        _become(root, attacked)

    assert fault(door, edited(sent, forge)).code == SHAPES.get(form, "SOA-01001")
    assert not door.contents()["message"]
    ask(door, sent)


@pytest.mark.parametrize("form", BODY_FORMS, ids=lambda form: form.__name__)
def test_signature_wrapping_of_an_sts_call(form: Form, foreign: Door) -> None:
    sent = request(Call(kind="sts", content=STS_REQUEST))
    found = fault(foreign, edited(sent, lambda root: _become(root, form(root))))
    assert found.code == SHAPES.get(form, "SOA-01001")


def _become(root: etree._Element, other: etree._Element) -> None:
    """`root` takes the children of the attacked copy."""
    root[:] = list(other)
