"""One authority and one keystore of each kind of key for the whole run: keys are dear."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import Keystore

INSS = "71031499894"


@pytest.fixture(scope="session")
def authority_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That authority's folder, for copies."""
    folder = tmp_path_factory.mktemp("authority") / "pki"
    Authority.create(folder, SetClock(), SeededChance(1))
    return folder


@pytest.fixture(scope="session")
def authority(authority_folder: Path) -> Authority:
    return Authority.open(authority_folder, SetClock(), SeededChance(2))


@pytest.fixture(scope="session")
def keystore(authority: Authority) -> Keystore:
    return authority.keystore(authority.person(INSS, "Dora Voorbeeld"))
