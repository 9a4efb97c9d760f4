"""The layers' targets under atheris, which looks which inputs reach further: `python -m tests.fuzz.guided NAME N`.

Knows: atheris, which is not among the project's dependencies (scripts/fuzz installs it beside them). Must not know:
what is tried. An input that raises something else than a reader says, or takes long, is left in build/.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from pathlib import Path
from typing import Any

SECONDS = 20
"""After which an input hangs."""


def main(name: str, inputs: int) -> None:
    """Fuzzes one layer; libFuzzer ends the process by itself."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["ehbox_soap"]):
        layers = importlib.import_module("tests.fuzz.layers")
    layer, _ = layers.LAYERS[name]
    outcomes: Counter[str] = Counter()

    def target(octets: bytes) -> None:
        outcomes[layers.tried(layer, octets)] += 1
        if outcomes.total() == inputs:
            sys.stdout.write(f"{name} {inputs} {dict(outcomes.most_common())}\n")
            sys.stdout.flush()

    flags = [f"-runs={inputs}", f"-timeout={SECONDS}", "-max_len=64", "-verbosity=0"]
    Path("build").mkdir(exist_ok=True)
    flags.append("-artifact_prefix=build/fuzz-")
    atheris.Setup([sys.argv[0], *flags], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
