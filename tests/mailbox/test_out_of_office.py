"""Out of office: OOO-1 to 3, PUB-9."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import out_of_office
from ehbox_soap.store.records import Person, Profession
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
    Attributes,
    World,
    certified,
    letter,
    news,
    one,
    person,
)

TODAY = date(2026, 1, 15)
DAY = timedelta(days=1)
# Right check digits; nobody else in these tests.
OTHERS = tuple(
    types.BoxId(inss, "INSS", "NURSE")
    for inss in ("68072599721", "85041310259", "00010100105", "71031499894", "59091199772", "90010100123")
)


def insert(
    world: World,
    start: date,
    end: date,
    *substitutes: types.BoxId,
    who: Attributes = NURSE,
    box_id: types.BoxId | None = None,
) -> types.InsertOoOResponse:
    request = types.InsertOoORequest(start, end, substitutes, box_id)
    return world.call(out_of_office.insert_ooo, who, request)


def refused(world: World, start: date, end: date, *substitutes: types.BoxId) -> tuple[str, str, str]:
    before = periods(world)
    with pytest.raises(Refusal) as caught:
        insert(world, start, end, *substitutes)
    assert periods(world) == before
    return caught.value.status.code, caught.value.place, caught.value.limit


def periods(world: World, who: Attributes = NURSE, box_id: types.BoxId | None = None) -> tuple[types.OoO, ...]:
    answer = world.call(out_of_office.get_ooo_list, who, types.GetOoOListRequest(box_id))
    assert answer.status.code == "100"
    return answer.periods


def delete(world: World, *ids: str, who: Attributes = NURSE) -> types.DeleteOoOResponse:
    return world.call(out_of_office.delete_ooo, who, types.DeleteOoORequest(ids))


def test_ooo_2_the_answers_id_is_the_ooo_id(world: World) -> None:
    answer = insert(world, TODAY, TODAY + 6 * DAY, DOCTOR_BOX, CITIZEN_BOX)
    assert (answer.status.code, answer.substitutes) == ("100", ())
    assert answer.id is not None
    assert 1 <= len(answer.id) <= 13
    assert periods(world) == (types.OoO(answer.id, TODAY, TODAY + 6 * DAY, (DOCTOR_BOX, CITIZEN_BOX)),)
    assert periods(world, DOCTOR) == ()


def test_ooo_1_substitutes_are_stated_as_the_register_has_them(world: World) -> None:
    doctor = Person(DOCTOR_BOX.id, "Voorbeeld", "D", professions=(Profession("DOCTOR", DOCTOR_BY_NIHII.id),))
    with world.store.begin() as transaction:
        transaction.register.put_person(doctor)
    insert(world, TODAY, TODAY, DOCTOR_BY_NIHII, DOCTOR_BOX)
    assert periods(world)[0].substitutes == (DOCTOR_BOX,)


@pytest.mark.parametrize(
    ("start", "end", "limit"),
    [
        (TODAY, TODAY - DAY, "at least StartDate"),
        (TODAY, date(2027, 1, 16), "at most 1 year after StartDate"),
        (date(2025, 1, 15), date(2026, 1, 16), "at most 1 year after StartDate"),
        (date(2027, 1, 1), date(2027, 1, 16), "at most 1 year from today"),
        (date(9999, 12, 31), date(9999, 12, 31), "at most 1 year from today"),
    ],
)
def test_ooo_1_a_period_that_is_not_valid_is_844(world: World, start: date, end: date, limit: str) -> None:
    assert refused(world, start, end) == ("844", "EndDate", limit)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (TODAY, TODAY),
        (TODAY, date(2027, 1, 15)),
        (date(2027, 1, 15), date(2027, 1, 15)),
        (date(2025, 1, 15), date(2026, 1, 15)),
        (date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_ooo_1_at_its_bounds_a_period_is_valid(world: World, start: date, end: date) -> None:
    assert insert(world, start, end).status.code == "100"


@pytest.mark.parametrize(("end", "code"), [(date(2029, 2, 28), "100"), (date(2029, 3, 1), "844")])
def test_ooo_1_a_year_from_a_leap_day_ends_on_28_february(world: World, end: date, code: str) -> None:
    world.clock.moment = datetime(2028, 2, 29, 12, tzinfo=UTC)
    if code == "100":
        assert insert(world, date(2028, 2, 29), end).status.code == code
    else:
        assert refused(world, date(2028, 2, 29), end)[0] == code


@pytest.mark.parametrize(
    ("start", "end"),
    [(20, 20), (10, 30), (15, 20), (25, 30), (22, 23), (20, 25)],
)
def test_ooo_1_a_period_that_shares_a_day_is_845(world: World, start: int, end: int) -> None:
    month = TODAY.replace(day=1)
    insert(world, month.replace(day=20), month.replace(day=25))
    assert refused(world, month.replace(day=start), month.replace(day=end)) == ("845", "StartDate", "")


def test_ooo_1_periods_may_follow_each_other_and_another_box_has_its_own(world: World) -> None:
    insert(world, TODAY + 5 * DAY, TODAY + 6 * DAY)
    insert(world, TODAY + 7 * DAY, TODAY + 7 * DAY)
    insert(world, TODAY + 4 * DAY, TODAY + 4 * DAY)
    insert(world, TODAY + 5 * DAY, TODAY + 6 * DAY, who=DOCTOR)
    starts = [each.start_date for each in periods(world)]
    assert starts == [TODAY + n * DAY for n in (4, 5, 7)], "the earliest first"


def test_ooo_1_ten_periods_a_box(world: World) -> None:
    ids = [one(insert(world, TODAY + n * DAY, TODAY + n * DAY).id) for n in range(10)]
    assert refused(world, TODAY + 20 * DAY, TODAY + 20 * DAY) == ("846", "OoO", "at most 10 periods a box")
    delete(world, ids[0])
    assert insert(world, TODAY + 20 * DAY, TODAY + 20 * DAY).status.code == "100"


def test_ooo_1_five_substitutes(world: World) -> None:
    assert refused(world, TODAY, TODAY, *OTHERS) == ("846", "Substitute", "at most 5")
    assert insert(world, TODAY, TODAY, *OTHERS[:5]).status.code == "100"
    assert periods(world)[0].substitutes == OTHERS[:5]


@pytest.mark.parametrize(
    "wrong",
    [
        HOSPITAL_BOX,
        NURSE_BOX,
        replace(NURSE_BOX, id="8506199986"),
        replace(NURSE_BOX, id="ALL"),
        replace(NURSE_BOX, quality="NO_SUCH"),
        replace(NURSE_BOX, type="SSIN"),
        replace(DOCTOR_BOX, sub_type="DOCTOR"),
    ],
)
def test_ooo_1_a_substitute_that_is_not_valid_comes_back_with_847(world: World, wrong: types.BoxId) -> None:
    """Also the absent one itself and what is no person's box; the others are not named, and nothing is kept."""
    answer = insert(world, TODAY, TODAY, DOCTOR_BOX, wrong)
    assert (answer.status.code, answer.id) == ("847", None)
    assert answer.substitutes == (types.Substitute(wrong),)
    assert periods(world) == ()
    with world.store.begin(write=False) as transaction:
        assert transaction.boxes.of_quality("DOCTOR") == ()


def test_ooo_1_in_the_strict_directory_a_substitute_is_registered(world: World) -> None:
    with world.store.begin() as transaction:
        transaction.register.put_person(Person(NURSE_BOX.id, "V", "N", professions=(Profession("NURSE"),)))
    world.configure(directory="strict")
    answer = insert(world, TODAY, TODAY, DOCTOR_BOX)
    assert (answer.status.code, answer.substitutes) == ("847", (types.Substitute(DOCTOR_BOX),))


@pytest.mark.parametrize(
    ("start", "end", "absent"), [(0, 4, False), (0, 5, True), (7, 9, True), (10, 11, True), (11, 12, False)]
)
def test_ooo_1_an_absent_substitute_comes_back_with_its_period(
    world: World, start: int, end: int, absent: bool
) -> None:
    insert(world, TODAY + 5 * DAY, TODAY + 10 * DAY, who=DOCTOR)
    answer = insert(world, TODAY + start * DAY, TODAY + end * DAY, DOCTOR_BOX, CITIZEN_BOX)
    if absent:
        assert answer.status.code == "847"
        assert answer.substitutes == (types.Substitute(DOCTOR_BOX, TODAY + 5 * DAY, TODAY + 10 * DAY),)
    else:
        assert answer.status.code == "100"


def test_ooo_2_one_may_replace_several_and_be_absent_while_replacing(world: World) -> None:
    for who in (NURSE, CITIZEN):
        assert insert(world, TODAY, TODAY, DOCTOR_BOX, who=who).status.code == "100"
    assert insert(world, TODAY, TODAY, who=DOCTOR).status.code == "100"


def test_ooo_1_an_organisation_is_never_absent(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        insert(world, TODAY, TODAY, who=HOSPITAL)
    assert (caught.value.status.code, caught.value.place) == ("810", "BoxId")


def test_box_6_periods_of_another_box_of_the_caller(world: World) -> None:
    both = person(
        NURSE_BOX.id,
        certified("urn:be:fgov:person:ssin:nurse:boolean"),
        certified("urn:be:fgov:person:ssin:doctor:boolean"),
    )
    other = replace(NURSE_BOX, quality="DOCTOR")
    insert(world, TODAY, TODAY, who=both, box_id=other)
    assert periods(world, both) == ()
    assert len(periods(world, both, other)) == 1
    for call, request in (
        (out_of_office.insert_ooo, types.InsertOoORequest(TODAY, TODAY, (), DOCTOR_BOX)),
        (out_of_office.get_ooo_list, types.GetOoOListRequest(DOCTOR_BOX)),
        (out_of_office.delete_ooo, types.DeleteOoORequest(("x",), DOCTOR_BOX)),
    ):
        with pytest.raises(Refusal, match="810"):
            world.call(call, both, request)


def test_ooo_3_past_active_and_future(world: World) -> None:
    for start, end in ((-5, -3), (0, 2), (7, 9)):
        insert(world, TODAY + start * DAY, TODAY + end * DAY)
    world.pass_time(days=400)
    assert [each.start_date for each in periods(world)] == [TODAY + n * DAY for n in (-5, 0, 7)]


def test_ooo_3_unknown_ids_come_back_and_the_others_are_deleted(world: World) -> None:
    first, second = (one(insert(world, TODAY + n * DAY, TODAY + n * DAY).id) for n in (0, 1))
    others = one(insert(world, TODAY, TODAY, who=DOCTOR).id)
    answer = delete(world, "no-such-id", first, others, "no-such-id")
    assert answer.status.code == "848"
    assert answer.ooo_ids == ("no-such-id", others)
    assert [each.ooo_id for each in periods(world)] == [second]
    assert len(periods(world, DOCTOR)) == 1
    done = delete(world, second, second)
    assert (done.status.code, done.ooo_ids) == ("100", ())
    assert periods(world) == ()


def ready(request: types.SendMessageRequest, processed: bool | None) -> types.SendMessageRequest:
    return replace(request, destinations=tuple(replace(each, ooo_processed=processed) for each in request.destinations))


@pytest.mark.parametrize("processed", [None, False])
def test_pub_9_an_absent_destination_is_warned_of_and_nothing_is_sent(world: World, processed: bool | None) -> None:
    insert(world, TODAY - DAY, TODAY + DAY, DOCTOR_BOX, CITIZEN_BOX)
    answer = world.send(DOCTOR, ready(letter(HOSPITAL_BOX, NURSE_BOX), processed))
    assert (answer.status.code, answer.id, answer.sent_publication_id) == ("826", None, None)
    assert all("DestinationContext[2]" in text for _, text in answer.status.messages)
    assert answer.recipients == (
        types.Recipient(types.Destination(HOSPITAL_BOX)),
        types.Recipient(types.Destination(NURSE_BOX), TODAY - DAY, TODAY + DAY, (DOCTOR_BOX, CITIZEN_BOX)),
    )
    assert world.ids(DOCTOR, types.Source.SENTBOX) == world.ids(HOSPITAL) == world.ids(NURSE) == []


def test_pub_9_no_box_comes_to_be_by_a_warning(world: World) -> None:
    insert(world, TODAY, TODAY)
    world.send(DOCTOR, letter(HOSPITAL_BOX, NURSE_BOX))
    with world.store.begin(write=False) as transaction:
        assert transaction.boxes.of_quality("HOSPITAL") == ()


def test_pub_9_sent_again_with_ooo_processed_it_is_delivered(world: World) -> None:
    """The PublicationId has not been used by the warning."""
    insert(world, TODAY, TODAY, DOCTOR_BOX)
    request = replace(letter(NURSE_BOX), publication_id="AGAIN")
    assert world.send(CITIZEN, request).status.code == "826"
    sent = world.send(CITIZEN, ready(request, True))
    assert sent.status.code == "100"
    assert sent.recipients == (types.Recipient(types.Destination(NURSE_BOX)),)
    assert world.ids(NURSE) == [sent.id]
    assert world.ids(DOCTOR) == [], "substitutes are told of, not delivered to"


def test_pub_9_each_destination_is_processed_by_itself(world: World) -> None:
    for who in (NURSE, CITIZEN):
        insert(world, TODAY, TODAY, who=who)
    request = letter(NURSE_BOX, CITIZEN_BOX)
    processed = replace(request.destinations[0], ooo_processed=True)
    answer = world.send(DOCTOR, replace(request, destinations=(processed, request.destinations[1])))
    assert answer.status.code == "826"
    assert [each.absent_from for each in answer.recipients] == [None, TODAY]


def test_pub_9_a_news_is_warned_of_too(world: World) -> None:
    insert(world, TODAY, TODAY)
    assert world.send(DOCTOR, news("N", b"news", NURSE_BOX)).status.code == "826"
    assert world.ids(NURSE) == []


def test_pub_9_by_either_name_the_person_is_absent(world: World) -> None:
    insert(world, TODAY, TODAY, who=DOCTOR)
    for box in (DOCTOR_BOX, DOCTOR_BY_NIHII):
        answer = world.send(NURSE, letter(box))
        assert answer.status.code == "826"
        assert answer.recipients[0].destination.box == DOCTOR_BOX


def test_pub_9_comes_after_every_other_check(world: World) -> None:
    insert(world, TODAY, TODAY)
    world.send(DOCTOR, replace(letter(CITIZEN_BOX), publication_id="USED"))
    with pytest.raises(Refusal, match="849"):
        world.send(DOCTOR, replace(letter(NURSE_BOX), publication_id="USED"))


def test_pub_3_a_repeated_letter_gets_its_first_answer_though_its_reader_left(world: World) -> None:
    request = replace(letter(NURSE_BOX), publication_id="SAME")
    first = world.send(DOCTOR, request)
    insert(world, TODAY, TODAY)
    assert world.send(DOCTOR, request) == first


# When the day begins and ends in Belgium: in winter, in summer, on the days that have 23 and 25 hours, at new year.
MIDNIGHTS = [
    (date(2026, 1, 20), datetime(2026, 1, 19, 23, tzinfo=UTC)),
    (date(2026, 7, 20), datetime(2026, 7, 19, 22, tzinfo=UTC)),
    (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
    (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
    (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    (date(2027, 1, 1), datetime(2026, 12, 31, 23, tzinfo=UTC)),
]


@pytest.mark.parametrize(("day", "midnight"), MIDNIGHTS)
def test_ooo_1_days_begin_and_end_in_belgium(world: World, day: date, midnight: datetime) -> None:
    """Absent from that day on, or until the day before: a second makes the difference (OOO-1, PUB-9)."""
    world.clock.moment = midnight - timedelta(days=3)
    insert(world, day, day + 3 * DAY)
    insert(world, day - 2 * DAY, day - DAY, who=CITIZEN)
    for moment, absent in ((midnight - timedelta(seconds=1), CITIZEN_BOX), (midnight, NURSE_BOX)):
        world.clock.moment = moment
        for box in (NURSE_BOX, CITIZEN_BOX):
            code = world.send(DOCTOR, letter(box)).status.code
            assert code == ("826" if box is absent else "100")


@pytest.mark.parametrize(("day", "midnight"), MIDNIGHTS)
def test_ooo_1_a_year_from_today_is_counted_in_belgium(world: World, day: date, midnight: datetime) -> None:
    last = day.replace(year=day.year + 1)
    world.clock.moment = midnight - timedelta(seconds=1)
    assert refused(world, last, last)[0] == "844"
    world.clock.moment = midnight
    assert insert(world, last, last).status.code == "100"


def test_box_2_absences_of_both_names_are_joined(world: World) -> None:
    """A doctor who was absent, and a substitute, under the other name before the first call told of it."""
    world.send(NURSE, letter(DOCTOR_BY_NIHII))
    by_inss = person(DOCTOR_BOX.id, certified("urn:be:fgov:person:ssin:doctor:boolean"))
    insert(world, TODAY, TODAY, who=by_inss)
    insert(world, TODAY + DAY, TODAY + DAY, DOCTOR_BY_NIHII)
    world.listed(DOCTOR)
    assert len(periods(world, DOCTOR)) == 1
    assert periods(world)[0].substitutes == (DOCTOR_BOX,)
