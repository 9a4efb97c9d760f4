"""The revocation lists of the settings: files that are looked at again while the server runs.

Knows: files and folders of lists, when they changed, which list is in force. Must not know: certificate chains, how a
list is read. A file that was good and is broken now counts as it was, until it is outdated; one that never was good
lets nobody be believed, since nobody knows whom it revokes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Literal

from cryptography import x509

from ehbox_soap.security.revocation import ListError, RevocationList, issuer_key, read_lists

Span = tuple[datetime, datetime]
ALWAYS: Span = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
EVERY = timedelta(seconds=10)
SUFFIX = ".crl"
# The grain of a datetime: the last moment before another list is in force.
_INSTANT = timedelta(microseconds=1)


class Revoked(Exception):
    """A certificate does not count by the lists; the text says why and names nobody."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was read. `trouble` tells why it cannot be used now; `lists` are then those it had before."""

    print: tuple[int, int, int, int]
    lists: tuple[RevocationList, ...] = ()
    trouble: str = ""
    ever_good: bool = True


_NEVER_GOOD = _File((0, 0, 0, 0), ever_good=False)


@dataclass(frozen=True, slots=True)
class _State:
    """What the files said when they were last looked at."""

    generation: int = 0
    files: Mapping[Path, _File] = field(default_factory=dict)

    def of(self, authority: x509.Certificate) -> Iterator[list[RevocationList]]:
        """The lists of that authority, those of each scope together."""
        issuer = issuer_key(authority)
        found: dict[bytes, list[RevocationList]] = {}
        for file in self.files.values():
            for each in file.lists:
                if each.issuer == issuer:
                    found.setdefault(each.scope, []).append(each)
        yield from found.values()


class Lists:
    """The lists of `paths`, each a file or a folder of *.crl files, signed by `authorities`. Thread-safe.

    The files are looked at again when `every` has passed by the moments that callers tell; who calls meanwhile goes by
    what was read before. `outdated` says what a list means whose next one is due: "refuse" or "accept" the authority's
    certificates. `tell` is called with a line for each file that cannot be used, and for each that counted and left its
    folder, unless another list stands in for it: it counts no longer.
    """

    def __init__(
        self,
        paths: Sequence[Path] = (),
        authorities: Sequence[x509.Certificate] = (),
        outdated: Literal["refuse", "accept"] = "refuse",
        every: timedelta = EVERY,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._paths = tuple(paths)
        self._authorities = tuple(authorities)
        self._refuses_outdated = outdated == "refuse"
        self._every = every
        self._tell = tell or _nobody
        self._looking = Lock()
        self._looked: Span = (ALWAYS[1], ALWAYS[0])
        self._state = _State()
        self._look()

    def generation(self, now: datetime) -> int:
        """A number that differs once the lists do; looks at the files when it is time to."""
        looked = self._looked
        if not looked[0] <= now < looked[1] and self._looking.acquire(blocking=False):
            try:
                self._look()
                self._looked = (now, now + self._every)
            finally:
                self._looking.release()
        return self._state.generation

    def span(self, certificate: x509.Certificate, authority: x509.Certificate, now: datetime) -> Span:
        """From when to when the lists leave what `authority` issued as it is now. Raises Revoked."""
        state = self._state
        if not all(file.ever_good for file in state.files.values()):
            raise Revoked("cannot be checked: a revocation list of this server cannot be used")
        begin, end = ALWAYS
        for lists in state.of(authority):
            current, until = _in_force(lists, now)
            if current is None:
                raise Revoked("cannot be checked: the revocation list of its authority is not valid yet")
            if certificate.serial_number in current.revoked:
                raise Revoked("is revoked")
            if self._refuses_outdated and now > current.end:
                raise Revoked("cannot be checked: the revocation list of its authority is outdated")
            begin = max(begin, current.begin)
            end = min(end, until, current.end if self._refuses_outdated else until)
        return (begin, end)

    def broken(self) -> list[str]:
        """Which files cannot be used as they are, and why: a line each."""
        return [f"{path}: {file.trouble}" for path, file in self._state.files.items() if file.trouble]

    def troubles(self, now: datetime) -> list[str]:
        """The same, after a look at the files, and which authorities' lists are outdated or not valid yet."""
        self.generation(now)
        found = self.broken()
        for authority in self._authorities:
            for lists in self._state.of(authority):
                current, _ = _in_force(lists, now)
                if current is None:
                    found.append("a revocation list is not valid yet")
                elif self._refuses_outdated and now > current.end:
                    found.append("a revocation list is outdated")
        return found

    def _look(self) -> None:
        """Reads what has changed since."""
        before = self._state
        files = {path: _read(path, before.files.get(path), self._authorities) for path in self._found()}
        for path, file in files.items():
            known = before.files.get(path)
            if file.trouble and (known is None or known.trouble != file.trouble):
                self._tell(f"{path}: {file.trouble}")
        standing = {(each.issuer, each.scope) for file in files.values() for each in file.lists}
        for path, file in before.files.items():
            if path not in files and any((each.issuer, each.scope) not in standing for each in file.lists):
                self._tell(f"{path}: is gone, and whom it revoked is believed again")
        if files != before.files:
            # In one step: who has seen the new number sees the new lists.
            self._state = _State(before.generation + 1, files)

    def _found(self) -> Iterator[Path]:
        """The files there are; a path that is no folder, or none that can be listed, stands for itself."""
        for path in self._paths:
            try:
                yield from sorted(each for each in path.iterdir() if each.suffix == SUFFIX)
            except OSError:
                yield path


def _read(path: Path, known: _File | None, authorities: Sequence[x509.Certificate]) -> _File:
    """The file as it is now, read only if it is another than before."""
    before = known or _NEVER_GOOD
    now = before.print
    try:
        with path.open("rb") as opened:
            stat = os.fstat(opened.fileno())
            now = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
            return (
                known
                if known is not None and now == known.print
                else _File(now, read_lists(opened.read(), authorities))
            )
    except OSError as error:
        return replace(before, print=_NEVER_GOOD.print, trouble=error.strerror or type(error).__name__)
    except ListError as error:
        return replace(before, print=now, trouble=str(error))


def _in_force(lists: Sequence[RevocationList], now: datetime) -> tuple[RevocationList | None, datetime]:
    """The newest of the lists that have begun, if any has, and until when it is."""
    begun = [each for each in lists if each.begin <= now]
    later = [each.begin - _INSTANT for each in lists if each.begin > now]
    newest = max(begun, key=lambda each: (each.begin, each.number), default=None)
    return newest, min(later, default=ALWAYS[1])


def _nobody(_line: str) -> None:
    """Nobody is told."""
