"""The gunicorn worker: its threaded one, where no client can hold a thread for long or the main loop at all.

Knows: gunicorn's gthread. Must not know: what a request says. What the stock worker does that this one does not:
waits in a thread for a client that says nothing; reads a head, and whatever of a body an application left, without
any deadline; sends without one; waits up to two seconds in its main loop for each client that does not close; logs a
client's address and what it sent; may lock itself up on Ctrl-C; takes in all clients while another worker has none;
goes on listening at its end; reads the certificate anew for each client, and shakes hands without a deadline.
"""

from __future__ import annotations

import signal
import socket
import ssl
import weakref
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from selectors import EVENT_READ
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from ehbox_soap import clock, log
from ehbox_soap.connections import TimedSocket
from ehbox_soap.tls import ENDED, HandshakeError, TlsSocket

PLAIN_HTTP = "HTTP_REQUEST"
"""OpenSSL's word for a client that speaks HTTP where TLS is spoken."""
USE_HTTPS = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 33\r\n\r\n"
    b"This port speaks TLS: use https.\n"
)
LINGER_SECONDS = 2.0
"""How long a worker that stops lets requests arrive whole that had begun to."""
TURN_SECONDS, LAST_TURN = 0.001, 8
"""How much longer a worker leaves a client to the others for each that it has, and up to how many of them."""


class Connection(TConn):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's view of a client; closed once, by the first who does."""

    sock: TimedSocket
    initialized: bool
    closed = False

    def init(self) -> None:
        """gunicorn's, where TLS is not: it would wrap the socket in one without deadlines, and ask for HTTP/2."""
        if not self.initialized:
            self.initialized = True
            self.parser = http.get_parser(self.cfg, self.sock, self.client)

    def close(self, graceful: bool = False) -> None:
        """Gracefully: says that nothing more comes and waits up to two seconds for the client to read it."""
        if not self.closed:
            self.closed = True
            super().close(graceful)


class Worker(ThreadWorker):  # type: ignore[misc]
    """One process; `app.settings` is the Settings, `app.tls` how TLS is spoken, or None for plain HTTP."""

    sockets: list[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seconds = float(self.app.settings.server.body_seconds)
        self._tls: ssl.SSLContext | None = self.app.tls
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._stop_reading_at: float | None = None
        self._quitting = False
        self._turn_at: float | None = None
        self.inherited_signals: SimpleQueue[int] = SimpleQueue()
        """What was signalled to this process while it still had the arbiter's handlers, which only note it."""

    def init_signals(self) -> None:
        """gunicorn's hook. A worker told to end in its first moment would else live on, and be waited for."""
        super().init_signals()
        while not self.inherited_signals.empty():
            number = self.inherited_signals.get()
            if number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
                signal.raise_signal(number)

    def accept(self, listener: socket.socket) -> None:
        """A client waits to be taken in: at once, or after a while in which a worker with fewer of them may do so.

        Clients keep their connections for minutes. The stock workers race for each, and one may win them all.
        """
        shares = self.nr_conns if self.cfg.workers > 1 else 0
        if shares == 0:
            self._take(listener)
        else:
            self._turn_at = clock.monotonic() + TURN_SECONDS * min(shares, LAST_TURN)
            self.set_accept_enabled(False)

    def set_accept_enabled(self, enabled: bool) -> None:
        """gunicorn's; while a turn is awaited, a client that waits is no event. At the end nobody else comes in."""
        super().set_accept_enabled(enabled and self._turn_at is None)
        if not enabled and not self.alive:
            self._close_listeners()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """gunicorn's; also takes in who still waits when this worker's turn has come, and more the more it has."""
        if self._turn_at is not None:
            timeout = min(timeout, max(self._turn_at - clock.monotonic(), 0.0))
        super().wait_for_and_dispatch_events(timeout)
        if self._turn_at is None or clock.monotonic() < self._turn_at:
            return
        self._turn_at = None
        for listener in self.sockets if self.alive else ():
            for _ in range(1 + self.nr_conns // LAST_TURN):
                if self.nr_conns >= self.worker_connections or not self._take(listener):
                    break

    def _close_listeners(self) -> None:
        """Takes in who has come until now. The stock worker goes on listening while it finishes what it has: clients
        would still be connected then, and at its end cut off unheard instead of refused."""
        for listener in self.sockets:
            while self._take(listener):
                pass
            listener.close()
        self.sockets = []

    def _take(self, listener: socket.socket) -> bool:
        """Takes one client in, unless another worker was faster or it is gone already."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return False
        self.nr_conns += 1
        timed = TlsSocket(client, self._seconds, self._tls) if self._tls else TimedSocket(client, self._seconds)
        connection = Connection(self.cfg, timed, address, listener.getsockname())
        self._connections.add(connection)
        # It waits in the main loop: the stock worker would hold a thread for five seconds before it does this.
        connection.timeout = clock.monotonic() + self._seconds
        self.pending_conns.append(connection)
        self.poller.register(connection.sock, EVENT_READ, partial(self.on_pending_socket_readable, connection))
        return True

    def handle(self, conn: Connection) -> Any:
        """One request, in a thread of the pool. The connection is also closed here: the main loop must not wait."""
        if isinstance(conn.sock, TlsSocket) and not conn.sock.secured:
            return self._secure(conn, conn.sock)
        conn.sock.expect_request()
        kept = super().handle(conn)
        conn.sock.forget_request()
        if not kept:
            conn.close(graceful=True)
        return kept

    def _secure(self, conn: Connection, sock: TlsSocket) -> bool:
        """The handshake, in a thread of the pool; whoever says nothing after it waits in the main loop again."""
        sock.setblocking(True)
        try:
            sock.shake_hands()
        except HandshakeError as error:
            # Who only looked whether somebody listens is no news.
            if error.cause != ENDED:
                log.logger().warning("not TLS", cause=error.cause)
            if error.cause == PLAIN_HTTP:
                with suppress(OSError):
                    sock.sendall(USE_HTTPS)
            conn.close(graceful=True)
            return False
        conn.init()
        return True

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """gunicorn's; also sees what arrived within the same record, which nobody can wait for at the socket."""
        sock = conn.sock
        if isinstance(sock, TlsSocket) and sock.has_more and not conn.closed:
            self.enqueue_req(conn)
        else:
            super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """One whole head: the connection ends with this answer when the server says so."""
        conn.sock.end_with_answer = req.force_close
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """What is not HTTP is answered by gunicorn and logged by its kind only: neither repeats what was sent."""
        log.logger().warning("not HTTP", cause=type(exc).__name__)
        super().handle_error(None, client, addr, _wordless(exc))

    def murder_pending(self) -> None:
        """Also, while stopping: ends what is still arriving once it had its time."""
        if not self.alive:
            self._end_what_arrives()
        super().murder_pending()

    def _end_what_arrives(self) -> None:
        now = clock.monotonic()
        if self._stop_reading_at is None:
            self._stop_reading_at = now + LINGER_SECONDS
        for waiting in self.pending_conns:
            waiting.timeout = min(waiting.timeout, self._stop_reading_at)
        if now >= self._stop_reading_at:
            for connection in list(self._connections):
                connection.sock.stop_reading()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Ctrl-C: no thread may wait for a client any longer, or the process could not end.

        A signal may come while the pool's lock is held, so the pool is not touched here, as the stock worker does;
        it ends with the interpreter. A terminal sends the signal and so does the arbiter: the second is one too many.
        """
        if self._quitting:
            return
        self._quitting = True
        for connection in list(self._connections):
            connection.sock.hang_up()
        super(ThreadWorker, self).handle_quit(sig, frame)


def _wordless(error: BaseException) -> Any:
    """One of the same kind, for gunicorn's page: by its text that page would quote the client."""
    kind: Any = type(error)
    wordless: Any = type(kind.__name__, (kind,), {"__str__": lambda _: ""})
    return wordless.__new__(wordless)
