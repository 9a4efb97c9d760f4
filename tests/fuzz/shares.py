"""How many inputs are each target's: twenty thousand a run, or as many as were asked for, in the same proportions.

Knows: the targets' shares. Must not know: what is tried.
"""

from __future__ import annotations

from tests.fuzz.layers import LAYERS
from tests.fuzz.requests import TARGETS

HANGS_SECONDS = 120
USUAL = sum(usual for _, usual in (*TARGETS.values(), *LAYERS.values())) + TARGETS["values"][1]
"""Those of the values go to both databases."""


def share(usual: int, inputs: int) -> int:
    """How many of `inputs` are those of a target that has `usual` of a usual run; 0 asks for a usual run."""
    return max(1, usual * (inputs or USUAL) // USUAL)
