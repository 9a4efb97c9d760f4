"""What an assertion says of its caller: the boxes it names and the names it certifies (BOX-6, BOX-7).

Knows: the attributes' meaning. Must not know: which boxes exist, how the assertion was verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ehbox_soap import qualities
from ehbox_soap.errors import SoapFault
from ehbox_soap.numbers import is_number
from ehbox_soap.store.message_records import Address

Attributes = Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Identity:
    """`boxes` holds the names of each box, its best name first; the first box is the default one (BOX-6).

    `inss` is the person's, alone or in the organisation; `surname` and `given_name` are certified ones.
    """

    boxes: tuple[tuple[Address, ...], ...]
    inss: str | None
    surname: str | None
    given_name: str | None


def read(attributes: Attributes) -> Identity:
    """Reads (namespace, name, value) in the assertion's order.

    Raises SoapFault SOA-01002 if no box is named, if a number is malformed, or if one identity has two numbers.
    """
    return _read(tuple(attributes))


@lru_cache(maxsize=1024)
def _read(attributes: Attributes) -> Identity:
    # Remembered: an assertion comes with hundreds of calls.
    inss = _number(attributes, "INSS", (qualities.SSIN, qualities.HOLDER_SSIN))
    certified = tuple(dict.fromkeys(_certified(attributes)))
    boxes = [*_organisations(attributes, certified), *_person(attributes, certified, inss)]
    if not boxes:
        raise SoapFault("SOA-01002", "the assertion names no box: it certifies no identity (BOX-6)")
    return Identity(
        boxes=tuple(boxes),
        inss=inss,
        surname=_only(attributes, qualities.CERTIFIED, qualities.SURNAME),
        given_name=_only(attributes, qualities.CERTIFIED, qualities.GIVENNAME),
    )


def _certified(attributes: Attributes) -> Iterator[str]:
    """The certified qualities in the assertion's order, as often as they are certified (BOX-7).

    By a boolean, or by the nihii11 alone: M asks for nothing else, and nobody has one without the profession.
    """
    stated = {qualities.quality_of_attribute(name) for space, name, _ in attributes if space == qualities.CERTIFIED}
    for namespace, name, value in attributes:
        if namespace != qualities.CERTIFIED:
            continue
        quality = qualities.quality_of_attribute(name)
        if quality is not None and value == "true":
            yield quality
        numbered = qualities.quality_of_nihii11(name)
        if numbered is not None and numbered not in stated and is_number("NIHII", value):
            yield numbered


def _organisations(attributes: Attributes, certified: Iterable[str]) -> Iterator[tuple[Address, ...]]:
    for quality in certified:
        if qualities.is_individual(quality):
            continue
        kind = next(row.type for row in qualities.ALL if row.quality == quality)
        number = _number(attributes, kind, qualities.identity_attribute_names(quality))
        if number is not None:
            yield (Address.of(kind, number, quality),)


def _person(attributes: Attributes, certified: Iterable[str], inss: str | None) -> Iterator[tuple[Address, ...]]:
    if inss is None:
        return
    professions = [quality for quality in certified if qualities.is_individual(quality)]
    for quality in professions or [qualities.CITIZEN]:
        yield (Address.of("INSS", inss, quality), *_linked(attributes, quality))


def _linked(attributes: Attributes, quality: str) -> Iterator[Address]:
    """The name that a certified nihii11 gives to the person's box (BOX-2)."""
    numbers = (_only(attributes, qualities.CERTIFIED, name) for name in qualities.nihii11_attribute_names(quality))
    for number in dict.fromkeys(numbers):
        if number is not None and is_number("NIHII", number):
            yield Address.of("NIHII", number, quality)


def _number(attributes: Attributes, kind: str, names: Iterable[str]) -> str | None:
    """The number in the first of these identification attributes that is there."""
    for name in names:
        number = _only(attributes, qualities.IDENTIFICATION, name)
        if number is not None:
            if not is_number(kind, number):
                raise SoapFault("SOA-01002", "an identification attribute of the assertion is no such number (BOX-3)")
            return number
    return None


def _only(attributes: Attributes, namespace: str, name: str) -> str | None:
    values = {value for space, local, value in attributes if (space, local) == (namespace, name)}
    if len(values) > 1:
        raise SoapFault("SOA-01002", "an attribute of the assertion has two different values (BOX-6)")
    return next(iter(values), None)
