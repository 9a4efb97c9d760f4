"""Figures, pseudonyms and readiness: what an operator sees, and what nobody may see in it."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ehbox_soap import metrics
from ehbox_soap.ids import SeededChance
from ehbox_soap.pseudonym import Pseudonyms
from tests.door import CONSULTATION, START, Door
from tests.front.calls import ask, box_info, fault, post
from tests.front.cast import DOCTOR, NURSE, Cast
from tests.front.conftest import Fresh
from tests.front.signed import accepted
from tests.security.builders import RSA_SHA1, SHA1, Call, stamp
from tests.security.keys import NOW


def get(door: Door, path: str) -> tuple[str, str]:
    """Status line and text of a GET, through the WSGI application."""
    said: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "wsgi.input": io.BytesIO()}
    body = b"".join(door.server(environ, lambda *args: said.extend(args)))
    return str(said[0]), body.decode()


def test_requests_are_counted_by_port_operation_and_outcome(fresh: Fresh, people: Cast) -> None:
    door = fresh()
    ask(door, box_info(door, people.nurse))
    ask(door, box_info(door, people.doctor))
    fault(door, post(CONSULTATION, b"<x"))
    status, text = get(door, "/metrics")
    assert status == "200 OK"
    assert 'ehbox_requests_total{operation="getBoxInfo",outcome="100",port="consultation"} 2.0' in text
    assert 'ehbox_requests_total{operation="unknown",outcome="SOA-03001",port="consultation"} 1.0' in text
    assert 'ehbox_request_seconds_count{operation="getBoxInfo",port="consultation"} 2.0' in text
    assert not [number for number in (DOCTOR, NURSE, "Voorbeeld") if number in text]


def test_a_caller_has_one_pseudonym_in_the_log_and_another_caller_another(
    fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    door = fresh({"log.format": "json"})
    for who in (people.nurse, people.nurse, people.doctor):
        ask(door, box_info(door, who))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    first, second, third = (line["caller"] for line in lines if line["event"] == "request")
    assert first == second != third


@pytest.mark.parametrize("form", ["json", "human"])
def test_every_line_is_found_by_one_id_of_a_fault_or_of_the_request(
    fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Each request's line has time, fault or request id, operation, code, milliseconds and pseudonym."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    door = fresh({"log.format": form})
    ask(door, box_info(door, people.nurse))
    ask(door, box_info(door, people.nurse))
    found = fault(door, post(CONSULTATION, b""))
    lines = [re.sub(r"\x1b\[\d*m", "", line) for line in stream.getvalue().splitlines()]
    ids = [re.findall(r'(fault|request)_id(?:=|": ")(\w+)', line) for line in lines]
    (first,), (second,), (last,) = ids
    assert (first[0], second[0], last) == ("request", "request", ("fault", found.id))
    assert len({first[1], second[1], found.id}) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", each[1]) for each in (first, second, last))
    for line in lines[:2]:
        for said in (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "getBoxInfo", r"\b100\b", r"milliseconds\W+\d", r"caller\W+\w"):
            assert re.search(said, line), said


def test_pseudonyms_depend_on_a_key_that_only_the_owner_reads(tmp_path: Path) -> None:
    one = Pseudonyms.of_folder(tmp_path, SeededChance(1))
    again = Pseudonyms.of_folder(tmp_path, SeededChance(2))
    other = Pseudonyms(b"another key")
    assert one.of("INSS", NURSE) == again.of("INSS", NURSE) != other.of("INSS", NURSE)
    assert one.of("a", "bc") != one.of("ab", "c")
    assert stat.S_IMODE((tmp_path / "pseudonym.key").stat().st_mode) == 0o600


def test_servers_that_start_at_once_have_one_key_of_pseudonyms(tmp_path: Path) -> None:
    """Whoever comes second while the first has seen no key either takes the first one's."""

    class Late(SeededChance):
        def octets(self, count: int) -> bytes:
            first.append(Pseudonyms.of_folder(tmp_path, SeededChance(1)))
            return super().octets(count)

    first: list[Pseudonyms] = []
    second = Pseudonyms.of_folder(tmp_path, Late(2))
    assert second.of(NURSE) == first[0].of(NURSE) == Pseudonyms.of_folder(tmp_path, SeededChance(3)).of(NURSE)
    assert [each.name for each in tmp_path.iterdir()] == ["pseudonym.key"]


def test_a_server_leaves_the_figures_of_another_alone(tmp_path: Path) -> None:
    """Two servers on one data folder; what one that has ended left behind is emptied for the next."""
    first = metrics.own_folder(tmp_path / "metrics")
    (first / "counter.db").touch()
    second = metrics.own_folder(tmp_path / "metrics")
    assert first != second
    assert [each.name for each in first.iterdir()] == ["counter.db"]
    os.close(metrics._held.pop(first))
    assert metrics.own_folder(tmp_path / "metrics") == first
    assert list(first.iterdir()) == []
    for each in (first, second):
        os.close(metrics._held.pop(each))


def test_sha1_is_counted_every_time_and_told_once_a_caller(
    fresh: Fresh, foreign_settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    door = fresh({**foreign_settings, "log.format": "json"})
    for seconds in (60, 61):
        accepted(door, Call(algorithm=RSA_SHA1, digest=SHA1, expires=stamp(NOW + timedelta(seconds=seconds))))
    assert stream.getvalue().count("SHA-1 is used") == 1
    assert 'ehbox_sha1_signatures_total{port="consultation"} 2.0' in get(door, "/metrics")[1]


def test_ready_means_that_the_store_can_be_written(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    door = fresh()
    assert get(door, "/readyz") == ("200 OK", "ready\n")
    monkeypatch.setattr(type(door.house.store), "writable", lambda _: False)
    assert get(door, "/readyz")[0] == "503 Service Unavailable"
    assert get(door, "/livez")[0] == "200 OK"


def test_ready_means_that_no_certificate_of_ours_is_about_to_end(fresh: Fresh) -> None:
    door = fresh()
    last = door.house.certified_until - timedelta(days=1)
    door.advance(seconds=(last - START).total_seconds())
    assert get(door, "/readyz")[0] == "200 OK"
    door.advance(seconds=1)
    assert get(door, "/readyz")[0] == "503 Service Unavailable"
