"""A year passes for the mailbox of a running server, by `ehbox clock`: security and STS keep true time."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from ehbox_soap.cli import main
from tests.http import people
from tests.http.conftest import People, Serve
from tests.http.running import Running

pytestmark = pytest.mark.http

ALLOWED = {"EHBOX_MAILBOX__CLOCK_SHIFT_ALLOWED": "true", "EHBOX_LOG__LEVEL": "ERROR"}
ENDS = re.compile('<Conditions [^>]*NotOnOrAfter="([^"]+)"')


def told(server: Running, *arguments: str) -> Any:
    """What `ehbox` answers about the server's folder, beside the server."""
    every = [*arguments, "--json", "--data", str(server.folder)]
    result = CliRunner(env=ALLOWED).invoke(main, every, prog_name="ehbox")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_year_passes_for_the_mailbox_of_a_running_server(serve: Serve, people_of_template: People) -> None:
    """LIFE-1, LIFE-2: what was sent before has ended; an assertion from before holds, and so does a new one."""
    settings = {"mailbox.clock_shift_allowed": "true", "upkeep.every_minutes": "0", "server.workers": "2"}
    server = serve(settings)
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    old = people.ask(server, doctor.publish(people.letter(people.text()))).element.get("Id")
    assert people.message_ids(people.ask(server, nurse.list())) == [old]

    assert timedelta(seconds=told(server, "clock", "advance", "366d")["shift_seconds"]) == timedelta(days=366)
    assert told(server, "upkeep")["publications"] == 1
    for box in (nurse.list(), doctor.list("SENTBOX")):
        assert people.message_ids(people.ask(server, box)) == []

    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    new = people.ask(server, doctor.publish(people.letter(people.text()))).element.get("Id")
    (row,) = people.ask(server, nurse.list()).element.iterfind("Message")
    assert row.findtext("MessageId") == new
    published = date.fromisoformat(row.findtext("MessageInfo/PublicationDate", "")[:10])
    assert published - people.now().date() >= timedelta(days=366)
    until = ENDS.findall(nurse.assertion)
    assert [datetime.fromisoformat(each) < people.now() + timedelta(days=2) for each in until] == [True]
