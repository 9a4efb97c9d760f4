"""Every answer of the mailbox keeps to the schema and is read back as it was, partial ones and warnings too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ehbox_soap.clock import brussels_date
from ehbox_soap.ids import SeededChance
from ehbox_soap.mailbox import folders, history, notices, out_of_office, receipts, words
from ehbox_soap.ports import consultation, publication
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.wire import codec, types
from ehbox_soap.wire.contract import Contract
from tests.mailbox.world import (
    CITIZEN,
    CITIZEN_BOX,
    DOCTOR,
    DOCTOR_BOX,
    HOSPITAL,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    World,
    annex,
    asking,
    document,
    letter,
    news,
    one,
)

Source = types.Source
Answers = Iterator[types.Answer]


def of_sending(world: World) -> Answers:
    yield world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX))
    today = brussels_date(world.clock.now())
    request = types.InsertOoORequest(today, today + timedelta(days=1), (DOCTOR_BOX, CITIZEN_BOX))
    world.call(out_of_office.insert_ooo, NURSE, request)
    user = types.User("85041310259", "Nele", "Proefpersoon")
    destinations = (types.Destination(HOSPITAL_BOX, user), types.Destination(NURSE_BOX))
    yield world.send(DOCTOR, replace(letter(), destinations=destinations))


def of_lists(world: World) -> Answers:
    world.send(DOCTOR, asking(letter(NURSE_BOX), publication=True))
    tell(world)
    request = types.GetAllEhboxesMessagesListRequest()
    for who in (DOCTOR, NURSE, HOSPITAL):
        yield world.listed(who)
        yield world.call(folders.get_all_ehboxes_messages_list, who, request)


def tell(world: World) -> None:
    """Two ERROR messages: one of destinations, one of failures."""
    with world.store.begin() as transaction:
        doctor, nurse = (
            transaction.boxes.ensure([Address.of(box.type, box.id, box.quality)]).key for box in (DOCTOR_BOX, NURSE_BOX)
        )
        occasion = world.occasion(transaction)
        notices.error(words.STAND_BY_EXPIRED, doctor, "PUBLICATION-1", occasion, destinations=[nurse])
        notices.error(words.MAIL_REFUSED, doctor, "PUBLICATION-1", occasion, failures=["first@example.org"])


def of_full_messages(world: World) -> Answers:
    content = types.MessageContent(document(attached=True), annexes=(annex(b"bytes"), annex(b"inline", attached=False)))
    sent = world.send(DOCTOR, asking(letter(NURSE_BOX, content=content), publication=True, read=True)).id
    tell(world)
    yield types.GetFullMessageResponse(world.listed(NURSE).status, world.read(NURSE, sent))
    for message_id in world.ids(DOCTOR):
        yield types.GetFullMessageResponse(world.listed(DOCTOR).status, world.read(DOCTOR, message_id))


def of_history(world: World) -> Answers:
    ids = [one(world.send(DOCTOR, news("NEWS-1", b"news", NURSE_BOX)).id) for _ in range(3)]
    yield world.call(history.get_message_history, NURSE, types.GetHistoryRequest(ids[-1]))


def of_acknowledgments(world: World) -> Answers:
    world.configure(individual_box_bytes=30)
    sent = [one(world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX)).id) for _ in range(2)]
    world.read(NURSE, sent[0])
    world.listed(HOSPITAL)
    for message_id in sent:
        request = types.GetMessageAcknowledgmentsStatusRequest(message_id)
        yield world.call(receipts.get_message_acknowledgments_status, DOCTOR, request)


def of_moving_and_deleting(world: World) -> Answers:
    sent = world.send(DOCTOR, letter(NURSE_BOX)).id
    yield world.move(NURSE, Source.INBOX, sent)
    yield world.move(NURSE, Source.INBOX, sent, "A" * 13)
    yield world.delete(NURSE, Source.BININBOX, sent)
    yield world.delete(NURSE, Source.BININBOX, sent)


def of_out_of_office(world: World) -> Answers:
    today = brussels_date(world.clock.now())
    period = types.InsertOoORequest(today, today, (DOCTOR_BOX,))
    yield world.call(out_of_office.get_ooo_list, CITIZEN, types.GetOoOListRequest())
    yield world.call(out_of_office.insert_ooo, CITIZEN, types.InsertOoORequest(today, today))
    answer = world.call(out_of_office.insert_ooo, NURSE, period)
    yield answer
    wrong = (HOSPITAL_BOX, CITIZEN_BOX, replace(CITIZEN_BOX, id="x"))
    yield world.call(out_of_office.insert_ooo, DOCTOR, replace(period, substitutes=wrong))
    yield world.call(out_of_office.get_ooo_list, NURSE, types.GetOoOListRequest())
    for ooo_id in ("unknown", one(answer.id)):
        yield world.call(out_of_office.delete_ooo, NURSE, types.DeleteOoORequest((ooo_id,)))


@pytest.mark.parametrize(
    "answers",
    [
        of_sending,
        of_lists,
        of_full_messages,
        of_history,
        of_acknowledgments,
        of_moving_and_deleting,
        of_out_of_office,
    ],
)
def test_answers_keep_to_the_schema(answers: Callable[[World], Answers], store: Store) -> None:
    contract = Contract.load("ehealthbox")
    for answer in answers(World(store)):
        element, parts = codec.encode_answer(answer, SeededChance())
        port = contract.publication if isinstance(answer, types.SendMessageResponse) else contract.consultation
        port.validate_answer(element)
        read: Any = codec.decode_answer(element, {part.content_id: part for part in parts})
        assert read == answer


def test_every_operation_of_both_wsdls_is_built() -> None:
    contract = Contract.load("ehealthbox")
    for built, port in ((publication.BUILT, contract.publication), (consultation.BUILT, contract.consultation)):
        assert set(built) == {operation.name for operation in port.operations.values()}
    assert len(publication.BUILT) + len(consultation.BUILT) == 12
