"""What the tests of the wire share: how a refusal is asserted, how much is generated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings

from ehbox_soap.errors import SoapFault

GENERATED = settings(deadline=None, database=None, max_examples=100, suppress_health_check=list(HealthCheck))
FEW = settings(GENERATED, max_examples=30)

CANARY = "Zq7Canary"


@contextmanager
def refused(code: str, reason: str) -> Iterator[None]:
    """Expects that fault, for that reason, and nothing of the document in it."""
    with pytest.raises(SoapFault) as raised:
        yield
    assert (raised.value.code, reason in raised.value.reason) == (code, True), raised.value.reason
    assert CANARY not in raised.value.reason
