"""The KGSS as a Python client asks it, through a whole server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ehbox_soap.client import (
    Addresses,
    AnswerLostError,
    Credential,
    EtkDepot,
    EtkError,
    Kgss,
    KgssRefusedError,
    Retry,
    SealedError,
)
from ehbox_soap.client.transport import Transport
from ehbox_soap.qualities import CERTIFIED
from tests.client.encrypted import URL, Somebody, Stage, session

NURSES = Credential(CERTIFIED, "urn:be:fgov:person:ssin:nurse:boolean", ("true",))
DOCTORS = Credential(CERTIFIED, "urn:be:fgov:person:ssin:doctor:boolean", ("true",))


def test_a_new_key_is_got_by_who_is_allowed(stage: Stage) -> None:
    new = stage.doctor.kgss.new_key((NURSES,))
    assert len(new.key) == 16
    assert stage.nurse.kgss.get_key(new.identifier) == new.key


def test_who_is_not_allowed_or_excluded_is_refused(stage: Stage) -> None:
    new = stage.doctor.kgss.new_key((NURSES, DOCTORS), excluded=(DOCTORS,))
    with pytest.raises(KgssRefusedError, match="KEY: There is no such key for this caller") as caught:
        stage.doctor.kgss.get_key(new.identifier)
    assert caught.value.codes == ("KEY",)
    assert stage.nurse.kgss.get_key(new.identifier) == new.key


def test_a_session_without_encryption_keys_gets_it_by_a_symmetric_key(stage: Stage) -> None:
    new = stage.doctor.kgss.new_key((NURSES,))
    plain = session(stage.door, stage.nurse.entry, ())
    assert Kgss(EtkDepot(plain, Addresses(URL).etk_depot), Addresses(URL).kgss).get_key(new.identifier) == new.key


def test_a_new_key_whose_answer_is_lost_is_asked_for_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seal is taken once: it is sealed again."""
    exchange, left = Transport.exchange, [2]

    def losing(self: Transport, url: str, *rest: Any) -> Any:
        answer = exchange(self, url, *rest)
        left[0] -= url == Addresses(URL).kgss
        if url == Addresses(URL).kgss and left[0] >= 0:
            raise AnswerLostError("lost")
        return answer

    monkeypatch.setattr(Transport, "exchange", losing)
    monkeypatch.setattr(stage.doctor.session, "retry", Retry(attempts=3, pause_seconds=0))
    assert len(stage.doctor.kgss.new_key((NURSES,)).key) == 16
    assert left == [-1]


def test_an_answer_of_somebody_else_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is certified can seal; only the KGSS answers for the KGSS."""
    with kgss_signing_as(stage, stage.hospital, monkeypatch), pytest.raises(SealedError, match="by another one"):
        stage.doctor.kgss.new_key((NURSES,))


@contextmanager
def kgss_signing_as(stage: Stage, somebody: Somebody, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr("ehbox_soap.kgss.service.seal", lambda octets, _, *rest: _seal(octets, somebody, *rest))
        yield


def _seal(octets: bytes, somebody: Somebody, *rest: object) -> bytes:
    from ehbox_soap.sealing.seal import seal  # the real one, which is patched where it is used

    return seal(octets, somebody.entry, *rest)  # type: ignore[arg-type]


def test_without_the_kgss_s_token_nothing_is_asked(stage: Stage) -> None:
    with stage.door.house.store.begin() as transaction:
        (token,) = (each for each in transaction.tokens.all() if each.name.application == "KGSS")
        transaction.tokens.revoke(token.serial, stage.door.now)
    try:
        with pytest.raises(EtkError, match="No encryption token is given out"):
            stage.doctor.kgss.new_key((NURSES,))
    finally:
        with stage.door.house.store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE token SET revoked_at = NULL")
