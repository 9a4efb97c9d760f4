"""TLS: a client's connection on which everything is encrypted, with the deadlines of the one below.

Knows: ssl, the settings of TLS. Must not know: HTTP, gunicorn, where certificates come from.
Encryption happens in memory, beside the socket, not within it: every wait is one of TimedSocket's, so a client that
dribbles a handshake or a record is under the same deadlines as one that dribbles HTTP, and another thread may end the
connection without touching what is half encrypted.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from ehbox_soap.connections import TimedSocket

HANDSHAKE_SECONDS = 10.0
"""How long a handshake may take at most, from its first byte on."""
ENDED = "ENDED"
"""The cause of a handshake that the client did not go on with, or not in time."""
_RECORD = 16384 + 2048
"""Octets of the largest record, about."""
_WRITE = 262144
"""Octets that are encrypted before they are sent."""
_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class CertificateError(ValueError):
    """A certificate or key that cannot be used for TLS; the text names the file."""


class HandshakeError(Exception):
    """A client with which no TLS could be agreed on. `cause` is OpenSSL's word for it, or ours, never the client's."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


def server_context(certificate: Path, key: Path | None, least: Literal["1.2", "1.3"]) -> ssl.SSLContext:
    """How the server speaks TLS. `certificate` is a PEM file with the chain, which may hold the key as well.

    Raises CertificateError if the files cannot be read or do not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[least]
    # One handshake a connection: a client cannot ask for the dear part over and over.
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        # Without a password nobody is asked for one: a server has no terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        reason = "the key is not that of the certificate" if "MISMATCH" in (error.reason or "") else "cannot be used"
        raise CertificateError(f"{certificate}, {key or certificate}: {reason} for TLS") from error
    except OSError as error:
        raise CertificateError(f"{certificate}, {key or certificate}: {error.strerror}") from error
    return context


class TlsSocket(TimedSocket):
    """A TimedSocket whose octets are encrypted once `shake_hands` has returned."""

    def __init__(self, accepted: socket.socket, seconds: float, context: ssl.SSLContext) -> None:
        super().__init__(accepted, seconds)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._plain = True
        """Before the handshake and after the goodbye octets go as they are."""
        self.secured = False

    def shake_hands(self) -> None:
        """Agrees on TLS with the client. Raises HandshakeError where that cannot be, or takes too long."""
        self.expect_request(HANDSHAKE_SECONDS)
        try:
            self._advance(self._tls.do_handshake, self.answer_deadline())
        except ssl.SSLError as error:
            # What is to be said of it is an alert, for who understands it.
            self._try_flush()
            raise HandshakeError(error.reason or type(error).__name__) from error
        except OSError as error:
            raise HandshakeError(ENDED) from error
        finally:
            self.forget_request()
        self.secured, self._plain = True, False

    @property
    def has_more(self) -> bool:
        """Whether something arrived already that was not read: nobody who waits for the socket would see it."""
        return self._tls.pending() > 0 or self._incoming.pending > 0

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """As TimedSocket's, decrypted; nothing more comes where the encryption does not hold."""
        if self._plain:
            return super().recv(bufsize, flags)
        try:
            return self._advance(lambda: self._tls.read(bufsize), self.answer_deadline())
        except (ssl.SSLError, _EndedError):
            return b""

    def sendall(self, data: bytes, flags: int = 0, /) -> None:  # type: ignore[override]  # bytes are all we send
        """As TimedSocket's, encrypted; the time is that of the whole."""
        if self._plain:
            super().sendall(data, flags)
            return
        deadline = self.answer_deadline()
        view = memoryview(data)
        try:
            for start in range(0, len(view), _WRITE):
                self._tls.write(view[start : start + _WRITE])
                self._flush(deadline)
        except ssl.SSLError:
            raise BrokenPipeError(errno.EPIPE, "the encryption ended before the answer did") from None

    def shutdown(self, how: int, /) -> None:
        """Says goodbye first, without waiting, so that the client knows that it has got everything."""
        if not self._plain and how != socket.SHUT_RD:
            self._plain = True
            with suppress(OSError, ValueError):
                self._tls.unwrap()
            self._try_flush()
        super().shutdown(how)

    def _advance(self, step: Callable[[], object], deadline: float) -> bytes:
        """Takes a step as often as it needs more of what the client sends; what it sends itself is taken in time."""
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._flush(deadline)
                octets = super().recv(_RECORD)
                if not octets:
                    raise _EndedError from None
                self._incoming.write(octets)
            else:
                self._flush(deadline)
                return done if isinstance(done, bytes) else b""

    def _flush(self, deadline: float) -> None:
        """Sends what is encrypted."""
        if self._outgoing.pending:
            self.send_until(deadline, self._outgoing.read())

    def _try_flush(self) -> None:
        """The same, as far as there is room for it now."""
        try:
            self.settimeout(0)
            self.send(self._outgoing.read())
        except OSError:
            return


class _EndedError(OSError):
    """The client sends no more, or had its time."""
