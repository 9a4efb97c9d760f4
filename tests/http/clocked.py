"""Runs `ehbox serve` whose clocks stand in files and whose workers tell a witness: `python clocked.py PARENT ROOT
FOLDER ARGUMENTS…`.

Knows: where the server is put together, what a witness is told. Must not know: what is asked. All else is the server as
it is: its own entrance, settings, gunicorn, workers, chance. In FOLDER stand both clocks and what the workers did.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from ehbox_soap.server import Server
    from tests.http.witness import Witness

CLOCK, MAILBOX_CLOCK, WITNESS = "clock", "mailbox-clock", "witness"
LOUD, TRACED = "loud", "traced"
"""Files in FOLDER: where there is one, the workers' loggers are all on, and statements are told."""

_FOR_GOOD = ExitStack()


def main(parent: int, root: str, folder: Path, arguments: list[str]) -> None:
    """Never returns: the command ends the process."""
    sys.path.insert(0, root)
    from ehbox_soap import assembly, serving
    from tests.clocks import FileClock

    clock, mailbox_clock = FileClock(folder / CLOCK), FileClock(folder / MAILBOX_CLOCK)
    build = partial(assembly.build, clock=clock, mailbox_clock=mailbox_clock)
    with (
        patch.object(assembly, "prepare", partial(assembly.prepare, clock=clock)),
        patch.object(assembly, "build", build),
        patch.object(serving, "Server", partial(_watched, folder)),
    ):
        launch = runpy.run_path(str(Path(__file__).with_name("launch.py")))
        launch["main"](parent, "-", arguments)


def _watched(folder: Path, house: Any) -> Server:
    """The server of one worker, which tells what it does."""
    from ehbox_soap.security import signature
    from ehbox_soap.server import Server
    from tests.http.witness import Witness
    from tests.listening import loggers_on

    witness = Witness(folder / WITNESS)
    patch.object(signature, "canonical", _told(witness, signature.canonical)).start()
    tell_sockets(witness)
    server = Server(house)
    if (folder / TRACED).exists():
        server.answer = _traced(witness, server)  # type: ignore[method-assign, assignment]
    if (folder / LOUD).exists():
        _FOR_GOOD.enter_context(loggers_on(partial(witness.tell, "logged")))
    return server


def tell_sockets(witness: Witness) -> None:
    """From now on, and for as long as the process lives."""
    from tests.listening import SOCKET_EVENTS

    def hook(name: str, _: object) -> None:
        if name in SOCKET_EVENTS:
            witness.tell("socket", name)

    sys.addaudithook(hook)


def _told(witness: Witness, canonical: Callable[..., bytes]) -> Callable[..., bytes]:
    def told(*arguments: Any, **named: Any) -> bytes:
        witness.tell("canonical")
        return canonical(*arguments, **named)

    return told


def _traced(witness: Witness, server: Server) -> Callable[[str, Mapping[str, str], bytes], Any]:
    """Each call on connections of its own, as nobody can trace one that is there already."""
    from tests.listening import traced_store

    answer, store = server.answer, server.house.store
    for engine in (store._engine, store._quick):
        # What SQLAlchemy asks on its first connection.
        engine.connect().close()

    def traced(path: str, headers: Mapping[str, str], body: bytes) -> Any:
        with traced_store(store) as statements:
            found = answer(path, headers, body)
        for each in statements:
            witness.tell("statement", each)
        return found

    return traced


if __name__ == "__main__":
    # Beside this file lie modules of the tests, which must not stand for anybody's imports.
    sys.path.pop(0)
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
