"""The mutants of a module: mutmut's operators, on every node of its source.

Knows: source text. Must not know: tests, processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# scripts/mutate installs these, nothing else needs them.
import libcst as cst  # type: ignore[import-not-found, unused-ignore]
from libcst.metadata import (  # type: ignore[import-not-found, unused-ignore]
    MetadataWrapper,
    PositionProvider,
)
from mutmut.mutation.mutators import mutation_operators  # type: ignore[import-not-found, unused-ignore]

from proofs.mutation.mutant import Mutant, keyed

# mutmut's own rule: what these are given is not mutated. `cast` and `TypeVar` are for the type checker alone.
_LEFT = ("len", "isinstance", "cast", "TypeVar")
# The words of a refusal for people: see `_is_wording`.
_REFUSALS = ("refused", "SoapFault", "invalid")


@dataclass(frozen=True)
class _Place:
    function: str = ""
    names: tuple[str, ...] = ()
    inside: bool = False


def mutants(root: Path, path: str) -> list[Mutant]:
    """All mutants of the module at `path` below `root`, in the order of its lines."""
    source = (root / path).read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    offsets = _offsets(source)
    seen: dict[str, int] = {}
    made = {source}
    found = []
    for node, changed, function in _changes(wrapper.module):
        where = positions[node]
        start = offsets[where.start.line - 1] + where.start.column
        end = offsets[where.end.line - 1] + where.end.column
        mutated = source[:start] + wrapper.module.code_for_node(changed) + source[end:]
        if mutated in made or not _compiles(mutated):
            continue
        made.add(mutated)
        found.append(keyed(path, function, source, mutated, seen))
    return sorted(found, key=lambda mutant: mutant.line)


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _changes(module: cst.Module) -> Iterator[tuple[cst.CSTNode, cst.CSTNode, str]]:
    """Every node, what it becomes, and the function it stands in."""
    waiting = [(module, _Place())]
    while waiting:
        node, place = waiting.pop()
        if _is_left(node):
            continue
        if not _is_wording(node, place):
            for kind, operator in mutation_operators:
                if isinstance(node, kind):
                    yield from ((node, changed, place.function) for changed in operator(node))
        waiting += [(child, _below(node, child, place)) for child in node.children]


def _below(node: cst.CSTNode, child: cst.CSTNode, place: _Place) -> _Place:
    if isinstance(node, cst.ClassDef) and not place.inside:
        return _Place("", (*place.names, node.name.value), False)
    if isinstance(node, cst.FunctionDef) and not place.inside and child is node.body:
        return _Place(".".join((*place.names, node.name.value)), place.names, True)
    if place.inside and (isinstance(node, cst.Raise) or (isinstance(node, cst.Call) and _called(node) in _REFUSALS)):
        return _Place(place.function, (*place.names, "refusal"), True)
    return place


def _is_left(node: cst.CSTNode) -> bool:
    """Types are the type checker's, and decorators and what an `assert` says are no guards."""
    return isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom) or (
        isinstance(node, cst.Call) and _called(node) in _LEFT
    )


def _is_wording(node: cst.CSTNode, place: _Place) -> bool:
    """A literal within a refusal or a `raise`: only its words would change. That a refusal names its place and its rule
    is pinned by the tests of each refusal, which compare the beginning of the reason."""
    return place.inside and place.names[-1:] == ("refusal",) and isinstance(node, cst.BaseString)


def _called(node: cst.Call) -> str:
    called = node.func
    name = called.attr if isinstance(called, cst.Attribute) else called
    return str(name.value) if isinstance(name, cst.Name) else ""


def _offsets(source: str) -> list[int]:
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    return offsets
