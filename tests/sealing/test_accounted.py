"""What may come along with the signer's certificate: whatever a signature stands for to its last octet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from asn1crypto import parser
from cryptography import x509

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.sealing import enveloped, signed
from ehbox_soap.sealing.algorithms import TOKEN
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.security.trust import Trust
from tests.sealing.ber import children, content
from tests.sealing.people import DATA, NOW, People, people

P = people()
UNACCOUNTED = "brings along a certificate that was not issued by a trusted authority"


def bringing(*certificates: x509.Certificate, signer: KeyEntry = P.doctor) -> bytes:
    """A letter to the nurse with these certificates beside the signer's."""
    inner = signed.sign(DATA, signer, NOW, (), pss=True)
    envelope = enveloped.encrypt(inner, (P.nurse_encryption.certificate,), SeededChance(4))
    return signed.sign(envelope, signer, NOW, (signer.certificate, *certificates), pss=True)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody here believes."""
    return Authority.create(tmp_path_factory.mktemp("foreign") / "pki", SetClock(), SeededChance(9))


def trusting(*authorities: x509.Certificate) -> People:
    return replace(P, trust=Trust(authorities, ()))


def test_nothing_but_the_signer_s_certificate() -> None:
    """As Medikit seals."""
    assert P.open(bringing()).data == DATA


def test_the_whole_chain_whatever_of_it_is_trusted() -> None:
    """Up to the root as Java clients bring it: the root alone is trusted, both, or the issuing authority alone, above
    which the root stands for itself."""
    issuing, root = P.authority.certificates
    sealed = bringing(issuing, root)
    for trusted in ((root,), (issuing, root), (issuing,)):
        assert trusting(*trusted).open(sealed).data == DATA


def test_links_between_that_nobody_knew() -> None:
    """Each stands for the one below it, in any order."""
    one = P.authority.intermediate("one")
    below = P.authority.under(one)
    signer = below.person("71031499894", "Dora Voorbeeld", kind="ec")
    other = below.person("85061999865", "Nele Proefpersoon", kind="ec")
    root = P.authority.root.certificate
    for brought in ((one.certificate, root, other.certificate), (other.certificate, one.certificate)):
        opened = trusting(root).open(bringing(*brought, signer=signer))
        assert (opened.data, opened.signer) == (DATA, signer.certificate)


def test_what_the_signer_issued() -> None:
    """Its own encryption certificate."""
    assert P.open(bringing(P.doctor_encryption.certificate)).data == DATA


def test_a_certificate_of_an_unknown_authority_is_refused(foreign: Authority) -> None:
    """Nothing could tell whether it is the one that was sent, though nobody asks it for anything."""
    for brought in (foreign.issuing, foreign.person("71031499894", "Dora Voorbeeld", kind="ec")):
        for times in (1, 2):
            # Also once the signer is remembered.
            with pytest.raises(SealingError, match=f"signer: .*{UNACCOUNTED}"):
                P.open(bringing(*P.authority.certificates, *[brought.certificate] * times))


def test_an_authority_above_the_trusted_one_without_its_root_is_refused() -> None:
    one = P.authority.intermediate("above")
    beside = P.authority.under(one).person("71031499894", "Dora Voorbeeld", kind="ec")
    with pytest.raises(SealingError, match=UNACCOUNTED):
        trusting(P.authority.issuing.certificate).open(bringing(one.certificate, beside.certificate))


# --- what nobody could stand for ---


CERTIFICATES, SIGNERS = 3, 4
"""Where they are in SignedData with certificates and without revocation lists."""


def tagged(number: int, held: bytes = b"") -> bytes:
    """[number], constructed."""
    return bytes(parser.emit(2, 1, number, held))


def with_parts(edit: Callable[[list[bytes]], object]) -> bytes:
    """The doctor's sealed letter, the parts of its SignedData edited; nothing that is signed changes."""
    kind, explicit = children(P.seal())
    parts = children(children(explicit)[0])
    edit(parts)
    data = parser.emit(0, 1, 16, b"".join(parts))
    return bytes(parser.emit(0, 1, 16, kind + tagged(0, data)))


def revocation_lists(parts: list[bytes]) -> None:
    parts.insert(SIGNERS, tagged(1))


def unsigned_attributes(parts: list[bytes]) -> None:
    (signer,) = children(parts[SIGNERS])
    parts[SIGNERS] = parser.emit(0, 1, 17, parser.emit(0, 1, 16, content(signer) + tagged(1)))


def an_attribute_certificate(parts: list[bytes]) -> None:
    parts[CERTIFICATES] = tagged(0, content(parts[CERTIFICATES]) + tagged(2))


def test_without_an_edit_it_is_the_letter() -> None:
    assert P.open(with_parts(len)).data == DATA


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (revocation_lists, "SignedData: with revocation lists"),
        (unsigned_attributes, "SignerInfo: with unsigned attributes"),
        (an_attribute_certificate, "SignedData: among its certificates is something else"),
    ],
)
def test_what_is_not_signed_along_is_refused(edit: Callable[[list[bytes]], object], reason: str) -> None:
    with pytest.raises(SealingError) as caught:
        P.open(with_parts(edit))
    assert caught.value.reason == reason


@pytest.mark.parametrize("edit", [revocation_lists, unsigned_attributes])
def test_tokens_may_have_it(edit: Callable[[list[bytes]], object]) -> None:
    """Depots are of any age, and nothing of it is looked at."""
    signed.read(with_parts(edit), TOKEN).verify(P.doctor.certificate)
