"""What an operator of the demonstration's server does: a year passes for the mailbox, and upkeep is done.

Knows: the store of that server and its upkeep, as the commands do. Must not know: SOAP.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from ehbox_soap import config
from ehbox_soap.clock import SystemClock
from ehbox_soap.commands.database import opened
from ehbox_soap.demo.server import SETTINGS, Running
from ehbox_soap.demo.year import Time
from ehbox_soap.ids import SystemChance
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.retention import Upkeep

_YEAR = timedelta(days=366)


def time_of(server: Running) -> Time:
    """The clock of that server's mailbox."""
    return Time(lambda: _pass_a_year(server), lambda: _shift(server, timedelta(0)))


def _pass_a_year(server: Running) -> None:
    settings = _settings(server)
    _shift(server, _YEAR)
    now = SystemClock().now()
    rules = MailboxRules.from_settings(settings.mailbox)
    upkeep = Upkeep(now + _YEAR, now, rules, SystemChance(), settings.upkeep.batch, settings.upkeep.sent_cleanup)
    with opened(settings) as store:
        deque(upkeep.run(store.begin), maxlen=0)


def _shift(server: Running, shift: timedelta) -> None:
    with opened(_settings(server)) as store, store.begin() as transaction:
        transaction.clock.set_shift(shift)


def _settings(server: Running) -> config.Settings:
    return config.load(None, {"data.folder": str(server.folder), **SETTINGS})
