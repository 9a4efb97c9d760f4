"""The tables of what encryption needs: tokens of the depot, keys of the KGSS.

Knows: columns and keys. Must not know: what a token is, how a key is protected.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, String, Table, UniqueConstraint

from .columns import Key, Moment
from .tables import metadata

# `fingerprint` is of the encryption certificate, `serial` its serial number in decimal: the alias of its key in a
# client's keystore. `application` is empty for none.
token = Table(
    "token",
    metadata,
    Column("token_key", Key, primary_key=True),
    Column("type", String(40), nullable=False),
    Column("value", String(11), nullable=False),
    Column("application", String(64), nullable=False),
    Column("serial", String(49), nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("not_after", Moment, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("octets", LargeBinary, nullable=False),
    UniqueConstraint("fingerprint"),
    CheckConstraint("length(fingerprint) = 32", name="fingerprint"),
    CheckConstraint("not_after >= not_before", name="validity"),
    Index(None, "type", "value", "application"),
)

# `master` tells under which master key `sealed` was encrypted, with `nonce`.
kgss_key = Table(
    "kgss_key",
    metadata,
    Column("identifier", LargeBinary(16), primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("master", LargeBinary(8), nullable=False),
    Column("nonce", LargeBinary(12), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("length(identifier) = 16 AND length(nonce) = 12 AND length(master) = 8", name="lengths"),
)
