"""Keys that are too short, at every port that asks for a signature: RSA of 1024 bits, the caller's and the STS's.

Their certificates are by a trusted authority, so that nothing but the length is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.attacks.ports import MAILBOX_PORTS, SECURED, SecuredPort
from tests.door import Door
from tests.doors import Doors, opened
from tests.front.signed import turned_away
from tests.security.builders import Call, Token
from tests.security.keys import Owner, holder, pki, rsa_key

WEAK = "ds:SignatureMethod: the key is weaker than the policy asks"


@cache
def short() -> Owner:
    """Somebody whose key is of 1024 bits."""
    return holder(rsa_key("short", 1024), pki().root)


@pytest.fixture(scope="module")
def trusting(
    doors: Doors, template: Path, foreign_settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """A door whose operator trusts an STS of such a key."""
    folder = tmp_path_factory.mktemp("short")
    (folder / "sts.pem").write_bytes(short().certificate.public_bytes(Encoding.PEM))
    settings = {**foreign_settings, "security.sts_certificates": str(folder / "sts.pem")}
    with opened(doors, folder / "data", template, settings) as door:
        yield door


@pytest.mark.parametrize("port", SECURED, ids=lambda port: port.name)
def test_a_short_key_of_the_caller(port: SecuredPort, foreign: Door) -> None:
    """It signed the call, and the assertion or the token in it names it."""
    assert turned_away(foreign, port.request(Call(holder=short()))) == WEAK


@pytest.mark.parametrize("port", MAILBOX_PORTS, ids=lambda port: port.name)
def test_a_short_key_of_the_sts(port: SecuredPort, trusting: Door) -> None:
    """Who is trusted is still to sign by a key that cannot be forged; the caller's own is long enough."""
    trusting.reset()
    assert turned_away(trusting, port.request(Call(token=Token(sts=short())))) == WEAK
