"""Mails by SMTP: one connection for several mails, and which failures are final.

Knows: smtplib, codes of SMTP (RFC 5321). Must not know: when a mail is tried again.
A code from 500 on to the recipient or the content is final. Everything else may be different next time: no connection,
no answer in time, a connection that ends, a refused login or sender (which is not the recipient's doing).
A server that ends the connection before it answers has perhaps taken the mail: it is tried again (at least once).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from ehbox_soap.mail.mail import AddressError, Mail, Outcome, domain, envelope

_PERMANENT = 500
# With this one the server ends the connection.
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how. `seconds` is the longest wait for any one answer."""

    host: str
    port: int
    sender: str
    tls: Literal["none", "starttls", "tls"] = "none"
    authorities: tuple[Path, ...] = ()
    username: str = ""
    password: str = ""
    seconds: float = 30.0


class SmtpMailer:
    """Sends by one SMTP server."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def deliver(self, mails: Iterable[Mail], now: datetime) -> Iterator[Outcome]:
        """Sends them over one connection; once that fails, the rest stays untried."""
        waiting = list(mails)
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            yield from (Outcome(mail, "later", _why(error)) for mail in waiting)
            return
        alive = True
        try:
            while alive and waiting:
                outcome, alive = self._send(connection, waiting.pop(0), now)
                yield outcome
            if alive:
                # What was sent is sent, however the farewell goes.
                with suppress(OSError, smtplib.SMTPException):
                    connection.quit()
        finally:
            connection.close()
        yield from (Outcome(mail, "untried") for mail in waiting)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        # Naming ourselves by the sender's domain spares smtplib a look-up of this machine's name.
        name = domain(server.sender)
        if server.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.seconds, context=self._context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, name, timeout=server.seconds)
        try:
            if server.tls == "starttls":
                connection.starttls(context=self._context())
            if server.username:
                connection.login(server.username, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        for path in self._server.authorities:
            context.load_verify_locations(path)
        return context

    def _send(self, connection: smtplib.SMTP, mail: Mail, now: datetime) -> tuple[Outcome, bool]:
        """What became of the mail, and whether the connection can take another one."""
        try:
            message = envelope(mail, self._server.sender, now)
            connection.send_message(message, self._server.sender, [mail.recipient])
        except AddressError as error:
            return Outcome(mail, "refused", _why(error)), True
        except smtplib.SMTPRecipientsRefused as error:
            ((code, _),) = error.recipients.values()
            return _answered(mail, code), code != _CLOSING
        except smtplib.SMTPDataError as error:
            return _answered(mail, error.smtp_code), error.smtp_code != _CLOSING
        except smtplib.SMTPResponseException as error:
            return Outcome(mail, "later", _why(error)), error.smtp_code != _CLOSING
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(mail, "later", _why(error)), False
        return Outcome(mail, "sent"), True


def _answered(mail: Mail, code: int) -> Outcome:
    return Outcome(mail, "refused" if code >= _PERMANENT else "later", str(code))


def _why(error: Exception) -> str:
    """Its code or kind; its own text may hold an address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    return type(error).__name__
