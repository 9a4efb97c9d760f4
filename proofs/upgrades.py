"""`python -m proofs.upgrades URL BASE EVERY`: an upgrade that is killed (SIGKILL) at each of its statements in turn,
and run again. The store is as it was, or whole in the new form, and nothing that was in it is changed.

Knows: how a store is brought to any revision, that the upgrade runs in a process of its own. Must not know: what any
revision does.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, make_url

from ehbox_soap.mailbox.checking import fingerprint
from ehbox_soap.store.engine import Store
from ehbox_soap.store.migrate import configuration, revision
from proofs import driver, released
from proofs.driver import Statements
from tests.http.running import ROOT

Digests = dict[str, str]


@dataclass(frozen=True)
class Upgraded:
    """From a revision to the newest: how often it was killed, and what was not as it must be."""

    base: str
    head: str
    kills: int
    tables: int
    findings: tuple[str, ...]


def revisions() -> list[str]:
    """All of them, the first one first."""
    return [each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions()][::-1]


def upgrade(url: str, base: str, every: int = 1) -> Upgraded:
    """Of an empty database, in a process of its own: it forks, and each of its children is killed, at the first
    statement and then at every so-manieth."""
    done = subprocess.run(
        [sys.executable, "-m", "proofs.upgrades", url, base, str(every)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return Upgraded(**{**told, "findings": tuple(told["findings"])})


def _prepared(engine: Engine, base: str) -> None:
    """A store of the first revision with data, brought to the base as any upgrade would."""
    config = configuration()
    for goal in (released.FIRST, base):
        with engine.begin() as connection:
            if revision(connection) != goal:
                config.attributes["connection"] = connection
                command.upgrade(config, goal)
            if goal == released.FIRST and not connection.exec_driver_sql("SELECT count(*) FROM box").scalar_one():
                released.fill(connection)


def _killed(url: str, at: int) -> bool:
    """Whether an upgrade in a child was killed at that statement; False if it ended before."""
    child = os.fork()
    if not child:
        store, statements = Store.open(url), Statements()
        driver.put_under(store, statements)
        statements.arm(at, end=lambda: os.kill(os.getpid(), signal.SIGKILL))
        store.migrate()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _digests(connection: Connection, columns: dict[str, list[str]] | None = None) -> Digests:
    """Of each table's rows, by the columns that are given or all that it has."""
    tables = MetaData()
    tables.reflect(connection)
    found = {}
    for name, table in sorted(tables.tables.items()):
        if name == "alembic_version" or (columns is not None and name not in columns):
            continue
        chosen = [table.c[each] for each in (columns[name] if columns else table.c.keys())]
        rows = sorted(repr(tuple(row)) for row in connection.execute(table.select().with_only_columns(*chosen)))
        found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def _columns(engine: Engine) -> dict[str, list[str]]:
    inspector = inspect(engine)
    return {
        name: [column["name"] for column in inspector.get_columns(name)]
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def _upgraded(url: str, base: str, every: int) -> Upgraded:
    engine = create_engine(make_url(url))
    _prepared(engine, base)
    columns, head, at, kills = _columns(engine), revisions()[-1], 1, 0
    with engine.connect() as connection:
        before = _digests(connection)
    engine.dispose()
    findings: list[str] = []
    while _killed(url, at):
        with engine.connect() as connection:
            now = revision(connection)
            if now not in (base, head):
                findings.append(f"killed at statement {at}: the store is at {now}")
            if (now == base and _digests(connection) != before) or _digests(connection, columns) != before:
                findings.append(f"killed at statement {at}: something that was there has changed")
        engine.dispose()
        at, kills = at + every, kills + 1
    findings += _afterwards(url, engine, head, columns, before)
    return Upgraded(base, head, kills, len(before), tuple(findings))


def _afterwards(url: str, engine: Engine, head: str, columns: dict[str, list[str]], before: Digests) -> Iterator[str]:
    with engine.connect() as connection:
        if revision(connection) != head:
            yield "run again, it is not finished"
        if _digests(connection, columns) != before:
            yield "run again, something that was there has changed"
    engine.dispose()
    store = Store.open(url)
    with store.begin(write=False) as transaction:
        for step in transaction.whole.verify(fingerprint):
            yield from (f"verify: {each.check} {each.table} {each.key}" for each in step.findings)
    store.close()


def main(url: str, base: str, every: int) -> int:
    """Prints the result as JSON."""
    print(json.dumps(asdict(_upgraded(url, base, every))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
