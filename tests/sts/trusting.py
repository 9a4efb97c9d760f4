"""Calls in the WS-Trust dialect, and their answers as a client keeps them. Knows nothing of what is granted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.pki.entries import KeyEntry
from tests.clients import wstrust
from tests.clients.wstrust import C, E, N, TrustAnswer, read
from tests.sts.conftest import DORA, Sts
from tests.sts.layouts import CERTIFIED, HOLDER_SSIN, IDENTIFICATION, SAML, SSIN

DOCTOR = "urn:be:fgov:person:ssin:doctor:boolean"
CLAIMS = ((SSIN, DORA), (HOLDER_SSIN, DORA), (DOCTOR, None))
GRANTED = [(IDENTIFICATION, SSIN, DORA), (IDENTIFICATION, HOLDER_SSIN, DORA), (CERTIFIED, DOCTOR, "true")]
CONTEXT = "context-15c15c4c"
DAY = timedelta(hours=24)
STYLES = {"E": E, "C": C, "C qualified": wstrust.C_QUALIFIED, "N": N}
every_style = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)


def told(sts: Sts, content: str, identification: KeyEntry) -> TrustAnswer:
    """What a client keeps of the answer."""
    answer = etree.tostring(sts.trust(content, identification))
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return read(b'<s:Envelope xmlns:s="%s"><s:Body>%s</s:Body></s:Envelope>' % (soap.encode(), answer))


def granted(sts: Sts, content: str, identification: KeyEntry) -> etree._Element:
    """The assertion that a client keeps."""
    kept = told(sts, content, identification).assertion
    assert kept is not None
    return etree.fromstring(kept)


def refused(sts: Sts, content: str, identification: KeyEntry, code: str = "SOA-01002") -> str:
    with pytest.raises(SoapFault) as caught:
        sts.trust(content, identification)
    assert caught.value.code == code
    return caught.value.reason


def attributes_of(assertion: etree._Element) -> list[tuple[str, str, str]]:
    found = assertion.findall(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute")
    return [
        (
            each.get("AttributeNamespace", ""),
            each.get("AttributeName", ""),
            each.findtext(f"{{{SAML}}}AttributeValue", ""),
        )
        for each in found
    ]


def end_of(assertion: etree._Element) -> str:
    conditions = assertion.find(f"{{{SAML}}}Conditions")
    assert conditions is not None
    return conditions.get("NotOnOrAfter", "")


def challenge_of(sts: Sts, content: str, identification: KeyEntry) -> str:
    kept = told(sts, content, identification)
    assert kept.assertion is None
    assert kept.challenge is not None
    return kept.challenge
