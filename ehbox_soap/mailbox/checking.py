"""What a message must pass before it is published, in the order of PUB-8 (PUB-1 to 5).

Knows: the checks that look at nothing but the request, its boxes and their memory. Must not know: what is written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import destinations, records
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, OwnBox, own_box
from ehbox_soap.mailbox.ours import REMEMBERED, message_size
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types

NEWS = types.ContentType.NEWS.value


@dataclass(frozen=True, slots=True)
class Checked:
    """A request that passed every check that looks at nothing but itself and the boxes; `size` in bytes (BOX-9)."""

    request: types.SendMessageRequest
    own: OwnBox
    addresses: tuple[Address, ...]
    size: int
    fingerprint: bytes

    @property
    def is_news(self) -> bool:
        return self.request.specification.content_type is types.ContentType.NEWS


def check(request: types.SendMessageRequest, caller: Caller, transaction: Transaction, rules: MailboxRules) -> Checked:
    """The order of PUB-8, as far as the PublicationId."""
    own = own_box(caller, request.box_id)
    _check_content_type(request.specification.content_type)
    addresses = destinations.check(request.destinations, own.address.quality, transaction, rules)
    size = message_size(request.content)
    if size > rules.max_message_bytes:
        raise Refusal("801", "ContentContext/Content", f"at most {rules.max_message_bytes} bytes")
    _check_digests(request.content)
    contents = (part.content.data for part in records.parts(request.content))
    return Checked(request, own, addresses, size, fingerprint(addresses, contents))


def _check_content_type(content_type: types.ContentType) -> None:
    """PUB-1."""
    if content_type not in (types.ContentType.DOCUMENT, types.ContentType.NEWS):
        raise Refusal("840", "ContentSpecification/ContentType")


def _check_digests(content: types.MessageContent) -> None:
    """PUB-5: the attachments are outside the signature, only the digests in the Body protect them."""
    for place, part in enumerate(records.parts(content)):
        if _digest(part.digest) != hashlib.sha256(part.content.data).digest():
            raise Refusal("816", f"Annex[{place}]/Digest" if place else "Document/Digest")


def _digest(text: str | None) -> bytes | None:
    """The bytes of a Digest; some clients break the base64 into lines."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def fingerprint(addresses: Sequence[Address], contents: Iterable[bytes]) -> bytes:
    """PUB-3: what two DOCUMENTs of one PublicationId must share to be the same: recipients, and digests of contents."""
    lines = [" ".join((address.type, address.id, address.quality)) for address in addresses]
    lines += [hashlib.sha256(content).hexdigest() for content in contents]
    return hashlib.sha256("\n".join(lines).encode()).digest()


def first_message_id(checked: Checked, transaction: Transaction, now: datetime, rules: MailboxRules) -> str | None:
    """The MessageId of the same DOCUMENT sent before within the window (PUB-3); None if nothing was.

    Raises Refusal 849 if the box used the PublicationId within a year, unless both are NEWS (PUB-2, PUB-11).
    """
    if checked.request.publication_id is None:
        return None
    for box in checked.own.records:
        known = transaction.publications.find(box.key, checked.request.publication_id)
        if known is None or now - known.published_at >= REMEMBERED:
            continue
        was_news = transaction.messages.content_type(known.message_id) == NEWS
        if was_news and checked.is_news:
            continue
        window = timedelta(seconds=rules.repeat_window_seconds)
        is_same = known.fingerprint == checked.fingerprint and not was_news and not checked.is_news
        if is_same and window and now - known.published_at <= window:
            return known.message_id
        raise Refusal("849", "PublicationId", f"remembered for {REMEMBERED.days} days")
    return None
