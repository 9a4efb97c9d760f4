"""What the store keeps of who exists, as values.

Knows: people, their professions, organisations, boxes that differ from the default. Must not know: SQL, the wire.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profession:
    """A recognised quality of a person (`contract` name, e.g. NURSE) and its NIHII number (8 or 11 digits)."""

    quality: str
    nihii: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person; `language` is fr, nl, de or en. `inss` has 11 digits."""

    inss: str
    last_name: str
    first_name: str
    language: str | None = None
    professions: tuple[Profession, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation by one number: `type` NIHII (8 or 11 digits), CBE or EHP (10); `quality` e.g. HOSPITAL."""

    type: str
    id: str
    quality: str
    name: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class BoxOverride:
    """A box whose limit is not its kind's (BOX-8); `max_size` in bytes. It counts as registered (BOX-4)."""

    type: str
    id: str
    quality: str
    max_size: int
