"""The verb completion: what a shell needs to complete `ehbox`.

Knows: click's own completion. Must not know: any other verb.
"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ehbox_soap.commands.options import json_option
from ehbox_soap.commands.shown import tell_json

PROGRAM = "ehbox"
VARIABLE = "_EHBOX_COMPLETE"
SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@json_option
def completion(shell: str, as_json: bool) -> None:
    """Prints the script by which SHELL completes verbs, options and values.

    \b
    Example:
      ehbox completion bash > ~/.local/share/bash-completion/completions/ehbox
    """
    kind = get_completion_class(shell)
    assert kind is not None
    # Not click's own verb for it: that one asks the shell on the path for its version first.
    script = kind(click.get_current_context().find_root().command, {}, PROGRAM, VARIABLE)
    text = script.source_template % script.source_vars()
    if as_json:
        tell_json({"shell": shell, "script": text})
    else:
        click.echo(text)
