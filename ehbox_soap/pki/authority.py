"""A throw-away test authority that lives in a folder: a root, an issuing authority below it, and the services' keys.

Knows: the folder's files, and what the authority issues to whom. Must not know: who is trusted, PKCS#12, the register.
The folder appears whole or not at all, and processes that make it at the same time all end with the same authority.
A folder of an earlier version gets what it lacks.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509

from ehbox_soap.clock import Clock
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.pki import names
from ehbox_soap.pki.certificates import AUTHENTICATION, ENCRYPTION, ISSUING, SERVER, SIGNATURE, Maker
from ehbox_soap.pki.entries import KeyEntry, KeyKind, Keystore, new_key
from ehbox_soap.pki.folder import AuthorityError, alone, has_entry, read_entry, write_entry
from ehbox_soap.pki.hosts import general_name
from ehbox_soap.sealing.token import make_token
from ehbox_soap.tokens import KGSS

__all__ = ["Authority", "AuthorityError"]

_ROOT, _ISSUING, _STS = "root", "issuing", "sts"
_ETK_DEPOT, _KGSS, _KGSS_ENCRYPTION = "etk-depot", "kgss", "kgss-encryption"
_LATER = (_ETK_DEPOT, _KGSS, _KGSS_ENCRYPTION)
"""What folders of earlier versions do not have."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority of one folder. Every certificate it issues is valid from a day ago, for 5 years (itself: 10)."""

    root: KeyEntry
    issuing: KeyEntry
    sts: KeyEntry
    etk_depot: KeyEntry
    kgss: Keystore
    _maker: Maker

    @classmethod
    def create(cls, folder: Path, clock: Clock, chance: Chance) -> Authority:
        """The authority of that folder, made first if there is none: an existing one is never written over.

        Keys are files of mode 0600. Raises AuthorityError if the folder holds other things.
        """
        if not (folder / f"{_ROOT}.pem").exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            # A folder is renamed to its place in one step, so nobody ever sees a part of an authority.
            draft = folder.with_name(f".{folder.name}-{hexadecimal(chance, 8)}")
            draft.mkdir(mode=0o700)
            try:
                _write(draft, _new(Maker(clock, chance)))
                _settle(draft, folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        _complete(folder, Maker(clock, chance))
        return cls.open(folder, clock, chance)

    @classmethod
    def open(cls, folder: Path, clock: Clock, chance: Chance) -> Authority:
        """The authority of that folder. Raises AuthorityError if a file is missing or unreadable."""
        root = read_entry(folder, _ROOT, ())
        issuing = read_entry(folder, _ISSUING, (root.certificate,))
        above = (issuing.certificate, root.certificate)
        sts, depot, kgss = (read_entry(folder, name, above) for name in (_STS, _ETK_DEPOT, _KGSS))
        encryption = read_entry(folder, _KGSS_ENCRYPTION, (kgss.certificate, *above))
        return cls(root, issuing, sts, depot, Keystore(kgss, encryption), Maker(clock, chance))

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """The certificates that make what it issues trusted: the issuing authority's, then the root's."""
        return (self.issuing.certificate, self.root.certificate)

    def person(self, inss: str, name: str, application: str | None = None, kind: KeyKind = "rsa") -> KeyEntry:
        """An eHealth certificate of a person. Raises ValueError if the INSS has another shape than 11 digits."""
        return self._maker.issue(self.issuing, names.person(inss, name, application), new_key(kind), AUTHENTICATION)

    def organisation(
        self, type: str, number: str, name: str, application: str | None = None, kind: KeyKind = "rsa"
    ) -> KeyEntry:
        """An eHealth certificate of an organisation: `type` NIHII-<quality>, CBE or EHP. Raises ValueError."""
        subject = names.organisation(type, number, name, application)
        return self._maker.issue(self.issuing, subject, new_key(kind), AUTHENTICATION)

    def eid(self, inss: str, last_name: str, first_name: str, kind: KeyKind = "rsa") -> KeyEntry:
        """An identification certificate as a Belgian eID holds it. Raises ValueError as `person` does."""
        return self._maker.issue(self.issuing, names.eid(inss, last_name, first_name), new_key(kind), SIGNATURE)

    def service(self, common_name: str, kind: KeyKind = "rsa") -> KeyEntry:
        """A certificate of a service that signs, such as a further STS."""
        return self._maker.issue(self.issuing, names.service(common_name), new_key(kind), SIGNATURE)

    def intermediate(self, name: str) -> KeyEntry:
        """A further authority below the root, beside the one that issues."""
        return self._maker.issue(self.root, names.service(f"ehbox-soap test {name} CA"), new_key("rsa"), ISSUING)

    def under(self, intermediate: KeyEntry) -> Authority:
        """The same, but what it issues from here on is issued by that intermediate."""
        return replace(self, issuing=intermediate)

    def server(self, hosts: Sequence[str]) -> KeyEntry:
        """A certificate of a server of TLS, for names and addresses; valid for 820 days. Raises ValueError."""
        purpose = replace(SERVER, hosts=tuple(general_name(each) for each in hosts))
        return self._maker.issue(self.issuing, names.service("ehbox-soap test server"), new_key("rsa"), purpose)

    def encryption(self, authentication: KeyEntry) -> KeyEntry:
        """An RSA encryption key; its certificate has the owner's name and is signed by the owner's own key."""
        return self._maker.issue(authentication, authentication.certificate.subject, new_key("rsa"), ENCRYPTION)

    def keystore(self, authentication: KeyEntry) -> Keystore:
        """The owner's key together with a new encryption key."""
        return Keystore(authentication, self.encryption(authentication))

    def token(self, encryption: KeyEntry) -> bytes:
        """An encryption token (ETK) of that encryption key, signed by the test authority's depot.

        Raises SealingError if the first certificate of the entry's chain is not the owner's, who issued it.
        """
        return make_token(encryption.certificate, encryption.chain, self.etk_depot, self._maker.clock.now())


def _new(maker: Maker) -> Mapping[str, KeyEntry]:
    root = maker.self_signed(names.service("ehbox-soap test root CA"), new_key("rsa"))
    issuing = maker.issue(root, names.service("ehbox-soap test issuing CA"), new_key("rsa"), ISSUING)
    sts = maker.issue(issuing, names.service("ehbox-soap test STS"), new_key("rsa"), SIGNATURE)
    return {_ROOT: root, _ISSUING: issuing, _STS: sts, **_later(maker, issuing)}


def _later(maker: Maker, issuing: KeyEntry) -> Mapping[str, KeyEntry]:
    depot = maker.issue(issuing, names.service("ehbox-soap test ETK depot"), new_key("rsa"), SIGNATURE)
    subject = names.organisation(KGSS.type, KGSS.value, "eHealth-platform", KGSS.application)
    kgss = maker.issue(issuing, subject, new_key("rsa"), AUTHENTICATION)
    return {
        _ETK_DEPOT: depot,
        _KGSS: kgss,
        _KGSS_ENCRYPTION: maker.issue(kgss, subject, new_key("rsa"), ENCRYPTION),
    }


def _complete(folder: Path, maker: Maker) -> None:
    """Makes what a folder of an earlier version lacks; one process does it, the others wait for it."""
    if _lacks(folder):
        with alone(folder):
            if _lacks(folder):
                root = read_entry(folder, _ROOT, ())
                made = _later(maker, read_entry(folder, _ISSUING, (root.certificate,)))
                _write(folder, {name: entry for name, entry in made.items() if not has_entry(folder, name)})


def _lacks(folder: Path) -> bool:
    return not all(has_entry(folder, name) for name in _LATER)


def _write(folder: Path, entries: Mapping[str, KeyEntry]) -> None:
    for name, entry in entries.items():
        write_entry(folder, name, entry)


def _settle(draft: Path, folder: Path) -> None:
    """Gives the draft its name; another process may have been first, and then its authority stays."""
    try:
        os.rename(draft, folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        if not (folder / f"{_ROOT}.pem").exists():
            raise AuthorityError(f"{folder} is not empty and holds no authority") from None
