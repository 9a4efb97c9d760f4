"""The column types that SQLite and PostgreSQL share.

Knows: how a moment and a key are stored. Must not know: any table.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Integer, bindparam, case
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite numbers its rows by itself only in a column that is called INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC: it sorts, and is the same on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Raises ValueError for a moment without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


def not_before(earlier: ColumnElement[Any], moment: str) -> ColumnElement[Any]:
    """The moment that is bound by that name, or the earlier one of the same row where that is later.

    A call's moment is taken before it waits for a box: meanwhile another one may let a message into it.
    """
    now = bindparam(moment, type_=Moment)
    return case((earlier > now, earlier), else_=now)
