"""One mail: its bytes, and what became of it.

Knows: RFC 5322's headers. Must not know: how it is sent, what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, Protocol

from ehbox_soap.mail.texts import Text

# `later`: it was tried in vain. `untried`: it was not reached. `refused`: no further try will change the answer.
Ending = Literal["sent", "later", "untried", "refused"]


@dataclass(frozen=True, slots=True)
class Mail:
    """`id` stays the same at every try, so that a reader's server can tell a repeated mail from a new one."""

    id: str
    recipient: str
    text: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail; `why` is a code of SMTP or the name of an error, never a server's own words."""

    mail: Mail
    ending: Ending
    why: str = ""


class Mailer(Protocol):
    """A way to send mails."""

    def deliver(self, mails: Iterable[Mail], now: datetime) -> Iterator[Outcome]:
        """Tries each of them, in order, and tells of each once."""


class AddressError(ValueError):
    """An address that no mail can be sent to."""


def envelope(mail: Mail, sender: str, now: datetime) -> EmailMessage:
    """The mail with its headers. Raises AddressError if the recipient is not one plain address in ASCII."""
    message = EmailMessage(SMTP)
    try:
        mail.recipient.encode("ascii")
        message["To"] = Address(addr_spec=mail.recipient)
    except (ValueError, IndexError) as error:
        raise AddressError("not one address") from error
    message["From"] = sender
    message["Subject"] = mail.text.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.id}@{domain(sender)}>"
    # RFC 3834: no answering machine should write back.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text.body, cte="quoted-printable")
    return message


def domain(address: str) -> str:
    """What follows the @."""
    return address.rpartition("@")[2] or "localhost"
