"""A real SMTP server for tests, in a thread: aiosmtpd with a mood for each recipient.

Knows: SMTP, by way of aiosmtpd. Must not know: what mails say. A recipient's local part says how it is treated.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

# What is answered to RCPT, and to the content.
TO_RECIPIENT = {"unknown": "550 no such user", "busy": "450 try again later", "closing": "421 going down"}
TO_CONTENT = {"unwanted": "554 not wanted here", "grey": "451 greylisted"}
PASSWORD = "a password"


@dataclass
class Postbox:
    """What a server took, and where it listens."""

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    def mails(self) -> list[EmailMessage]:
        """The mails that were taken, read."""
        return [message_from_bytes(octets, policy=default) for _, octets in self.taken]

    def recipients(self) -> list[str]:
        """Whom they were for."""
        return [recipient for recipient, _ in self.taken]


class _Handler:
    def __init__(self, postbox: Postbox) -> None:
        self.postbox = postbox

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local = address.partition("@")[0]
        if local in TO_RECIPIENT:
            # As servers do, which is why their words are told to nobody.
            return f"{TO_RECIPIENT[local]}: <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        local = recipient.partition("@")[0]
        if local == "hangs":
            await asyncio.Event().wait()
        if local in TO_CONTENT:
            return f"{TO_CONTENT[local]}: <{recipient}>"
        assert isinstance(envelope.content, bytes)
        if local != "dies":
            self.postbox.taken.append((recipient, envelope.content))
            self.postbox.encrypted.append(session.ssl is not None)
        if local in ("dies", "takes-and-dies"):
            transport = cast(Any, server).transport
            transport.abort()
        return "250 OK"

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.postbox.connections += 1
        session.host_name = hostname
        return responses


def _protocol(postbox: Postbox, loop: asyncio.AbstractEventLoop, tls: ssl.SSLContext | None, login: bool) -> SMTP:
    """What speaks with one client."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        postbox.logins.append(data.login.decode())
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    return SMTP(
        _Handler(postbox),
        hostname="mail.test",
        tls_context=tls,
        auth_required=login,
        auth_require_tls=False,
        authenticator=authenticate if login else None,
        loop=loop,
    )


@contextmanager
def serving(*, tls: ssl.SSLContext | None = None, login: bool = False) -> Iterator[Postbox]:
    """A server at an address of its own for as long as the context lasts; with `tls` it offers STARTTLS."""
    postbox = Postbox()
    started = threading.Event()
    loop = asyncio.new_event_loop()
    protocol = partial(_protocol, postbox, loop, tls, login)

    def run() -> None:
        asyncio.set_event_loop(loop)
        listening = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0))
        postbox.port = listening.sockets[0].getsockname()[1]
        started.set()
        loop.run_forever()
        listening.close()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    try:
        yield postbox
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
