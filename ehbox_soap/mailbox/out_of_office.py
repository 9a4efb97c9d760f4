"""Out of office: periods of absence and substitutes (OOO-1 to 3), and who is absent when a message comes (PUB-9).

Knows: which periods are allowed; all dates are Belgian ones. Must not know: XML, SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ehbox_soap import qualities
from ehbox_soap.clock import brussels_date
from ehbox_soap.errors import Refusal
from ehbox_soap.ids import Chance, identifier
from ehbox_soap.mailbox import destinations, ours
from ehbox_soap.mailbox.answers import refused, success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, OwnBox, occupy, own_box
from ehbox_soap.mailbox.records import stated
from ehbox_soap.store.event_records import AbsenceRecord
from ehbox_soap.store.message_records import Address, BoxRecord
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types


def insert_ooo(
    request: types.InsertOoORequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> types.InsertOoOResponse:
    """One period more for the box, or the substitutes that stand in its way with 847 (OOO-1, OOO-2).

    Raises Refusal 810 for BoxId, or for a box that is no person's; 844, 846 or 845 for the period.
    """
    own = own_box(caller, request.box_id)
    if not qualities.is_individual(own.address.quality):
        raise Refusal("810", "BoxId", "a person's")
    _check_period(request.start_date, request.end_date, brussels_date(now))
    if len(request.substitutes) > ours.MOST_SUBSTITUTES:
        raise Refusal("846", "Substitute", f"at most {ours.MOST_SUBSTITUTES}")
    box = occupy(own, transaction, now)
    _check_others(box, request, transaction)
    wrong = _wrong_substitutes(request, own, transaction, rules)
    if wrong:
        return types.InsertOoOResponse(refused(Refusal("847", "Substitute")), substitutes=wrong)
    addresses = dict.fromkeys(_address(each) for each in request.substitutes)
    substitutes = {address: transaction.boxes.ensure([address]).key for address in sorted(addresses, key=_by_name)}
    keys = list(dict.fromkeys(substitutes[address] for address in addresses))
    made = transaction.absences.add(box.key, request.start_date, request.end_date, keys, lambda: identifier(chance))
    return types.InsertOoOResponse(success(), made)


def _check_period(start: date, end: date, today: date) -> None:
    if end < start:
        raise Refusal("844", "EndDate", "at least StartDate")
    if end > ours.a_year_after(start):
        raise Refusal("844", "EndDate", "at most 1 year after StartDate")
    if end > ours.a_year_after(today):
        raise Refusal("844", "EndDate", "at most 1 year from today")


def _check_others(box: BoxRecord, request: types.InsertOoORequest, transaction: Transaction) -> None:
    if len(transaction.absences.of_boxes([box.key])) >= ours.MOST_PERIODS:
        raise Refusal("846", "OoO", f"at most {ours.MOST_PERIODS} periods a box")
    if transaction.absences.between([box.key], request.start_date, request.end_date):
        raise Refusal("845", "StartDate")


def _wrong_substitutes(
    request: types.InsertOoORequest, own: OwnBox, transaction: Transaction, rules: MailboxRules
) -> tuple[types.Substitute, ...]:
    """Those who can be nobody's substitute, as they were sent, and those who are absent themselves, with the dates."""
    wrong: list[types.Substitute] = []
    for sent in dict.fromkeys(request.substitutes):
        is_person = qualities.is_individual(sent.quality) and destinations.is_box(sent, transaction, rules)
        if not is_person or _address(sent) in own.names:
            wrong.append(types.Substitute(sent))
            continue
        keys = [box.key for box in transaction.boxes.find([_address(sent)])]
        absent = transaction.absences.between(keys, request.start_date, request.end_date)
        if absent:
            wrong.append(types.Substitute(sent, absent[0].start, absent[0].end))
    return tuple(wrong)


def _address(box: types.BoxId) -> Address:
    return Address.of(box.type, box.id, box.quality)


def _by_name(address: Address) -> tuple[str, str, str]:
    return address.type, address.id, address.quality


def get_ooo_list(
    request: types.GetOoOListRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,  # noqa: ARG001  (every operation is called alike)
    rules: MailboxRules,  # noqa: ARG001
) -> types.GetOoOListResponse:
    """Every period of the box, past, active and future, the earliest first (OOO-3); by reading only.

    Raises Refusal 810 for BoxId.
    """
    own = own_box(caller, request.box_id)
    periods = transaction.absences.of_boxes(box.key for box in own.records)
    return types.GetOoOListResponse(success(), tuple(map(_period, periods)))


def _period(row: AbsenceRecord) -> types.OoO:
    return types.OoO(row.ooo_id, row.start, row.end, tuple(map(stated, row.substitutes)))


def delete_ooo(
    request: types.DeleteOoORequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,  # noqa: ARG001  (every operation is called alike)
) -> types.DeleteOoOResponse:
    """Deletes the box's own periods among these; the other ids come back with 848 (OOO-3).

    Raises Refusal 810 for BoxId.
    """
    box = occupy(own_box(caller, request.box_id), transaction, now)
    done = transaction.absences.remove([box.key], request.ooo_ids)
    unknown = tuple(dict.fromkeys(ooo_id for ooo_id in request.ooo_ids if ooo_id not in done))
    return types.DeleteOoOResponse(refused(Refusal("848", "OoOId")) if unknown else success(), unknown)


def warning(
    sent: Sequence[types.Destination], addresses: Sequence[Address], transaction: Transaction, now: datetime
) -> types.SendMessageResponse | None:
    """The answer 826 if a destination is absent today and its OoOProcessed is not true, else None (PUB-9).

    Each destination is stated, the absent ones with their period and substitutes.
    """
    asked = [address for each, address in zip(sent, addresses, strict=True) if each.ooo_processed is not True]
    people = [address for address in asked if qualities.is_individual(address.quality)]
    absent = transaction.absences.on(people, brussels_date(now)) if people else {}
    if not absent:
        return None
    recipients: list[types.Recipient] = []
    for each, address in zip(sent, addresses, strict=True):
        known = transaction.boxes.find([address])
        recipient = destinations.state(each, address, known[0] if known else None)
        period = None if each.ooo_processed is True else absent.get(address)
        if period is None:
            recipients.append(types.Recipient(recipient))
        else:
            substitutes = tuple(map(stated, period.substitutes))
            recipients.append(types.Recipient(recipient, period.start, period.end, substitutes))
    first = next(place for place, each in enumerate(recipients, start=1) if each.absent_from is not None)
    status = refused(Refusal("826", f"DestinationContext[{first}]"))
    return types.SendMessageResponse(status, recipients=tuple(recipients))
