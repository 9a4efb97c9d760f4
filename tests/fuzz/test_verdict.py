"""The verdict of the fuzzing notices what it is there for: each mistake is planted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from ehbox_soap.wire import codec, soap
from tests.clients.connector40_reader import Broken
from tests.door import CONSULTATION
from tests.front.calls import box_info, post
from tests.fuzz.requests import Scene
from tests.fuzz.verdict import sent


def good(scene: Scene) -> str:
    return sent(scene.door, box_info(scene.door, scene.people.nurse))


def raising(error: Exception) -> Callable[..., object]:
    def fail(*_: object) -> object:
        raise error

    return fail


def test_a_good_call_is_lawful(scene: Scene) -> None:
    assert good(scene) == "100"


@pytest.mark.parametrize("error", [ZeroDivisionError(), OperationalError("", None, Exception())], ids=["code", "store"])
def test_a_mistake_of_the_house_is_noticed(error: Exception, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "decode_request", raising(error))
    with pytest.raises(AssertionError):
        good(scene)


def test_an_exception_that_escapes_is_noticed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(scene.door.server.ports[CONSULTATION]), "answer", raising(KeyError()))
    with pytest.raises(KeyError):
        good(scene)


def test_a_fault_that_clients_cannot_read_is_noticed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their schema does not know its SystemError."""
    monkeypatch.setattr(soap, "SOA_ERRORS", "urn:other")
    with pytest.raises((AssertionError, Broken)):
        sent(scene.door, post(CONSULTATION, b""))
