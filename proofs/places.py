"""Where a proof takes place: a data folder with its database, on SQLite or PostgreSQL, and the servers on it.

Knows: how a folder is prepared, how a server is started on it, how a store is opened beside it. Must not know: what
is proved.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result

from ehbox_soap import assembly, config
from ehbox_soap.cli import main
from ehbox_soap.clock import SystemClock
from ehbox_soap.config import Settings
from ehbox_soap.ids import SystemChance, hexadecimal
from ehbox_soap.pki.authority import Authority
from ehbox_soap.store.engine import Store
from tests import postgresql
from tests.http.running import Running
from tests.postgresql import Cluster

# Boxes that take all that is sent to them, whatever the rules for full ones.
_ROOMY = {"mailbox.individual_box_bytes": str(10**12), "log.level": "ERROR"}


@dataclass
class Place:
    """A prepared data folder; `settings` as "section.name" for every server on it. `pace` bounds how many calls
    clients begin from one step of a proof to the next; 0 does not."""

    folder: Path
    settings: Mapping[str, str]
    cluster: Cluster | None = None
    pace: int = 0
    servers: list[Running] = field(default_factory=list)

    @property
    def chosen(self) -> Settings:
        """The settings as the server reads them."""
        return config.load(None, {"data.folder": str(self.folder), **self.settings})

    @property
    def url(self) -> str:
        """Of the database."""
        return config.database_url(self.chosen)

    @property
    def database(self) -> str:
        """sqlite or postgresql."""
        return self.url.partition(":")[0].partition("+")[0]

    def serve(self, **settings: str) -> Running:
        """A further server; `workers="2"` and so on are of the section server."""
        own = {f"server.{name}": value for name, value in settings.items()}
        self.servers.append(Running(self.folder, {**self.settings, **own}))
        return self.servers[-1]

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, beside whatever server runs on it."""
        opened = Store.open(self.url)
        try:
            yield opened
        finally:
            opened.close()

    def authority(self) -> Authority:
        """The test authority of the folder."""
        return Authority.open(config.pki_folder(self.chosen), SystemClock(), SystemChance())

    def verify(self) -> list[str]:
        """What `ehbox verify` finds, a line each."""
        done = self.run("verify", "--json")
        if done.exit_code not in (0, 1):
            return [f"ehbox verify ended with {done.exit_code}: {done.stderr.strip()}"]
        return [f"{each['check']} {each['table']} {each['key']}" for each in json.loads(done.stdout)["findings"]]

    def backup(self, name: str) -> Path:
        """A copy made by `ehbox backup` beside this folder: of the keys, and on SQLite of the store too."""
        folder = self.folder.with_name(f"{self.folder.name}-{name}")
        done = self.run("backup", str(folder))
        assert done.exit_code == 0, done.stderr
        return folder

    def run(self, verb: str, *words: str) -> Result:
        """A verb of `ehbox` on this folder and its database, in this process."""
        chosen = self.folder / "chosen.toml"
        chosen.write_text(f'[data]\ndatabase = "{self.settings.get("data.database", "")}"\n')
        return CliRunner().invoke(main, [verb, *words, f"--data={self.folder}", f"--config={chosen}"])

    def close(self) -> None:
        """Ends what still runs, by its process id."""
        for server in self.servers:
            server.stop()


@contextmanager
def place(
    database: str,
    folder: Path,
    cluster: Cluster | None = None,
    settings: Mapping[str, str] | None = None,
    pace: int = 0,
) -> Iterator[Place]:
    """A new place in `folder`; for postgresql in the cluster, whose database goes with it."""
    own = {**_ROOMY, **(settings or {})}
    name = f"proof_{hexadecimal(SystemChance(), 6)}"
    if database == "postgresql":
        assert cluster is not None
        cluster.create(name)
        own["data.database"] = cluster.url(name)
    made = Place(folder / "data", own, cluster, pace)
    try:
        assembly.prepare(made.chosen)
        yield made
    finally:
        made.close()
        if database == "postgresql":
            assert cluster is not None
            cluster.drop(name)


@contextmanager
def own_place(database: str, settings: Mapping[str, str] | None = None) -> Iterator[Place]:
    """The same for a script: a folder, and a cluster that waits for its disk, thrown away afterwards."""
    cluster = postgresql.start(fsync=True) if database == "postgresql" else None
    try:
        with (
            tempfile.TemporaryDirectory(prefix="ehbox-proof-") as folder,
            place(database, Path(folder), cluster, settings) as made,
        ):
            yield made
    finally:
        if cluster is not None:
            cluster.stop()
