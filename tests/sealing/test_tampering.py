"""Whatever is changed in sealed content is found: any byte anywhere, another signer, a part left out or put in.

That holds of what comes along with the signer's certificate too: its authorities are those that the reader knows, or
were issued by one of them. `test_accounted.py` has what comes along and is not.
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
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.sealing import enveloped, signed
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.token import read_token
from tests.sealing.ber import ber_enveloped, ber_signed
from tests.sealing.people import DATA, NOW, people
from tests.spoiled import with_issuer, with_subject

P = people()
SEALED = P.seal()
Change = Callable[[int], int]


def changed(octets: bytes, index: int, value: int) -> bytes:
    """Another value in one byte."""
    return octets[:index] + bytes([value]) + octets[index + 1 :]


def unnoticed(octets: bytes, read: Callable[[bytes], object], change: Change, step: int = 1) -> list[int]:
    """The places of bytes whose change the reader does not refuse; what is not changed it reads."""
    read(octets)
    found = []
    for index in range(0, len(octets), step):
        other = change(octets[index])
        if other == octets[index]:
            continue
        try:
            read(changed(octets, index, other))
        except SealingError:
            continue
        found.append(index)
    return found


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_byte_changed_in_any_way(index: int, bits: int) -> None:
    with pytest.raises(SealingError):
        P.open(changed(SEALED, index, SEALED[index] ^ bits))


CHANGES: dict[str, Change] = {
    "the lowest bit": lambda byte: byte ^ 0x01,
    "the bit that is a letter's case, and a tag's kind": lambda byte: byte ^ 0x20,
    "no bit set": lambda byte: byte & 0x00,
    "every bit set": lambda byte: byte | 0xFF,
}


# A serial number below zero is told as a warning by the library, and refused because it is another one.
@pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_byte(change: Change) -> None:
    """Tags, lengths, versions, algorithms, names, certificates, attributes, signatures, content."""
    assert unnoticed(SEALED, P.open, change) == []


def test_every_byte_of_indefinite_lengths_with_a_whole_chain() -> None:
    """As Java's usual library writes it, and the root along with it."""
    inner = ber_signed(signed.sign(DATA, P.doctor, NOW, (), pss=True))
    envelope = ber_enveloped(enveloped.encrypt(inner, (P.nurse_encryption.certificate,), SeededChance(4)))
    sealed = ber_signed(signed.sign(envelope, P.doctor, NOW, (P.doctor.certificate, *P.doctor.chain), pss=True))
    assert unnoticed(sealed, P.open, lambda byte: byte ^ 0x01) == []


def test_every_byte_of_what_an_ec_key_sealed() -> None:
    sealed = P.seal(DATA, P.nurse, P.doctor_encryption.certificate)
    assert unnoticed(sealed, lambda octets: P.open(octets, P.doctor_encryption), lambda byte: byte ^ 0x01) == []


def test_every_third_byte_of_a_token() -> None:
    """By whoever believes it as a client does, its depot and its owner (client/etk_depot.py)."""

    def believed(octets: bytes) -> None:
        token = read_token(octets)
        try:
            P.trust.believe(token.depot, "depot", NOW, token.others)
            P.trust.believe_encryption(token.encryption, token.authentication, "owner", NOW, token.others)
        except SoapFault as fault:
            raise SealingError(fault.reason) from fault

    assert unnoticed(P.authority.token(P.nurse_encryption), believed, lambda byte: byte ^ 0x01, step=3) == []


@given(st.integers(0, len(SEALED) - 1))
def test_a_byte_left_out_or_put_in(index: int) -> None:
    for octets in (SEALED[:index], SEALED[:index] + SEALED[index + 1 :], SEALED[:index] + b"\0" + SEALED[index:]):
        with pytest.raises(SealingError):
            P.open(octets)


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
