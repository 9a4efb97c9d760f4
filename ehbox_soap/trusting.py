"""Who is believed and how TLS is spoken, from the settings: files to certificates, lists and contexts; whether keys are
still private.

Knows: which files the settings name and which of them the test authority's folder has. Must not know: calls, HTTP.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from ehbox_soap import config, kgss_identity, log
from ehbox_soap.clock import Clock
from ehbox_soap.config import Settings
from ehbox_soap.pki import branches
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.files import is_exposed
from ehbox_soap.pki.folder import has_entry
from ehbox_soap.security.lists import Lists
from ehbox_soap.security.trust import Trust, readable
from ehbox_soap.tls import server_context


def trust(settings: Settings, authority: Authority) -> Trust:
    """Who is believed. Files of lists that cannot be used are told in the log, as often as they change."""
    sts = (authority.sts.certificate, *certificates(settings.security.sts_certificates))
    known = _authorities(settings, authority)
    return Trust(known, sts, _lists(settings, known, lambda line: log.logger().warning("revocation list", file=line)))


def check(settings: Settings, authority: Authority, clock: Clock) -> None:
    """Everything that TLS and trust need can be read; what is missing of TLS is made.

    Raises OSError or ValueError naming a file of the settings, AuthorityError one of the test authority's, which no
    worker should be the first to find.
    """
    known = (*_authorities(settings, authority), *certificates(settings.security.sts_certificates))
    broken = _lists(settings, known).broken()
    if broken:
        raise ValueError(broken[0])
    if settings.server.tls:
        if not settings.server.tls_certificate:
            branches.server(config.pki_folder(settings), authority, _hosts(settings), clock.now())
        tls(settings)


def tls(settings: Settings) -> ssl.SSLContext | None:
    """How the server speaks TLS; None for plain HTTP. Raises CertificateError."""
    server = settings.server
    return server_context(*tls_files(settings), server.tls_minimum) if server.tls else None


def tls_files(settings: Settings) -> tuple[Path, Path | None]:
    """Where the server's certificate and its key are; no file for a key that is with the certificate."""
    server = settings.server
    if not server.tls_certificate:
        folder = config.pki_folder(settings)
        return folder / f"{branches.SERVER}.pem", folder / f"{branches.SERVER}.key"
    return Path(server.tls_certificate), Path(server.tls_key) if server.tls_key else None


def exposed(settings: Settings) -> list[Path]:
    """The private keys of this server, and its database, that others on the machine can read, by the modes of files."""
    folder = config.data_folder(settings)
    kept = [folder / "kgss.key", folder / "pseudonym.key", *sorted(config.pki_folder(settings).glob("*.key"))]
    kind, _, path = config.database_url(settings).partition(":///")
    if kind == "sqlite":
        kept.append(Path(path))
    if settings.server.tls:
        certificate, key = tls_files(settings)
        kept.append(key or certificate)
    return [path for path in dict.fromkeys(kept) if is_exposed(path)]


def certified_until(settings: Settings, authority: Authority) -> datetime:
    """When the first of the certificates ends that this server itself needs."""
    kgss = kgss_identity.keystore(settings, authority)
    services = (authority.sts, authority.etk_depot, kgss.authentication, *kgss.encryptions)
    needed = [*authority.certificates, *(each.certificate for each in services)]
    needed += certificates((*settings.security.authorities, *settings.security.sts_certificates))
    if settings.server.tls:
        needed += certificates(tls_files(settings)[:1])
    return min(each.not_valid_after_utc for each in needed)


def certificates(files: Iterable[Path]) -> tuple[x509.Certificate, ...]:
    """Every certificate of PEM or DER files; OSError or ValueError names the file."""
    found: list[x509.Certificate] = []
    for path in files:
        octets = path.read_bytes()
        try:
            read = (
                x509.load_pem_x509_certificates(octets)
                if b"-----BEGIN" in octets
                else [x509.load_der_x509_certificate(octets)]
            )
        except (ValueError, x509.InvalidVersion) as error:
            raise ValueError(f"{path}: not a certificate") from error
        try:
            found.extend(readable(each) for each in read)
        except UnsupportedAlgorithm as error:
            raise ValueError(f"{path}: a certificate has a key of an unknown kind") from error
        except ValueError as error:
            raise ValueError(f"{path}: a certificate has a name or a key that cannot be read") from error
    return tuple(found)


def root_file(settings: Settings) -> Path | None:
    """The root of the test authority in the data folder, if there is one: what clients of this server trust."""
    folder = config.pki_folder(settings)
    return folder / "root.pem" if has_entry(folder, "root") else None


def believed(settings: Settings) -> tuple[x509.Certificate, ...]:
    """Whose certificates a client beside this server believes: the test authority's, if there is one, and those of the
    settings. Raises OSError or ValueError naming the file."""
    folder = config.pki_folder(settings)
    made = (folder / f"{name}.pem" for name in ("root", "issuing") if has_entry(folder, name))
    return certificates((*made, *settings.security.authorities))


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an IP address."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _authorities(settings: Settings, authority: Authority) -> tuple[x509.Certificate, ...]:
    made = (entry.certificate for _, entry in branches.branches(config.pki_folder(settings), authority))
    return (*authority.certificates, *made, *certificates(settings.security.authorities))


def _lists(settings: Settings, known: Sequence[x509.Certificate], tell: Callable[[str], None] | None = None) -> Lists:
    security = settings.security
    paths = (config.pki_folder(settings), *security.revocation_lists)
    return Lists(paths, known, security.outdated_lists, timedelta(seconds=security.revocation_seconds), tell)


def _hosts(settings: Settings) -> tuple[str, ...]:
    """By which names clients may call the server, beside this machine's own for itself."""
    host = settings.server.host
    try:
        anywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        anywhere = not host
    return (*(() if anywhere else (host,)), *settings.server.tls_names)
