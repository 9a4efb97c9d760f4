"""Who a message is from, as its recipients are told (BOX-11).

Knows: certified names, the register, the certificate's names, in that order. Must not know: the message.
"""

from __future__ import annotations

from ehbox_soap import qualities
from ehbox_soap.mailbox.boxes import Caller
from ehbox_soap.mailbox.ours import name_of_unknown
from ehbox_soap.store.message_records import Address, BoxRecord, SenderRecord
from ehbox_soap.store.transaction import Transaction


def sender(caller: Caller, box: BoxRecord, transaction: Transaction) -> SenderRecord:
    """The sender in the box that it sends from."""
    address = box.address
    if qualities.is_individual(address.quality):
        name, first_name = _person(caller, transaction)
        return SenderRecord(box.key, name or name_of_unknown(address.quality), first_name)
    name = _organisation(caller, address, transaction) or name_of_unknown(address.quality)
    return SenderRecord(box.key, name, person_in_organisation=caller.inss)


def _person(caller: Caller, transaction: Transaction) -> tuple[str | None, str | None]:
    if caller.surname:
        return caller.surname, caller.given_name or None
    registered = transaction.register.person(caller.inss) if caller.inss else None
    if registered is not None:
        return registered.last_name, registered.first_name
    certificate = caller.certificate
    if certificate.surname:
        return certificate.surname, certificate.given_name or None
    return certificate.name, None


def _organisation(caller: Caller, address: Address, transaction: Transaction) -> str | None:
    registered = transaction.register.organisation(address.type, address.id, address.quality)
    if registered is not None:
        return registered.name
    # The certificate of somebody who acts for an organisation bears that person's name, not the organisation's.
    return caller.certificate.name if caller.inss is None else None
