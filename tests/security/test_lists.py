"""Files of revocation lists: which list is in force, and what becomes of a file that changes."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from ehbox_soap.security.lists import ALWAYS, Lists, Revoked
from ehbox_soap.security.revocation import RevocationList, read_lists
from tests.security.keys import NOW, Owner, authority, pki
from tests.security.revoking import HOUR, der, listed, scope, written
from tests.spoiled import EC_KEY, with_octets

ROOT, OTHER = pki().root, authority("ANOTHER authority")
HELD = pki().rsa
EVERY = timedelta(seconds=10)
AUTHORITIES = [ROOT.certificate, OTHER.certificate]
INSTANT = timedelta(microseconds=1)
# The root's list, by an OID where ecdsa-with-SHA256 stood.
UNKNOWN_ALGORITHM = der(listed(ROOT)).replace(bytes.fromhex("2a8648ce3d040302"), bytes.fromhex("2a8648ce3d04037f"))


def lists(*paths: Path, **more: object) -> Lists:
    return Lists(paths, AUTHORITIES, every=EVERY, **more)  # type: ignore[arg-type]


def span(of: Lists, now: datetime = NOW, owner: Owner = HELD, issuer: Owner = ROOT) -> tuple[datetime, datetime]:
    return of.span(owner.certificate, issuer.certificate, now)


def reason(of: Lists, now: datetime = NOW) -> str:
    with pytest.raises(Revoked) as caught:
        span(of, now)
    return str(caught.value)


def test_without_lists_nobody_is_revoked() -> None:
    assert span(lists()) == ALWAYS
    assert (lists().troubles(NOW), lists().broken()) == ([], [])


def test_a_list_speaks_of_its_authority_only(tmp_path: Path) -> None:
    """Serials are an authority's own: another one may have given the same."""
    of = lists(written(tmp_path / "root.crl", listed(ROOT, [HELD])))
    assert reason(of) == "is revoked"
    assert span(of, issuer=OTHER) == ALWAYS
    assert span(of, owner=pki().ec) == (NOW - HOUR, NOW + HOUR)


def test_a_list_has_a_beginning_and_an_end(tmp_path: Path) -> None:
    """thisUpdate and nextUpdate, both included, against true time."""
    of = lists(written(tmp_path / "root.crl", listed(ROOT)))
    (begin, end) = (NOW - HOUR, NOW + HOUR)
    for now in (begin, end):
        assert span(of, now) == (begin, end)
        assert of.troubles(now) == []
    assert reason(of, begin - INSTANT) == "cannot be checked: the revocation list of its authority is not valid yet"
    assert of.troubles(begin - INSTANT) == ["a revocation list is not valid yet"]
    assert reason(of, end + INSTANT) == "cannot be checked: the revocation list of its authority is outdated"
    assert of.troubles(end + INSTANT) == ["a revocation list is outdated"]


def test_an_outdated_list_may_be_accepted(tmp_path: Path) -> None:
    """security.outdated_lists; whom it revokes stays revoked."""
    of = lists(written(tmp_path / "root.crl", listed(ROOT, [HELD])), outdated="accept")
    late = NOW + 2 * HOUR
    assert of.troubles(late) == []
    assert span(of, late, pki().ec) == (NOW - HOUR, ALWAYS[1])
    assert reason(of, late) == "is revoked"


def test_revoked_counts_more_than_outdated(tmp_path: Path) -> None:
    assert reason(lists(written(tmp_path / "root.crl", listed(ROOT, [HELD]))), NOW + 2 * HOUR) == "is revoked"


@pytest.mark.parametrize("newer", [{"begin": NOW}, {"begin": NOW - HOUR, "number": 2}])
def test_the_newest_list_counts(tmp_path: Path, newer: dict[str, object]) -> None:
    """By thisUpdate, then by its number, in whatever file it stands."""
    old, new = listed(ROOT, [HELD], end=NOW), listed(ROOT, **newer)  # type: ignore[arg-type]
    for first, second in ((old, new), (new, old)):
        of = lists(written(tmp_path / "one.crl", first), written(tmp_path / "two.crl", second))
        assert span(of) == (newer["begin"], NOW + HOUR)
        assert of.troubles(NOW + INSTANT) == []
    both = lists(written(tmp_path / "both.crl", new, old))
    assert span(both) == (newer["begin"], NOW + HOUR)


def test_a_list_counts_from_its_beginning_on(tmp_path: Path) -> None:
    """One that is there ahead of its time takes the place of the one before at its thisUpdate, not earlier."""
    soon = NOW + timedelta(minutes=30)
    of = lists(written(tmp_path / "root.crl", listed(ROOT), listed(ROOT, [HELD], begin=soon, end=soon + HOUR)))
    assert span(of) == (NOW - HOUR, soon - INSTANT)
    assert span(of, soon - INSTANT) == (NOW - HOUR, soon - INSTANT)
    assert reason(of, soon) == "is revoked"


def test_lists_of_several_scopes_count_together(tmp_path: Path) -> None:
    users = listed(ROOT, [1], extensions=[(scope(only_contains_user_certs=True), True)], end=NOW + 2 * HOUR)
    others = listed(ROOT, [HELD], begin=NOW - 2 * HOUR, extensions=[(scope(only_contains_ca_certs=True), True)])
    of = lists(written(tmp_path / "root.crl", users, others))
    assert reason(of) == "is revoked"
    assert span(of, owner=pki().ec) == (NOW - HOUR, NOW + HOUR)


def test_lists_of_several_scopes_count_until_one_ends(tmp_path: Path) -> None:
    """Whichever that is; then nobody knows whom the other half of the authority has revoked."""
    flags = ({"only_contains_user_certs": True}, {"only_contains_ca_certs": True})
    for number, (one, other) in enumerate((flags, flags[::-1])):
        sooner = listed(ROOT, [1], extensions=[(scope(**one), True)], end=NOW + HOUR)
        later = listed(ROOT, [1], extensions=[(scope(**other), True)], end=NOW + 2 * HOUR)
        for at, order in enumerate(((sooner, later), (later, sooner))):
            of = lists(written(tmp_path / f"{number}{at}.crl", *order))
            assert span(of, owner=pki().ec)[1] == NOW + HOUR


def test_der_files(tmp_path: Path) -> None:
    (tmp_path / "root.crl").write_bytes(der(listed(ROOT, [HELD])))
    assert reason(lists(tmp_path / "root.crl")) == "is revoked"


def test_a_folder_stands_for_its_lists(tmp_path: Path) -> None:
    """Those that end in .crl; others may lie beside them, as keys and certificates do."""
    (tmp_path / "root.pem").write_bytes(b"no list")
    of = lists(tmp_path)
    assert span(of) == ALWAYS
    written(tmp_path / "root.crl", listed(ROOT, [HELD]))
    of.generation(NOW)
    assert reason(of) == "is revoked"


# Files that change


def changing(change: Callable[[Path], object], path: Path, of: Lists, now: datetime) -> int:
    """Changes the file; the generation before and after differ by this."""
    before = of.generation(now)
    change(path)
    return of.generation(now + EVERY) - before


def test_a_changed_file_is_read_when_it_is_time(tmp_path: Path) -> None:
    path = written(tmp_path / "root.crl", listed(ROOT))
    of = lists(path)
    first = of.generation(NOW)
    written(path, listed(ROOT, [HELD], number=2))
    assert of.generation(NOW) == of.generation(NOW + EVERY - INSTANT) == first
    assert span(of)
    assert of.generation(NOW + EVERY) != first
    assert reason(of) == "is revoked"


def test_a_clock_that_went_back_does_not_keep_files_from_being_looked_at(tmp_path: Path) -> None:
    path = written(tmp_path / "root.crl", listed(ROOT))
    of = lists(path)
    first = of.generation(NOW + timedelta(days=1))
    written(path, listed(ROOT, [HELD], number=2))
    assert of.generation(NOW) != first


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = lists(written(tmp_path / "root.crl", listed(ROOT)))
    first = of.generation(NOW)

    def never(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr("ehbox_soap.security.lists.read_lists", never)
    assert of.generation(NOW + EVERY) == first


def test_a_broken_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "root.crl", listed(ROOT))
    of = lists(path)
    assert changing(lambda path: path.write_bytes(b"half a li"), path, of, NOW) == 1

    def never(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr("ehbox_soap.security.lists.read_lists", never)
    assert changing(lambda _: None, path, of, NOW + EVERY) == 0


def test_files_are_looked_at_every_ten_seconds(tmp_path: Path) -> None:
    """Unless it is told otherwise."""
    path = written(tmp_path / "root.crl", listed(ROOT))
    of = Lists([path], AUTHORITIES)
    first = of.generation(NOW)
    written(path, listed(ROOT, [HELD], number=2))
    assert of.generation(NOW + EVERY - INSTANT) == first
    assert of.generation(NOW + EVERY) != first


def test_files_of_equal_size_and_time(tmp_path: Path) -> None:
    """Copied with its times kept: it is another file all the same."""
    path = written(tmp_path / "root.crl", listed(ROOT, [1]))
    of = lists(path)
    of.generation(NOW)
    stat = path.stat()
    while written(path, listed(ROOT, [2])).stat().st_size != stat.st_size:
        """ECDSA signatures differ in length."""
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert of.generation(NOW + EVERY) == 2


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda path: path.write_bytes(b"half a li"), "is not a revocation list"),
        (lambda path: written(path, listed(authority("STRANGE authority"))), "is not signed by a trusted authority"),
        (lambda path: path.write_bytes(UNKNOWN_ALGORITHM), "is signed by an algorithm that is not known"),
        (lambda path: path.unlink(), "No such file or directory"),
    ],
)
def test_a_file_that_broke_counts_as_it_was(tmp_path: Path, broken: Callable[[Path], object], told: str) -> None:
    """Nobody who was revoked comes in by a file that somebody is copying; at its nextUpdate it is outdated."""
    path = written(tmp_path / "root.crl", listed(ROOT, [HELD]))
    lines: list[str] = []
    of = lists(path, tell=lines.append)
    assert changing(broken, path, of, NOW) == 1
    assert reason(of) == "is revoked"
    assert span(of, owner=pki().ec) == (NOW - HOUR, NOW + HOUR)
    assert of.broken() == of.troubles(NOW) == lines == [f"{path}: {told}"]
    # It is told once, and not read again and again.
    assert changing(lambda _: None, path, of, NOW + EVERY) == 0
    assert len(lines) == 1
    assert of.troubles(NOW + 2 * HOUR) == [f"{path}: {told}", "a revocation list is outdated"]
    assert changing(lambda path: written(path, listed(ROOT, number=2)), path, of, NOW + 3 * EVERY) == 1
    assert span(of)
    assert of.troubles(NOW) == []


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError(errno.EMFILE, "Too many open files"), "Too many open files"), (TimeoutError(), "TimeoutError")],
)
def test_a_file_that_could_not_be_opened_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, told: str
) -> None:
    """It is the same file as before, and once it can be opened again nothing is wrong with it."""
    path = written(tmp_path / "root.crl", listed(ROOT, [HELD]))
    of = lists(path)

    def never(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", never)
        assert of.troubles(NOW) == [f"{path}: {told}"]
        assert reason(of) == "is revoked"
    assert of.troubles(NOW + EVERY) == []
    assert reason(of) == "is revoked"


def test_a_file_that_never_was_good_lets_nobody_in(tmp_path: Path) -> None:
    """Whom it revokes is not known, nor whose list it is."""
    path = tmp_path / "root.crl"
    of = lists(written(tmp_path / "other.crl", listed(OTHER)), path)
    told = "cannot be checked: a revocation list of this server cannot be used"
    assert reason(of) == told
    assert of.broken() == [f"{path}: No such file or directory"]
    path.write_bytes(b"no list")
    of.generation(NOW + EVERY)
    assert reason(of) == told
    assert of.broken() == [f"{path}: is not a revocation list"]
    path.write_bytes(UNKNOWN_ALGORITHM)
    of.generation(NOW + 2 * EVERY)
    assert reason(of) == told
    assert of.broken() == [f"{path}: is signed by an algorithm that is not known"]
    written(path, listed(ROOT))
    of.generation(NOW + 3 * EVERY)
    assert span(of)


def test_a_file_that_left_its_folder_counts_no_longer(tmp_path: Path) -> None:
    path = written(tmp_path / "root.crl", listed(ROOT, [HELD]))
    lines: list[str] = []
    of = lists(tmp_path, tell=lines.append)
    assert reason(of) == "is revoked"
    assert changing(lambda path: path.unlink(), path, of, NOW) == 1
    assert span(of) == ALWAYS
    # Whoever took it away by mistake is told, once.
    assert changing(lambda _: None, path, of, NOW + EVERY) == 0
    assert lines == [f"{path}: is gone, and whom it revoked is believed again"]
    assert of.troubles(NOW + EVERY) == []


def test_a_file_that_another_stands_in_for_is_not_missed(tmp_path: Path) -> None:
    """A list of the same authority and scope, newer or under another name."""
    path = written(tmp_path / "2026-01.crl", listed(ROOT, [HELD]))
    lines: list[str] = []
    of = lists(tmp_path, tell=lines.append)
    written(tmp_path / "2026-02.crl", listed(ROOT, [HELD], number=2))
    assert changing(lambda path: path.unlink(), path, of, NOW) == 1
    assert reason(of) == "is revoked"
    assert lines == []
    users = listed(ROOT, extensions=[(scope(only_contains_user_certs=True), True)])
    written(tmp_path / "users.crl", users)
    assert changing(lambda _: (tmp_path / "2026-02.crl").unlink(), path, of, NOW + 2 * EVERY) == 1
    assert lines == [f"{tmp_path / '2026-02.crl'}: is gone, and whom it revoked is believed again"]


def test_an_authority_whose_key_nobody_knows_has_no_lists(tmp_path: Path) -> None:
    """It is no reason to end in something else than the list's own answer."""
    strange = with_octets(ROOT.certificate, *EC_KEY)
    path = written(tmp_path / "root.crl", listed(ROOT, [HELD]))
    of = Lists([path], [strange], every=EVERY)
    assert of.troubles(NOW) == [f"{path}: is not signed by a trusted authority"]
    both = Lists([path], [strange, ROOT.certificate], every=EVERY)
    assert both.troubles(NOW) == []
    assert reason(both) == "is revoked"
    assert both.span(HELD.certificate, strange, NOW) == ALWAYS


def test_a_folder_that_went_away_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    of = lists(folder)
    assert changing(lambda _: folder.rmdir(), folder, of, NOW) == 1
    assert of.broken() == [f"{folder}: No such file or directory"]
    assert reason(of).startswith("cannot be checked")


def test_while_one_thread_reads_the_others_go_by_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of a hundred thousand takes a second."""
    path = written(tmp_path / "root.crl", listed(ROOT))
    of = lists(path)
    first = of.generation(NOW)
    written(path, listed(ROOT, [HELD], number=2))
    seen = []

    def reading(octets: bytes, authorities: list[x509.Certificate]) -> tuple[RevocationList, ...]:
        seen.append(of.generation(NOW + 2 * EVERY))
        return read_lists(octets, authorities)

    monkeypatch.setattr("ehbox_soap.security.lists.read_lists", reading)
    assert of.generation(NOW + EVERY) != first
    assert seen == [first]
