"""Names and addresses of servers as their certificates have them (RFC 5280, subjectAltName).

Knows: DNS names, IP addresses. Must not know: which server has them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from cryptography import x509

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_LONGEST = 253


def general_name(host: str) -> x509.GeneralName:
    """A DNS name, `*.` before it for all below it, or an IP address. Raises ValueError for anything else."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        labels = host.removeprefix("*.").split(".")
        if len(host) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
            raise ValueError("a server's name is a DNS name in ASCII or an IP address") from None
        return x509.DNSName(host.lower())


def covers(certificate: x509.Certificate, hosts: Iterable[str]) -> bool:
    """Whether a certificate has all these names. Raises ValueError as `general_name` does."""
    try:
        own = set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        own = set()
    return own >= {general_name(host) for host in hosts}
