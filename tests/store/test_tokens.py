"""Tokens as the store keeps them: which are given out, for whom, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from ehbox_soap.clock import SetClock
from ehbox_soap.store.engine import Store
from ehbox_soap.store.kgss_keys import StoredKey
from ehbox_soap.store.tokens import StoredToken
from ehbox_soap.tokens import TokenName

NOW = SetClock().moment
DAY = timedelta(days=1)
NAME = TokenName("SSIN", "71031499894")
FIRST = StoredToken(NAME, "1", NOW - DAY, NOW + DAY, b"1" * 32, b"first", NOW)
SECOND = replace(FIRST, serial="2", fingerprint=b"2" * 32, octets=b"second")
KEY = StoredKey(b"k" * 16, NOW, b"m" * 8, b"n" * 12, b"sealed")


def test_the_one_added_last_is_given_out_while_it_is_valid(store: Store) -> None:
    with store.begin() as transaction:
        assert transaction.tokens.current(NAME, NOW) == ()
        assert transaction.tokens.add(FIRST)
        assert transaction.tokens.add(SECOND)
        assert transaction.tokens.current(NAME, NOW)[0] == b"second"
        assert transaction.tokens.current(NAME, NOW + DAY)[0] == b"second"
        assert transaction.tokens.current(NAME, NOW - DAY)[0] == b"second"
        for outside in (NOW + DAY + timedelta(seconds=1), NOW - DAY - timedelta(seconds=1)):
            assert transaction.tokens.current(NAME, outside) == ()
            assert not transaction.tokens.is_given(FIRST.fingerprint, outside)


def test_a_revoked_one_is_not_given_out_and_stays_revoked(store: Store) -> None:
    with store.begin() as transaction:
        transaction.tokens.add(FIRST)
        transaction.tokens.add(SECOND)
        assert transaction.tokens.revoke("2", NOW)
        assert not transaction.tokens.revoke("2", NOW + DAY)
        assert not transaction.tokens.add(replace(SECOND, octets=b"again"))
        assert transaction.tokens.current(NAME, NOW)[0] == b"first"
        assert transaction.tokens.is_given(FIRST.fingerprint, NOW)
        assert not transaction.tokens.is_given(SECOND.fingerprint, NOW)
        assert [each.revoked_at for each in transaction.tokens.all()] == [NOW, None]


def test_a_known_one_may_get_other_octets_and_stays_what_it_is(store: Store) -> None:
    with store.begin() as transaction:
        for each in (FIRST, SECOND):
            transaction.tokens.add(each)
        transaction.tokens.revoke("2", NOW)
        for each in (FIRST, SECOND):
            transaction.tokens.renew(replace(each, octets=each.octets + b" anew", added_at=NOW + DAY))
        expected = (replace(SECOND, octets=b"second anew", revoked_at=NOW), replace(FIRST, octets=b"first anew"))
        assert transaction.tokens.all() == expected


def test_applications_of_a_number(store: Store) -> None:
    other = replace(SECOND, name=replace(NAME, application="APP"))
    third = replace(FIRST, fingerprint=b"3" * 32, name=replace(NAME, value="85061999865", application="ELSE"))
    with store.begin() as transaction:
        for each in (FIRST, other, third):
            transaction.tokens.add(each)
        assert transaction.tokens.applications(NAME.type, NAME.value, NOW) == ("", "APP")
        assert transaction.tokens.current(replace(NAME, application="APP"), NOW)[0] == b"second"
        assert transaction.tokens.current(replace(NAME, application="OTHER"), NOW) == ()
        assert transaction.tokens.applications("NIHII", NAME.value, NOW) == ()
        assert transaction.tokens.all() == (FIRST, other, third)


def test_keys_by_their_names(store: Store) -> None:
    with store.begin() as transaction:
        transaction.kgss_keys.add(KEY)
        assert transaction.kgss_keys.find(KEY.identifier) == KEY
        assert transaction.kgss_keys.find(b"x" * 16) is None
        with pytest.raises(IntegrityError), transaction.savepoint():
            transaction.kgss_keys.add(KEY)


def test_a_reset_keeps_the_tokens_of_the_keystores_that_stay(store: Store) -> None:
    with store.begin() as transaction:
        transaction.tokens.add(FIRST)
        transaction.kgss_keys.add(KEY)
        transaction.whole.clear()
        assert transaction.tokens.all() == (FIRST,)
        assert transaction.kgss_keys.find(KEY.identifier) is None
