"""The verb clock: shows the mailbox's time and shifts it, so that a year passes in a second.

Knows: the settings, the store's shift. Must not know: who reads the time. Security keeps true time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click

from ehbox_soap.clock import BRUSSELS, SystemClock
from ehbox_soap.commands.database import opened
from ehbox_soap.commands.options import data_options, json_option, settings_of
from ehbox_soap.commands.shown import tell_json, tell_pairs
from ehbox_soap.config import Settings

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
# The years that a date can have, and so a message's end.
_FARTHEST = timedelta(days=365 * 100)


class SpanType(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """A span as 366d, 12h, 1d12h, -30m …"""

    name = "SPAN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """click's hook."""
        if isinstance(value, timedelta):
            return value
        text = str(value)
        if not re.fullmatch(r"-?(\d{1,6}[dhms])+", text):
            self.fail("write a span as 366d, 12h, 30m, 10s or several of them, e.g. 1d12h", param, ctx)
        found = re.findall(r"(\d+)([dhms])", text)
        span = sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in found), timedelta())
        return -span if text.startswith("-") else span


class MomentType(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """A moment as 2027-01-15T09:00, in Belgium unless it has a zone."""

    name = "MOMENT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """click's hook."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("write a moment as 2027-01-15 or 2027-01-15T09:00, with a zone or in Belgian time", param, ctx)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=BRUSSELS)


@click.group()
def clock() -> None:
    """The mailbox's time, which may be shifted where mailbox.clock_shift_allowed says so.

    The setting has to be that of the server too: in its file, or in the environment as
    EHBOX_MAILBOX__CLOCK_SHIFT_ALLOWED=true. Security and the STS keep true time.
    """


@clock.command()
@data_options
@json_option
def show(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Tells true time, the mailbox's time and what lies between.

    \b
    Example:
      ehbox clock show --data /tmp/boxes
    """
    _tell(settings_of(config_file, data), as_json)


@clock.command(name="set")
@click.argument("moment", type=MomentType())
@data_options
@json_option
def set_clock(moment: datetime, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Sets the mailbox's time, from which on it runs as ever.

    \b
    Example:
      ehbox clock set 2027-01-15T09:00
    """
    _shift(settings_of(config_file, data), lambda _: moment - SystemClock().now(), as_json)


@clock.command()
@click.argument("span", type=SpanType())
@data_options
@json_option
def advance(span: timedelta, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Moves the mailbox's time on by a span: days, hours, minutes, seconds.

    \b
    Example:
      ehbox clock advance 366d && ehbox upkeep
    """
    _shift(settings_of(config_file, data), lambda before: before + span, as_json)


@clock.command()
@data_options
@json_option
def reset(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Makes the mailbox's time true again.

    \b
    Example:
      ehbox clock reset
    """
    _shift(settings_of(config_file, data), lambda _: timedelta(0), as_json)


def _shift(settings: Settings, after: Callable[[timedelta], timedelta], as_json: bool) -> None:
    if not settings.mailbox.clock_shift_allowed:
        raise click.UsageError("mailbox.clock_shift_allowed is false: the mailbox's time is not to be shifted")
    with opened(settings) as store, store.begin() as transaction:
        shift = after(transaction.clock.shift())
        if abs(shift) > _FARTHEST:
            raise click.UsageError("that is more than a hundred years from now")
        transaction.clock.set_shift(shift)
    _tell(settings, as_json)


def _tell(settings: Settings, as_json: bool) -> None:
    allowed = settings.mailbox.clock_shift_allowed
    with opened(settings) as store, store.begin(write=False) as transaction:
        shift = transaction.clock.shift() if allowed else timedelta(0)
    now = SystemClock().now()
    if as_json:
        shown = {"true": now, "mailbox": now + shift, "shift_seconds": shift.total_seconds(), "allowed": allowed}
        tell_json(shown)
        return
    tell_pairs(
        ("true time", f"{now.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S %Z}"),
        ("mailbox", f"{(now + shift).astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S %Z}"),
        ("shift", shift if shift >= timedelta(0) else f"-{-shift}"),
        ("may be shifted", "yes" if allowed else "no"),
    )
