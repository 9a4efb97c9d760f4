"""Spyne is importable and quiet; what it would do by itself never happens: hrefs, collections, its own WSDL."""

from __future__ import annotations

import gc
import io
import logging
import subprocess
import sys
from dataclasses import replace

import pytest
import spyne.context
import spyne.protocol.soap.soap11
from lxml import etree
from spyne.server.wsgi import WsgiApplication

from ehbox_soap.ports import compat
from tests.clients.connector40 import CONSULTATION as CONS
from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import ask, box_info, consult, consultation, fault, post, with_body, with_header
from tests.front.cast import Cast
from tests.front.conftest import Fresh


@pytest.mark.parametrize(
    "module",
    ["ehbox_soap.server", "ehbox_soap.ports.application", "ehbox_soap.ports.publication", "ehbox_soap.ports.sts"],
)
def test_any_port_is_importable_first_and_without_a_word(module: str) -> None:
    """The vendored six of 2.14.0 has no find_spec, which Python 3.12 needs; and every warning is an error here."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import {module}; import spyne.util.six.moves.urllib.parse"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_spyne_is_quiet_from_its_import_on() -> None:
    """Before any setting of the log is read, and although everything may be logged."""
    code = "import logging; logging.basicConfig(level=1); import ehbox_soap.ports.application\n"
    code += "assert not logging.getLogger('spyne.protocol.soap.soap11').isEnabledFor(logging.CRITICAL)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "spyne" not in (run.stdout + run.stderr).lower()


def test_preparing_again_changes_nothing() -> None:
    before = list(sys.meta_path)
    compat.prepare()
    assert sys.meta_path == before


class Listener(logging.Handler):
    """Keeps whatever it is given."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.name)


def test_spynes_loggers_say_nothing(fresh: Fresh, people: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """They would print whole payloads and headers. Heard at the root, and at each of them in case it does not
    propagate; the handlers take everything."""
    caplog.set_level(logging.DEBUG)
    heard = Listener()
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "spyne"]
    assert len(names) > 10
    loggers = [logging.getLogger(), *map(logging.getLogger, names)]
    for each in loggers:
        each.addHandler(heard)
    door = fresh()
    try:
        ask(door, box_info(door, people.doctor))
        fault(door, with_header(box_info(door, people.doctor), "SOAPAction", '"urn:other"'))
        fault(door, post(CONSULTATION, b"<canary/>"))
    finally:
        for each in loggers:
            each.removeHandler(heard)
    assert not [name for name in heard.told if name.startswith("spyne")]


def never(*_: object, **__: object) -> object:
    raise AssertionError("Spyne did it by itself")


def test_hrefs_are_never_resolved(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stock Spyne copies values from wherever an href points: a signature-wrapping hole."""
    monkeypatch.setattr(spyne.protocol.soap.soap11, "resolve_hrefs", never)
    monkeypatch.setattr(spyne.protocol.soap.soap11, "_from_soap", never)
    ask(door, box_info(door, people.doctor))


def test_an_href_copies_nothing_from_elsewhere(door: Door, people: Cast) -> None:
    """The signed Body refers to an element that anybody can put into the Header: the Body counts as it stands."""
    element = consultation("GetMessagesListRequest", '<Source href="#elsewhere"/>')
    block = b'<SOAP-ENV:Header><Source id="elsewhere">SENTBOX</Source>'
    request = with_body(consult(door, people.doctor, element), b"<SOAP-ENV:Header>", block)
    found = fault(door, request)
    assert found.code == "SOA-03006"
    assert "unexpected attribute" in found.reason


@pytest.mark.parametrize("operation", ["getMessagesList", "getFullMessage", ""])
def test_the_element_decides_not_the_action(operation: str, door: Door, people: Cast) -> None:
    """Spyne by itself would dispatch on either."""
    request = consult(door, people.doctor, consultation("GetBoxInfoRequest"))
    if operation:
        assert fault(door, with_header(request, "SOAPAction", f'"{CONS}:{operation}"')).code == "SOA-03004"
    else:
        assert ask(door, request).element.tag == f"{{{CONS}}}GetBoxInfoResponse"


def test_no_collection_happens_in_a_request(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """MethodContext.close runs a full one, a second after the last: here the last was long ago."""
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda *_: collected.append(1))
    monkeypatch.setattr(spyne.context, "_LAST_GC_RUN", 0.0)
    ask(door, box_info(door, people.doctor))
    fault(door, post(CONSULTATION, b""))
    assert not collected


@pytest.mark.parametrize("path", [PUBLICATION, CONSULTATION])
@pytest.mark.parametrize("query", ["wsdl", "WSDL"])
def test_the_wsdl_is_ours(path: str, query: str, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spyne's own is wrong for this contract: nothing that it could make is ever asked for."""
    monkeypatch.setattr(WsgiApplication, "handle_wsdl_request", never)
    monkeypatch.setattr(WsgiApplication, "__call__", never)
    status, body = get(door, path, query)
    assert status == "200 OK"
    root = etree.fromstring(body)
    assert root.tag == "{http://schemas.xmlsoap.org/wsdl/}definitions"
    assert b"spyne" not in body.lower()
    names = root.xpath("//*[local-name()='portType']/*/@name")
    assert isinstance(names, list)
    assert ("sendMessage" in names) is (path == PUBLICATION)


@pytest.mark.parametrize("path", [f"{CONSULTATION}.wsdl", f"{CONSULTATION}/.wsdl", f"{STS}.wsdl"])
def test_nor_by_its_other_names(path: str, door: Door) -> None:
    assert get(door, path, "")[0] in ("404 Not Found", "405 Method Not Allowed")


def test_a_post_that_asks_for_the_wsdl_is_a_call(door: Door, people: Cast) -> None:
    environ = {**door.environ(box_info(door, people.doctor)), "QUERY_STRING": "wsdl"}
    body = b"".join(door.server(environ, lambda *_: None))
    assert b"GetBoxInfoResponse" in body


def get(door: Door, path: str, query: str) -> tuple[str, bytes]:
    """A GET as gunicorn hands it over."""
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "here:8080",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    body = b"".join(door.server(environ, lambda status, _headers: told.append(status)))
    return told[0], body


def test_each_port_has_one_namespace(door: Door) -> None:
    """Dispatch is by the Body's element within one target namespace: hence an Application for each port."""
    for path, port in door.server.ports.items():
        names = set(port.app.interface.service_method_map)
        assert names
        assert {name.partition("}")[0] for name in names} == {"{" + port.dialect.namespace}, path


def test_spyne_takes_no_limit_of_its_own(fresh: Fresh, people: Cast) -> None:
    """Its max_content_length of 2 MiB does not count: the body never goes through its reader."""
    door = fresh()
    request = box_info(door, people.doctor)
    padded = with_body(request, b"<SOAP-ENV:Header>", b"<SOAP-ENV:Header>" + b" " * 3_000_000)
    ask(door, replace(padded))
