"""Revocation lists at the front door: a running server refuses whom its lists revoke, and says when it cannot tell."""

from __future__ import annotations

import io
import shutil
from datetime import timedelta
from pathlib import Path

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki import branches
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.revoking import revoke
from ehbox_soap.server import Server
from tests.door import START, STS, Door
from tests.front.calls import ask, box_info, fault
from tests.front.cast import Cast
from tests.front.conftest import Fresh
from tests.front.signed import turned_away
from tests.security.keys import pki
from tests.security.revoking import HOUR, listed, written

NOT_READY = ("503 Service Unavailable", b"a revocation list of this server is outdated or cannot be used\n")
WAIT = timedelta(seconds=10)


def ready(server: Server) -> tuple[str, bytes]:
    """What GET /readyz is answered."""
    said: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/readyz", "wsgi.input": io.BytesIO()}
    body = server(environ, lambda status, _headers: said.append(status))
    return said[0], b"".join(body)


def authority(door: Door) -> Authority:
    return Authority.open(door.folder / "pki", door.clock, SeededChance(4))


def test_a_caller_is_revoked_while_the_server_runs(fresh: Fresh, people: Cast) -> None:
    """`ehbox pki revoke`: its next call after ten seconds is refused, whatever it had been believed before, and the
    STS gives it no more assertions; others go on."""
    door = fresh()
    ask(door, box_info(door, people.doctor))
    revoke(door.folder / "pki", authority(door), people.doctor.entry.certificate, "key-compromise", door.clock)
    ask(door, box_info(door, people.doctor))
    door.advance(seconds=10)
    assert turned_away(door, box_info(door, people.doctor)) == "holder-of-key certificate: is revoked"
    asked = people.doctor.connector.request_secure_token(STS, door.now, [], [])
    assert fault(door, asked).reason == "wsse:BinarySecurityToken: is revoked"
    ask(door, box_info(door, people.nurse))
    door.restart()
    assert turned_away(door, box_info(door, people.doctor)) == "holder-of-key certificate: is revoked"
    assert ready(door.server) == ("200 OK", b"ready\n")


def test_an_authority_is_revoked_while_the_server_runs(fresh: Fresh, people: Cast) -> None:
    """All that it issued goes with it, the STS's certificate too."""
    door = fresh()
    ask(door, box_info(door, people.doctor))
    made = authority(door)
    revoke(door.folder / "pki", made, made.issuing.certificate, "cessation", door.clock)
    door.advance(seconds=10)
    expected = "holder-of-key certificate: was issued by an authority that is revoked"
    assert turned_away(door, box_info(door, people.doctor)) == expected


def test_the_sts_is_revoked_while_the_server_runs(fresh: Fresh, people: Cast) -> None:
    door = fresh()
    made = authority(door)
    ask(door, box_info(door, people.doctor))
    revoke(door.folder / "pki", made, made.sts.certificate, "superseded", door.clock)
    door.advance(seconds=10)
    assert turned_away(door, box_info(door, people.doctor)) == "Assertion: the certificate of the STS is revoked"


def test_lists_of_other_authorities(fresh_foreign: Fresh, people: Cast, tmp_path: Path) -> None:
    """security.revocation_lists: an outdated one refuses its own authority's certificates, and the server is not ready;
    security.outdated_lists: or it goes on."""
    path = written(tmp_path / "foreign.crl", listed(pki().root, [pki().other]))
    for outdated, expected in (("refuse", NOT_READY), ("accept", ("200 OK", b"ready\n"))):
        door = fresh_foreign({"security.revocation_lists": str(path), "security.outdated_lists": outdated})
        assert ready(door.server) == ("200 OK", b"ready\n")
        door.clock.moment += 2 * HOUR
        assert ready(door.server) == expected
        ask(door, box_info(door, people.doctor))
        assert ready(door.server) == expected


def test_a_list_that_broke(fresh_foreign: Fresh, tmp_path: Path, people: Cast) -> None:
    """What it said still counts; that it is broken is told by readyz, and by whom it concerns in the log."""
    path = written(tmp_path / "foreign.crl", listed(pki().root, [pki().other]))
    door = fresh_foreign({"security.revocation_lists": str(path)})
    shutil.copy(__file__, path)
    door.clock.moment += WAIT
    assert ready(door.server) == NOT_READY
    ask(door, box_info(door, people.doctor))
    written(path, listed(pki().root, number=2))
    door.clock.moment += WAIT
    assert ready(door.server) == ("200 OK", b"ready\n")


def test_a_worker_that_starts_while_a_list_is_broken(fresh_foreign: Fresh, tmp_path: Path, people: Cast) -> None:
    """It comes up, since the server would end without it, but believes nobody until the list can be read again."""
    path = written(tmp_path / "foreign.crl", listed(pki().root))
    door = fresh_foreign({"security.revocation_lists": str(path)})
    path.unlink()
    door.restart()
    told = "holder-of-key certificate: cannot be checked: a revocation list of this server cannot be used"
    assert turned_away(door, box_info(door, people.doctor)) == told
    assert ready(door.server) == NOT_READY
    written(path, listed(pki().root))
    door.clock.moment += WAIT
    ask(door, box_info(door, people.doctor))


def test_a_certificate_for_tls_that_is_about_to_end(template: Path, tmp_path: Path) -> None:
    """The server's own, where it speaks TLS: it is made anew at the next start."""
    made = Path(shutil.copytree(template, tmp_path / "template"))
    entry = branches.server(made / "pki", Authority.open(made / "pki", SetClock(START), SeededChance(5)), [], START)
    for tls, expected in (("false", "200 OK"), ("true", "503 Service Unavailable")):
        door = Door(tmp_path / tls, made, {"server.tls": tls})
        assert ready(door.server)[0] == "200 OK"
        door.clock.moment = entry.certificate.not_valid_after_utc - timedelta(hours=23)
        assert ready(door.server)[0] == expected
        door.close()
