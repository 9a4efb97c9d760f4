"""Who of the house imports whom, and how to import anew all that reads one module.

Knows: the sources of what is loaded. Must not know: tests, mutants. What does not read the module stays as it is; what
does is dropped whole, so that no two generations of a class meet.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType


class Importers:
    """Of everything that is loaded from these packages; an import within a function counts too."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._of: dict[str, set[str]] = defaultdict(set)
        files = {
            name: file
            for name, module in list(sys.modules.items())
            if name.partition(".")[0] in packages and (file := getattr(module, "__file__", None))
        }
        for name, file in files.items():
            for imported in {*_imported(name, file), *_above(name), *_fixtures(name, files)}:
                if imported in files and imported != name:
                    self._of[imported].add(name)

    def directly(self, module: str) -> set[str]:
        return set(self._of[module])

    def all(self, module: str) -> set[str]:
        """The module, who imports it, who imports these …"""
        found: set[str] = set()
        waiting = [module]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._of[name]
        return found


def _imported(name: str, file: str) -> Iterator[str]:
    package = name if file.endswith("__init__.py") else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(Path(file).read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
                yield from _above(alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from _above(base)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _above(name: str) -> Iterator[str]:
    """The packages that hold it: their own imports are run first."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _fixtures(name: str, files: Iterable[str]) -> Iterator[str]:
    """What a test may be given without importing it."""
    if not name.rpartition(".")[2].startswith(("test_", "conftest")):
        return iter(())
    return (f"{package}.conftest" for package in _above(name) if f"{package}.conftest" in files)


def drop(names: Iterable[str]) -> None:
    """Forgets these modules; their packages too, or `from package import module` would still find the old one."""
    for name in names:
        module = sys.modules.pop(name, None)
        package, _, last = name.rpartition(".")
        holder = sys.modules.get(package)
        if module is not None and getattr(holder, last, None) is module:
            delattr(holder, last)


class Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives another source when its module is asked for."""

    def __init__(self, module: str, path: str, source: str) -> None:
        self._module = module
        self._path = path
        self._source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=self._path)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(Path(self._path).resolve())
        exec(compile(self._source, module.__file__, "exec"), vars(module))
