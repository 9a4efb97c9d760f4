"""Every reader of what comes from outside is fuzzed: one that is added to a room is found here, not forgotten."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType

import ehbox_soap.sts
import ehbox_soap.wire
from tests.fuzz.bytewise import Chosen
from tests.fuzz.layers import LAYERS

ROOMS = (ehbox_soap.wire, ehbox_soap.sts)
BEGINNINGS = ("decode", "read", "parse", "open", "unseal")
NOT_FUZZED = {
    "ehbox_soap.wire.codec.Codec.decode_answer": "a client's: it reads what a server wrote",
    "ehbox_soap.wire.etk_depot.decode_answer": "a client's: it reads what a server wrote",
    "ehbox_soap.wire.wsdl.read": "it reads the contract that is shipped",
}
"""Each with the reason."""


def readers() -> Iterator[tuple[str, CodeType]]:
    """The public functions of both rooms that are named like a reader, and the methods that decode; the shapes of
    elements are no readers of their own."""
    for room in ROOMS:
        for info in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            for name, found in vars(importlib.import_module(info.name)).items():
                if getattr(found, "__module__", "") != info.name:
                    continue
                if isinstance(found, FunctionType) and name.startswith(BEGINNINGS):
                    yield f"{info.name}.{name}", found.__code__
                if inspect.isclass(found) and not getattr(found, "_is_protocol", False):
                    for method, held in vars(found).items():
                        if isinstance(held, FunctionType) and method.startswith("decode"):
                            yield f"{info.name}.{name}.{method}", held.__code__


def entered() -> set[CodeType]:
    """All that is called while each layer takes an input as it is."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code)

    before = sys.getprofile()
    for layer, _ in LAYERS.values():
        sys.setprofile(note)
        try:
            layer(Chosen(b""))
        finally:
            sys.setprofile(before)
    return seen


def test_every_reader_is_reached_by_a_layer_or_named_with_a_reason() -> None:
    seen, found = entered(), dict(readers())
    assert {name for name, code in found.items() if code not in seen} <= set(NOT_FUZZED) <= set(found)
