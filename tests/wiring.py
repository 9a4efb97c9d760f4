"""Ways to a server in this process for clients that speak HTTP: without a socket, and over one that may lose answers.

Knows: WSGI, requests' adapters, the standard library's HTTP server. Must not know: SOAP, what any answer should be.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from ehbox_soap.server import Server


@dataclass(frozen=True)
class Answered:
    """What the server said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def ask(server: Server, method: str, url: str, headers: dict[str, str], body: bytes) -> Answered:
    """One request by way of WSGI."""
    parts = urlsplit(url)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_SOAPACTION": headers.get("soapaction", ""),
        "HTTP_HOST": parts.netloc,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    told: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, stated: list[tuple[str, str]]) -> None:
        told.append((int(status.partition(" ")[0]), stated))

    content = b"".join(server(environ, start_response))
    return Answered(*told[-1], content)


class Wire(BaseAdapter):
    """Stands where the network would be: hands a request to the WSGI application."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """requests' hook."""
        body = request.body or b""
        assert isinstance(body, bytes)
        headers = {name.lower(): value for name, value in request.headers.items()}
        answered = ask(self.server, request.method or "", request.url or "", headers, body)
        response = requests.Response()
        response.status_code = answered.status
        response.headers.update(answered.headers)
        response._content = answered.body
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


def answering(server: Callable[[], Server], url: str) -> type[requests.Session]:
    """Sessions for which the server of the moment stands at the url; to be put where clients make theirs (SESSIONS)."""

    class Session(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.mount(url, Wire(server()))

    return Session


SESSIONS = "ehbox_soap.client.transport.requests.Session"


@dataclass
class Line:
    """A server behind a socket. `loses` tells of a request's path whether its answer is lost: it is carried out, and
    then the connection ends without a byte. `asked` keeps the paths of what came by POST."""

    base: str
    loses: Callable[[str], bool] = lambda _: False
    asked: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def line(server: Server) -> Iterator[Line]:
    """The server at an address of its own for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append((self.path, body))
            self._answer(body)

        def _answer(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            answered = ask(server, self.command, made.base + self.path, headers, body)
            if made.loses(self.path):
                self.close_connection = True
                return
            self.send_response(answered.status)
            for name, value in (*answered.headers, ("Content-Length", str(len(answered.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered.body)

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        made = Line(f"http://127.0.0.1:{listening.server_port}")
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            listening.shutdown()
            thread.join()
