"""A storage that fails (docs/reliability.md): no success with a changed or missing effect, no fault with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehbox_soap.ports import consultation, publication
from proofs import faults
from tests.databases import DATABASES, PostgresqlDatabases


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
def test_every_statement_may_fail(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = ""
    if database == "postgresql":
        databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
        url = databases.new(tmp_path)
    outcomes = faults.examine(tmp_path, url, every=5 if database == "sqlite" else 17)
    assert [finding for outcome in outcomes for finding in outcome.findings] == []
    for outcome in outcomes:
        assert outcome.tried > 0, outcome.name
        assert outcome.answers.keys() == {"fault SOA-02002"}, outcome


def test_every_operation_is_called() -> None:
    assert {str(call["do"]) for call in faults.CALLS} == {*publication.BUILT, *consultation.BUILT}
