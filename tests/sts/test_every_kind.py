"""Somebody of every quality, from the STS to the box: BOX-1, BOX-6, BOX-7 over the whole table of 87 combinations.

Each assertion, issued in both dialects and to holders with RSA and with EC keys, is verified by xmlsec and by signxml;
what either of them signs anew is verified here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from ehbox_soap import qualities
from ehbox_soap.client import types
from ehbox_soap.security import assertions
from ehbox_soap.security.policy import profile
from ehbox_soap.security.trust import Trust
from ehbox_soap.sts.signer import Signer
from tests.door import START
from tests.sts.kinds import KINDS, Kind, name
from tests.sts.oracles import signed_by_signxml, signed_by_xmlsec, unsigned, verify_by_signxml, verify_by_xmlsec
from tests.sts.town import DIALECTS, Town, kind_of_key


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"))
    yield town
    town.door.close()


def test_every_quality_is_there() -> None:
    """All of the contract's 87 combinations: 33 people by INSS, 32 of them by NIHII too, 22 organisations."""
    named = {(kind.quality, kind.type, kind.sub_type) for kind in KINDS}
    named |= {(kind.quality, "NIHII", None) for kind in KINDS if kind.nihii}
    assert named == {(row.quality, row.type, row.sub_type) for row in qualities.ALL}
    assert len(KINDS) >= 50
    assert {kind_of_key(kind) for kind in KINDS} == {"rsa", "ec"}


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_the_right_box_by_an_assertion_that_two_others_verify(town: Town, kind: Kind) -> None:
    """In one dialect after the other, which certify the same; a professional's box also by NIHII (BOX-2)."""
    entry = kind.keys(town.authority, kind_of_key(kind))
    told = set()
    for dialect in DIALECTS:
        session = town.session(entry, dialect)
        token = session.assertion()
        told.add(frozenset(token.attributes))
        verify_by_xmlsec(token.octets, town.authority.sts.certificate)
        verify_by_signxml(token.octets, town.authority.sts.certificate, START)
        box = town.box(session)
        assert (box.type, box.id, box.quality, box.sub_type) == (kind.type, kind.id, kind.quality, kind.sub_type)
    assert len(told) == 1
    if kind.nihii is not None:
        own = types.BoxId(kind.nihii[:8], "NIHII", kind.quality)
        assert town.box(session, own) == box
        assert town.box(town.session(entry, "saml-p", kind.quality)) == box


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_the_same_assertion_signed_by_others(town: Town, kind: Kind) -> None:
    """By our own signer with an EC key, for both oracles; by each of the oracles, with RSA and EC keys, for us."""
    entry = kind.keys(town.authority, "ec")
    octets = town.session(entry, "saml-p").assertion().octets
    ours = etree.tostring(Signer(town.other_sts.key, town.other_sts.certificate).sign(unsigned(octets)))
    verify_by_xmlsec(ours, town.other_sts.certificate)
    verify_by_signxml(ours, town.other_sts.certificate, START)
    trust = Trust(town.authority.certificates, [town.authority.sts.certificate, town.other_sts.certificate])
    verifier = assertions.AssertionVerifier(profile("strict"), trust)
    for sts in (town.authority.sts, town.other_sts):
        for signed in (signed_by_xmlsec(unsigned(octets), sts), signed_by_signxml(unsigned(octets), sts)):
            presented = verifier.present(etree.fromstring(signed), START)
            assert verifier.verify(presented, START).assertion.holder == entry.certificate
