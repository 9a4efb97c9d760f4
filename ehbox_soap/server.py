"""The WSGI application: which port answers where, ?wsdl and its schemas, health.

Knows: paths, methods, body limits and deadlines, the work slots. Must not know: XML, SQL, what a port does.
A body is read whole, with a deadline, before it takes a work slot: a client that dribbles holds a thread and
nothing else. A refused body is drained to a limit, so that a Java client sees the answer.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ehbox_soap import clock, log
from ehbox_soap.errors import SoapFault
from ehbox_soap.ports import consultation, documents, publication, sts
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import House, HttpAnswer
from ehbox_soap.ports.faults import fault_answer
from ehbox_soap.ports.mailbox import MailboxDialect

CHUNK = 262144
DRAIN_LIMIT = 134217728
"""Bytes of a refused body that are read and thrown away."""
REASONS = {200: "200 OK", 404: "404 Not Found", 405: "405 Method Not Allowed", 500: "500 Internal Server Error"}
REASONS[503] = "503 Service Unavailable"
SERVICES = {publication.PATH: "ehBoxPublication.wsdl", consultation.PATH: "ehBoxConsultation.wsdl"}

Environ = dict[str, Any]
StartResponse = Callable[..., object]


class BodyRefused(Exception):
    """A body that is too large or did not arrive in time."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Server:
    """The WSGI callable. One per worker process; thread-safe."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.slots = threading.BoundedSemaphore(house.settings.server.work_slots)
        contract = house.contract
        sts_port = Port("sts", sts.StsDialect(), house)
        self.ports: dict[str, Port] = {
            publication.PATH: Port("publication", MailboxDialect(contract.publication, publication.BUILT), house),
            consultation.PATH: Port("consultation", MailboxDialect(contract.consultation, consultation.BUILT), house),
            **dict.fromkeys(sts.PATHS, sts_port),
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI: routes, reads, answers."""
        answer = self._route(environ)
        start_response(REASONS[answer.status], list(answer.headers))
        return [answer.body]

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """The way of one POST to a port, in the process: what tests and fuzzers drive."""
        started = clock.monotonic()
        with self.slots:
            answer, call = self.ports[path].answer(headers, body)
        log.logger().info(
            "request",
            port=self.ports[path].app.name,
            operation=call.operation,
            outcome=call.outcome,
            milliseconds=round((clock.monotonic() - started) * 1000, 1),
            **({"fault_id": call.fault_id, "reason": call.reason} if call.fault_id else {}),
            **({"unforeseen": call.unforeseen} if call.unforeseen else {}),
        )
        return answer

    def _route(self, environ: Environ) -> HttpAnswer:
        path = environ.get("PATH_INFO", "").rstrip("/") or "/"
        method = environ["REQUEST_METHOD"]
        if path in self.ports and method == "POST":
            return self._post(path, environ)
        _drain(environ)
        if method != "GET":
            return _text(405, "only POST is answered here" if path in self.ports else "method not allowed")
        if path in self.ports:
            return self._wsdl(path, environ)
        if path.startswith(documents.SCHEMA_PATH):
            schema = documents.schema(path.removeprefix(documents.SCHEMA_PATH))
            return _text(404, "no such schema") if schema is None else _xml(schema)
        if path == "/livez":
            return _text(200, "alive")
        if path == "/readyz":
            return self._ready()
        return _text(404, "nothing is served here")

    def _post(self, path: str, environ: Environ) -> HttpAnswer:
        try:
            body = self._read(environ)
        except BodyRefused as refused:
            answer, fault_id = fault_answer(self.house, SoapFault("SOA-03001", refused.reason))
            log.logger().info("request refused", outcome="SOA-03001", fault_id=fault_id, reason=refused.reason)
            _drain(environ)
            return answer
        headers = {"content-type": environ.get("CONTENT_TYPE", ""), "soapaction": environ.get("HTTP_SOAPACTION", "")}
        return self.answer(path, headers, body)

    def _read(self, environ: Environ) -> bytes:
        """The whole body; BodyRefused when it is larger than allowed or does not arrive in time."""
        limit = self.house.settings.server.max_body_bytes
        if int(environ.get("CONTENT_LENGTH") or 0) > limit:
            raise BodyRefused(f"body over {limit} bytes")
        seconds = self.house.settings.server.body_seconds
        deadline = clock.monotonic() + seconds
        connection: socket.socket | None = environ.get("gunicorn.socket")
        chunks: list[bytes] = []
        size = 0
        try:
            while True:
                left = deadline - clock.monotonic()
                if left <= 0:
                    raise BodyRefused(f"body did not arrive within {seconds} seconds")
                if connection is not None:
                    connection.settimeout(left)
                chunk = environ["wsgi.input"].read(CHUNK)
                if not chunk:
                    break
                size += len(chunk)
                if size > limit:
                    raise BodyRefused(f"body over {limit} bytes")
                chunks.append(chunk)
        except TimeoutError as error:
            raise BodyRefused(f"body did not arrive within {seconds} seconds") from error
        finally:
            if connection is not None:
                connection.settimeout(None)
        return b"".join(chunks)

    def _wsdl(self, path: str, environ: Environ) -> HttpAnswer:
        """GET is for ?wsdl only (rules: anything else is 405)."""
        name = SERVICES.get(path)
        if name is None or environ.get("QUERY_STRING", "").lower() != "wsdl":
            return _text(405, "POST a SOAP message here, or GET ?wsdl")
        host = environ.get("HTTP_HOST", "")
        if not documents.is_host(host):
            host = f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
        base = self.house.settings.server.public_url or f"{environ.get('wsgi.url_scheme', 'http')}://{host}"
        return _xml(documents.wsdl("ehealthbox", name, base.rstrip("/") + path))

    def _ready(self) -> HttpAnswer:
        """Ready means that the store can be written."""
        ready = self.house.store.writable()
        return _text(200, "ready") if ready else _text(503, "the store cannot be written")


def _drain(environ: Environ) -> None:
    """Throws away what is left of a body, up to a limit; a connection that ends meanwhile is no error."""
    left = DRAIN_LIMIT
    try:
        while left > 0 and (chunk := environ["wsgi.input"].read(min(CHUNK, left))):
            left -= len(chunk)
    except OSError:
        return


def _text(status: int, text: str) -> HttpAnswer:
    body = text.encode() + b"\n"
    allow = (("Allow", "GET, POST"),) if status == 405 else ()
    return HttpAnswer(
        status, (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *allow), body
    )


def _xml(body: bytes) -> HttpAnswer:
    return HttpAnswer(200, (("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(body)))), body)
