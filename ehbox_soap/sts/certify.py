"""What the STS certifies of a caller: what its certificates say and what the register holds, never what it claims.

Knows: identities, the register, the names of attributes. Must not know: XML, keys, times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ehbox_soap import qualities
from ehbox_soap.qualities import CERTIFIED, IDENTIFICATION
from ehbox_soap.security.saml import Attribute
from ehbox_soap.security.subject import Identity
from ehbox_soap.store.records import Organisation, Person
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.wish import Asked

Facts = Mapping[Asked, str]

# Clients ask it of a physiotherapist's session: a person identified itself (ours).
_USER_SESSION = f"{qualities.HOLDER_SSIN}:usersession:boolean"
_TRUE = "true"


def certify(
    asked: Sequence[Asked], claims: Sequence[Attribute], identities: Sequence[Identity], transaction: Transaction
) -> tuple[Attribute, ...]:
    """The attributes that can be certified, one value each, in the order asked; what cannot be is left out.

    `identities` are those that the caller has proved by a key: one, or a person's and an organisation's. Raises
    StsFailure if a claimed attribute of the identification namespace is not theirs, or if nothing asked can be
    certified.
    """
    facts: dict[Asked, str] = {}
    for identity in identities:
        facts |= _facts(identity, transaction)
    _match_identity(claims, facts)
    certified = tuple(
        Attribute(designator.namespace, designator.name, (facts[designator],))
        for designator in dict.fromkeys(asked)
        if designator in facts
    )
    if not certified:
        raise StsFailure("None of the requested attributes can be certified")
    return certified


def _match_identity(claims: Sequence[Attribute], facts: Facts) -> None:
    for claim in claims:
        if claim.namespace != IDENTIFICATION:
            continue
        if any(facts.get(Asked(claim.namespace, claim.name)) != value for value in claim.values):
            raise StsFailure(
                "A claimed identity attribute differs from the identity of the certificate", "FailedAuthentication"
            )


def _facts(identity: Identity, transaction: Transaction) -> dict[Asked, str]:
    """Everything that can be said of one identity."""
    if identity.type == "SSIN":
        return _person_facts(identity.number, transaction.register.person(identity.number))
    return _organisation_facts(identity, transaction)


def _person_facts(inss: str, person: Person | None) -> dict[Asked, str]:
    facts = {Asked(IDENTIFICATION, name): inss for name in (qualities.SSIN, qualities.HOLDER_SSIN)}
    facts[Asked(CERTIFIED, _USER_SESSION)] = _TRUE
    if person is None:
        return facts
    facts[Asked(CERTIFIED, qualities.GIVENNAME)] = person.first_name
    facts[Asked(CERTIFIED, qualities.SURNAME)] = person.last_name
    for profession in person.professions:
        for name in qualities.person_attribute_names(profession.quality):
            facts[Asked(CERTIFIED, name)] = _TRUE
        # Of a number registered with 8 digits the other three are not known.
        if profession.nihii is not None and len(profession.nihii) == 11:
            for name in qualities.nihii11_attribute_names(profession.quality):
                facts[Asked(CERTIFIED, name)] = profession.nihii
    return facts


def _organisation_facts(identity: Identity, transaction: Transaction) -> dict[Asked, str]:
    """The type of an organisation's certificate is that of the ETK depot: NIHII-HOSPITAL, CBE, EHP …"""
    facts: dict[Asked, str] = {}
    row = next((row for row in qualities.ALL if row.etk_type == identity.type), None)
    if row is None or row.quality not in qualities.ORGANISATIONS:
        return facts
    for name in qualities.identity_attribute_names(row.quality):
        facts[Asked(IDENTIFICATION, name)] = identity.number
    for organisation in transaction.register.organisations(row.type, identity.number):
        # A CBE or EHP number may be of several kinds; a NIHII number's kind stands in the certificate.
        if row.type != "NIHII" or organisation.quality == row.quality:
            facts |= _registered_facts(identity.number, organisation)
    return facts


def _registered_facts(number: str, organisation: Organisation) -> dict[Asked, str]:
    quality = organisation.quality
    # Clients ask some of the identity's attributes in the certified namespace as well.
    numbers = qualities.identity_attribute_names(quality)
    facts = {Asked(namespace, name): number for namespace in (IDENTIFICATION, CERTIFIED) for name in numbers}
    if quality == "INSTITUTION" or organisation.type != "CBE":
        # Beside a CBE number it makes an INSTITUTION (BOX-7), which the others are not.
        facts[Asked(CERTIFIED, qualities.RECOGNISED_ORGANISATION)] = _TRUE
    for name in qualities.organisation_boolean_attributes(quality):
        facts[Asked(CERTIFIED, name)] = _TRUE
    for name in qualities.nihii11_attribute_names(quality):
        # An organisation has no qualification: its last three digits are zeros (ours).
        facts[Asked(CERTIFIED, name)] = organisation.id.ljust(11, "0")
    return facts
