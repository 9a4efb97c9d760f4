"""Ids and references at the ports: two ids alike, whatever they are called; references to nothing, to everything, to
somewhere else. Refused, nothing stored, and no socket opened."""

from __future__ import annotations

import socket
from copy import deepcopy
from dataclasses import replace
from itertools import product

import pytest
from lxml import etree

from tests.attacks.ports import SECURED, SecuredPort
from tests.attacks.sockets import Trap, no_socket
from tests.door import Door
from tests.front.calls import edited
from tests.front.signed import COVERED, turned_away
from tests.security.builders import DS, find
from tests.security.edits import BODY, ID, SIGNATURE, Edit

XML = "http://www.w3.org/XML/1998/namespace"
IDS = (ID, "Id", "ID", "id", f"{{{XML}}}id", "AssertionID", "{urn:foreign}Id")
ports = pytest.mark.parametrize("port", SECURED, ids=lambda port: port.name)


PAIRED = [each for each in SECURED if each.name in ("publication", "consultation", "sts")]


@pytest.mark.parametrize("port", PAIRED, ids=lambda port: port.name)
@pytest.mark.parametrize(("first", "second"), [*product(IDS, IDS)], ids=lambda name: name.rpartition("/")[2])
def test_every_pair_of_ids(first: str, second: str, port: SecuredPort, foreign: Door) -> None:
    """Two blocks of the Header that nobody signs have the same id, each under every name of an id."""

    def double(root: etree._Element) -> None:
        for name, tag in ((first, "{urn:x}A"), (second, "{urn:x}B")):
            etree.SubElement(root[0], tag).set(name, "doubled-id")

    assert turned_away(foreign, edited(port.request(), double)) == "Envelope: an id occurs twice"


@ports
@pytest.mark.parametrize("name", IDS)
def test_the_bodys_id_elsewhere(port: SecuredPort, name: str, foreign: Door) -> None:
    """In a block of the Header before it, under every name of an id."""
    sent = edited(port.request(), lambda root: etree.SubElement(root[0], "{urn:x}A").set(name, "id-1"))
    assert turned_away(foreign, sent) == "Envelope: an id occurs twice"


INFO = SIGNATURE + "/ds:SignedInfo"


def _reference(root: etree._Element, **attributes: str) -> etree._Element:
    """The Body's reference, with other attributes."""
    reference = find(root, INFO + "/ds:Reference[@URI='#id-1']")
    reference.attrib.clear()
    for name, value in attributes.items():
        reference.set(name, value)
    return reference


def _without(*paths: str) -> Edit:
    def edit(root: etree._Element) -> None:
        for path in paths:
            element = find(root, path)
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)

    return edit


def _none(root: etree._Element) -> None:
    info = find(root, INFO)
    info[2:] = []


def _again(root: etree._Element) -> None:
    info = find(root, INFO)
    info.append(deepcopy(info[2]))


def _extra(root: etree._Element) -> None:
    info = find(root, INFO)
    info.append(deepcopy(info[2]))
    info[-1].set("URI", "#STR-1")


def _manifest(root: etree._Element) -> None:
    """The Body's reference names a Manifest in a ds:Object, which refers to the Body."""
    signature = find(root, SIGNATURE)
    manifest = etree.SubElement(etree.SubElement(signature, f"{{{DS}}}Object"), f"{{{DS}}}Manifest", Id="M-1")
    manifest.append(deepcopy(find(root, INFO + "/ds:Reference[@URI='#id-1']")))
    _reference(root, URI="#M-1", Type=DS + "Manifest")


def _retrieval(root: etree._Element, url: str) -> None:
    info = find(root, SIGNATURE + "/ds:KeyInfo")
    info[:] = []
    etree.SubElement(info, f"{{{DS}}}RetrievalMethod", URI=url, Type=DS + "rawX509Certificate")


EDITS: dict[str, tuple[Edit, str]] = {
    "none": (_none, COVERED),
    "no Body": (_without(INFO + "/ds:Reference[@URI='#id-1']"), COVERED),
    "no Timestamp": (_without(INFO + "/ds:Reference[@URI='#TS-1']"), COVERED),
    "extra": (_extra, COVERED),
    "doubled": (_again, COVERED),
    "instead of another": (lambda r: find(r, INFO + "/ds:Reference[@URI='#TS-1']").set("URI", "#id-1"), COVERED),
    "no URI": (_reference, "ds:Reference: lacks a required attribute"),
    "empty": (lambda r: _reference(r, URI=""), COVERED),
    "only a hash": (lambda r: _reference(r, URI="#"), COVERED),
    "XPointer of all": (lambda r: _reference(r, URI="#xpointer(/)"), COVERED),
    "XPointer of the id": (lambda r: _reference(r, URI="#xpointer(id('id-1'))"), COVERED),
    "scheme": (lambda r: _reference(r, URI="cid:id-1"), COVERED),
    "Type": (lambda r: _reference(r, URI="#id-1", Type=DS + "Object"), "ds:Reference: has an attribute"),
    "Manifest": (_manifest, "ds:Signature: does not hold exactly"),
    "no id on the Body": (lambda r: find(r, BODY).attrib.pop(ID), "signed body: has no id"),
    "another id on the Body": (lambda r: find(r, BODY).set(ID, "id-2"), COVERED),
    "its id in another namespace": (
        lambda r: find(r, BODY).set("{urn:foreign}Id", find(r, BODY).attrib.pop(ID)),
        "signed body: has no id",
    ),
}


@ports
@pytest.mark.parametrize(("edit", "reason"), [*EDITS.values()], ids=[*EDITS])
def test_references(port: SecuredPort, edit: Edit, reason: str, foreign: Door) -> None:
    """After the signing: nothing is canonicalised for them (tests/security/test_wrapping.py)."""
    with no_socket(foreign):
        assert turned_away(foreign, edited(port.request(), edit)).startswith(reason)


@ports
def test_addresses_that_a_message_names_are_not_visited(port: SecuredPort, foreign: Door) -> None:
    """As a reference, as where the key is, as the schema, as a base, and as what a token is fetched from."""
    instance = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
    with no_socket(foreign) as trap:
        url = trap.url
        attacks: list[tuple[Edit, str]] = [
            (lambda r: _reference(r, URI=url), COVERED),
            (lambda r: _retrieval(r, url), "ds:KeyInfo: does not hold exactly"),
            (lambda r: find(r, SIGNATURE + "/ds:KeyInfo").set(f"{{{XML}}}base", url), "ds:KeyInfo: has an attribute"),
            (
                lambda r: find(r, SIGNATURE + "//wsse:SecurityTokenReference/*").attrib.update(
                    {"URI": url, "ValueType": url}
                ),
                "wsse:",
            ),
        ]
        for edit, reason in attacks:
            assert turned_away(foreign, edited(port.request(), edit)).startswith(reason)
        # Before anybody is asked who he is: the parser, and a schema that a message would bring.
        good = port.request()
        for octets in (
            good.body.replace(b"<", b'<!DOCTYPE e SYSTEM "%s"><' % url.encode(), 1),
            good.body.replace(b"<", b'<!DOCTYPE e [<!ENTITY %% x SYSTEM "%s"> %%x;]><' % url.encode(), 1),
            good.body.replace(b"<", b'<?xml-stylesheet href="%s"?><' % url.encode(), 1),
        ):
            assert foreign.send(replace(good, body=octets)).status in (200, 500)
        located = edited(port.request(), lambda r: r.set(instance, f"urn:x {url}"))
        assert foreign.send(located).status in (200, 500)


def _visit(port: int, trap: Trap, seen: bool) -> None:
    socket.create_connection(("127.0.0.1", port)).close()
    if seen:
        trap.visited()
    else:
        trap.events.clear()


@pytest.mark.within("tries the guard of the process that answers here; the workers' is tests/http/test_clocked.py")
@pytest.mark.parametrize("seen", [True, False])
def test_the_guard_sees_a_socket(seen: bool) -> None:
    """Python's own, and one that only the other end can tell of."""
    told = "a socket was opened" if seen else "somebody connected"
    with pytest.raises(AssertionError, match=told), no_socket() as trap:
        _visit(trap.port, trap, seen)
