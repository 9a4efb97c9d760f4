"""Clients that ask the STS in WS-Trust (wire.md, STS, WS-Trust 1.3 dialect): E, and C by configuration.

Knows: who signs which of the calls. Must not know: the elements (wstrust.py), the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from tests.clients import wstrust
from tests.clients.connector40_reader import content_of_http
from tests.clients.dsig import Key
from tests.clients.http import HttpRequest
from tests.clients.model import Caller, Frame, Identification
from tests.clients.wstrust import TrustAnswer, TrustStyle, Wanted


@dataclass
class TrustCaller(Caller):
    """Issue, its challenge, and Renew."""

    trust_style: ClassVar[TrustStyle]
    trust_frame: ClassVar[Frame]
    trust_headers: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Further headers of these calls alone."""

    def request_security_token(
        self,
        path: str,
        now: datetime,
        claims: Sequence[tuple[str, str | None]],
        validity: timedelta = timedelta(hours=24),
    ) -> HttpRequest:
        """Issue; `claims` are (name, value), None asks without saying. Who identifies itself signs."""
        wanted = Wanted(claims, self.certificate, now, now + validity)
        content = wstrust.issue(wanted, self._context(), self.trust_style)
        return self._trust(path, now, content, wstrust.ACTION, self.who)

    def answer_challenge(self, path: str, now: datetime, challenge: str, context: str) -> HttpRequest:
        """The challenge brought back in a call that the holder-of-key key signs."""
        content = wstrust.answer_challenge(challenge, context, self.trust_style)
        holder = Identification(self.key, self.certificate)
        return self._trust(path, now, content, wstrust.CHALLENGE_ACTION, holder)

    def renew(self, path: str, now: datetime, assertion: str) -> HttpRequest:
        """Renew of an assertion that this client has."""
        content = wstrust.renew(assertion, self._context(), self.trust_style)
        return self._trust(path, now, content, wstrust.ACTION, self.who)

    def read_trust(self, status: int, headers: Mapping[str, str], body: bytes) -> TrustAnswer:
        """An assertion or a challenge. Raises Fault, Broken, UnreadableAnswer."""
        content_of_http(status, headers, body)
        return wstrust.read(body)

    def _context(self) -> str:
        return f"context-{self.identifiers()}"

    def _trust(self, path: str, now: datetime, content: str, action: str, who: Identification) -> HttpRequest:
        caller = replace(self, identification=who)
        envelope, covered = caller._envelope(content, now, self.trust_frame)
        key: Key = who.key
        request = self.post(path, f'"{action}"', self._signed(envelope, covered, self.trust_frame, key))
        return replace(request, headers=(*request.headers, *self.trust_headers))
