"""Who may have a key: the attributes of an assertion against the credentials that the key's maker named.

Knows: credentials. Must not know: keys, how an assertion is verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ehbox_soap.wire.types.kgss import Credential

Attribute = tuple[str, str, str]
"""Namespace, name, value of a verified assertion."""


def may_read(attributes: Iterable[Attribute], allowed: Sequence[Credential], excluded: Sequence[Credential]) -> bool:
    """Whether one of the allowed credentials is among the attributes and none of the excluded ones (ours: so)."""
    own = frozenset(attributes)
    return any(_holds(each, own) for each in allowed) and not any(_holds(each, own) for each in excluded)


def _holds(credential: Credential, own: frozenset[Attribute]) -> bool:
    """An attribute by namespace and name with one of the values; without values, with any (ours)."""
    values = {value for namespace, name, value in own if (namespace, name) == (credential.namespace, credential.name)}
    return bool(values & set(credential.values)) if credential.values else bool(values)
