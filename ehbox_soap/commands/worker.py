"""The verb worker: what goes on beside the calls, in a process of its own.

Knows: the settings, the worker's entrance. Must not know: which work there is.
"""

from __future__ import annotations

from pathlib import Path

import click

from ehbox_soap.commands.database import DATABASE_ERRORS, opened, unusable
from ehbox_soap.commands.options import assignments, data_options, json_option, settings_of


@click.command()
@click.option("--once", is_flag=True, help="work off what is due and end")
@click.option(
    "--set", "assigned", multiple=True, metavar="SECTION.NAME=VALUE", help="any setting, see `ehbox settings`"
)
@data_options
@json_option
def worker(once: bool, assigned: tuple[str, ...], config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Sends mails, delivers to ALL and does the upkeep, until Ctrl-C.

    `ehbox serve` starts one by itself unless worker.enabled is false; there may be several.

    \b
    Example:
      ehbox worker --data /tmp/boxes --once
    """
    from ehbox_soap import assembly
    from ehbox_soap.commands.shown import tell_json
    from ehbox_soap.worker import Stop, work

    settings = settings_of(config_file, data, assignments(assigned))
    with opened(settings):
        made = assembly.worker(settings)
    if not once:
        work(made, Stop())
        return
    rounds = 0
    try:
        while made.round():
            rounds += 1
    except DATABASE_ERRORS as error:
        raise unusable(error) from error
    if as_json:
        tell_json({"rounds": rounds})
