"""Whatever is changed in sealed content is found: by a byte anywhere, by another signer, by a part left out.

The only bytes that may change without a refusal are those of the authority's certificate beside the signer's: nothing
is signed there, and whoever opens builds the chain from the authorities that it trusts itself. What was sealed, and
by whom, is then the same all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from asn1crypto import cms
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.sealing import enveloped, signed
from ehbox_soap.sealing.errors import SealingError
from tests.sealing.ber import place
from tests.sealing.people import DATA, NOW, people
from tests.spoiled import with_issuer, with_subject

P = people()
SEALED = P.seal()
# ContentInfo / [0] / SignedData / certificates: a SET in DER, so the order is that of the encodings.
CERTIFICATES = [place(SEALED, 1, 0, 3, index) for index in range(2)]
AUTHORITY = next(
    where
    for where in CERTIFICATES
    if cms.Certificate.load(SEALED[where.start : where.stop]).serial_number
    == P.authority.issuing.certificate.serial_number
)


def flipped(index: int, bits: int) -> bytes:
    """The sealed letter with other bits in one byte."""
    return SEALED[:index] + bytes([SEALED[index] ^ bits]) + SEALED[index + 1 :]


def check(index: int, bits: int) -> None:
    """Refused; of the authority's certificate also: the same content of the same signer."""
    try:
        opened = P.open(flipped(index, bits))
    except SealingError:
        return
    assert index in AUTHORITY, f"a change of byte {index} was not found"
    assert (opened.data, opened.signer, opened.signed_at) == (DATA, P.doctor.certificate, NOW)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_byte_changed_in_any_way(index: int, bits: int) -> None:
    check(index, bits)


@pytest.mark.parametrize("bits", [0x01, 0x20])
def test_every_byte(bits: int) -> None:
    """Tags, lengths, versions, algorithms, names (0x20 is the case of a letter), attributes, signatures, content."""
    for index in range(len(SEALED)):
        check(index, bits)


@given(st.integers(0, len(SEALED) - 1))
def test_a_byte_left_out_or_put_in(index: int) -> None:
    for octets in (SEALED[:index], SEALED[:index] + SEALED[index + 1 :], SEALED[:index] + b"\0" + SEALED[index:]):
        try:
            opened = P.open(octets)
        except SealingError:
            continue
        assert index in AUTHORITY or octets == SEALED
        assert opened.data == DATA


def test_a_tail_is_refused() -> None:
    with pytest.raises(SealingError):
        P.open(SEALED + b"\0")


@given(st.binary(max_size=200))
def test_anything_at_all_is_refused_and_never_raises_otherwise(octets: bytes) -> None:
    with pytest.raises(SealingError):
        P.open(octets)


# --- well made, and still not what it should be ---


def envelope_of(inner: bytes) -> bytes:
    return enveloped.encrypt(inner, (P.nurse_encryption.certificate,), SeededChance(4))


def outer(envelope: bytes, signer: KeyEntry = P.doctor) -> bytes:
    return signed.sign(envelope, signer, NOW, (signer.certificate,), pss=True)


def test_content_of_another_signer_sealed_again_is_refused() -> None:
    """Somebody who may read a letter must not pass it off as the sender's to a third, nor as its own."""
    inner = signed.sign(DATA, P.doctor, NOW, (), pss=True)
    with pytest.raises(SealingError, match="signed by another one"):
        P.open(outer(envelope_of(inner), P.nurse))


def test_an_inner_layer_that_is_not_signed_is_refused() -> None:
    plain = cms.ContentInfo({"content_type": "data", "content": DATA}).dump()
    for inner in (plain, DATA):
        with pytest.raises(SealingError, match="SignedData"):
            P.open(outer(envelope_of(inner)))


def test_an_envelope_that_is_not_signed_is_refused() -> None:
    with pytest.raises(SealingError, match="SignedData"):
        P.open(envelope_of(signed.sign(DATA, P.doctor, NOW, (), pss=True)))


def test_a_signed_layer_without_envelope_is_refused() -> None:
    inner = signed.sign(DATA, P.doctor, NOW, (), pss=True)
    with pytest.raises(SealingError, match="EnvelopedData"):
        P.open(outer(inner))


def test_a_signer_without_its_certificate_is_refused() -> None:
    sealed = signed.sign(envelope_of(b""), P.doctor, NOW, (P.nurse.certificate,), pss=True)
    with pytest.raises(SealingError, match="the signer's certificate is not in it"):
        P.open(sealed)


def test_a_signer_of_another_authority_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("foreign") / "pki"
    foreign = Authority.create(folder, SetClock(), SeededChance(9)).person("71031499894", "Dora Voorbeeld", kind="ec")
    with pytest.raises(SealingError, match=r"signer: .*not issued by a trusted authority"):
        P.open(P.seal(DATA, foreign))


@pytest.mark.parametrize("spoil", [with_issuer, with_subject])
def test_a_certificate_whose_names_cannot_be_read_is_refused(
    spoil: Callable[[x509.Certificate], x509.Certificate],
) -> None:
    """The signer's, and one that comes along: whoever opens gets a reason, not what the parser raised."""
    signer = replace(P.doctor, certificate=spoil(P.doctor.certificate))
    beside = replace(P.doctor, chain=(spoil(P.authority.issuing.certificate),))
    for each in (signer, beside):
        with pytest.raises(SealingError, match=r"SignedData: not the ASN\.1 that is due"):
            P.open(P.seal(DATA, each))


def test_an_encryption_certificate_may_not_sign() -> None:
    """Key usage: only digital signature signs. Its issuer is the doctor's own certificate, which is no authority."""
    with pytest.raises(SealingError, match="signer: "):
        P.open(P.seal(DATA, P.doctor_encryption))


def test_pkcs1_v15_signatures_are_refused() -> None:
    inner = signed.sign(DATA, P.doctor, NOW, (), pss=True)
    sealed = signed.sign(envelope_of(inner), P.doctor, NOW, (P.doctor.certificate,), pss=False)
    with pytest.raises(SealingError, match="signature algorithm: not accepted"):
        P.open(sealed)
