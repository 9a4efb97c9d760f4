"""Sealed content (wire.md): what is made has the one format, what is read may be of the forms that it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from asn1crypto import algos, cms, parser
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap.ids import SeededChance
from ehbox_soap.sealing import enveloped, signed
from ehbox_soap.sealing.algorithms import SEALED
from ehbox_soap.sealing.enveloped import SharedKey
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.seal import SKEW
from ehbox_soap.security.trust import Trust
from tests.sealing.ber import ber_enveloped, ber_signed, children, indefinite
from tests.sealing.people import DATA, NOW, SHARED, people

P = people()


def layer(octets: bytes, kind: str) -> cms.SignedData | cms.EnvelopedData:
    """The content of a ContentInfo that fills the octets."""
    info = cms.ContentInfo.load(octets, strict=True)
    assert info["content_type"].native == kind
    return info["content"]


def layers() -> tuple[cms.SignedData, cms.EnvelopedData, cms.SignedData]:
    """The three layers of a letter of the doctor to the nurse, taken apart without the room that made them."""
    outer = layer(P.seal(), "signed_data")
    envelope = layer(outer["encap_content_info"]["content"].native, "enveloped_data")
    serial = P.nurse_encryption.certificate.serial_number
    infos = [each.chosen for each in envelope["recipient_infos"]]
    (info,) = (each for each in infos if each["rid"].chosen["serial_number"].native == serial)
    key = P.nurse_encryption.key
    assert isinstance(key, rsa.RSAPrivateKey)
    content_key = key.decrypt(info["encrypted_key"].native, padding.PKCS1v15())
    encrypted = envelope["encrypted_content_info"]
    start = encrypted["content_encryption_algorithm"]["parameters"].native
    decryptor = Cipher(algorithms.AES(content_key), modes.CBC(start)).decryptor()
    octets = decryptor.update(encrypted["encrypted_content"].native) + decryptor.finalize()
    return outer, envelope, layer(octets[: -octets[-1]], "signed_data")


def test_outer_layer_brings_signer_and_its_authority_and_the_inner_one_nothing() -> None:
    outer, _, inner = layers()
    held = [each.chosen.dump() for each in outer["certificates"]]
    expected = [as_asn1(each).dump() for each in (P.doctor.certificate, P.doctor.chain[0])]
    assert sorted(held) == sorted(expected)
    assert inner["certificates"].native is None
    assert inner["encap_content_info"]["content"].native == DATA


def as_asn1(certificate: x509.Certificate) -> cms.Certificate:
    return cms.Certificate.load(certificate.public_bytes(Encoding.DER))


@pytest.mark.parametrize("index", [0, 2], ids=["outer", "inner"])
def test_signer_signs_by_pss_over_four_attributes(index: int) -> None:
    (info,) = layers()[index]["signer_infos"]
    own = as_asn1(P.doctor.certificate)
    assert info["version"].native == "v1"
    assert info["sid"].name == "issuer_and_serial_number"
    assert info["sid"].chosen["issuer"].dump() == own.issuer.dump()
    assert info["sid"].chosen["serial_number"].native == own.serial_number
    assert info["digest_algorithm"]["algorithm"].native == "sha256"
    algorithm = info["signature_algorithm"]
    assert algorithm["algorithm"].native == "rsassa_pss"
    parameters = algorithm["parameters"].native
    assert parameters["hash_algorithm"]["algorithm"] == "sha256"
    assert parameters["mask_gen_algorithm"]["algorithm"] == "mgf1"
    assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"] == "sha256"
    assert (parameters["salt_length"], parameters["trailer_field"]) == (32, "trailer_field_bc")
    attributes = {each["type"].native: each["values"].native for each in info["signed_attrs"]}
    assert set(attributes) == {"content_type", "signing_time", "message_digest", "cms_algorithm_protection"}
    assert attributes["content_type"] == ["data"]
    assert attributes["signing_time"] == [NOW]
    (protection,) = attributes["cms_algorithm_protection"]
    assert protection["digest_algorithm"]["algorithm"] == "sha256"
    assert protection["signature_algorithm"] == algorithm.native


def test_each_recipient_and_the_sender_have_the_key_by_pkcs1_v15() -> None:
    _, envelope, _ = layers()
    assert envelope["version"].native == "v0"
    encrypted = envelope["encrypted_content_info"]
    assert encrypted["content_type"].native == "data"
    assert encrypted["content_encryption_algorithm"]["algorithm"].native == "aes128_cbc"
    named = set()
    for choice in envelope["recipient_infos"]:
        info = choice.chosen
        assert (choice.name, info["version"].native) == ("ktri", "v0")
        assert info["key_encryption_algorithm"]["algorithm"].native == "rsaes_pkcs1v15"
        assert info["rid"].name == "issuer_and_serial_number"
        named.add(info["rid"].chosen["serial_number"].native)
    expected = {P.nurse_encryption.certificate.serial_number, P.doctor_encryption.certificate.serial_number}
    assert named == expected


def test_everybody_it_is_for_opens_it() -> None:
    sealed = P.seal()
    for key in (P.nurse_encryption, P.doctor_encryption):
        opened = P.open(sealed, key)
        assert (opened.data, opened.signer, opened.signed_at) == (DATA, P.doctor.certificate, NOW)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100_000])
def test_any_size(size: int) -> None:
    assert P.open(P.seal(b"\xff" * size)).data == b"\xff" * size


def test_an_ec_key_signs_by_ecdsa() -> None:
    """Ours: the format knows RSA-PSS; an authentication key that is EC signs as CMS lets it (RFC 5753)."""
    sealed = P.seal(DATA, P.nurse)
    (info,) = layer(sealed, "signed_data")["signer_infos"]
    assert info["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    assert P.open(sealed, P.doctor_encryption).signer == P.nurse.certificate


def test_a_recipient_with_an_ec_certificate_is_refused_by_name_of_the_cause() -> None:
    with pytest.raises(SealingError, match="a recipient's encryption certificate is not for an RSA key"):
        P.seal(DATA, P.doctor, P.nurse.certificate)


def test_nobody_to_seal_for() -> None:
    with pytest.raises(SealingError, match="nobody to encrypt for"):
        enveloped.encrypt(DATA, (), SeededChance(1))


def test_who_it_is_not_for_cannot_open_it() -> None:
    sealed = P.seal(DATA, P.doctor, P.doctor_encryption.certificate)
    for keys in ((P.nurse_encryption,), (P.nurse,)):
        with pytest.raises(SealingError, match="not for any key that is here"):
            P.open(sealed, *keys)


# --- a key that both sides have (KGSS) ---


@pytest.mark.parametrize(("octets", "wrap"), [(16, "aes128_wrap"), (24, "aes192_wrap"), (32, "aes256_wrap")])
def test_a_shared_key_is_a_kek_recipient(octets: int, wrap: str) -> None:
    shared = SharedKey(bytes(octets), b"name")
    sealed = P.seal(DATA, P.doctor, shared)
    envelope = layer(layer(sealed, "signed_data")["encap_content_info"]["content"].native, "enveloped_data")
    assert envelope["version"].native == "v2"
    (choice,) = envelope["recipient_infos"]
    assert (choice.name, choice.chosen["version"].native) == ("kekri", "v4")
    assert choice.chosen["kekid"]["key_identifier"].native == b"name"
    assert choice.chosen["key_encryption_algorithm"]["algorithm"].native == wrap
    assert P.open(sealed, shared=(shared,)).data == DATA


def test_another_shared_key_does_not_open_it() -> None:
    sealed = P.seal(DATA, P.doctor, SHARED)
    with pytest.raises(SealingError, match="not for any key that is here"):
        P.open(sealed, shared=(SharedKey(SHARED.key, b"another name"),))
    with pytest.raises(SealingError, match=r"cannot be decrypted|not the ASN\.1"):
        P.open(sealed, shared=(SharedKey(bytes(16), SHARED.identifier),))


def test_a_shared_key_has_the_length_of_an_aes_key() -> None:
    with pytest.raises(ValueError, match="16, 24 or 32 octets"):
        SharedKey(bytes(15), b"name")


# --- other forms that are read ---


def sealed_in_layers(inner: bytes, envelope: bytes) -> bytes:
    """`envelope` signed by the doctor; `inner` is there to say what it holds."""
    assert inner
    return signed.sign(envelope, P.doctor, NOW, (P.doctor.certificate,), pss=True)


def test_ber_with_indefinite_lengths_and_strings_in_pieces() -> None:
    data = DATA * 100
    inner = ber_signed(signed.sign(data, P.doctor, NOW, (), pss=True))
    envelope = ber_enveloped(enveloped.encrypt(inner, (P.nurse_encryption.certificate,), SeededChance(4)))
    assert P.open(ber_signed(sealed_in_layers(inner, envelope))).data == data


def test_signed_attributes_of_indefinite_length_hold_by_their_der() -> None:
    """RFC 5652, 5.4: what is signed is the DER, whatever travels."""
    kind, explicit = children(P.seal())
    *rest, infos = children(children(explicit)[0])
    version, sid, digest, attributes, *more = children(children(infos)[0])
    loose = indefinite(0xA0, children(attributes))
    info = parser.emit(0, 1, 16, b"".join((version, sid, digest, loose, *more)))
    content = parser.emit(0, 1, 16, b"".join((*rest, parser.emit(0, 1, 17, info))))
    assert P.open(parser.emit(0, 1, 16, kind + parser.emit(2, 1, 0, content))).data == DATA


def encrypted_by(cipher_octets: int, way: padding.AsymmetricPadding, algorithm: dict[str, object]) -> bytes:
    """EnvelopedData for the nurse by another tool's choices."""
    inner = signed.sign(DATA, P.doctor, NOW, (), pss=True)
    key, start = bytes(range(cipher_octets)), bytes(16)
    size = 16 - len(inner) % 16
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    public = P.nurse_encryption.certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    made = layer(enveloped.encrypt(inner, (P.nurse_encryption.certificate,), SeededChance(4)), "enveloped_data")
    (choice,) = made["recipient_infos"]
    info = {**choice.chosen.native, "rid": choice.chosen["rid"], "encrypted_key": public.encrypt(key, way)}
    info["key_encryption_algorithm"] = cms.KeyEncryptionAlgorithm(algorithm)
    encrypted = {
        "content_type": "data",
        "content_encryption_algorithm": {"algorithm": f"aes{cipher_octets * 8}_cbc", "parameters": start},
        "encrypted_content": encryptor.update(inner + bytes([size]) * size) + encryptor.finalize(),
    }
    recipient = cms.RecipientInfo({"ktri": cms.KeyTransRecipientInfo(info)})
    content = {"version": "v0", "recipient_infos": [recipient], "encrypted_content_info": encrypted}
    info_ = cms.ContentInfo({"content_type": "enveloped_data", "content": cms.EnvelopedData(content)})
    return sealed_in_layers(inner, info_.dump())


Way = tuple[padding.AsymmetricPadding, dict[str, object]]
PKCS1: Way = (padding.PKCS1v15(), {"algorithm": "rsaes_pkcs1v15"})
OAEP_SHA1: Way = (
    padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    {"algorithm": "rsaes_oaep", "parameters": algos.RSAESOAEPParams.load(b"\x30\x00")},
)
_SHA256 = {"algorithm": "sha256"}
OAEP_SHA256: Way = (
    padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    {
        "algorithm": "rsaes_oaep",
        "parameters": {
            "hash_algorithm": _SHA256,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": _SHA256},
        },
    },
)


@pytest.mark.parametrize("octets", [16, 32])
@pytest.mark.parametrize("way", [PKCS1, OAEP_SHA1, OAEP_SHA256], ids=["pkcs1", "oaep-sha1", "oaep-sha256"])
def test_other_ways_of_encryption_are_read(octets: int, way: Way) -> None:
    assert P.open(encrypted_by(octets, *way)).data == DATA


def test_other_ciphers_are_not() -> None:
    with pytest.raises(SealingError, match="content encryption algorithm: not accepted"):
        P.open(encrypted_by(24, *PKCS1))


# --- time ---


def test_what_was_sealed_in_time_stays_readable() -> None:
    """A certificate ends after years; the letter that it sealed does not."""
    sealed = P.seal()
    later = P.doctor.certificate.not_valid_after_utc + timedelta(days=1)
    assert P.open(sealed, now=later).data == DATA


def test_a_signing_time_in_the_future_is_refused() -> None:
    sealed = P.seal()
    assert P.open(sealed, now=NOW - SKEW).data == DATA
    with pytest.raises(SealingError, match="in the future"):
        P.open(sealed, now=NOW - SKEW - timedelta(seconds=1))


@pytest.mark.parametrize("year", [2049, 2050, 2099])
def test_the_signing_time_of_any_year(year: int) -> None:
    """RFC 5652, 11.3: UTCTime until 2049, GeneralizedTime from then on."""
    moment = NOW.replace(year=year, microsecond=123)
    found = signed.read(signed.sign(DATA, P.doctor, moment, (), pss=True), SEALED)
    assert found.signed_at == moment.replace(microsecond=0)


def test_who_was_not_certified_when_it_signed_is_refused() -> None:
    early = P.doctor.certificate.not_valid_before_utc - timedelta(seconds=1)
    inner = signed.sign(DATA, P.doctor, early, (), pss=True)
    envelope = enveloped.encrypt(inner, (P.nurse_encryption.certificate,), SeededChance(4))
    sealed = signed.sign(envelope, P.doctor, early, (P.doctor.certificate,), pss=True)
    with pytest.raises(SealingError, match="not valid"):
        P.open(sealed)


# --- chains ---


def test_an_authority_that_comes_along_is_a_link_but_not_believed_for_itself() -> None:
    """The signer's CA travels with it, so a root suffices; a CA that the root did not issue changes nothing."""
    other = P.authority.under(P.authority.intermediate("other"))
    sealed = P.seal(DATA, other.person("71031499894", "Dora Voorbeeld", kind="ec"))
    assert P.open(sealed).data == DATA
    nobody = replace(P, trust=Trust((P.doctor.certificate,), ()))
    with pytest.raises(SealingError, match=r"signer: .*not issued by a trusted authority"):
        nobody.open(sealed)
