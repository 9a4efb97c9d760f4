"""Many at once on one database: every message there once, no lock error."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.ids import SeededChance, SystemChance
from ehbox_soap.store.engine import Store
from ehbox_soap.wire import types
from tests.mailbox.world import (
    DOCTOR,
    DOCTOR_BOX,
    DOCTOR_BY_NIHII,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    World,
    document,
    letter,
)


def test_box_9_current_size_is_exact_when_threads_send_at_once(world: World) -> None:
    """To both names of the doctor, while the doctor's own calls join the two boxes."""
    world.chance = SystemChance()

    def send(n: int) -> None:
        if n % 5 == 0:
            world.listed(DOCTOR)
        boxes = (NURSE_BOX, DOCTOR_BOX) if n % 2 else (DOCTOR_BY_NIHII, NURSE_BOX)
        world.send(NURSE, letter(*boxes, content=types.MessageContent(document(b"x" * n))))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(40)))
    world.listed(DOCTOR)
    assert world.info(NURSE).current_size == world.info(DOCTOR).current_size == sum(range(40))
    with world.store.begin(write=False) as transaction:
        (box,) = transaction.boxes.of_quality("DOCTOR")
        assert transaction.boxes.counted_size(box.key) == box.current_size


def test_pub_2_a_publication_id_is_used_once_by_threads_at_once(world: World) -> None:
    """Without the window, so that each later one is refused."""
    world.configure(repeat_window_seconds=0)
    world.chance = SystemChance()

    def send(_: int) -> str:
        try:
            return world.send(DOCTOR, replace(letter(NURSE_BOX), publication_id="SAME")).status.code
        except Refusal as refusal:
            return refusal.status.code

    with ThreadPoolExecutor(8) as pool:
        codes = Counter(pool.map(send, range(16)))
    assert codes == {"100": 1, "849": 15}
    assert len(world.ids(NURSE)) == 1


PROCESSES, EACH = 8, 100


def send_hundred(work: tuple[str, int]) -> list[str]:
    """In a process of its own: opens the database as a worker does, migrates it, sends."""
    url, seed = work
    store = Store.open(url)
    store.migrate()
    world = World(store, chance=SeededChance(seed))
    sent = [world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX)).id or "" for _ in range(EACH)]
    store.close()
    return sent


@pytest.mark.slow
def test_eight_processes_send_a_hundred_messages_each(database_url: str) -> None:
    """They start on an empty database, so the migration is run by all of them at once too."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        sent = [
            each for ids in pool.map(send_hundred, [(database_url, seed) for seed in range(PROCESSES)]) for each in ids
        ]
    assert len(set(sent)) == PROCESSES * EACH
    store = Store.open(database_url)
    world = World(store)
    listed = [
        row.message_id
        for start in range(1, PROCESSES * EACH + 100, 100)
        for row in world.listed(NURSE, start=start).messages
    ]
    assert Counter(listed) == Counter(sent)
    assert world.info(NURSE).current_size == PROCESSES * EACH * len(letter().content.document.content.data)
    store.close()
