"""Several workers on one database, several client processes (issue 2, Mailbox and store)."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.databases import Databases, PostgresqlDatabases
from tests.http import people
from tests.http.conftest import People, Serve
from tests.http.load import publish

pytestmark = [pytest.mark.http, pytest.mark.slow]

WORKERS = 4


def test_several_processes_publish_many_letters_each(
    serve: Serve, people_of_template: People, databases: Databases, database_url: str
) -> None:
    """Every one is there once, in pages; no lock error, no fault. scripts/load does the same with any number."""
    on_postgresql = isinstance(databases, PostgresqlDatabases)
    processes, letters = (4, 50) if on_postgresql else (8, 100)
    settings = {"data.database": database_url} if on_postgresql else {}
    server = serve({"server.workers": str(WORKERS), **settings})
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    published = publish(server, doctor, nurse, processes, letters)
    assert len(set(published.ids)) == processes * letters
    assert sorted(published.listed) == sorted(published.ids)
    assert published.exact
    for number, (first, *_) in enumerate(published.told):
        full = people.ask(server, nurse.read(first))
        assert list(full.parts.values()) == [f"letter 0 of process {number}".encode()]
    outcomes = Counter(str(line["outcome"]) for line in server.lines if line.get("operation") == "sendMessage")
    assert outcomes == {"100": processes * letters}
