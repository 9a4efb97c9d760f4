"""Mails as files, for a server that knows no SMTP server: each can be opened and read as a mail.

Knows: files. Must not know: what a mail says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from ehbox_soap.mail.mail import AddressError, Mail, Outcome, envelope


class FolderMailer:
    """Writes <id>.eml; the same mail again is the same file."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def deliver(self, mails: Iterable[Mail], now: datetime) -> Iterator[Outcome]:
        """Writes each of them; what cannot be written is to be tried later."""
        for mail in mails:
            try:
                octets = envelope(mail, self._sender, now).as_bytes()
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                (self._folder / f"{mail.id}.eml").write_bytes(octets)
            except AddressError as error:
                yield Outcome(mail, "refused", type(error).__name__)
            except OSError as error:
                yield Outcome(mail, "later", type(error).__name__)
            else:
                yield Outcome(mail, "sent")
