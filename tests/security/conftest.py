"""What is counted of a verification. Knows: which functions are the slow ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ehbox_soap.security import assertions, signature, wss


class Work:
    """What was read whole (message signatures, assertions), how many layouts were sought, how many assertions were
    verified and elements made canonical, as it happens."""

    def __init__(self) -> None:
        self.messages = self.assertions = self.sought = self.verified = self.canonical = 0

    def since(self) -> tuple[int, int, int]:
        """Since it was asked last."""
        found = (self.messages, self.assertions, self.sought)
        self.__init__()  # type: ignore[misc]
        return found


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    seen = Work()

    def counted(module: object, name: str, count: str) -> None:
        original: Callable[..., object] = getattr(module, name)

        def spy(*given: object) -> object:
            setattr(seen, count, getattr(seen, count) + 1)
            return original(*given)

        monkeypatch.setattr(module, name, spy)

    counted(wss, "read_signature", "messages")
    counted(assertions, "read_rows", "assertions")
    counted(wss, "layout_of", "sought")
    counted(signature, "verify_read_enveloped", "verified")
    counted(signature, "canonical", "canonical")
    return seen
