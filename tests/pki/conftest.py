"""One authority and one keystore of each kind of key for the whole run: keys are dear."""

from __future__ import annotations

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import Keystore

INSS = "71031499894"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority") / "pki", SetClock(), SeededChance(1))


@pytest.fixture(scope="session")
def keystore(authority: Authority) -> Keystore:
    return authority.keystore(authority.person(INSS, "Dora Voorbeeld"))
