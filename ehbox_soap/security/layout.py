"""The layout of a Security header that was read and verified whole: of the next in the same layout only values differ.

Knows: which values differ from one call of a client to the next, and what they belong to. Must not know: keys, times,
what is trusted.
A layout only ever leads to a yes, by all the same checks of the values: what is not just as it was (another algorithm,
another attribute, a space), and what does not hold, is left to the one reader, who reads the header whole and refuses.
It belongs to the policy that it was read by. How a layout is learned stands in `learning`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ehbox_soap.security import reading
from ehbox_soap.security.markup import Markup, Written
from ehbox_soap.security.memory import Memory
from ehbox_soap.security.signature_form import KeyInfo, Reference, Signature

# Nobody is told: who reads the header whole refuses it.
_PLACE = "ds:Signature"


class Signing(NamedTuple):
    """A signature's layout: what it was, without its elements, and which values are its own. `signed_info` is the
    canonical form of its SignedInfo, `references` what each would make of the one element whose form is foretold."""

    signature: Signature
    uris: tuple[int, ...]
    digests: tuple[int, ...]
    value: int
    named: int
    signed_info: Written
    references: tuple[Written, ...]

    def read(self, values: Sequence[str], ids: Iterable[str], foretold: str) -> Signature | None:
        """The signature with these values; None unless it refers to exactly `ids`, of which `foretold` is one."""
        known = self.signature
        if sorted([values[at] for at in self.uris]) != sorted(["#" + identifier for identifier in ids]):
            return None
        references = []
        for reference, at, digest, written in zip(
            known.references, self.uris, self.digests, self.references, strict=True
        ):
            uri = values[at]
            value = reading.octets(values[digest], _PLACE)
            form = written.form(values) if uri[1:] == foretold else None
            references.append(Reference(uri, reference.prefixes, reference.digest, value, form))
        return known._replace(
            references=tuple(references),
            value=reading.octets(values[self.value], _PLACE),
            # Of its attributes nothing is asked again: they are as they were.
            key_info=KeyInfo([], values[self.named]),
            form=self.signed_info.form(values),
        )

    def moved(self, to: Callable[[int], int]) -> Signing:
        """The same, for values that stand elsewhere now."""
        return self._replace(
            uris=tuple(map(to, self.uris)),
            digests=tuple(map(to, self.digests)),
            value=to(self.value),
            named=to(self.named),
            signed_info=self.signed_info.moved(to),
            references=tuple([written.moved(to) for written in self.references]),
        )


class Token(NamedTuple):
    """An assertion's layout: its values, from the `first` until before the `last`; which are its id, its span, its
    subjects and their certificates; its attributes, each with its namespace, its name, its first value and that after
    its last; its signature."""

    first: int
    last: int
    issuer: str
    id: int
    begin: int
    end: int
    subjects: tuple[int, int]
    holders: tuple[int, int]
    attributes: tuple[tuple[str, str, int, int], ...]
    signed: Signing

    def own(self, values: Sequence[str]) -> tuple[str, ...]:
        """The assertion's values: in its layout they are all that tells it from another."""
        return tuple(values[self.first : self.last])


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One layout. `parts` tells which children of Security are Timestamp and Assertion. `token` is None in a
    layout of one assertion's own: there its values are markup."""

    markup: Markup
    parts: tuple[int, int]
    created: int
    expires: int
    message: Signing
    token: Token | None
    other_ids: tuple[int, ...]
    same_ids: tuple[str, ...]

    def ids(self, values: Sequence[str]) -> list[str]:
        """Every id within the children of Security."""
        return [*self.same_ids, *[values[at] for at in self.other_ids]]

    def of(self, values: Sequence[str]) -> Layout:
        """The layout of the calls that bring the very assertion that these values bring."""
        assert self.token is not None
        first, last = self.token.first, self.token.last

        def moved(at: int) -> int:
            return at if at < first else at - (last - first)

        own = [at for at in self.other_ids if first <= at < last]
        return replace(
            self,
            markup=self.markup.holding(first, last, values),
            created=moved(self.created),
            expires=moved(self.expires),
            message=self.message.moved(moved),
            token=None,
            other_ids=tuple([moved(at) for at in self.other_ids if at not in own]),
            same_ids=(*self.same_ids, *[values[at] for at in own]),
        )


class Layouts:
    """Layouts that were met, of at most `capacity` kinds. Thread-safe."""

    _ALIKE = 8

    def __init__(self, capacity: int = 32) -> None:
        self._known: Memory[tuple[int, int], tuple[Layout, ...]] = Memory(capacity)

    def find(self, text: str) -> tuple[Layout, list[str]] | None:
        """The layout of a text, and the values in it."""
        return met(self._known.get(_kind(text)) or (), text)

    def keep(self, text: str, layout: Layout) -> None:
        """Remembers; of those that have as much markup only the last few."""
        kind = _kind(text)
        others = self._known.get(kind) or ()
        if met(others, text) is None:
            self._known.put(kind, (layout, *others[: self._ALIKE - 1]))


def met(layouts: Iterable[Layout], text: str) -> tuple[Layout, list[str]] | None:
    """The first of them that a text has, and the values in it."""
    for layout in layouts:
        values = layout.markup.values(text)
        if values is not None:
            return layout, values
    return None


def _kind(text: str) -> tuple[int, int]:
    """The same for all texts of one layout."""
    return text.count("<"), text.count('"')
