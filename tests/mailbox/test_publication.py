"""sendMessage: PUB-1 to 8 and 10, LIFE-1."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import boxes, publication
from ehbox_soap.wire import types
from tests.mailbox.world import (
    CITIZEN,
    CITIZEN_BOX,
    DOCTOR,
    DOCTOR_BOX,
    DOCTOR_BY_NIHII,
    HOSPITAL,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    World,
    annex,
    document,
    letter,
)

ALL_NURSES = types.BoxId("ALL", "INSS", "NURSE")


def refused(world: World, request: types.SendMessageRequest) -> tuple[str, str]:
    """The code and place of a refusal, after which nothing is stored."""
    with pytest.raises(Refusal) as caught:
        world.send(DOCTOR, request)
    assert world.listed(DOCTOR, types.Source.SENTBOX).messages == ()
    assert world.listed(NURSE).messages == ()
    return caught.value.status.code, caught.value.place


def with_type(content_type: types.ContentType) -> types.SendMessageRequest:
    request = letter(NURSE_BOX)
    return replace(request, specification=replace(request.specification, content_type=content_type))


@pytest.mark.parametrize("content_type", [types.ContentType.ACKNOWLEDGMENT, types.ContentType.ERROR])
def test_pub_1_other_content_types_are_refused(world: World, content_type: types.ContentType) -> None:
    assert refused(world, with_type(content_type)) == ("840", "ContentSpecification/ContentType")


@pytest.mark.parametrize("content_type", [types.ContentType.DOCUMENT, types.ContentType.NEWS])
def test_pub_1_documents_and_news_are_published(world: World, content_type: types.ContentType) -> None:
    world.send(DOCTOR, with_type(content_type))
    assert [row.specification.content_type for row in world.listed(NURSE).messages] == [content_type]


def test_pub_2_a_publication_id_is_used_once_by_a_box(world: World) -> None:
    world.send(DOCTOR, replace(letter(NURSE_BOX), publication_id="PUB-2"))
    with pytest.raises(Refusal) as caught:
        world.send(DOCTOR, replace(letter(HOSPITAL_BOX), publication_id="PUB-2"))
    assert (caught.value.status.code, caught.value.place) == ("849", "PublicationId")
    assert world.ids(HOSPITAL) == []
    assert len(world.ids(DOCTOR, types.Source.SENTBOX)) == 1


def test_pub_2_another_box_may_use_the_same_publication_id(world: World) -> None:
    world.send(DOCTOR, replace(letter(CITIZEN_BOX), publication_id="PUB-2"))
    world.send(NURSE, replace(letter(CITIZEN_BOX), publication_id="PUB-2"))
    assert len(world.ids(CITIZEN)) == 2


def test_pub_2_holds_where_the_check_could_not_see_the_other_call(world: World) -> None:
    """As on PostgreSQL, where another call may have committed since: here, a caller read before its box existed."""
    request = replace(letter(NURSE_BOX), publication_id="PUB-2")
    with world.store.begin() as transaction:
        caller = boxes.identify(DOCTOR, world.names, transaction, world.rules)
        arguments = (request, caller, transaction, world.clock.now(), world.rules, world.chance)
        publication.send_message(*arguments)
        with pytest.raises(Refusal, match="849"), transaction.savepoint():
            publication.send_message(*arguments)
    assert len(world.ids(NURSE)) == 1


@pytest.mark.parametrize(("days", "forgotten"), [(364.99, False), (365, True)])
def test_pub_2_is_remembered_for_a_year(world: World, days: float, forgotten: bool) -> None:
    request = replace(letter(NURSE_BOX), publication_id="PUB-2")
    world.send(DOCTOR, request)
    world.pass_time(days=days)
    if forgotten:
        world.send(DOCTOR, request)
    else:
        with pytest.raises(Refusal, match="849"):
            world.send(DOCTOR, request)
    assert len(world.ids(NURSE)) == (2 if forgotten else 1)


def test_pub_2_the_server_makes_a_missing_publication_id(world: World) -> None:
    first, second = world.send(DOCTOR, letter(NURSE_BOX)), world.send(DOCTOR, letter(NURSE_BOX))
    made = {first.sent_publication_id, second.sent_publication_id}
    assert len(made) == 2
    assert all(made_id is not None and len(made_id) == 13 and made_id.isalnum() for made_id in made)
    assert world.read(NURSE, first.id).publication_id == first.sent_publication_id


def test_pub_3_the_same_document_again_gets_the_first_answer(world: World) -> None:
    request = replace(letter(NURSE_BOX, HOSPITAL_BOX), publication_id="PUB-3")
    first = world.send(DOCTOR, request)
    world.pass_time(seconds=3600)
    assert world.send(DOCTOR, request) == first
    assert world.ids(NURSE) == [first.id]
    assert world.ids(DOCTOR, types.Source.SENTBOX) == [first.id]


def test_pub_3_past_the_window_it_is_a_publication_id_already_used(world: World) -> None:
    request = replace(letter(NURSE_BOX), publication_id="PUB-3")
    world.send(DOCTOR, request)
    world.pass_time(seconds=3601)
    with pytest.raises(Refusal, match="849"):
        world.send(DOCTOR, request)


def test_pub_3_a_window_of_0_is_off(world: World) -> None:
    world.configure(repeat_window_seconds=0)
    request = replace(letter(NURSE_BOX), publication_id="PUB-3")
    world.send(DOCTOR, request)
    with pytest.raises(Refusal, match="849"):
        world.send(DOCTOR, request)


@pytest.mark.parametrize(
    "other",
    [
        letter(HOSPITAL_BOX),
        letter(NURSE_BOX, HOSPITAL_BOX),
        letter(NURSE_BOX, content=types.MessageContent(document(b"another letter of some lines"))),
        letter(NURSE_BOX, content=types.MessageContent(document(), annexes=(annex(b"one more"),))),
    ],
)
def test_pub_3_another_document_under_the_same_publication_id_is_refused(
    world: World, other: types.SendMessageRequest
) -> None:
    world.send(DOCTOR, replace(letter(NURSE_BOX), publication_id="PUB-3"))
    with pytest.raises(Refusal, match="849"):
        world.send(DOCTOR, replace(other, publication_id="PUB-3"))


FIELDS = types.MessageContent(
    document(b"12345"),
    free_informations=types.FreeTable(((b"123", b"4"), (b"", b"56")), title="not counted"),
    patient_inss=b"12345678901",
    annexes=(annex(b"1234567", title=b"12"),),
)
# 5 of the document, 6 of the cells, 11 of the patient's INSS, 7 of the annex and 2 of its title.
FIELDS_SIZE = 31


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (FIELDS, FIELDS_SIZE),
        (replace(FIELDS, free_informations=types.FreeText(b"123")), FIELDS_SIZE - 3),
        (replace(FIELDS, free_informations=types.OldFreeInformation(b"12345", "render")), FIELDS_SIZE - 1),
        (replace(FIELDS, free_informations=None, patient_inss=None, annexes=()), 5),
    ],
)
def test_pub_4_the_size_is_that_of_the_contents_and_the_encryptable_fields(
    world: World, content: types.MessageContent, size: int
) -> None:
    world.configure(max_message_bytes=size)
    sent = world.send(DOCTOR, letter(NURSE_BOX, content=content))
    assert world.read(NURSE, sent.id).info.size == size
    world.configure(max_message_bytes=size - 1)
    with pytest.raises(Refusal) as caught:
        world.send(DOCTOR, letter(NURSE_BOX, content=content))
    assert (caught.value.status.code, caught.value.place) == ("801", "ContentContext/Content")
    assert caught.value.limit == f"at most {size - 1} bytes"


@pytest.mark.slow
def test_pub_4_ten_megabytes_pass_and_one_byte_more_does_not(world: World) -> None:
    data = bytes(10_485_760)
    sent = world.send(DOCTOR, letter(NURSE_BOX, content=types.MessageContent(document(data, attached=True))))
    assert world.read(NURSE, sent.id).content.document.content.data == data
    with pytest.raises(Refusal, match="801"):
        world.send(DOCTOR, letter(NURSE_BOX, content=types.MessageContent(document(data + b"\0"))))


def digests(document_digest: str, *annex_digests: str) -> types.SendMessageRequest:
    annexes = tuple(replace(annex(b"an annex"), digest=each) for each in annex_digests)
    return letter(
        NURSE_BOX, content=types.MessageContent(replace(document(b"abc"), digest=document_digest), None, None, annexes)
    )


# SHA-256 of "abc" and of "an annex", in base64.
ABC = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="


@pytest.mark.parametrize(
    "wrong",
    [
        "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIBFa0=",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "",
        "not base64 é",
    ],
)
def test_pub_5_a_digest_that_differs_is_refused(world: World, wrong: str) -> None:
    assert refused(world, digests(wrong)) == ("816", "Document/Digest")


def test_pub_5_the_annex_is_named_by_its_place(world: World) -> None:
    right = annex(b"an annex").digest
    assert right is not None
    assert refused(world, digests(ABC, right, ABC)) == ("816", "Annex[2]/Digest")


def test_pub_5_a_digest_may_be_broken_into_lines(world: World) -> None:
    world.send(DOCTOR, digests(f" {ABC[:20]}\r\n{ABC[20:]}\n"))
    assert len(world.ids(NURSE)) == 1


def test_pub_6_encrypted_bytes_are_kept_as_they_are(world: World) -> None:
    data = bytes(range(256)) * 3
    request = letter(NURSE_BOX, content=types.MessageContent(document(data)))
    sent = world.send(DOCTOR, replace(request, specification=replace(request.specification, is_encrypted=True)))
    message = world.read(NURSE, sent.id)
    assert message.content.document.content.data == data
    assert message.specification.is_encrypted


def everything(free: types.FreeInformations | None) -> types.SendMessageRequest:
    return types.SendMessageRequest(
        destinations=(
            types.Destination(
                HOSPITAL_BOX,
                user=types.User("85041310259", "Nele", "Proefpersoon"),
                mandate=types.Mandate("12345", "INSS", "SUB", "A name"),
                ooo_processed=True,
            ),
            types.Destination(NURSE_BOX, mandate=types.Mandate("6789", "CBE")),
        ),
        content=types.MessageContent(
            document(b"\x00\xff inline"),
            free_informations=free,
            patient_inss=b"85041310259",
            annexes=(annex(b"first", b"title 1"), annex(b"second", b"", attached=False)),
        ),
        specification=types.ContentSpecification(types.ContentType.DOCUMENT, "An application", True, True),
        custom_metas=tuple(types.CustomMeta(f"key {n}", f"value {n}") for n in range(100)),
        metas=(types.Meta("kind", ("one", "two")), types.Meta("kind", ("three",))),
        copy_mail_to=("first@example.org", "second@example.org"),
        publication_id="PUB-7",
    )


@pytest.mark.parametrize(
    "free",
    [
        types.FreeText(b"free \xc3\xa9"),
        types.FreeTable(((b"a", b"b"), (b"", b"")), title="A table"),
        types.FreeTable(((b"a", b"b"),)),
        types.OldFreeInformation(b"<x/>", "render"),
        None,
    ],
)
def test_pub_7_everything_is_kept_and_returned(world: World, free: types.FreeInformations | None) -> None:
    request = everything(free)
    sent = world.send(DOCTOR, request)
    for who in (NURSE, HOSPITAL):
        message = world.read(who, sent.id)
        content = request.content
        # A digest stands in requests only.
        assert message.content == replace(
            content,
            document=replace(content.document, digest=None),
            annexes=tuple(replace(each, digest=None) for each in content.annexes),
        )
        assert message.destinations == tuple(replace(each, ooo_processed=None) for each in request.destinations)
        assert message.specification == request.specification
        assert message.custom_metas == request.custom_metas
        assert message.metas == request.metas
        assert message.publication_id == "PUB-7"
    row = world.listed(NURSE).messages[0]
    assert row.custom_metas == request.custom_metas
    assert row.content == types.ContentInfo("Title éè", "text/plain", free is not None, True, b"85041310259")


def test_pub_7_copy_mail_to_is_told_to_the_sender_only(world: World) -> None:
    sent = world.send(DOCTOR, everything(None))
    assert world.read(NURSE, sent.id).copy_mail_to == ()
    own = world.read(DOCTOR, sent.id, types.Source.SENTBOX)
    assert own.copy_mail_to == ("first@example.org", "second@example.org")


# Each is wrong in one way; the earlier in this order, the earlier it is checked.
WRONG = {
    "804": ("DestinationContext[{}]/Type", types.BoxId("85061999865", "SSIN", "NURSE")),
    "805": ("DestinationContext[{}]/SubType", types.BoxId("71089914", "NIHII", "HOSPITAL", "NO_SUCH")),
    "803": ("DestinationContext[{}]/Quality", types.BoxId("85061999865", "INSS", "NO_SUCH")),
    "802": ("DestinationContext[{}]/Id", types.BoxId("8506199986", "INSS", "NURSE")),
    "814": ("DestinationContext[{}]/Quality", ALL_NURSES),
}


@pytest.mark.parametrize("code", WRONG)
def test_pub_8_one_bad_destination_refuses_the_whole_message_and_is_named(world: World, code: str) -> None:
    place, box = WRONG[code]
    assert refused(world, letter(NURSE_BOX, box, HOSPITAL_BOX)) == (code, place.format(2))


@pytest.mark.parametrize(
    ("first", "second"), [("804", "805"), ("805", "803"), ("803", "802"), ("802", "814"), ("804", "814")]
)
def test_pub_8_a_check_looks_at_every_destination_before_the_next_check(world: World, first: str, second: str) -> None:
    place, box = WRONG[first]
    assert refused(world, letter(NURSE_BOX, WRONG[second][1], box)) == (first, place.format(3))


def test_pub_8_the_first_offending_destination_is_named(world: World) -> None:
    place, box = WRONG["802"]
    assert refused(world, letter(NURSE_BOX, box, box)) == ("802", place.format(2))


def test_pub_8_order_of_the_other_checks(world: World) -> None:
    """BoxId, then the destinations, size, digest, PublicationId: each repaired, the next one shows."""
    world.send(DOCTOR, replace(letter(CITIZEN_BOX), publication_id="USED"))
    world.configure(max_message_bytes=10)
    wrong_digest = replace(document(b"some bytes more than ten"), digest="")
    request = replace(
        letter(ALL_NURSES, content=types.MessageContent(wrong_digest)), box_id=CITIZEN_BOX, publication_id="USED"
    )
    repairs: list[tuple[str, types.SendMessageRequest]] = [("810", request)]
    repairs.append(("814", replace(repairs[-1][1], box_id=DOCTOR_BOX)))
    repairs.append(("801", replace(repairs[-1][1], destinations=letter(NURSE_BOX).destinations)))
    short = types.MessageContent(replace(document(b"short"), digest=""))
    repairs.append(("816", replace(repairs[-1][1], content=short)))
    repairs.append(("849", replace(repairs[-1][1], content=types.MessageContent(document(b"short")))))
    for code, wrong in repairs:
        with pytest.raises(Refusal) as caught:
            world.send(DOCTOR, wrong)
        assert caught.value.status.code == code
    assert world.ids(NURSE) == []
    world.send(DOCTOR, replace(repairs[-1][1], publication_id="NEW"))
    assert len(world.ids(NURSE)) == 1


def test_pub_8_nothing_of_a_refused_message_makes_a_box(world: World) -> None:
    refused(world, letter(CITIZEN_BOX, WRONG["814"][1]))
    with world.store.begin(write=False) as transaction:
        assert transaction.boxes.of_quality("CITIZEN") == ()


def test_pub_8_a_destination_sent_twice_is_delivered_once_and_stated_twice(world: World) -> None:
    request = letter(NURSE_BOX, HOSPITAL_BOX, NURSE_BOX)
    sent = world.send(DOCTOR, request)
    assert world.ids(NURSE) == [sent.id]
    assert [each.destination.box for each in sent.recipients] == [NURSE_BOX, HOSPITAL_BOX, NURSE_BOX]
    assert [each.box for each in world.read(NURSE, sent.id).destinations] == [NURSE_BOX, HOSPITAL_BOX, NURSE_BOX]


def test_pub_8_two_names_of_one_box_are_one_delivery(world: World) -> None:
    world.listed(DOCTOR)
    sent = world.send(NURSE, letter(DOCTOR_BY_NIHII, DOCTOR_BOX))
    assert world.ids(DOCTOR) == [sent.id]
    assert [each.destination.box for each in sent.recipients] == [DOCTOR_BOX, DOCTOR_BOX]


def test_pub_10_the_answer_has_an_id_and_a_recipient_per_destination(world: World) -> None:
    sent = world.send(DOCTOR, everything(None))
    assert sent.status.code == "100"
    assert sent.id is not None
    assert len(sent.id) == 13
    assert sent.id.isascii()
    assert sent.id.isalnum()
    assert sent.sent_publication_id == "PUB-7"
    assert sent.recipients == (
        types.Recipient(
            types.Destination(
                HOSPITAL_BOX,
                types.User("85041310259", "Nele", "Proefpersoon"),
                types.Mandate("12345", "INSS", "SUB", "A name"),
            )
        ),
        types.Recipient(types.Destination(NURSE_BOX, mandate=types.Mandate("6789", "CBE"))),
    )


def test_life_1_and_6_dates_are_belgian_and_a_year_apart(world: World) -> None:
    """23:30 UTC on New Year's Eve is the next year in Brussels."""
    world.clock.moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    info = world.read(NURSE, sent.id).info
    assert (info.publication_date, info.expiration_date) == (date(2027, 1, 1), date(2028, 1, 1))
    world.configure(expiration_days=30)
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    assert world.read(NURSE, sent.id).info.expiration_date == date(2027, 1, 31)
