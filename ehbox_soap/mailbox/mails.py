"""Mails on their way out: in which language they are, and what a refused one leads to (MAIL-1, PUB-12).

Knows: the register's languages, who is told of a failure. Must not know: how a mail is sent, when it is tried again.
"""

from __future__ import annotations

from ehbox_soap.mailbox import words
from ehbox_soap.mailbox.notices import error
from ehbox_soap.mailbox.occasion import Occasion, held
from ehbox_soap.store.outbox import Lease, MailRecord
from ehbox_soap.store.work_tables import COPY


def language(mail: MailRecord, occasion: Occasion) -> str | None:
    """The language of who reads the mail, where the register tells it; of a CopyMailTo nothing does."""
    register, box = occasion.transaction.register, mail.box
    if mail.kind == COPY:
        return None
    person = register.person(box.id) if box.type == "INSS" else register.person_by_nihii(box.id, box.quality)
    if person is not None:
        return person.language
    organisation = register.organisation(box.type, box.id, box.quality)
    return None if organisation is None else organisation.language


def refused(mail: MailRecord, lease: Lease, occasion: Occasion) -> None:
    """A mail that is given up; of a CopyMailTo its sender is told by an ERROR message (PUB-12)."""
    transaction = occasion.transaction
    # Only an ERROR changes a box, and the box must be held before anything else.
    if mail.kind == COPY:
        held(transaction, lambda: (None, [mail.box_key]))
    if transaction.outbox.settle(mail.key, lease, occasion.now, refused=True) and mail.kind == COPY:
        error(words.MAIL_REFUSED, mail.box_key, mail.publication_id, occasion, failures=[mail.address])
