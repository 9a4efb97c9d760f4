"""The KGSS is no oracle: what somebody else sealed, sealed again by a stranger and changed, is refused in one way.

Vaudenay's attack asks many times whether the padding is right; where that is told apart, each octet of a captured
request, perhaps with the key of its answer, comes out after some hundred calls.
"""

from __future__ import annotations

from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.sealing import signed
from ehbox_soap.sealing.algorithms import SEALED
from tests.kgss.asking import element, key_content, new_key, read, sealed, unsigned
from tests.kgss.asking import signed as signed_call
from tests.kgss.conftest import Stage

BLOCK = 16


def resealed(captured: bytes, by: KeyEntry, stage: Stage, change: tuple[int, int] | None) -> bytes:
    """The captured encryption under a signature of one's own, one octet of its last blocks changed."""
    encrypted = bytearray(signed.read(captured, SEALED).data)
    if change is not None:
        at, value = change
        encrypted[-at] ^= value
    chain = (by.certificate, *by.chain[:1])
    return signed.sign(bytes(encrypted), by, stage.door.now, chain, pss=True)


def test_wrong_padding_and_wrong_content_are_told_alike(stage: Stage) -> None:
    """Of the unsecured operation, which anybody with a certificate may call, and of the secured one."""
    identifier, _ = new_key(stage, stage.doctor, "<Namespace>urn:x</Namespace><Name>urn:x</Name>")
    captured = sealed(
        stage, key_content(identifier, "<KeyEncryptionKey>AAAA</KeyEncryptionKey>"), stage.doctor.client.entry
    )
    nurse = stage.nurse.client.entry
    changes: list[tuple[int, int] | None] = [None, *((BLOCK + 1, value) for value in range(1, 9)), (1, 1), (40, 255)]
    told = []
    for change in changes:
        octets = resealed(captured, nurse, stage, change)
        told.append(read(stage.door.send(unsigned(element("GetNewKeyRequest", octets)))))
        told.append(read(stage.door.send(signed_call(stage, stage.nurse, element("GetKeyRequest", octets)))))
    assert told == [told[0]] * len(told)
    assert told[0].errors == ("SEALED_CONTENT",)
    assert "within the encryption" in told[0].texts
