"""A seal that is older than the revocation list of whoever certified its signer: the list is asked by now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ehbox_soap import config
from tests.door import START
from tests.kgss.asking import NURSES, element, new_key_content, read, sealed, unsigned
from tests.kgss.conftest import Stage
from tests.security.keys import Owner
from tests.security.revoking import HOUR, listed, written

MINUTE = timedelta(minutes=1)


@pytest.fixture
def path(stage: Stage) -> Iterator[Path]:
    """Where a list of the stage's authority may stand during one test."""
    found = config.pki_folder(stage.door.house.settings) / "issuing.crl"
    yield found
    found.unlink()
    stage.door.restart()


@pytest.mark.parametrize("revoked", [False, True])
def test_a_list_that_began_after_the_seal(stage: Stage, path: Path, revoked: bool) -> None:
    """Authorities issue one every few hours: what was sealed just before is good, unless the signer is revoked."""
    doctor, issuing = stage.doctor, stage.authority.issuing
    octets = sealed(stage, new_key_content(doctor.token, (NURSES,)), doctor.client.entry)
    gone = [doctor.client.entry.certificate.serial_number] if revoked else []
    owner = Owner(issuing.certificate, issuing.key)
    written(path, listed(owner, gone, begin=START + MINUTE, end=START + HOUR))
    stage.door.clock.moment = START + 2 * MINUTE
    stage.door.restart()
    said = read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))
    assert (said.code, said.errors) == (("400", ("SEALED_CONTENT",)) if revoked else ("100", ()))
