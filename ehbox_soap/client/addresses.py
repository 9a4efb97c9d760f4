"""Where a platform's services are: its own paths below one base address.

Knows: paths. Must not know: what is behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

PUBLICATION_PATH = "/ehBoxPublication/v3"
CONSULTATION_PATH = "/ehBoxConsultation/v3"
ADDRESS_BOOK_PATH = "/AddressBook/v1"
STS_PATH = "/IAM/Saml11TokenService/v1"
STS_TRUST_PATH = "/IAM/SecurityTokenService/v1"
ETK_DEPOT_PATH = "/EtkDepot/v1"
KGSS_PATH = "/Kgss/v1"
READY_PATH = "/readyz"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one server; `base` like http://127.0.0.1:8080."""

    base: str

    @property
    def publication(self) -> str:
        """Of ehBoxPublication v3."""
        return self._below(PUBLICATION_PATH)

    @property
    def consultation(self) -> str:
        """Of ehBoxConsultation v3."""
        return self._below(CONSULTATION_PATH)

    @property
    def address_book(self) -> str:
        """Of AddressBook v1."""
        return self._below(ADDRESS_BOOK_PATH)

    @property
    def sts(self) -> str:
        """Of the STS, SAML-P dialect."""
        return self._below(STS_PATH)

    @property
    def sts_trust(self) -> str:
        """Of the STS, WS-Trust dialect."""
        return self._below(STS_TRUST_PATH)

    @property
    def etk_depot(self) -> str:
        """Of the ETK depot."""
        return self._below(ETK_DEPOT_PATH)

    @property
    def kgss(self) -> str:
        """Of the KGSS."""
        return self._below(KGSS_PATH)

    @property
    def ready(self) -> str:
        """Of the answer whether it is ready; ehbox-soap's own."""
        return self._below(READY_PATH)

    def _below(self, path: str) -> str:
        return self.base.rstrip("/") + path
