"""Revoked certificates at every link, and that nothing remembered lets one in (Trust, and the memory of assertions)."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from ehbox_soap.clock import SetClock
from ehbox_soap.errors import SoapFault
from ehbox_soap.security.lists import Lists
from ehbox_soap.security.policy import profile
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import Verifier
from tests.security.builders import Token, stamp
from tests.security.checks import accepted, accepted_sts, refusal
from tests.security.edits import call
from tests.security.keys import NOW, Owner, authority, ec_key, holder, issue, name, pki, rsa_key, usage
from tests.security.revoking import HOUR, listed, written
from tests.security.test_chains import by_sha1

EVERY = timedelta(seconds=10)


@cache
def links() -> tuple[Owner, Owner, Owner, Owner]:
    """A root, an authority below it, and what that one issued: a holder and an STS."""
    root = authority("ROOT of the revoked")
    between = authority("INTERMEDIATE of the revoked", root)
    sts = issue(name((NameOID.COMMON_NAME, "an STS")), rsa_key("sts"), between)
    return root, between, holder(rsa_key("holder"), between), sts


class House:
    """Trust with a file of lists for each authority, and a clock."""

    def __init__(self, folder: Path, outdated: Literal["refuse", "accept"] = "refuse") -> None:
        self.folder = folder
        self.clock = SetClock(NOW)
        self.root, self.between, self.holder, self.sts = links()
        authorities = [self.root.certificate, self.between.certificate]
        self.lists = Lists([folder], authorities, outdated, EVERY)
        self.trust = Trust(authorities, [self.sts.certificate], self.lists)
        self.verifier = Verifier(profile("wire"), self.trust, self.clock)
        self.calls = 0

    def revoke(self, issuer: Owner, *revoked: Owner, number: int = 1, end: timedelta = HOUR) -> None:
        """Writes the issuer's list, and lets the time pass after which files are looked at."""
        written(
            self.folder / f"{issuer.certificate.serial_number}.crl",
            listed(issuer, revoked, number=number, end=NOW + end),
        )
        self.clock.moment += EVERY

    def call(self, kind: Literal["mailbox", "sts"] = "mailbox") -> object:
        """A call that is good but for the lists; each by another Timestamp."""
        made = call(kind=kind, holder=self.holder, token=self.token(), **self.times())
        return accepted(made, self.verifier) if kind == "mailbox" else accepted_sts(made, self.verifier)

    def refusal(self, kind: Literal["mailbox", "sts"] = "mailbox") -> str:
        return refusal(call(kind=kind, holder=self.holder, token=self.token(), **self.times()), self.verifier)

    def token(self) -> Token:
        return Token(sts=self.sts, holder=self.holder)

    def times(self) -> dict[str, str]:
        now = self.clock.moment
        return {"created": stamp(now), "expires": stamp(now + timedelta(seconds=60))}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


HOLDER, BST = "holder-of-key certificate", "wsse:BinarySecurityToken"
ABOVE = "was issued by an authority that is revoked"


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize(("kind", "place"), [("mailbox", HOLDER), ("sts", BST)])
def test_a_revoked_holder(house: House, warm: bool, kind: Literal["mailbox", "sts"], place: str) -> None:
    """Of a mailbox call by the assertion's holder, of an STS call by its token; remembered or not."""
    if warm:
        house.call(kind)
    house.revoke(house.between, house.holder)
    assert house.refusal(kind) == f"{place}: is revoked"


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize(("kind", "place"), [("mailbox", HOLDER), ("sts", BST)])
def test_a_revoked_intermediate(house: House, warm: bool, kind: Literal["mailbox", "sts"], place: str) -> None:
    if warm:
        house.call(kind)
    house.revoke(house.root, house.between)
    assert house.refusal(kind) == f"{place}: {ABOVE}"


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_a_revoked_sts(house: House, warm: bool) -> None:
    """It is believed for itself, but not against the list of whoever issued it."""
    if warm:
        house.call()
    house.revoke(house.between, house.sts)
    assert house.refusal() == "Assertion: the certificate of the STS is revoked"
    house.call("sts")


def test_an_sts_below_a_revoked_authority(tmp_path: Path) -> None:
    root, between, _, sts = links()
    written(tmp_path / "root.crl", listed(root, [between]))
    authorities = [root.certificate, between.certificate, pki().root.certificate]
    trust = Trust(authorities, [sts.certificate], Lists([tmp_path], authorities))
    with pytest.raises(SoapFault) as caught:
        trust.signers(sts.certificate, NOW)
    assert caught.value.reason == f"Assertion: the certificate of the STS {ABOVE}"


def test_one_revoked_sts_of_two(tmp_path: Path) -> None:
    """Where the assertion does not name its signer, those that count are tried."""
    root, between, _, sts = links()
    written(tmp_path / "between.crl", listed(between, [sts]))
    authorities = [root.certificate, between.certificate, pki().root.certificate]
    trust = Trust(authorities, [sts.certificate, pki().sts.certificate], Lists([tmp_path], authorities))
    assert trust.signers(None, NOW) == (pki().sts.certificate,)


def test_an_sts_whose_authority_is_not_known(tmp_path: Path) -> None:
    """Nobody's list can speak of it."""
    trust = Trust([pki().root.certificate], [links()[3].certificate], Lists([tmp_path]))
    assert trust.signers(None, NOW)


def test_a_revoked_sts_whose_certificate_is_signed_by_sha1(tmp_path: Path) -> None:
    """It is believed for itself, so nothing looks at that signature; but its authority's list speaks of it."""
    issuer = issue(name((NameOID.COMMON_NAME, "rsa")), rsa_key("authority"))
    old = by_sha1(issue(name(), rsa_key("sts"), issuer).certificate, rsa_key("authority"))
    written(tmp_path / "issuer.crl", listed(issuer, [old.serial_number]))
    trust = Trust([issuer.certificate], [old], Lists([tmp_path], [issuer.certificate]))
    with pytest.raises(SoapFault, match="Assertion: the certificate of the STS is revoked"):
        trust.signers(old, NOW)


@pytest.mark.parametrize("granted", [{"key_encipherment": True}, {"key_cert_sign": True}])
def test_an_sts_whose_key_is_not_for_signing(granted: dict[str, bool]) -> None:
    made = issue(name(), rsa_key("sts"), pki().root, extensions=[(usage(**granted), True)])
    with pytest.raises(SoapFault, match="Assertion: the certificate of the STS is not for signing"):
        Trust([], [made.certificate]).signers(None, NOW)
    for fine in ({"digital_signature": True}, {"content_commitment": True}):
        made = issue(name(), rsa_key("sts"), pki().root, extensions=[(usage(**fine), True)])
        assert Trust([], [made.certificate]).signers(made.certificate, NOW) == (made.certificate,)


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_outdated_lists(tmp_path: Path, warm: bool) -> None:
    """security.outdated_lists, at every link: the reason tells which."""
    outdated = "cannot be checked: the revocation list of its authority is outdated"
    for outermost, told in (
        (False, f"{HOLDER}: {outdated}"),
        (True, f"{HOLDER}: was issued by an authority that {outdated}"),
    ):
        folder = tmp_path / str(outermost)
        folder.mkdir()
        house = House(folder)
        house.revoke(house.between, end=HOUR * (2 if outermost else 1))
        house.revoke(house.root)
        if warm:
            house.call()
        house.clock.moment = NOW + HOUR + timedelta(microseconds=1)
        assert house.refusal() == told
        house.clock.moment = NOW + HOUR
        house.call()
        lenient = House(folder, "accept")
        lenient.clock.moment = NOW + 3 * HOUR
        lenient.call()


def test_an_outdated_list_of_the_sts(tmp_path: Path) -> None:
    """The assertion was remembered while the list was in force; its holder's authority has no list."""
    root, between, _, sts = links()
    written(tmp_path / "between.crl", listed(between))
    authorities = [root.certificate, between.certificate, pki().root.certificate]
    clock = SetClock(NOW)
    trust = Trust(authorities, [sts.certificate], Lists([tmp_path], authorities))
    by = Verifier(profile("wire"), trust, clock)
    token = Token(sts=sts)
    accepted(call(token=token), by)
    clock.moment = NOW + HOUR + timedelta(seconds=1)
    times = {"created": stamp(clock.moment), "expires": stamp(clock.moment + timedelta(seconds=60))}
    assert refusal(call(token=token, **times), by) == (
        "Assertion: the certificate of the STS cannot be checked: the revocation list of its authority is outdated"
    )


def test_no_longer_revoked(house: House) -> None:
    house.revoke(house.between, house.holder)
    assert house.refusal() == f"{HOLDER}: is revoked"
    house.revoke(house.between, number=2)
    house.call()


def test_who_is_revoked(house: House) -> None:
    """Themselves or an authority above them; what a stranger's list would say is not asked."""
    holder, now = house.holder.certificate, house.clock.moment
    assert not house.trust.is_revoked(holder, now)
    house.revoke(house.between, house.holder)
    assert house.trust.is_revoked(holder, house.clock.moment)
    house.revoke(house.between, number=2)
    assert not house.trust.is_revoked(holder, house.clock.moment)
    house.revoke(house.root, house.between)
    assert house.trust.is_revoked(holder, house.clock.moment)
    assert not house.trust.is_revoked(pki().stranger.certificate, house.clock.moment)


def test_the_lists_troubles_are_told_by_the_clock(house: House) -> None:
    house.revoke(house.between, end=HOUR)
    assert house.trust.troubles(NOW + HOUR) == []
    assert house.trust.troubles(NOW + 2 * HOUR) == ["a revocation list is outdated"]


def test_what_a_list_says_counts_from_its_beginning(house: House) -> None:
    """Also where it is asked later for an earlier moment: before that list, another was in force."""
    holder = house.holder.certificate
    for number, revoked, begin in ((1, [house.holder], NOW - HOUR), (2, [], NOW)):
        written(house.folder / f"{number}.crl", listed(house.between, revoked, begin, number=number))
    house.clock.moment += EVERY
    begin, _ = house.trust.believe(holder, "holder", house.clock.moment)
    assert begin == NOW
    with pytest.raises(SoapFault, match="holder: is revoked"):
        house.trust.believe(holder, "holder", NOW - HOUR / 2)


def test_what_is_found_while_the_lists_change_is_not_remembered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is read between a look at the old ones and the end of the verification: the next call sees it."""
    original = Lists.span

    def late(self: Lists, *arguments: object) -> object:
        monkeypatch.setattr(Lists, "span", original)
        found = original(self, *arguments)  # type: ignore[arg-type]
        written(house.folder / "between.crl", listed(house.between, [house.holder]))
        self._look()
        return found

    monkeypatch.setattr(Lists, "span", late)
    house.call()
    assert house.refusal() == f"{HOLDER}: is revoked"
    assert house.refusal("sts") == f"{BST}: is revoked"


def test_an_encryption_certificate_of_a_revoked_owner(house: House) -> None:
    extensions: list[tuple[x509.ExtensionType, bool]] = [(usage(key_encipherment=True), True)]
    inner = issue(house.holder.certificate.subject, ec_key("e"), house.holder, extensions=extensions).certificate
    assert house.trust.believe_encryption(inner, house.holder.certificate, "place", NOW)
    house.revoke(house.between, house.holder)
    with pytest.raises(SoapFault) as caught:
        house.trust.believe_encryption(inner, house.holder.certificate, "place", house.clock.now())
    assert caught.value.reason == "issuer of place: is revoked"


def test_a_reason_names_nobody(house: House) -> None:
    """Neither a subject nor a serial number (`refusal` also looks for what the call holds)."""
    house.revoke(house.between, house.holder)
    told = house.refusal()
    assert str(house.holder.certificate.serial_number) not in told


# What was signed before


def test_what_was_signed_before_the_list_is_believed(house: House) -> None:
    """Lists are asked by now: one that began since is the newest there is, and not one that is not valid yet."""
    house.revoke(house.between)
    now, early = house.clock.moment, NOW - 2 * HOUR
    house.trust.believe_signed(house.holder.certificate, "signer", early, now)
    with pytest.raises(SoapFault) as caught:
        house.trust.believe(house.holder.certificate, "signer", early)
    assert "not valid yet" in caught.value.reason


def test_what_was_signed_before_counts_no_longer_once_the_signer_is_revoked(house: House) -> None:
    """A thief of the key writes any time he likes."""
    house.revoke(house.between, house.holder)
    for signed_at in (NOW - 2 * HOUR, house.clock.moment):
        with pytest.raises(SoapFault) as caught:
            house.trust.believe_signed(house.holder.certificate, "signer", signed_at, house.clock.moment)
        assert (caught.value.code, caught.value.reason) == ("SOA-01001", "signer: is revoked")


def test_certificates_are_asked_by_the_signing_time(house: House) -> None:
    holder = house.holder.certificate
    late = max(each.certificate.not_valid_after_utc for each in links()) + HOUR
    house.trust.believe_signed(holder, "signer", NOW, late)
    with pytest.raises(SoapFault, match="signer: is not valid yet"):
        house.trust.believe_signed(holder, "signer", holder.not_valid_before_utc - HOUR, NOW)


@pytest.mark.parametrize("away", [-HOUR, HOUR])
def test_a_signing_time_does_not_tell_when_files_are_looked_at(house: House, away: timedelta) -> None:
    """It is the signer's word: now alone does."""
    now = house.clock.moment
    first = house.trust.generation(now)
    written(house.folder / "between.crl", listed(house.between, [house.holder]))
    house.trust.believe_signed(house.holder.certificate, "signer", now + away, now)
    assert house.trust.generation(now) == first
    assert house.trust.generation(now + EVERY) != first
