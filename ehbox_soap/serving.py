"""Runs the server under gunicorn: prepares once, forks workers, prints the addresses.

Knows: gunicorn's application class and conf/gunicorn.conf.py, how to listen. Must not know: requests.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import runpy
import signal
import socket
import ssl
import sys
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from ehbox_soap import assembly, config, log, metrics, resources, trusting
from ehbox_soap.config import Settings
from ehbox_soap.ports import address_book, consultation, etk_depot, kgss, publication, sts
from ehbox_soap.server import Server
from ehbox_soap.worker import Companion

READY = "ehbox-soap ready on"
MALLOC = {-3: 4194304, -1: 8388608, -8: 2}
"""mallopt(3): M_MMAP_THRESHOLD and M_TRIM_THRESHOLD in bytes, M_ARENA_MAX. Smaller blocks are worth keeping: with less,
a message of 10 MB takes a third more processor time; and threads of one interpreter seldom allocate at once."""


class AddressError(ValueError):
    """The address of the settings cannot be listened on; the text says why."""


def addresses(base: str) -> list[str]:
    """Where what is served, one line each; `base` like http://127.0.0.1:8080."""
    return [
        f"  publication   {base}{publication.PATH}?wsdl",
        f"  consultation  {base}{consultation.PATH}?wsdl",
        f"  STS           {base}{sts.PATHS[0]}",
        f"  ETK depot     {base}{etk_depot.PATH}",
        f"  KGSS          {base}{kgss.PATH}",
        f"  address book  {base}{address_book.PATH}",
        f"  health        {base}/livez  {base}/readyz",
    ]


class _Arbiter(Arbiter):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's, which replaces a worker that ended, and so the process beside them. What the stock one does that this
    one does not: replaces a worker that ended by itself without a word, unless it was killed."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._told_to_end: set[int] = set()
        self._stopping = False

    def stop(self, graceful: bool = True) -> None:
        """gunicorn's. Ctrl-C reaches workers at once, who need not be told then."""
        self._stopping = True
        super().stop(graceful)

    def kill_worker(self, pid: int, sig: int) -> None:
        """gunicorn's."""
        self._told_to_end.add(pid)
        super().kill_worker(pid, sig)

    def reap_workers(self) -> None:
        """gunicorn's; also tells of a worker that ended untold, and how: the calls it was at had no answer."""
        for pid in list(self.WORKERS):
            ended = _how_it_ended(pid)
            if ended and not self._stopping and pid not in self._told_to_end:
                log.logger().warning("a worker ended", cause=ended)
            if ended:
                self._told_to_end.discard(pid)
        super().reap_workers()

    def manage_workers(self) -> None:
        """gunicorn's; called at its start, whenever a child ended, and each second."""
        super().manage_workers()
        if self.app.companion is not None:
            self.app.companion.tend(self._close_listeners)

    def _close_listeners(self) -> None:
        """In the companion: as long as it had them too, the address would be taken after the server's end."""
        for listener in self.LISTENERS:
            listener.sock.close()


def _how_it_ended(pid: int) -> str:
    """The signal or the exit code by which a child ended; nothing if it did not. It stays to be waited for."""
    try:
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return ""
    if ended is None:
        return ""
    return f"exit code {ended.si_status}" if ended.si_code == os.CLD_EXITED else signal.Signals(ended.si_status).name


class _Application(BaseApplication):  # type: ignore[misc]
    """gunicorn's view of the server. Each worker builds its own house after the fork."""

    def __init__(
        self,
        settings: Settings,
        listener: int,
        companion: Companion | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings
        # Of all workers: a client may take up again with one what it began with another.
        self.tls = tls
        self.listener = listener
        self.companion = companion
        super().__init__()

    def run(self) -> None:
        """gunicorn's, with its arbiter replaced by ours."""
        _Arbiter(self).run()

    def load_config(self) -> None:
        server = self.settings.server
        fixed = runpy.run_path(str(resources.path("conf", "gunicorn.conf.py")))
        for name, value in fixed.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.cfg.set("bind", f"fd://{self.listener}")
        if self.tls is not None:
            # By these gunicorn knows that a request came by https; TLS itself is spoken by threads.py.
            certificate, key = trusting.tls_files(self.settings)
            self.cfg.set("certfile", str(certificate))
            self.cfg.set("keyfile", str(key or certificate))
        self.cfg.set("workers", server.workers)
        self.cfg.set("threads", server.threads)
        self.cfg.set("worker_connections", min(self.cfg.worker_connections, _open_files() // 2))
        self.cfg.set("when_ready", _announce)
        self.cfg.set("post_fork", _hand_over)

    def load(self) -> Server:
        server = Server(assembly.build(self.settings))
        gc.freeze()
        return server


def _open_files() -> int:
    """How many files a worker may have open, the limit raised as far as it may be: an accept must not meet it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(soft, wanted)


def _announce(arbiter: Any) -> None:
    """Prints the addresses once gunicorn listens; with port 0 this is where the port is told."""
    host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
    scheme = "https" if arbiter.cfg.is_ssl else "http"
    base = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    sys.stdout.write("\n".join([f"{READY} {base}", *addresses(base)]) + "\n")
    sys.stdout.flush()


def return_large_blocks() -> None:
    """Has the C library give back every block of four megabytes and more as soon as it is free, and of smaller ones
    what is spare at the end of its two heaps, where it can be told so.

    glibc raises that size by itself to the largest block that was ever freed: a worker would keep for good what its
    busiest moment took (measured with 8 messages of 10 MB at once: 640 MB against 200 MB).
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for name, value in MALLOC.items():
            mallopt(name, value)


def _hand_over(arbiter: Any, worker: Any) -> None:
    """Lets a new worker see what it was signalled before it could listen."""
    worker.inherited_signals = arbiter.SIG_QUEUE


def listener(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not yet listening; AddressError where that cannot be.

    Bound here, because gunicorn would try a busy port for five seconds and then tell it in a log.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressError(f"{host} is no address to listen on: {error.strerror}") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise AddressError(f"cannot listen on port {port} of {host}: {error.strerror}") from error
    return bound


def _demand_tls(settings: Settings, bound: socket.socket) -> None:
    """Nobody else on the way may read medical messages, unless somebody says that he may."""
    server = settings.server
    if not (server.tls or server.plain_http or trusting.is_loopback(bound.getsockname()[0])):
        raise AddressError(
            f"others than this machine can reach {server.host}: speak TLS there (--tls), "
            "or say --plain-http where a proxy does or nothing is secret"
        )


def serve(settings: Settings) -> int:
    """Serves until SIGTERM or Ctrl-C; 0 on an orderly end.

    Raises AddressError when the address is taken or is none, and what `assembly.prepare` raises.
    """
    log.set_up(settings.log)
    bound = listener(settings.server.host, settings.server.port)
    try:
        _demand_tls(settings, bound)
        assembly.prepare(settings)
        tls = trusting.tls(settings)
        config.share_metrics(metrics.own_folder(config.data_folder(settings) / "metrics"))
    except BaseException:
        bound.close()
        raise
    return_large_blocks()
    # What is there now stays to the end: workers share its pages, and no collection, nor their end, goes through it.
    gc.freeze()
    companion = Companion(lambda: assembly.worker(settings), bound.close) if settings.worker.enabled else None
    try:
        _Application(settings, bound.detach(), companion, tls).run()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        if companion is not None:
            companion.end()
    return 0
