"""Which doors the tests of the front door have: within the process on SQLite or, when asked for (`--door`), over HTTP
to running workers on either database.

Knows: the names of the kinds. Must not know: any door, as most tests need none and are quicker without a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databases import DATABASES

if TYPE_CHECKING:
    from tests.doors import Doors

WITHIN = "within"
KINDS = (WITHIN, *(f"http-{database}" for database in DATABASES))


@pytest.fixture(scope="session")
def doors(request: pytest.FixtureRequest) -> Doors:
    """The doors of this run."""
    from tests.doors import DoorsWithin, HttpDoors

    kind = request.config.getoption("--door")
    if kind == WITHIN:
        return DoorsWithin()
    return HttpDoors(request.getfixturevalue("cluster") if kind.endswith("postgresql") else None)
