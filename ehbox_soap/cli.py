"""The command `ehbox`: verbs to calls, ends to exit codes.

Knows: the verbs, how each kind of end is told. Must not know: XML, SQL, what a verb does.
"""

from __future__ import annotations

from typing import Any

import click

from ehbox_soap.client.errors import (
    AnswerError,
    ClientError,
    EtkError,
    FaultError,
    KgssRefusedError,
    LookupRefusedError,
    SealedError,
    StatusError,
    TokenError,
    UnreachableError,
)
from ehbox_soap.commands import (
    absence,
    backup,
    calls,
    completion,
    etk,
    folders,
    lookup,
    news,
    notify,
    pki,
    retention,
    send,
    server,
    times,
    upkeep,
    usage,
    worker,
)

REFUSED, UNREACHABLE, FAULT, NO_ANSWER = 1, server.NOT_READY, 4, 5
_CODES: tuple[tuple[type[ClientError], int], ...] = (
    (StatusError, REFUSED),
    (TokenError, REFUSED),
    (EtkError, REFUSED),
    (KgssRefusedError, REFUSED),
    (LookupRefusedError, REFUSED),
    (SealedError, REFUSED),
    (UnreachableError, UNREACHABLE),
    (FaultError, FAULT),
    (AnswerError, NO_ANSWER),
)
EPILOG = """\b
Exit codes:
  0  done
  1  refused: a status other than 100, the STS or the KGSS said no, a seal does not hold; verify found something
  2  usage: options, settings, keystores or files that cannot be used
  3  the server cannot be reached, or is not ready
  4  a SOAP fault
  5  an answer that is none of the contract
"""


class Verbs(click.Group):
    """Turns the ends of the client into exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        """click's hook."""
        try:
            return super().invoke(ctx)
        except ClientError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(next((code for kind, code in _CODES if isinstance(error, kind)), click.UsageError.exit_code))


@click.group(
    cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="ehbox-soap")
def main() -> None:
    """A server that behaves like Belgium's eHealthBox v3, and a client for it.

    Start with `ehbox serve`, then in another terminal `ehbox box --as 71031499894`.
    """


for _verb in (
    server.serve,
    server.ready,
    server.settings,
    server.seed,
    pki.pki,
    etk.etk,
    calls.token,
    send.send,
    calls.list_messages,
    calls.read,
    calls.box,
    lookup.lookup,
    *(news.news, folders.move, folders.delete, folders.history, folders.acks, absence.ooo),
    upkeep.verify,
    upkeep.reset,
    upkeep.dump,
    backup.backup,
    retention.upkeep,
    times.clock,
    usage.usage,
    notify.notify,
    worker.worker,
    completion.completion,
):
    main.add_command(_verb)


if __name__ == "__main__":
    main(prog_name="ehbox")
