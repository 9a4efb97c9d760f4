"""A caller: its keys, and the assertion that tells who it is, kept until near its end.

Knows: when to ask the STS again, which authorities are believed. Must not know: what is called with it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509

from ehbox_soap.client.designators import designators, owners
from ehbox_soap.client.errors import FaultError
from ehbox_soap.client.retry import Retry
from ehbox_soap.client.signature import HolderOfKey
from ehbox_soap.client.sts import Asker, Token
from ehbox_soap.client.sts_trust import TrustAsker
from ehbox_soap.client.transport import Transport
from ehbox_soap.clock import Clock, SystemClock
from ehbox_soap.ids import Chance, SystemChance
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.pki.pkcs12 import read_pkcs12
from ehbox_soap.security.trust import Trust

VALIDITY = timedelta(hours=24)
MARGIN = timedelta(minutes=5)

Dialect = Literal["saml-p", "ws-trust"]
"""How an STS is asked; each dialect has an address of its own."""


class Session:
    """Signs calls as the owner of a key. Safe to share between threads.

    `identification` is the key that identifies the caller to the STS, such as an eID's, if it is not `entry` itself.
    `quality` narrows what is asked of the STS to one quality; None asks for all that the owner may have. `dialect` is
    that of the STS at `sts_url`. An assertion is asked for `validity` long and renewed `MARGIN` before its end: by
    WS-Trust's Renew in that dialect, by asking again in the other. `timeout_seconds` holds for connecting and for each
    wait for bytes; `retry` for calls that may be made twice; `ca` is a PEM file of the authorities that a server of
    https is believed by, instead of the usual ones. `encryption` are the caller's encryption keys, for sealed
    content; whose tokens and seals are believed is what `entry.chain` and `authorities` certify (`trust`). Raises
    SoapFault SOA-01001 for a certificate whose subject names nobody.
    """

    def __init__(  # noqa: PLR0913  (all but two are by keyword and may be left out)
        self,
        entry: KeyEntry,
        sts_url: str,
        *,
        identification: KeyEntry | None = None,
        quality: str | None = None,
        dialect: Dialect = "saml-p",
        validity: timedelta = VALIDITY,
        encryption: Sequence[KeyEntry] = (),
        authorities: Sequence[x509.Certificate] = (),
        timeout_seconds: float = 60,
        ca: Path | None = None,
        retry: Retry | None = None,
        clock: Clock | None = None,
        chance: Chance | None = None,
    ) -> None:
        self.entry = entry
        self.identification = identification or entry
        self.encryption = tuple(encryption)
        self.trust = Trust((*entry.chain, *authorities), ())
        self.retry = retry or Retry()
        self.clock = clock or SystemClock()
        self.chance = chance or SystemChance()
        self.transport = Transport(self.chance, timeout_seconds, ca)
        self._sts_url = sts_url
        self._dialect: Dialect = dialect
        asked = (designators(who, quality) for who in owners(self.identification.certificate, entry.certificate))
        self._designators = tuple(dict.fromkeys(designator for each in asked for designator in each))
        self._validity = validity
        self._token: Token | None = None
        self._lock = threading.Lock()

    @classmethod
    def from_pkcs12(  # noqa: PLR0913  (as above)
        cls,
        path: Path,
        password: str,
        sts_url: str,
        *,
        identification: KeyEntry | None = None,
        quality: str | None = None,
        dialect: Dialect = "saml-p",
        authorities: Sequence[x509.Certificate] = (),
        timeout_seconds: float = 60,
        ca: Path | None = None,
        retry: Retry | None = None,
    ) -> Session:
        """The session of a keystore's keys. Raises KeystoreError, FileNotFoundError."""
        keystore = read_pkcs12(path, password)
        return cls(
            keystore.authentication,
            sts_url,
            encryption=keystore.encryptions,
            authorities=authorities,
            identification=identification,
            quality=quality,
            dialect=dialect,
            timeout_seconds=timeout_seconds,
            ca=ca,
            retry=retry,
        )

    def assertion(self) -> Token:
        """An assertion that holds for a while yet; asks the STS if there is none. Raises ClientError."""
        with self._lock:
            now = self.clock.now()
            if self._token is None or now >= self._token.not_on_or_after:
                self._token = self.request_assertion()
            elif now >= self._token.not_on_or_after - MARGIN:
                self._token = self._renewed(self._token)
            return self._token

    def request_assertion(self) -> Token:
        """A new assertion, whatever is kept. Raises TokenError, FaultError, UnreachableError, AnswerError.

        A refusal is a TokenError in the SAML dialect and a FaultError in that of WS-Trust.
        """
        asker = self._trust_asker() if self._dialect == "ws-trust" else Asker(*self._means())
        # An STS changes nothing by being asked.
        return self.retry.run(lambda: asker.request_assertion(self._sts_url, self._designators, self._validity))

    def _renewed(self, token: Token) -> Token:
        """One like the old one; where the STS does not renew it, or knows no renewal, a new one."""
        if self._dialect == "ws-trust":
            asker = self._trust_asker()
            try:
                return self.retry.run(lambda: asker.renew_assertion(self._sts_url, token))
            except FaultError:
                pass
        return self.request_assertion()

    def _trust_asker(self) -> TrustAsker:
        return TrustAsker(*self._means())

    def _means(self) -> tuple[KeyEntry, KeyEntry, Transport, Clock, Chance]:
        return self.entry, self.identification, self.transport, self.clock, self.chance

    def close(self) -> None:
        """Closes the connections; a server that is to end need not wait for them."""
        self.transport.session.close()

    def signature(self) -> HolderOfKey:
        """What signs the next call."""
        return HolderOfKey(self.entry, self.assertion().octets, self.clock, self.chance)
