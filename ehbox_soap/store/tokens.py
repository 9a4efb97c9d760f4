"""The depot's tokens: which are known, which are given out.

Knows: names, validity, revocation. Must not know: what a token is, who may ask for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

from ehbox_soap.tokens import TokenName

from .statements import insert_if_new
from .token_tables import token


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token and what is told of it; `serial` is that of its encryption certificate, in decimal."""

    name: TokenName
    serial: str
    not_before: datetime
    not_after: datetime
    fingerprint: bytes
    octets: bytes
    added_at: datetime
    revoked_at: datetime | None = None


class Tokens:
    """Tokens. One may be given out while its certificate is valid and it is not revoked here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: StoredToken) -> bool:
        """Keeps a token; False if one of that encryption certificate is known, which then stays as it is."""
        values = {column: getattr(new, column) for column in _OWN}
        name = {"type": new.name.type, "value": new.name.value, "application": new.name.application}
        return insert_if_new(self._connection, token, {**name, **values}) is not None

    def renew(self, new: StoredToken) -> None:
        """Other octets for a known token: of the same encryption certificate, but made by another depot, or later."""
        where = token.c.fingerprint == new.fingerprint
        self._connection.execute(update(token).where(where).values(octets=new.octets))

    def current(self, name: TokenName, now: datetime) -> tuple[bytes, ...]:
        """The tokens of that name that may be given out, the last added first."""
        query = select(token.c.octets).where(
            _is_of(name.type, name.value), token.c.application == name.application, _is_given(now)
        )
        return tuple(self._connection.execute(query.order_by(token.c.token_key.desc())).scalars())

    def applications(self, type: str, value: str, now: datetime) -> tuple[str, ...]:
        """The applications, "" for none, for which a token of that number may be given out, in order."""
        query = select(token.c.application).distinct().where(_is_of(type, value), _is_given(now))
        return tuple(self._connection.execute(query.order_by(token.c.application)).scalars())

    def is_given(self, fingerprint: bytes, now: datetime) -> bool:
        """Whether a token of that encryption certificate is known, valid, and not revoked."""
        query = select(token.c.token_key).where(token.c.fingerprint == fingerprint, _is_given(now))
        return self._connection.execute(query).first() is not None

    def all(self) -> tuple[StoredToken, ...]:
        """Every token, by name, the last added first."""
        query = select(token).order_by(token.c.type, token.c.value, token.c.application, token.c.token_key.desc())
        return tuple(
            StoredToken(TokenName(row.type, row.value, row.application), **{each: getattr(row, each) for each in _OWN})
            for row in self._connection.execute(query)
        )

    def revoke(self, serial: str, now: datetime) -> bool:
        """Revokes the tokens of an encryption certificate's serial for good; False if there is none to revoke."""
        where = and_(token.c.serial == serial, token.c.revoked_at.is_(None))
        return self._connection.execute(update(token).where(where).values(revoked_at=now)).rowcount > 0


_OWN = ("serial", "not_before", "not_after", "fingerprint", "octets", "added_at", "revoked_at")


def _is_of(type: str, value: str) -> ColumnElement[bool]:
    return and_(token.c.type == type, token.c.value == value)


def _is_given(now: datetime) -> ColumnElement[bool]:
    return and_(token.c.revoked_at.is_(None), token.c.not_before <= now, token.c.not_after >= now)
