"""?wsdl and its schemas from the running server, loaded by tools that are not ours."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

import pytest
import requests
import xmlschema
import zeep
from lxml import etree

from tests.clients.connector40 import CONSULTATION as CONSULTATION_NAMESPACE
from tests.clients.connector40 import PUBLICATION as PUBLICATION_NAMESPACE
from tests.http.people import CONSULTATION, PUBLICATION
from tests.http.running import Running

pytestmark = pytest.mark.http

XS = "{http://www.w3.org/2001/XMLSchema}"
ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
OPERATIONS = {
    PUBLICATION: {"sendMessage"},
    CONSULTATION: {
        "getBoxInfo", "getFullMessage", "getMessagesList", "getMessageHistory", "getMessageAcknowledgmentsStatus",
        "moveMessage", "deleteMessage", "insertOoO", "deleteOoO", "getOoOList", "getAllEhboxesMessagesList",
    },
}  # fmt: skip
"""What the two ports declare together (contract/ehealthbox-v3.json)."""


class Direct(zeep.transports.Transport):
    """Loads from the server only, whatever proxy stands in the environment, and remembers what."""

    def __init__(self, base: str) -> None:
        session = requests.Session()
        session.trust_env = False
        super().__init__(session=session)  # type: ignore[no-untyped-call]
        self.base = base
        self.loaded: list[str] = []

    def load(self, url: str) -> bytes:
        self.loaded.append(url)
        assert url.startswith(self.base), url
        return bytes(super().load(url))  # type: ignore[no-untyped-call]


def addresses(wsdl: bytes) -> set[str | None]:
    return {each.get("location") for each in etree.fromstring(wsdl).iter(ADDRESS)}


def asked(server: Running, target: str, host: str) -> bytes:
    """?wsdl asked with another Host."""
    with server.connect() as connection:
        connection.send(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1"))
        reply = connection.reply("GET")
    assert reply.status == 200, reply.body
    return reply.body


def imported(server: Running, path: str) -> Iterator[tuple[str, bytes]]:
    """Every schema that a WSDL brings in, however far away, by its path on the server."""
    waiting, seen = [(path + "?wsdl")], set()
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        reply = server.get(target)
        assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8"), target
        yield target, reply.body
        for reference in etree.fromstring(reply.body).iter(XS + "import", XS + "include"):
            location = reference.get("schemaLocation")
            if location is not None:
                assert location.startswith(server.base + "/xsd/ehealthbox/"), location
                waiting.append(location.removeprefix(server.base))


@pytest.mark.parametrize("path", OPERATIONS)
def test_zeep_loads_it_and_finds_the_operations(running: Running, path: str) -> None:
    """Both ports declare their operations, built or not; nothing is loaded from elsewhere."""
    transport = Direct(running.base)
    client = zeep.Client(running.base + path + "?wsdl", transport=transport)
    ports = [port for service in client.wsdl.services.values() for port in service.ports.values()]
    assert {name for port in ports for name in port.binding._operations} == OPERATIONS[path]
    assert {port.binding_options["address"] for port in ports} == {running.base + path}
    assert len(transport.loaded) > 3
    transport.session.close()


def test_twelve_operations_in_all() -> None:
    """All 12."""
    assert sum(map(len, OPERATIONS.values())) == 12


@pytest.mark.parametrize(
    ("path", "namespace", "elements"),
    [
        (PUBLICATION, PUBLICATION_NAMESPACE, ["SendMessageRequest", "SendMessageResponse"]),
        (CONSULTATION, CONSULTATION_NAMESPACE, ["GetFullMessageRequest", "GetHistoryRequest", "GetOoOListResponse"]),
    ],
)
def test_xmlschema_loads_every_schema_from_the_server(
    running: Running, path: str, namespace: str, elements: list[str]
) -> None:
    """Every import resolves, by another implementation of XSD."""
    # urllib would ask a proxy that stands in the environment.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    schemas = {name: body for name, body in imported(running, path) if name.startswith("/xsd/")}
    (protocol,) = [name for name, body in schemas.items() if f'targetNamespace="{namespace}"'.encode() in body]
    schema = xmlschema.XMLSchema(running.base + protocol, opener=opener)
    for name in elements:
        assert f"{{{namespace}}}{name}" in schema.maps.elements
    loaded = {each.url for each in schema.maps.iter_schemas()}
    # Its WSDL brings in the schema of faults beside it; that of xml:lang the tool has itself.
    needed = {running.base + name for name in schemas if "errors" not in name and "/xml.xsd" not in name}
    assert needed <= loaded
    assert len(needed) >= 5


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl"])
def test_any_case_of_the_query(running: Running, path: str, query: str) -> None:
    """Clients and tools write it in either case."""
    assert running.get(f"{path}?{query}").body == running.get(f"{path}?wsdl").body


@pytest.mark.parametrize("host", ["localhost:8080", "box.example", "10.0.0.7:1", "[::1]:8443"])
def test_the_address_is_that_of_the_request(running: Running, host: str) -> None:
    """soap:address rewritten to the request's host, so that changing the host is enough."""
    assert addresses(asked(running, PUBLICATION + "?wsdl", host)) == {f"http://{host}{PUBLICATION}"}


@pytest.mark.parametrize(
    "host",
    ['"><script>alert(1)</script>', "a b", "evil.example/path", "user@evil.example", "evil.example#", "x:123456", "é"],
)
def test_a_nonsensical_host_is_not_told_back(running: Running, host: str) -> None:
    """What is no host at all never stands in a document; the address is then the server's own."""
    assert addresses(asked(running, PUBLICATION + "?wsdl", host)) == {running.base + PUBLICATION}


def test_a_request_without_host_gets_the_servers_own_address(running: Running) -> None:
    """HTTP/1.0 has no Host."""
    with running.connect() as connection:
        connection.send(f"GET {PUBLICATION}?wsdl HTTP/1.0\r\n\r\n".encode())
        assert addresses(connection.reply("GET").body) == {running.base + PUBLICATION}


@pytest.mark.parametrize(
    "path",
    [
        "/xsd/ehealthbox/nothing.xsd", "/xsd/ehealthbox/", "/xsd/", "/xsd", "/xsd/../conf/ehbox.toml",
        "/xsd/ehealthbox/../../conf/ehbox.toml", "/xsd/ehealthbox/..%2f..%2fconf%2fehbox.toml",
        "/xsd/%2e%2e/%2e%2e/etc/passwd", "/xsd//etc/passwd", "/xsd/ehealthbox//etc/passwd",
        "/xsd/ehealthbox/ehbox-core-v3.xsd%00", "/xsd/ehealthbox/./ehbox-core-v3.xsd",
        "/xsd/nothing/ehbox-core-v3.xsd", "/xsd/ehealthbox/EHBOX-CORE-V3.XSD",
    ],
)  # fmt: skip
def test_nothing_but_the_shipped_schemas_is_served(running: Running, path: str) -> None:
    """From an allow-list; a path of a request is never looked up."""
    reply = running.get(path)
    assert reply.status == 404
    assert b"<" not in reply.body


def test_the_allow_list_has_what_is_asked_above(running: Running) -> None:
    """So that the test above does not pass for a wrong name."""
    assert running.get("/xsd/ehealthbox/ehbox-core-v3.xsd").status == 200
