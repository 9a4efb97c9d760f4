"""Mails from the event to the SMTP server: one an event, at least once, given up in the end (MAIL-1, PUB-12, 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from ehbox_soap.mail.folder import FolderMailer
from ehbox_soap.mail.mail import Ending, Mail
from ehbox_soap.mail.smtp import SmtpMailer, SmtpServer
from ehbox_soap.mailbox import notifications
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.store.records import Person
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types
from ehbox_soap.worker import retry_after
from tests.mail.server import free_port, serving
from tests.mailbox.world import (
    DOCTOR,
    DOCTOR_BOX,
    HOSPITAL,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    NURSE_INSS,
    World,
    annex,
    document,
    letter,
)
from tests.worker.post import Told, address_of, notified, open_mails, worker

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def copied(*addresses: str) -> types.SendMessageRequest:
    return replace(letter(NURSE_BOX), copy_mail_to=addresses, publication_id="copied")


def errors(world: World) -> list[types.FullMessage]:
    rows = world.listed(DOCTOR).messages
    return [world.read(DOCTOR, row.message_id) for row in rows if row.specification.content_type.value == "ERROR"]


def smtp(port: int) -> SmtpMailer:
    return SmtpMailer(SmtpServer("127.0.0.1", port, "ehealthbox@box.test", seconds=0.3))


def test_pub_13_a_copy_is_mailed_to_each_address_once(world: World) -> None:
    world.send(DOCTOR, copied("a@example.org", "b@example.org", "a@example.org"))
    with serving() as postbox:
        mailer = worker(world, smtp(postbox.port))
        assert mailer.round()
        assert not mailer.round()
    assert postbox.recipients() == ["a@example.org", "b@example.org"]
    assert errors(world) == []


def test_pub_13_a_mail_tells_nothing_of_the_message(world: World) -> None:
    content = types.MessageContent(document(b"Canary of the content"), annexes=(annex(b"Canary", b"Canary title"),))
    notified(world, NURSE_BOX, "n@example.org")
    world.names = replace(world.names, surname="Canary", given_name="Canary")
    world.send(DOCTOR, replace(copied("a@example.org"), content=content))
    told = Told()
    worker(world, told).round()
    assert len(told.given) == 2
    whole = "".join(mail.text.subject + mail.text.body for mail in told.given)
    for word in ("Canary", "Title", "letter", NURSE_INSS, "copied"):
        assert word not in whole


def test_a_refused_call_mails_nothing(world: World) -> None:
    """The outbox is written in the event's own transaction: what is rolled back causes no mail."""

    def asked_in_vain() -> None:
        with world.store.begin() as transaction:
            occasion = Occasion(transaction, world.clock.now(), world.rules, world.chance)
            notifications.ask(address_of(NURSE_BOX), "n@example.org", occasion)
            raise KeyError

    with pytest.raises(KeyError):
        asked_in_vain()
    assert open_mails(world) == 0


def test_pub_12_a_final_refusal_is_told_to_the_sender(world: World) -> None:
    world.send(DOCTOR, copied("unknown@example.org", "a@example.org"))
    with serving() as postbox:
        mailer = worker(world, smtp(postbox.port))
        assert mailer.round()
        assert not mailer.round()
    (error,) = errors(world)
    told = error.content.error
    assert told is not None
    assert (told.code, told.publication_id, told.failures) == ("861", "copied", ("unknown@example.org",))
    assert postbox.recipients() == ["a@example.org"]


def test_pub_12_an_address_is_given_up_after_the_last_attempt(world: World) -> None:
    world.send(DOCTOR, copied("a@example.org"))
    told = Told("later")
    mailer = worker(world, told)
    for attempt, wait in ((1, MINUTE), (2, 2 * MINUTE)):
        assert mailer.round()
        assert len(told.given) == attempt
        world.clock.moment += wait - SECOND
        assert not mailer.round()
        world.clock.moment += SECOND
    assert errors(world) == []
    assert mailer.round()
    assert len(errors(world)) == 1
    world.pass_time(days=2)
    assert not mailer.round()


def test_the_back_off_doubles_up_to_six_hours() -> None:
    assert [retry_after(attempts) // MINUTE for attempts in (1, 2, 3, 4, 9, 10, 100)] == [1, 2, 4, 8, 256, 360, 360]


def test_a_holder_s_mail_that_is_refused_is_no_error_message(world: World) -> None:
    notified(world, NURSE_BOX, "unknown@example.org")
    world.send(DOCTOR, letter(NURSE_BOX))
    told = Told("refused")
    worker(world, told).round()
    assert errors(world) == []
    assert open_mails(world) == 0


@pytest.mark.parametrize("trouble", ["hangs@example.org", "dies@example.org"])
def test_a_server_that_hangs_or_dies_costs_no_attempt_of_the_others(world: World, trouble: str) -> None:
    world.send(DOCTOR, copied(trouble, "a@example.org"))
    with serving() as postbox:
        mailer = worker(world, smtp(postbox.port), attempts=1)
        assert mailer.round()
        assert postbox.taken == []
        world.clock.moment += MINUTE
        assert mailer.round()
        assert postbox.recipients() == ["a@example.org"]
    (error,) = errors(world)
    assert error.content.error is not None
    assert error.content.error.failures == (trouble,)


def test_without_a_server_mails_wait(world: World) -> None:
    world.send(DOCTOR, copied("a@example.org"))
    assert worker(world, smtp(free_port())).round()
    world.clock.moment += MINUTE
    with serving() as postbox:
        assert worker(world, smtp(postbox.port)).round()
    assert postbox.recipients() == ["a@example.org"]


class Killed(BaseException):
    """Ends a worker in the midst of its work."""


def test_a_worker_that_is_killed_leaves_its_mails_to_another_after_the_lease(world: World) -> None:
    """At least once: what it had in hand is sent again, under the same id."""
    world.send(DOCTOR, copied("a@example.org", "b@example.org"))
    first = Told(lambda mail: "sent" if mail.recipient.startswith("a") else _kill())
    with pytest.raises(Killed):
        worker(world, first).round()
    second = Told()
    other = worker(world, second)
    world.clock.moment += timedelta(seconds=100) - SECOND
    assert not other.round()
    world.clock.moment += SECOND
    assert other.round()
    assert [mail.recipient for mail in second.given] == ["b@example.org"]
    assert second.given[0].id == first.given[1].id
    assert open_mails(world) == 0


def _kill() -> NoReturn:
    raise Killed


def test_who_lost_its_lease_settles_nothing(world: World) -> None:
    """A slow worker whose mails another one took over changes nothing of what became of them."""
    world.send(DOCTOR, copied("a@example.org"))
    quick = Told()

    def slow(mail: Mail) -> Ending:
        world.clock.moment += timedelta(seconds=101)
        assert worker(world, quick).round()
        return "refused"

    worker(world, Told(slow)).round()
    assert len(quick.given) == 1
    assert errors(world) == []


def test_a_batch_is_as_large_as_configured_and_stopping_gives_the_rest_back(world: World) -> None:
    world.send(DOCTOR, copied(*(f"{number}@example.org" for number in range(5))))
    told = Told()
    mailer = worker(world, told, mail_batch=3)
    assert mailer.round(lambda: True)
    assert len(told.given) == 1
    assert mailer.round()
    assert len(told.given) == 4
    assert mailer.round()
    assert len(told.given) == 5
    assert not mailer.round()


def kinds(world: World) -> list[str]:
    """What is mailed now, as the first words of the French subjects."""
    told = Told()
    mailer = worker(world, told, mail_batch=100)
    while mailer.round():
        pass
    return [mail.text.subject.partition(" :")[2].partition(" /")[0].strip() for mail in told.given]


def test_mail_1_nothing_is_mailed_before_the_address_is_confirmed(world: World) -> None:
    def occasion_of(transaction: Transaction) -> Occasion:
        return Occasion(transaction, world.clock.now(), world.rules, world.chance)

    with world.store.begin() as transaction:
        notifications.ask(address_of(NURSE_BOX), "n@example.org", occasion_of(transaction))
    world.send(DOCTOR, letter(NURSE_BOX))
    told = Told()
    worker(world, told).round()
    (mail,) = told.given
    assert mail.recipient == "n@example.org"
    code = mail.text.body.split()[-1]
    assert len(code) == 8
    for given, moment, confirmed in (
        (code[::-1], timedelta(0), False),
        ("", timedelta(0), False),
        (code, timedelta(days=1), False),
        (code, timedelta(days=1) - SECOND, True),
        (code, timedelta(0), False),
    ):
        with world.store.begin() as transaction:
            occasion = replace(occasion_of(transaction), now=world.clock.now() + moment)
            assert notifications.confirm(address_of(NURSE_BOX), given, occasion) is confirmed
    world.send(DOCTOR, letter(NURSE_BOX))
    assert kinds(world) == ["un nouveau message"]


def test_mail_1_another_address_is_confirmed_anew_and_off_ends_it(world: World) -> None:
    notified(world, NURSE_BOX, "n@example.org")
    with world.store.begin() as transaction:
        occasion = Occasion(transaction, world.clock.now(), world.rules, world.chance)
        notifications.ask(address_of(NURSE_BOX), "m@example.org", occasion)
    world.send(DOCTOR, letter(NURSE_BOX))
    # Of two codes that were asked for, the first is nobody's concern any more.
    assert kinds(world) == ["confirmez votre adresse"]
    notified(world, NURSE_BOX, "m@example.org")
    world.send(DOCTOR, copied("a@example.org"))
    with world.store.begin() as transaction:
        occasion = Occasion(transaction, world.clock.now(), world.rules, world.chance)
        assert notifications.end(address_of(NURSE_BOX), occasion)
        assert not notifications.end(address_of(NURSE_BOX), occasion)
    # What was still to be sent to the holder is not sent; the sender's CopyMailTo is none of the holder's business.
    assert kinds(world) == ["un message a été envoyé"]


def test_mail_1_a_new_message_is_told_to_its_holder_and_a_receipt_is_not(world: World) -> None:
    for box, who in ((NURSE_BOX, "n"), (DOCTOR_BOX, "d"), (HOSPITAL_BOX, "h")):
        notified(world, box, f"{who}@example.org")
    kinds(world)
    receipts = types.Receipts(publication=True, received=True, read=True)
    world.send(DOCTOR, replace(letter(NURSE_BOX, HOSPITAL_BOX), receipts=receipts))
    told = Told()
    worker(world, told).round()
    assert sorted(mail.recipient for mail in told.given) == ["h@example.org", "n@example.org"]
    assert len(world.ids(DOCTOR)) == 2


def test_mail_1_what_waits_in_stand_by_is_told_when_it_enters(world: World) -> None:
    world.configure(individual_box_bytes=30)
    notified(world, NURSE_BOX, "n@example.org")
    world.send(DOCTOR, letter(NURSE_BOX))
    world.send(DOCTOR, letter(NURSE_BOX))
    assert kinds(world) == ["un nouveau message"]
    world.configure(individual_box_bytes=1000)
    assert worker(world, Told(), upkeep_every=timedelta(hours=1)).round()
    assert kinds(world) == ["un nouveau message"]


def test_mail_1_a_box_that_comes_to_be_over_90_percent_is_told_of_once(world: World) -> None:
    world.configure(individual_box_bytes=200)
    notified(world, NURSE_BOX, "n@example.org")
    full = "votre boîte est presque pleine"
    for size, told in ((180, False), (1, True), (1, False)):
        world.send(DOCTOR, letter(NURSE_BOX, content=types.MessageContent(document(b"x" * size))))
        assert (full in kinds(world)) is told


def test_mail_1_what_is_about_to_expire_is_told_once_seven_days_before(world: World) -> None:
    world.configure(expiration_days=10)
    for _ in range(2):
        world.send(DOCTOR, letter(NURSE_BOX))
    world.pass_time(days=1)
    world.send(DOCTOR, letter(NURSE_BOX))
    notified(world, NURSE_BOX, "n@example.org")
    seen = []
    for _ in range(11):
        worker(world, Told(), upkeep_every=timedelta(hours=1)).round()
        seen.append(kinds(world).count("des messages expirent bientôt"))
        world.pass_time(days=1)
    # Published on the 15th and 16th, to expire on the 25th and 26th: told on the 18th and 19th.
    assert seen == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]


def test_mail_1_the_language_is_the_register_s_else_both(world: World) -> None:
    with world.store.begin() as transaction:
        transaction.register.put_person(Person(NURSE_INSS, "Proefpersoon", "Nele", "nl"))
    for box, who in ((NURSE_BOX, "n"), (HOSPITAL_BOX, "h")):
        notified(world, box, f"{who}@example.org")
    kinds(world)
    world.send(DOCTOR, replace(letter(NURSE_BOX, HOSPITAL_BOX), copy_mail_to=("c@example.org",)))
    told = Told()
    worker(world, told).round()
    subjects = {mail.recipient[0]: mail.text.subject for mail in told.given}
    assert subjects == {
        "n": "eHealthBox: een nieuw bericht",
        "h": "eHealthBox : un nouveau message / eHealthBox: een nieuw bericht",
        "c": "eHealthBox : un message a été envoyé / eHealthBox: er werd een bericht verzonden",
    }


def test_mails_of_a_folder_can_be_read(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("mail")
    world.send(HOSPITAL, replace(letter(NURSE_BOX), copy_mail_to=("a@example.org",)))
    worker(world, FolderMailer(folder, "box@box.test")).round()
    assert len(list(folder.glob("*.eml"))) == 1


def test_a_message_that_is_gone_is_not_told_of(world: World) -> None:
    """Its reader and its sender deleted it before the mail went out."""
    message_id = world.send(DOCTOR, copied("a@example.org")).id
    with world.store.begin() as transaction:
        for who, folder in ((NURSE_BOX, "DELETED"), (DOCTOR_BOX, "SENTDELETED")):
            (box,) = transaction.boxes.find([address_of(who)])
            found = transaction.messages.find(box.key, message_id or "", ("INBOX", "SENTBOX"))
            assert found is not None
            transaction.deliveries.relocate([found.key], folder)
            transaction.messages.release([found.message_key])
    assert kinds(world) == []


def test_nurse_is_not_asked(world: World) -> None:
    """A box without an address gets no mail."""
    world.send(DOCTOR, letter(NURSE_BOX))
    assert world.ids(NURSE)
    assert open_mails(world) == 0
