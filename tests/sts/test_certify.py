"""What is certified: from the certificates and the register (wire.md, "Attributes"; BOX-7), in the order asked.

The names of the attributes are those that clients ask for.
"""

from __future__ import annotations

import pytest

from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.security.subject import Identity
from ehbox_soap.sts.certify import certify
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.wish import Asked
from tests.sts.conftest import BASILE, DORA, EHP, ERIKA, GROUP, HOSPITAL, INSTITUTION, SHORT, Cast, Sts
from tests.sts.layouts import CERTIFIED, HOLDER_SSIN, IDENTIFICATION, SSIN, Ask, Pair, certified, claims_of, identifying
from tests.sts.reading import attributes_of

E = "urn:be:fgov:ehealth:1.0"
PROFESSIONAL = "urn:be:fgov:person:ssin:ehealth:1.0"
RECOGNISED = f"{E}:certificateholder:recognisedorganization:boolean"


def granted(sts: Sts, holder: KeyEntry, claims: tuple[tuple[str, str, str], ...], *asked: Pair) -> dict[Pair, str]:
    found = attributes_of(sts.ask(Ask(holder, claims, asked)))
    assert [(namespace, name) for namespace, name, _ in found] == [
        pair for pair in asked if pair in {(namespace, name) for namespace, name, _ in found}
    ]
    return {(namespace, name): value for namespace, name, value in found}


DOCTOR = certified(
    "urn:be:fgov:person:ssin:doctor:boolean",
    f"{PROFESSIONAL}:doctor:nihii11",
    f"{PROFESSIONAL}:givenname",
    f"{PROFESSIONAL}:surname",
    f"{PROFESSIONAL}:fpsph:doctor:boolean",
)


def test_doctor(sts: Sts, cast: Cast) -> None:
    values = granted(sts, cast.dora, claims_of(DORA), *DOCTOR)
    assert list(values.values()) == ["true", "19990116004", "Dora", "Voorbeeld", "true"]


def test_order_is_that_of_the_question(sts: Sts, cast: Cast) -> None:
    values = granted(sts, cast.dora, claims_of(DORA), *reversed(DOCTOR))
    assert list(values) == list(reversed(DOCTOR))


def test_two_qualities(sts: Sts, cast: Cast) -> None:
    """What she is not is left out; each number goes with its own quality."""
    asked = certified(
        f"{PROFESSIONAL}:nihii:nurse:nihii11",
        "urn:be:fgov:person:ssin:doctor:boolean",
        "urn:be:fgov:person:ssin:nurse:boolean",
        f"{PROFESSIONAL}:professional:midwife:boolean",
        f"{PROFESSIONAL}:nihii:midwife:nihii11",
        f"{PROFESSIONAL}:doctor:nihii11",
    )
    values = granted(sts, cast.erika, claims_of(ERIKA), *asked)
    assert values == {
        asked[0]: "49990830401", asked[2]: "true", asked[3]: "true", asked[4]: "49990929402",
    }  # fmt: skip


def test_citizen_has_names_and_no_quality(sts: Sts, cast: Cast) -> None:
    values = granted(sts, cast.basile, claims_of(BASILE), *identifying(SSIN), *DOCTOR)
    assert list(values.values()) == [BASILE, "Basile", "Citoyen"]


def test_person_who_is_not_registered_is_known_by_the_certificate_only(sts: Sts, cast: Cast) -> None:
    number = "85061999766"
    values = granted(sts, cast.unregistered, claims_of(number), *identifying(HOLDER_SSIN, SSIN), *DOCTOR)
    assert list(values.values()) == [number, number]


def test_nihii_registered_with_8_digits_has_no_nihii11(sts: Sts, cast: Cast) -> None:
    """Of 8 digits nobody knows the other three."""
    holder = cast.authority.person(SHORT.inss, "Kaat Kort", kind="ec")
    asked = certified(f"{PROFESSIONAL}:nihii:dietician:nihii11", f"{PROFESSIONAL}:professional:dietician:boolean")
    assert granted(sts, holder, claims_of(SHORT.inss), *asked) == {asked[1]: "true"}


def test_certificate_of_an_unknown_type_certifies_nothing(sts: Sts) -> None:
    """NIHII without a quality, or a type that no box has: not even an INSS is made of its number."""
    for type in ("NIHII", "NIHII-CLINIC", "IDM"):
        with sts.store.begin(write=False) as transaction, pytest.raises(StsFailure, match="None of the requested"):
            certify([Asked(IDENTIFICATION, SSIN)], [], [Identity(type, "19990116")], transaction)


def test_eid_identifies_as_an_ehealth_certificate_does(sts: Sts, cast: Cast) -> None:
    assert granted(sts, cast.dora_eid, claims_of(DORA), *DOCTOR)[DOCTOR[0]] == "true"


def test_name_in_the_other_namespace_is_another_attribute(sts: Sts, cast: Cast) -> None:
    values = granted(sts, cast.dora, claims_of(DORA), (CERTIFIED, SSIN), (IDENTIFICATION, DOCTOR[0][1]), DOCTOR[0])
    assert list(values) == [DOCTOR[0]]


def test_hospital(sts: Sts, cast: Cast) -> None:
    number, holder = f"{E}:hospital:nihii-number", f"{E}:certificateholder:hospital:nihii-number"
    asked = (
        *identifying(number, holder, SSIN),
        *certified(f"{number}:recognisedhospital:boolean", f"{number}:recognisedhospital:nihii11", RECOGNISED),
    )
    values = granted(sts, cast.hospital, claims_of(HOSPITAL, number, holder), *asked)
    assert list(values.values()) == [HOSPITAL, HOSPITAL, "true", "71990133000", "true"]


def test_group_of_nurses(sts: Sts, cast: Cast) -> None:
    """GROUP is groupofnurses; clients ask its number in both namespaces, its boolean under certificateholder."""
    number, holder = f"{E}:groupofnurses:nihii-number", f"{E}:certificateholder:groupofnurses:nihii-number"
    asked = (
        *identifying(number, holder),
        *certified(holder, f"{number}:recognisedgroupofnurses:nihii11", f"{holder}:recognisedgroupofnurses:boolean"),
    )
    values = granted(sts, cast.group, claims_of(GROUP, number), *asked)
    assert list(values.values()) == [GROUP, GROUP, GROUP, "94990417000", "true"]


def test_enterprise(sts: Sts, cast: Cast) -> None:
    """The register knows nothing of a DAAS authorisation: left out."""
    holder = f"{E}:certificateholder:enterprise:cbe-number"
    number = "urn:be:fgov:kbo-bce:organization:cbe-number"
    asked = (*identifying(holder, number), *certified(f"{holder}:ehealth:1.0:cbe_daas_authorized:boolean", RECOGNISED))
    values = granted(sts, cast.institution, claims_of(INSTITUTION, holder), *asked)
    assert list(values.values()) == [INSTITUTION, INSTITUTION, "true"]


def test_ehp(sts: Sts, cast: Cast) -> None:
    number, holder = f"{E}:organization:ehp-number", f"{E}:certificateholder:organization:ehp-number"
    asked = (*identifying(number, holder), *certified(f"{number}:recognisedehp:boolean"))
    values = granted(sts, cast.ehp, claims_of(EHP, number, holder), *asked)
    assert list(values.values()) == [EHP, EHP, "true"]


@pytest.mark.parametrize(
    ("type", "number", "names"),
    [
        ("NIHII-PHARMACY", HOSPITAL, (f"{E}:pharmacy:nihii-number", f"{E}:hospital:nihii-number")),
        ("NIHII-HOSPITAL", "71990999", (f"{E}:hospital:nihii-number", f"{E}:pharmacy:nihii-number")),
    ],
    ids=["registered as another kind", "not registered"],
)
def test_organisation_that_is_not_registered_is_not_recognised(
    sts: Sts, cast: Cast, type: str, number: str, names: tuple[str, str]
) -> None:
    """Its certificate says its number, and its kind; nothing else is certified."""
    holder = cast.authority.organisation(type, number, "X", kind="ec")
    asked = (
        *identifying(*names),
        *certified(RECOGNISED, f"{E}:hospital:nihii-number:recognisedhospital:boolean"),
        *certified(f"{E}:pharmacy:nihii-number:recognisedpharmacy:boolean"),
    )
    assert granted(sts, holder, claims_of(number, names[0]), *asked) == {asked[0]: number}


def test_application_has_its_owners_attributes(sts: Sts, cast: Cast) -> None:
    holder = cast.authority.person(DORA, "Dora Voorbeeld", "MYAPP", kind="ec")
    assert granted(sts, holder, claims_of(DORA), DOCTOR[0]) == {DOCTOR[0]: "true"}
