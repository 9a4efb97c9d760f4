"""Statements that every call executes: compiled once for each database, executed by its driver.

Knows: how SQLAlchemy compiles a statement and what its types do to values. Must not know: any table.
SQLAlchemy's own execution costs several times what SQLite needs for a row found by its key, so the statements of every
call go past it; all others do not.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
_Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What the driver is given: the text, values that never change, their order if it wants one; and what becomes of
    given values and of the rows."""

    text: str
    constant: dict[str, Any]
    order: tuple[str, ...] | None
    bind: tuple[tuple[str, _Process], ...]
    row: Callable[..., Any]
    result: tuple[_Process | None, ...]


class Prepared:
    """One statement. Its values are given by the names of its bound parameters; none may be a list (IN)."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows, as named tuples. Raises SQLAlchemy's DBAPIError as its own execution would."""
        compiled, cursor = self._execute(connection, values)
        found = cursor.fetchall()
        cursor.close()
        if not compiled.result:
            return [compiled.row(*row) for row in found]
        return [
            compiled.row(
                *[value if each is None else each(value) for each, value in zip(compiled.result, row, strict=True)]
            )
            for row in found
        ]

    def count(self, connection: Connection, **values: Any) -> int:
        """How many rows an UPDATE or DELETE met."""
        _, cursor = self._execute(connection, values)
        met = int(cursor.rowcount)
        cursor.close()
        return met

    def _execute(self, connection: Connection, values: dict[str, Any]) -> tuple[_Compiled, Any]:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect)
        for name, process in compiled.bind:
            values[name] = process(values[name])
        if compiled.constant:
            values.update(compiled.constant)
        given = values if compiled.order is None else [values[name] for name in compiled.order]
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(compiled.text, given)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor):
                connection.invalidate(error)
            raise DBAPIError.instance(
                compiled.text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from error
        return compiled, cursor


def _compile(statement: Statement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    constant = {name: value for name, value in compiled.params.items() if value is not None}
    kinds = {name: compiled.binds[name].type for name in compiled.params if name not in constant}
    binds = {name: kind.dialect_impl(dialect).bind_processor(dialect) for name, kind in kinds.items()}
    columns = list(statement.exported_columns)
    results = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return _Compiled(
        text=str(compiled),
        constant=constant,
        order=None if compiled.positiontup is None else tuple(compiled.positiontup),
        bind=tuple((name, process) for name, process in binds.items() if process is not None),
        row=namedtuple("Row", [str(column.key) for column in columns]),
        result=results if any(results) else (),
    )
