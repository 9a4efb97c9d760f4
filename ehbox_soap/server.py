"""The WSGI application: which port answers where, ?wsdl and its schemas, health.

Knows: paths, methods, the body's limit, the work slots. Must not know: XML, SQL, what a port does.
A body is read whole, before its deadline, before it takes a work slot: a client that dribbles holds a thread and
nothing else. A refused body is drained to a limit, so that a Java client sees the answer.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from ehbox_soap import clock, log, metrics
from ehbox_soap.connections import TimedSocket
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import hexadecimal
from ehbox_soap.observation import Observer
from ehbox_soap.ports import address_book, consultation, documents, etk_depot, kgss, publication, sts
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import Call, House, HttpAnswer
from ehbox_soap.ports.documents import Description
from ehbox_soap.ports.faults import fault_answer

CHUNK = 262144
DRAIN_LIMIT = 134217728
"""Bytes of a refused body that are read and thrown away."""
CERTIFICATES_END = timedelta(days=1)
REASONS = {200: "200 OK", 404: "404 Not Found", 405: "405 Method Not Allowed", 500: "500 Internal Server Error"}
REASONS[503] = "503 Service Unavailable"


class PortModule(Protocol):
    """What a module of a port says of itself, and how its port is made."""

    @property
    def SERVICES(self) -> Mapping[str, Description | None]:  # noqa: N802  (a module's constant)
        """The paths that the port answers at, and the WSDL that is told at each, if it has one."""

    def port(self, house: House) -> Port: ...


PORTS: tuple[PortModule, ...] = (publication, consultation, sts, etk_depot, kgss, address_book)
"""Every port: another one is a line here."""
SERVICES = {path: description for module in PORTS for path, description in module.SERVICES.items()}

Environ = dict[str, Any]
StartResponse = Callable[..., object]


class BodyRefused(Exception):
    """A body that is too large or did not arrive whole."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Server:
    """The WSGI callable. One per worker process; thread-safe."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.observer = Observer()
        self.slots = threading.BoundedSemaphore(house.settings.server.work_slots)
        self.ports: dict[str, Port] = {}
        for module in PORTS:
            self.ports |= dict.fromkeys(module.SERVICES, module.port(house))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI: routes, reads, answers. Nothing that is raised leaves here: gunicorn would tell and log it in full."""
        try:
            answer = self._route(environ)
        except Exception as error:  # noqa: BLE001  (the edge of the house)
            answer, fault_id = fault_answer(self.house, SoapFault("SOA-00001"))
            log.logger().error("unforeseen", outcome="SOA-00001", fault_id=fault_id, unforeseen=type(error).__name__)
            _end_connection(environ)
        start_response(REASONS[answer.status], list(answer.headers))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """The way of one POST to a port, in the process: what tests and fuzzers drive."""
        started = clock.monotonic()
        port = self.ports[path]
        # Drawn first: once a call has committed, nothing may take its answer along.
        call = Call(self.house, headers, body, hexadecimal(self.house.chance))
        # The call alone holds the body, so that it can let go of it.
        del body
        with self.slots:
            answer = port.answer(call)
        self.observer.answered(port.app.name, call, clock.monotonic() - started)
        return answer

    def _route(self, environ: Environ) -> HttpAnswer:
        path = environ.get("PATH_INFO", "").rstrip("/") or "/"
        method = environ["REQUEST_METHOD"]
        methods = self._methods(path)
        if method == "POST" and method in methods:
            return self._post(path, environ)
        if not _drain(environ):
            _end_connection(environ)
        if not methods:
            return _text(404, "nothing is served here")
        if method not in methods:
            return _not_allowed(methods)
        if description := SERVICES.get(path):
            return self._wsdl(description, path, environ)
        if path == "/livez":
            return _text(200, "alive")
        if path == "/readyz":
            return self._ready()
        if path == "/metrics":
            return _answer(200, metrics.CONTENT_TYPE, self.observer.figures.exposition())
        schema = documents.schema(path.removeprefix(documents.SCHEMA_PATH), self._base(environ))
        return _text(404, "no such schema") if schema is None else _xml(schema)

    def _methods(self, path: str) -> tuple[str, ...]:
        """The methods that are answered at a path; none where nothing is served."""
        if path in SERVICES:
            return ("POST",) if SERVICES[path] is None else ("GET", "POST")
        if path in ("/livez", "/readyz", "/metrics") or path.startswith(documents.SCHEMA_PATH):
            return ("GET",)
        return ()

    def _post(self, path: str, environ: Environ) -> HttpAnswer:
        headers = {"content-type": environ.get("CONTENT_TYPE", ""), "soapaction": environ.get("HTTP_SOAPACTION", "")}
        try:
            return self.answer(path, headers, self._read(environ))
        except BodyRefused as refused:
            answer, fault_id = fault_answer(self.house, SoapFault("SOA-03001", refused.reason))
            self.observer.refused(refused.reason, fault_id)
            _drain(environ)
            _end_connection(environ)
            return answer

    def _read(self, environ: Environ) -> bytes:
        """The whole body; BodyRefused when it is larger than allowed or does not arrive whole."""
        limit = self.house.settings.server.max_body_bytes
        stated = _stated_length(environ)
        if stated is not None and stated > limit:
            raise BodyRefused(f"body over {limit} bytes")
        # Gives its octets without a copy, as a list of pieces could not.
        body = io.BytesIO()
        while chunk := _next_chunk(environ):
            body.write(chunk)
            if body.tell() > limit:
                raise BodyRefused(f"body over {limit} bytes")
        if stated is not None and body.tell() < stated:
            raise BodyRefused("the body did not arrive whole in time")
        return body.getvalue()

    def _wsdl(self, description: Description, path: str, environ: Environ) -> HttpAnswer:
        """GET is for ?wsdl only (rules: anything else is 405)."""
        if environ.get("QUERY_STRING", "").lower() != "wsdl":
            return _not_allowed(("POST",), "POST a SOAP message here, or GET ?wsdl")
        return _xml(documents.wsdl(description, self._base(environ), path))

    def _base(self, environ: Environ) -> str:
        """Scheme and host that a client reaches us by: as set, else as it said if that is a host, else our own."""
        if public_url := self.house.settings.server.public_url:
            return public_url.rstrip("/")
        host = environ.get("HTTP_HOST", "")
        if not documents.is_host(host):
            name = environ.get("SERVER_NAME", "localhost")
            host = f"[{name}]" if ":" in name else name
            host = f"{host}:{environ.get('SERVER_PORT', '80')}"
        return f"{environ.get('wsgi.url_scheme', 'http')}://{host}"

    def _ready(self) -> HttpAnswer:
        """Ready means that the store can be written, no certificate of ours is about to end, and every revocation list
        can be used. Which list cannot is told by the log: anybody may ask here."""
        if self.house.certified_until - self.house.clock.now() < CERTIFICATES_END:
            return _text(503, "a certificate that this server needs has ended or ends within a day")
        if self.house.trust.troubles(self.house.clock.now()):
            return _text(503, "a revocation list of this server is outdated or cannot be used")
        ready = self.house.store.writable()
        return _text(200, "ready") if ready else _text(503, "the store cannot be written")


def _stated_length(environ: Environ) -> int | None:
    """Content-Length, which gunicorn has checked to be digits; None for a body in chunks."""
    text = environ.get("CONTENT_LENGTH")
    return int(text) if text else None


def _next_chunk(environ: Environ) -> bytes:
    """A piece of the body, empty at its end. Raises BodyRefused where the client left, or framed it wrongly."""
    try:
        return bytes(environ["wsgi.input"].read(CHUNK))
    except OSError as error:
        raise BodyRefused("the body did not arrive whole in time") from error
    except Exception as error:
        # The edge of the house towards gunicorn, whose errors for wrong chunks have no base but Exception.
        raise BodyRefused("the body is not framed as HTTP wants it") from error


def _drain(environ: Environ) -> bool:
    """Throws away what is left of a body, up to a limit and before its deadline; whether its end was reached."""
    stated = _stated_length(environ)
    size = 0
    try:
        while size < DRAIN_LIMIT and (chunk := _next_chunk(environ)):
            size += len(chunk)
    except BodyRefused:
        return False
    return size < DRAIN_LIMIT and size >= (stated or 0)


def _end_connection(environ: Environ) -> None:
    """Says that the connection ends with this answer: where the next request would begin is not known."""
    connection = environ.get("gunicorn.socket")
    if isinstance(connection, TimedSocket):
        connection.end_with_answer()


def _not_allowed(methods: Sequence[str], text: str = "method not allowed") -> HttpAnswer:
    answer = _text(405, text)
    return HttpAnswer(answer.status, (*answer.headers, ("Allow", ", ".join(methods))), answer.body)


def _answer(status: int, content_type: str, body: bytes) -> HttpAnswer:
    return HttpAnswer(status, (("Content-Type", content_type), ("Content-Length", str(len(body)))), body)


def _text(status: int, text: str) -> HttpAnswer:
    return _answer(status, "text/plain; charset=utf-8", text.encode() + b"\n")


def _xml(body: bytes) -> HttpAnswer:
    return _answer(200, "text/xml; charset=utf-8", body)
