"""An identification certificate that is not the holder-of-key certificate: both keys prove themselves (wire.md, STS).

The server's own STS is the judge, in its strict profile; what is looked at is what it certified.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from ehbox_soap.client import Addresses, Consultation, FaultError, Session, types
from ehbox_soap.client.designators import Owner, owners
from ehbox_soap.client.sts import SAMLP
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.security.names import DS, SAML
from tests.door import Door, prepared
from tests.wiring import Wire

DOCTOR, HOSPITAL = "71031499894", "71990133"
BASE = "http://box.test"
Open = Callable[[str, str], Session]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("identification") / "template")


@pytest.fixture(scope="module")
def entries(template: Path) -> dict[str, KeyEntry]:
    authority = Authority.open(template / "pki", SetClock(), SeededChance(13))
    return {
        "person": authority.person(DOCTOR, "Dora Voorbeeld", kind="ec"),
        "other": authority.person(DOCTOR, "Dora Voorbeeld", kind="rsa"),
        "hospital": authority.organisation("NIHII-HOSPITAL", HOSPITAL, "Voorbeeld", kind="ec"),
    }


@pytest.fixture
def door(template: Path, tmp_path: Path) -> Iterator[Door]:
    opened = Door(tmp_path / "data", template, {"log.level": "ERROR", "security.profile": "strict"})
    yield opened
    opened.close()


@pytest.fixture
def session(door: Door, entries: dict[str, KeyEntry]) -> Open:
    """Opens the session of a holder whom another certificate identifies."""

    def opened(holder: str, identification: str) -> Session:
        made = Session(
            entries[holder],
            Addresses(BASE).sts,
            identification=entries[identification],
            clock=door.clock,
            chance=door.chance,
        )
        made.transport.session.mount(BASE, Wire(door.server))
        return made

    return opened


@pytest.mark.parametrize(("holder", "identification"), [("other", "person"), ("person", "other")])
def test_another_certificate_of_the_same_person_identifies_it(session: Open, holder: str, identification: str) -> None:
    opened = session(holder, identification)
    attributes = dict(opened.assertion().attributes)
    assert attributes["urn:be:fgov:person:ssin:doctor:boolean"] == "true"
    port = Consultation(opened, Addresses(BASE).consultation, shipped=True)
    info = port.get_box_info(types.GetBoxInfoRequest()).info
    assert info is not None
    assert (info.box.id, info.box.quality) == (DOCTOR, "DOCTOR")


def test_a_person_with_an_organisation_s_key_speaks_for_both(session: Open) -> None:
    """BOX-6: the organisation that the assertion names is the default box."""
    opened = session("hospital", "person")
    attributes = dict(opened.assertion().attributes)
    assert attributes["urn:be:fgov:person:ssin"] == DOCTOR
    assert HOSPITAL in attributes.values()
    port = Consultation(opened, Addresses(BASE).consultation, shipped=True)
    info = port.get_box_info(types.GetBoxInfoRequest()).info
    assert info is not None
    assert (info.box.id, info.box.quality) == (HOSPITAL, "HOSPITAL")


def test_without_its_key_s_signature_another_holder_is_refused(session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inner signature is what the STS goes by."""
    monkeypatch.setattr("ehbox_soap.client.sts.sign_enveloped", lambda *_: None)
    with pytest.raises(FaultError, match="SOA-01001"):
        session("other", "person").assertion()


def test_the_inner_signature_has_the_form_that_clients_send(door: Door, session: Open) -> None:
    """E's sample: Signature first in the Request, enveloped and exclusive, X509Data of the holder."""
    sent: list[bytes] = []

    class Kept(Wire):
        def send(self, request, *more, **options):  # type: ignore[no-untyped-def]
            sent.append(request.body)
            return super().send(request, *more, **options)

    opened = session("other", "person")
    opened.transport.session.mount(BASE, Kept(door.server))
    opened.assertion()
    request = next(etree.fromstring(sent[0]).iter(f"{{{SAMLP}}}Request"))
    assert [etree.QName(child).localname for child in request] == ["Signature", "AttributeQuery"]
    (reference,) = request[0].iter(f"{{{DS}}}Reference")
    assert reference.get("URI") == f"#{request.get('RequestID')}"
    transforms = [transform.get("Algorithm") for transform in reference.iter(f"{{{DS}}}Transform")]
    assert transforms == [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    ]
    (inner,) = request[0].iter(f"{{{DS}}}X509Certificate")
    (holder,) = request[1].iter(f"{{{DS}}}X509Certificate")
    assert inner.text == holder.text
    assert re.fullmatch("[A-Za-z0-9+/=]+", inner.text or "")
    names = {name.text for name in request.iter(f"{{{SAML}}}NameIdentifier")}
    assert len(names) == 1


def test_one_certificate_for_both_needs_no_inner_signature(door: Door, entries: dict[str, KeyEntry]) -> None:
    certificate = entries["person"].certificate
    assert owners(certificate, certificate) == (Owner("SSIN", DOCTOR),)


def test_an_organisation_s_identification_speaks_for_itself_only(entries: dict[str, KeyEntry]) -> None:
    hospital, person = entries["hospital"].certificate, entries["person"].certificate
    assert owners(hospital, person) == (Owner("NIHII-HOSPITAL", HOSPITAL),)
