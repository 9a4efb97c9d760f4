"""What an authority's folder holds beside the authority itself: further intermediates, a certificate for TLS.

Knows: when one is made anew, names of files. Must not know: TLS, who is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.pki.folder import alone, has_entry, read_entry, write_entry
from ehbox_soap.pki.hosts import covers

SERVER = "server"
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")
"""By which a machine calls itself: in every certificate for TLS."""
_INTERMEDIATE = "intermediate-"
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9-]{0,31}")
_RENEWED = timedelta(days=30)
"""How long before its end a certificate for TLS is made anew."""


def branch(folder: Path, authority: Authority, name: str) -> Authority:
    """The authority, issuing by its intermediate of that name, which is made first if there is none.

    Raises ValueError for a name that is more than letters, digits and hyphens, AuthorityError for unreadable files.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("an intermediate's name has up to 32 letters, digits and hyphens")
    file = _INTERMEDIATE + name
    with alone(folder):
        if not has_entry(folder, file):
            write_entry(folder, file, authority.intermediate(name))
    return authority.under(read_entry(folder, file, (authority.root.certificate,)))


def branches(folder: Path, authority: Authority) -> Iterator[tuple[str, KeyEntry]]:
    """Every intermediate that was made, with the name of its files. Raises AuthorityError."""
    for path in sorted(folder.glob(f"{_INTERMEDIATE}*.pem")):
        yield path.stem, read_entry(folder, path.stem, (authority.root.certificate,))


def server(folder: Path, authority: Authority, hosts: Sequence[str], now: datetime) -> KeyEntry:
    """The folder's certificate for TLS, in server.pem with its chain and server.key.

    It is made anew where it does not have all these hosts, is near its end, or was issued by another authority.
    Raises ValueError for a host that is no name and no address, AuthorityError for unreadable files.
    """
    wanted = tuple(dict.fromkeys((*OWN_HOSTS, *hosts)))
    above = (authority.issuing.certificate, authority.root.certificate)
    with alone(folder):
        known = read_entry(folder, SERVER, above) if has_entry(folder, SERVER) else None
        if known is None or not _serves(known, authority, wanted, now):
            write_entry(folder, SERVER, authority.server(wanted), above)
        return read_entry(folder, SERVER, above)


def _serves(entry: KeyEntry, authority: Authority, hosts: Sequence[str], now: datetime) -> bool:
    certificate = entry.certificate
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc - _RENEWED:
        return False
    return certificate.issuer == authority.issuing.certificate.subject and covers(certificate, hosts)
