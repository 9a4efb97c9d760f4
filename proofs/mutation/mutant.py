"""One change of a module, as it is tried and told.

Knows: text. Must not know: how changes are found (mutants.py, which needs libraries that nothing else needs).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

_SHOWN = 110


@dataclass(frozen=True)
class Mutant:
    """One change of a module. `key` stays the same while its function and what is changed in it do, wherever they
    stand; `function` is the outermost function or method that holds it, "" for what runs at import only."""

    key: str
    module: str
    path: str
    function: str
    line: int
    before: str
    after: str
    source: str = field(repr=False)


def keyed(path: str, function: str, source: str, mutated: str, seen: dict[str, int]) -> Mutant:
    """The mutant that makes `mutated` of the module's source; `seen` counts those that read the same."""
    before, after, line = _differing(source, mutated)
    said = "\0".join((path, function, before, after))
    seen[said] = seen.get(said, 0) + 1
    key = hashlib.sha256(f"{said}\0{seen[said]}".encode()).hexdigest()[:10]
    module = path.removesuffix(".py").replace("/", ".")
    return Mutant(key, module, path, function, line, before, after, mutated)


def _differing(source: str, mutated: str) -> tuple[str, str, int]:
    """The lines that differ, of both, and the number of the first."""
    old, new = source.splitlines(), mutated.splitlines()
    first = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    last = 0
    while last < min(len(old), len(new)) - first - 1 and old[-1 - last] == new[-1 - last]:
        last += 1
    before, after = (" ".join(map(str.strip, lines[first : len(lines) - last])) for lines in (old, new))
    return before, after, first + 1


def shortened(before: str, after: str) -> tuple[str, str]:
    """Both without what is far from their difference, for people."""
    if max(len(before), len(after)) <= _SHOWN:
        return before, after
    start = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), 0)
    start = max(start - _SHOWN // 3, 0)

    def part(text: str) -> str:
        return ("…" if start else "") + text[start : start + _SHOWN] + ("…" if len(text) > start + _SHOWN else "")

    return part(before), part(after)
