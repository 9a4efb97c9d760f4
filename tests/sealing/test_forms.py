"""Signatures that hold, around structures that are not of the format: each is refused for what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import algos, cms, core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ehbox_soap.ids import SeededChance
from ehbox_soap.sealing import enveloped, signed
from ehbox_soap.sealing.algorithms import SEALED, TOKEN, digest
from ehbox_soap.sealing.errors import SealingError
from tests.sealing.people import DATA, NOW, people

P = people()
Parts = dict[str, Any]
Edit = Callable[[Parts], object]
_SHA256 = {"algorithm": "sha256"}


def pss(salt: int = 32, trailer: int = 1, hash_: str = "sha256", mask: str = "sha256") -> algos.SignedDigestAlgorithm:
    """RSASSA-PSS with these parameters."""
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": hash_},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": mask}},
            "salt_length": salt,
            "trailer_field": trailer,
        }
    )
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})


def crafted(*edits: Edit) -> bytes:
    """SignedData by the doctor over DATA, edited before it is signed by PSS.

    Parts: `attributes` by type, `digest`, `digests`, `algorithm`, `certificates`, `version`, `content_type`, `infos`.
    """
    algorithm = pss()
    protection = {"digest_algorithm": _SHA256, "signature_algorithm": algorithm}
    parts: Parts = {
        "attributes": {
            "content_type": ["data"],
            "signing_time": [cms.Time({"utc_time": core.UTCTime(NOW)})],
            "message_digest": [digest("sha256", DATA)],
            "cms_algorithm_protection": [cms.CMSAlgorithmProtection(protection)],
        },
        "digest": "sha256",
        "digests": ["sha256"],
        "algorithm": algorithm,
        "certificates": [P.doctor.certificate],
        "version": "v1",
        "content_type": "data",
        "infos": 1,
        "more": [],
    }
    for edit in edits:
        edit(parts)
    return _signed(parts)


def _signed(parts: Parts) -> bytes:
    made = cms.ContentInfo.load(signed.sign(DATA, P.doctor, NOW, parts["certificates"], pss=True))["content"]
    (own,) = made["signer_infos"]
    kept = [cms.CMSAttribute({"type": kind, "values": values}) for kind, values in parts["attributes"].items()]
    attributes = cms.CMSAttributes([*kept, *parts["more"]])
    key = P.doctor.key
    assert isinstance(key, rsa.RSAPrivateKey)
    salt = parts["algorithm"]["parameters"]["salt_length"].native
    way = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
    info: Parts = {
        "version": "v1",
        "sid": own["sid"],
        "digest_algorithm": {"algorithm": parts["digest"]},
        "signature_algorithm": parts["algorithm"],
        "signature": key.sign(attributes.dump(), way, hashes.SHA256()),
    }
    if parts["attributes"]:
        info["signed_attrs"] = attributes
    # asn1crypto has another type for the same OCTET STRING from version 3 on.
    kind = core.OctetString if parts["version"] == "v1" else core.ParsableOctetString
    content: Parts = {
        "version": parts["version"],
        "digest_algorithms": [{"algorithm": each} for each in parts["digests"]],
        "encap_content_info": {"content_type": parts["content_type"], "content": kind(DATA)},
        "certificates": made["certificates"],
        "signer_infos": [cms.SignerInfo(info)] * parts["infos"],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)}).dump())


def refused(*edits: Edit) -> str:
    """Why SignedData is refused, when it is read or when it is verified."""
    with pytest.raises(SealingError) as caught:
        signed.read(crafted(*edits), SEALED).verify(P.doctor.certificate)
    return caught.value.reason


def set_(name: str, value: object) -> Edit:
    return lambda parts: parts.__setitem__(name, value)


def attribute(kind: str, *values: object) -> Edit:
    return lambda parts: parts["attributes"].__setitem__(kind, list(values))


def without(kind: str) -> Edit:
    return lambda parts: parts["attributes"].pop(kind)


def protecting(**fields: object) -> Edit:
    good: Parts = {"digest_algorithm": _SHA256, "signature_algorithm": pss()}
    return attribute("cms_algorithm_protection", cms.CMSAlgorithmProtection({**good, **fields}))


def test_what_is_crafted_without_an_edit_holds() -> None:
    found = signed.read(crafted(), SEALED)
    found.verify(P.doctor.certificate)
    assert (found.data, found.signed_at) == (DATA, NOW)


OTHER_ALGORITHMS = "algorithm protection: other algorithms than the signer's"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (protecting(digest_algorithm={"algorithm": "sha1"}), OTHER_ALGORITHMS),
        (protecting(signature_algorithm=pss(salt=20)), OTHER_ALGORITHMS),
        (
            attribute("message_digest", digest("sha256", b"other")),
            "signed attributes: the digest is not that of the data",
        ),
        (attribute("content_type", "signed_data"), "signed attributes: of another content type"),
        (without("content_type"), "signed attributes: content type or message digest is missing"),
        (without("message_digest"), "signed attributes: content type or message digest is missing"),
        (attribute("content_type", "data", "signed_data"), "signed attributes: one stands twice"),
        (
            set_("more", [cms.CMSAttribute({"type": "content_type", "values": ["signed_data"]})]),
            "signed attributes: one stands twice",
        ),
        (set_("attributes", {}), "SignerInfo: without signed attributes"),
        (set_("digests", ["sha256", "sha256"]), "SignedData: names other digest algorithms than its signer"),
        (set_("digests", []), "SignedData: names other digest algorithms than its signer"),
        (set_("digest", "sha1"), "digest algorithm: not accepted"),
        (set_("algorithm", pss(salt=20)), OTHER_ALGORITHMS),
        (set_("version", "v3"), "SignedData: of another version"),
        (set_("content_type", "1.2.3.4"), "SignedData: does not hold data"),
        (set_("infos", 2), "SignedData: not exactly one signer"),
        (set_("infos", 0), "SignedData: not exactly one signer"),
        (set_("certificates", [P.doctor.certificate] * 17), "SignedData: more than 16 certificates"),
    ],
)
def test_another_form_is_refused_by_name(edit: Edit, reason: str) -> None:
    assert refused(edit) == reason


@pytest.mark.parametrize("algorithm", [pss(salt=20), pss(hash_="sha1"), pss(mask="sha1")])
def test_other_parameters_of_pss_are_refused(algorithm: algos.SignedDigestAlgorithm) -> None:
    """The format has SHA-256, MGF1 with SHA-256 and a salt of 32."""
    refusal = refused(set_("algorithm", algorithm), without("cms_algorithm_protection"))
    assert refusal in ("signature algorithm: not accepted", "digest algorithm: not accepted")


def test_without_algorithm_protection_it_holds() -> None:
    """OpenSSL leaves it out; where only one digest is accepted it says nothing more (ours)."""
    signed.read(crafted(without("cms_algorithm_protection")), SEALED).verify(P.doctor.certificate)


def test_sealed_content_must_say_when_it_was_signed() -> None:
    envelope = enveloped.encrypt(DATA, (P.nurse_encryption.certificate,), SeededChance(4))
    outer = signed.sign(envelope, P.doctor, NOW, (P.doctor.certificate,), pss=True)
    timeless = crafted(without("signing_time"))
    assert signed.read(timeless, SEALED).signed_at is None
    inner = enveloped.encrypt(timeless, (P.nurse_encryption.certificate,), SeededChance(4))
    sealed = signed.sign(inner, P.doctor, NOW, (P.doctor.certificate,), pss=True)
    with pytest.raises(SealingError, match="without signing time"):
        P.open(sealed)
    assert signed.read(outer, SEALED).signed_at == NOW


def test_tokens_may_be_of_version_3_and_of_sha1() -> None:
    """Depots are of any age: what a token says is checked against its certificates all the same."""
    for edit in (set_("version", "v3"), set_("version", "v1")):
        signed.read(crafted(edit), TOKEN).verify(P.doctor.certificate)
    sha1 = [set_("digest", "sha1"), set_("digests", ["sha1"]), attribute("message_digest", digest("sha1", DATA)),
            without("cms_algorithm_protection")]  # fmt: skip
    found = signed.read(crafted(*sha1), TOKEN)
    assert found.data == DATA


def test_signed_by_another_than_the_one_that_is_named() -> None:
    with pytest.raises(SealingError, match="SignedData: signed by another one"):
        signed.read(crafted(), SEALED).verify(P.nurse.certificate)
