"""By which keys the KGSS answers: the test authority's, or those of the settings, so that clients which believe another
authority need not be told of ours."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ehbox_soap import assembly, config, kgss_identity, trusting
from ehbox_soap.clock import SetClock
from ehbox_soap.config import Settings
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.pkcs12 import write_pkcs12
from ehbox_soap.sealing.token import read_token
from ehbox_soap.store.engine import Store
from ehbox_soap.store.tokens import StoredToken
from ehbox_soap.tokens import KGSS
from tests.door import START, prepared, settings_of

CLOCK = SetClock(START)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("kgss-identity") / "data")


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another authority, whose certificates run out before the server's own."""
    early = SetClock(START - timedelta(days=90))
    return Authority.create(tmp_path_factory.mktemp("site") / "pki", early, SeededChance(51))


def written(path: Path, keys: Keystore) -> Path:
    write_pkcs12(path, keys, "secret", SeededChance(52))
    return path


def token_of(site: Authority, keys: Keystore) -> bytes:
    assert keys.encryption is not None
    return site.token(keys.encryption)


@pytest.fixture
def settings(folder: Path, site: Authority, tmp_path: Path) -> Settings:
    """Those of a server whose KGSS is of the other authority, token and all."""
    (tmp_path / "kgss.etk").write_bytes(token_of(site, site.kgss))
    keystore = written(tmp_path / "kgss.p12", site.kgss)
    return settings_of(folder, {"kgss.keystore": str(keystore), "kgss.password": "secret",
                                "kgss.token": str(tmp_path / "kgss.etk")})  # fmt: skip


def with_kgss(settings: Settings, **changed: str) -> Settings:
    return settings.model_copy(update={"kgss": settings.kgss.model_copy(update=changed)})


def given(settings: Settings) -> tuple[bytes, ...]:
    """The KGSS's tokens in the depot, the one that is given out first."""
    store = Store.open(config.database_url(settings))
    try:
        with store.begin(write=False) as transaction:
            return transaction.tokens.current(KGSS, START)
    finally:
        store.close()


def add(settings: Settings, token: StoredToken) -> None:
    store = Store.open(config.database_url(settings))
    try:
        with store.begin() as transaction:
            transaction.tokens.add(token)
    finally:
        store.close()


def test_without_settings_it_is_the_test_authority_s(folder: Path) -> None:
    plain = settings_of(folder, {})
    own = assembly.authority(plain, CLOCK, SeededChance(1))
    assert kgss_identity.keystore(plain, own) == own.kgss
    (token,) = given(plain)
    assert read_token(token).depot == own.etk_depot.certificate


def test_keys_and_token_of_another_authority(settings: Settings, site: Authority) -> None:
    """The token is given out as it is, by an authority that the server's own PKI knows nothing of."""
    assembly.prepare(settings, CLOCK, SeededChance(1))
    assembly.prepare(settings, CLOCK, SeededChance(1))
    assert given(settings)[0] == token_of_file(settings)
    house = assembly.build(settings, CLOCK, CLOCK, SeededChance(1))
    try:
        assert house.kgss.signer.certificate == site.kgss.authentication.certificate
        assert [each.certificate for each in house.kgss.keys] == [each.certificate for each in site.kgss.encryptions]
        assert house.kgss.signer.chain == site.certificates
    finally:
        house.store.close()


def token_of_file(settings: Settings) -> bytes:
    return Path(settings.kgss.token).read_bytes()


def test_without_a_token_the_server_s_own_depot_makes_one(settings: Settings, site: Authority) -> None:
    plain, later = with_kgss(settings, token=""), SetClock(START + timedelta(days=1))
    assembly.prepare(plain, CLOCK, SeededChance(1))
    first = given(plain)[0]
    assembly.prepare(plain, later, SeededChance(1))
    assert given(plain)[0] == first
    token = read_token(first)
    assert token.authentication == site.kgss.authentication.certificate
    assert token.depot == assembly.authority(plain, CLOCK, SeededChance(1)).etk_depot.certificate


def test_its_certificates_are_among_those_that_may_end_first(settings: Settings, folder: Path, site: Authority) -> None:
    own = assembly.authority(settings, CLOCK, SeededChance(1))
    first = trusting.certified_until(settings, own)
    assert first == site.kgss.authentication.certificate.not_valid_after_utc
    assert first != trusting.certified_until(settings_of(folder, {}), own)


def refused(settings: Settings) -> str:
    """Why a server does not start."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole text is looked at
        assembly.prepare(settings, CLOCK, SeededChance(1))
    return str(caught.value)


def test_what_cannot_be_is_refused_at_the_start_by_name_of_the_file(
    settings: Settings, site: Authority, tmp_path: Path
) -> None:
    keystore, token = settings.kgss.keystore, settings.kgss.token
    assert refused(with_kgss(settings, password="other")) == f"{keystore}: not a PKCS#12 that this password opens"
    alone = str(written(tmp_path / "alone.p12", Keystore(site.kgss.authentication)))
    assert refused(with_kgss(settings, keystore=alone)) == f"{alone}: there is no encryption key in it"
    other = site.keystore(site.kgss.authentication)
    elsewhere = str(written(tmp_path / "other.p12", other))
    reason = "the token is not for a key of the KGSS's keystore"
    assert refused(with_kgss(settings, keystore=elsewhere)) == f"{token}: {reason}"
    somebody = site.keystore(site.person("71031499894", "Dora Voorbeeld"))
    theirs = str(written(tmp_path / "somebody.p12", somebody))
    reason = "it is of another one than CBE 0809394427 with the application KGSS"
    assert refused(with_kgss(settings, keystore=theirs, token="")) == f"{theirs}: {reason}"
    Path(token).write_bytes(b"\x30\x00")
    assert refused(settings) == f"{token}: SignedData: not the ASN.1 that is due"
    with pytest.raises(FileNotFoundError, match=r"nowhere\.p12"):
        assembly.prepare(with_kgss(settings, keystore=str(tmp_path / "nowhere.p12")), CLOCK, SeededChance(1))
    with pytest.raises(FileNotFoundError, match=r"nowhere\.etk"):
        assembly.prepare(with_kgss(settings, token=str(tmp_path / "nowhere.etk")), CLOCK, SeededChance(1))


def test_an_earlier_key_of_the_keystore_may_have_the_token(settings: Settings, site: Authority) -> None:
    newer = site.encryption(site.kgss.authentication)
    assert site.kgss.encryption is not None
    write_pkcs12(
        Path(settings.kgss.keystore), replace(site.kgss, encryption=newer, earlier=(site.kgss.encryption,)), "secret",
        SeededChance(53),
    )  # fmt: skip
    assembly.prepare(settings, CLOCK, SeededChance(1))
    assert given(settings)[0] == token_of_file(settings)


def test_the_token_of_the_settings_takes_the_place_of_one_that_was_made_here(settings: Settings) -> None:
    """Of the same key: the settings were given the keystore first, and the token later."""
    assembly.prepare(with_kgss(settings, token=""), CLOCK, SeededChance(1))
    assert given(settings)[0] != token_of_file(settings)
    assembly.prepare(settings, CLOCK, SeededChance(1))
    assert given(settings)[0] == token_of_file(settings)


def test_a_revoked_token_is_told(settings: Settings) -> None:
    assembly.prepare(settings, CLOCK, SeededChance(1))
    store = Store.open(config.database_url(settings))
    try:
        with store.begin() as transaction:
            for each in transaction.tokens.all():
                transaction.tokens.revoke(each.serial, START)
    finally:
        store.close()
    assert "the depot gives out another token of the KGSS" in refused(settings)


def test_a_depot_that_gives_out_another_token_is_told(settings: Settings, site: Authority, tmp_path: Path) -> None:
    """Requests would be sealed for a key that the KGSS has not. Nobody of the seeds is registered by then."""
    assembly.prepare(settings, CLOCK, SeededChance(1))
    people = tmp_path / "people.toml"
    people.write_text('[[person]]\ninss = "50010100156"\nlast_name = "N"\nfirst_name = "N"\n', "utf-8")
    people_settings = settings.people.model_copy(update={"seeds": (people,)})
    settings = settings.model_copy(update={"people": people_settings})
    newer = stored(token_of(site, site.keystore(site.kgss.authentication)), START)
    add(settings, newer)
    assert (
        refused(settings)
        == f"{settings.kgss.token}: the depot gives out another token of the KGSS; see `ehbox etk list`"
    )
    store = Store.open(config.database_url(settings))
    with store.begin(write=False) as transaction:
        assert transaction.register.person("50010100156") is None
    store.close()
