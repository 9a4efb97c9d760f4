"""Calls by the PKI of tests/security at the front door, and the one way in which they may be turned away.

Knows: how a signed call becomes a request. Must not know: which reason a test expects.
"""

from __future__ import annotations

from lxml import etree

from tests.clients.connector40 import HttpRequest
from tests.clients.connector40_reader import Answer
from tests.door import CONSULTATION, STS, Door
from tests.front.calls import ask, fault, post
from tests.security.builders import DS, SAML, SAMLP, Call, envelope, find
from tests.security.edits import SECURITY, SIGNATURE, Edit

TIMESTAMP, ASSERTION = SECURITY + "/wsu:Timestamp", SECURITY + "/saml:Assertion"
INFO = SIGNATURE + "/ds:SignedInfo"
BODY_REFERENCE, TIME_REFERENCE = INFO + "/ds:Reference[1]", INFO + "/ds:Reference[2]"
COVERED = "ds:SignedInfo: does not refer to exactly the elements that must be signed"

STS_REQUEST = f'<samlp:Request xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" xmlns:ds="{DS}"/>'
"""No good request of the STS, but signed well: what a test of the signature must not get as far as."""


def request(call: Call) -> HttpRequest:
    """The call as a POST to the port it is for."""
    return post(CONSULTATION if call.kind == "mailbox" else STS, envelope(call))


def accepted(door: Door, call: Call) -> Answer:
    """A mailbox call that must hold."""
    return ask(door, request(call))


def turned_away(door: Door, call: Call | HttpRequest) -> str:
    """Why a call is not authenticated (SOA-01001); nothing is stored, not even that it was there."""
    keys = door.replay_keys()
    found = fault(door, request(call) if isinstance(call, Call) else call)
    assert found.code == "SOA-01001"
    assert door.replay_keys() == keys
    return found.reason


def setting(path: str, name: str, value: str) -> Edit:
    """Sets an attribute."""
    return lambda root: find(root, path).set(name, value)


def text(path: str, value: str) -> Edit:
    """Sets the text of an element."""
    return lambda root: setattr(find(root, path), "text", value)


def spoil(path: str) -> Edit:
    """Another character in base64 text: still base64, another value."""

    def edit(root: etree._Element) -> None:
        element = find(root, path)
        value = element.text or ""
        element.text = ("B" if value[0] == "A" else "A") + value[1:]

    return edit
