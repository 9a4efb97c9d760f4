"""What an assertion may have at most and at least: values, attributes, ids of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import count, repeat

from lxml import etree

from ehbox_soap.security import saml
from tests.security.builders import CERTIFIED, DS, Call, Token
from tests.security.checks import accepted, refusal
from tests.security.edits import Edit, call
from tests.security.keys import INSS

PARTS = [f"{{{DS}}}{name}" for name in ("KeyInfo", "Signature", "SignedInfo", "Reference", "SignatureValue")]


def edited(edit: Edit) -> Call:
    """A call whose assertion was changed before the STS signed it."""
    return call(token=Token(edit=edit))


def test_an_assertion_may_have_one_attribute_only() -> None:
    rows = ((CERTIFIED, "urn:be:fgov:person:ssin", INSS),)
    assert accepted(call(token=Token(attributes=rows))).assertion.attributes == (
        saml.Attribute(CERTIFIED, "urn:be:fgov:person:ssin", (INSS,)),
    )


def test_256_values_of_an_attribute_and_256_children_of_a_statement_are_the_most() -> None:
    def values(count: int) -> Call:
        def edit(root: etree._Element) -> None:
            root[2][1].extend([deepcopy(root[2][1][0]) for _ in range(count - 1)])

        return edited(edit)

    def attributes(count: int) -> Call:
        return call(token=Token(attributes=tuple((CERTIFIED, f"urn:{number}", "v") for number in range(count))))

    assert len(accepted(values(256)).assertion.attributes[0].values) == 256
    assert refusal(values(257)) == "Attribute: has more than 256 values"
    assert len(accepted(attributes(255)).assertion.attributes) == 255
    assert refusal(attributes(256)) == "AttributeStatement: has more than 256 children"


def test_parts_of_an_assertion_may_have_ids() -> None:
    """The schema of XML-DSig has them on each of these; they are ids like all others."""

    def named(names: Iterator[str]) -> Call:
        def edit(root: etree._Element) -> None:
            for part in root.iter(*PARTS):
                part.set("Id", next(names))

        return edited(edit)

    accepted(named(f"part-{number}" for number in count()))
    doubled = named(repeat("part"))
    assert refusal(doubled) == "Envelope: an id occurs twice"
