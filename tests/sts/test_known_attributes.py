"""What known clients ask for (BOX-7, client), kind by kind; and of every kind nothing but its own is certified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ehbox_soap import qualities
from ehbox_soap.mailbox import identity
from ehbox_soap.qualities import CERTIFIED, IDENTIFICATION
from ehbox_soap.register.loading import load
from ehbox_soap.security.subject import Identity
from ehbox_soap.store.engine import Store
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts.certify import certify
from ehbox_soap.sts.wish import Asked
from tests.sts.kinds import KINDS, SEED, Kind, name

P, E = "urn:be:fgov:person:ssin", "urn:be:fgov:ehealth:1.0"
PERSON = (f"{E}:certificateholder:person:ssin", P)
NAMES = (f"{P}:ehealth:1.0:givenname", f"{P}:ehealth:1.0:surname")
RECOGNISED = f"{E}:certificateholder:recognisedorganization:boolean"


def _professional(token: str, *, fpsph: bool = True, boolean: bool = True) -> tuple[str, ...]:
    found = [f"{P}:ehealth:1.0:nihii:{token}:nihii11"]
    if boolean:
        found.append(f"{P}:ehealth:1.0:professional:{token}:boolean")
    if fpsph:
        found.append(f"{P}:ehealth:1.0:fpsph:{token}:boolean")
    return tuple(found)


def _organisation(token: str, *more: str) -> tuple[str, ...]:
    stem = f"{E}:{token}:nihii-number:recognised{token}"
    return (f"{stem}:nihii11", f"{stem}:boolean", *more)


def _numbers(token: str) -> tuple[str, ...]:
    return (f"{E}:{token}:nihii-number", f"{E}:certificateholder:{token}:nihii-number")


# quality: names asked in the identification namespace, names asked in the certified one (the contract's table).
ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "MEDICAL_HOUSE": (_numbers("medicalhouse"), _organisation("medicalhouse", RECOGNISED)),
    "GUARD_POST": (_numbers("guardpost"), _organisation("guardpost", RECOGNISED)),
    "OFFICE_DOCTORS": (_numbers("officedoctors"), _organisation("officedoctors", _numbers("officedoctors")[1])),
    "GROUP": (
        _numbers("groupofnurses"),
        (
            _numbers("groupofnurses")[1],
            _organisation("groupofnurses")[0],
            f"{_numbers('groupofnurses')[1]}:recognisedgroupofnurses:boolean",
        ),
    ),
    "DENTIST": (PERSON, _professional("dentist")),
    "DOCTOR": (
        PERSON,
        (f"{P}:doctor:boolean", f"{P}:ehealth:1.0:doctor:nihii11", *NAMES, f"{P}:ehealth:1.0:fpsph:doctor:boolean"),
    ),
    "NURSE": (
        PERSON,
        (
            f"{P}:nurse:boolean",
            f"{P}:ehealth:1.0:nurse:nihii11",
            f"{P}:ehealth:1.0:nihii:nurse:nihii11",
            *NAMES,
            f"{P}:ehealth:1.0:fpsph:nurse:boolean",
        ),
    ),
    "PHYSIOTHERAPIST": (
        PERSON,
        (*_professional("physiotherapist"), *NAMES, f"{PERSON[0]}:usersession:boolean"),
    ),
    "LOGOPEDIST": (PERSON, (*_professional("logopedist"), *NAMES)),
    "DIETICIAN": (PERSON, (*_professional("dietician"), *NAMES)),
    "PSYCHOLOGIST": (PERSON, (*_professional("clinicalpsychologist"), *NAMES)),
    "OPTICIEN": (PERSON, (*_professional("optician", fpsph=False, boolean=False), *NAMES)),
    "PODOLOGIST": (PERSON, (*_professional("podologist", fpsph=False, boolean=False), *NAMES)),
    "MIDWIFE": (PERSON, (*_professional("midwife"), *NAMES)),
    "INSTITUTION": (
        (f"{E}:certificateholder:enterprise:cbe-number", "urn:be:fgov:kbo-bce:organization:cbe-number"),
        (RECOGNISED,),
    ),
    "INSTITUTION_EHP": (
        (f"{E}:organization:ehp-number", f"{E}:certificateholder:organization:ehp-number"),
        (f"{E}:organization:ehp-number:recognisedehp:boolean",),
    ),
}
UNKNOWN_TO_THE_REGISTER = (
    f"{E}:certificateholder:enterprise:cbe-number:ehealth:1.0:cbe_daas_authorized:boolean",
    f"{E}:sortingcenter:nihii-number:recognisedsortingcenter:boolean",
    f"{E}:reeducation:nihii-number:recognisedreeducation:boolean",
)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Transaction]:
    store = Store.open(f"sqlite:///{Path(tmp_path_factory.mktemp('kinds')) / 'ehbox.db'}")
    store.migrate()
    with store.begin() as transaction:
        load(SEED, transaction)
    with store.begin(write=False) as transaction:
        yield transaction
    store.close()


def certified(kind: Kind, asked: tuple[Asked, ...], register: Transaction) -> list[tuple[str, str, str]]:
    found = certify(asked, (), (Identity(kind.certificate, kind.id),), register)
    return [(each.namespace, each.name, value) for each in found for value in each.values]


def test_the_qualities_that_clients_name_are_these() -> None:
    """BOX-7: the attributes of every other quality are ours."""
    assert set(ASKED) == qualities.NAMED_BY_CLIENTS


@pytest.mark.parametrize("quality", ASKED)
def test_what_clients_ask_for_is_certified(register: Transaction, quality: str) -> None:
    """All of it, in the order asked; what the register does not know is left out."""
    kind = next(kind for kind in KINDS if kind.quality == quality)
    identification, others = ASKED[quality]
    asked = (
        *(Asked(IDENTIFICATION, name) for name in identification),
        *(Asked(CERTIFIED, name) for name in UNKNOWN_TO_THE_REGISTER),
        *(Asked(CERTIFIED, name) for name in others),
    )
    told = [(namespace, name) for namespace, name, _ in certified(kind, asked, register)]
    assert told == [*((IDENTIFICATION, each) for each in identification), *((CERTIFIED, each) for each in others)]


def everything() -> tuple[Asked, ...]:
    """Every attribute that tells a box, in both namespaces."""
    names = [RECOGNISED, *NAMES]
    for quality in qualities.QUALITIES:
        names += qualities.person_attribute_names(quality)
        names += qualities.organisation_boolean_attributes(quality)
        names += qualities.nihii11_attribute_names(quality)
        names += qualities.identity_attribute_names(quality)
    return tuple(Asked(namespace, name) for name in dict.fromkeys(names) for namespace in (IDENTIFICATION, CERTIFIED))


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_nothing_else_is_certified(register: Transaction, kind: Kind) -> None:
    """Whoever asks for all there is gets one box, its own (BOX-6), and every name of its quality."""
    told = certified(kind, everything(), register)
    (addresses,) = identity.read(told).boxes
    assert {address.quality for address in addresses} == {kind.quality}
    assert (kind.type, kind.id) in {(address.type, address.id) for address in addresses}
    names = {name for namespace, name, _ in told if namespace == CERTIFIED}
    own = {*qualities.person_attribute_names(kind.quality), *qualities.organisation_boolean_attributes(kind.quality)}
    if kind.nihii or kind.type == "NIHII":
        own |= set(qualities.nihii11_attribute_names(kind.quality))
    assert own <= names
