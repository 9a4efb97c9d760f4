"""The verb news: a message of which newer versions may follow (PUB-11).

Knows: the verb send, from which it differs in one word. Must not know: XML, HTTP, signatures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from ehbox_soap.commands import send
from ehbox_soap.wire import types

_HELP = """Sends a NEWS. With the same --publication-id it is a new version, which replaces the one before.

\b
Example:
  ehbox news --as 71990133 --to INSS:85061999865:NURSE --document hours.pdf --publication-id HOURS
"""


def _send(as_json: bool, **options: Any) -> None:
    request = send.request_of(options)
    specification = replace(request.specification, content_type=types.ContentType.NEWS)
    send.publish(replace(request, specification=specification), options, as_json)


news = click.Command("news", callback=_send, params=send.send.params, help=_HELP)
