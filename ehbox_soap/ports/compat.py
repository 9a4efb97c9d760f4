"""Makes Spyne 2.14.0 importable on Python 3.11 to 3.13, and quiet.

Knows: Spyne's vendored six, its garbage collection, its loggers. Must not know: what the ports do with Spyne.
The package imports this before anything of Spyne.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import logging
import math
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType

_MOVES = "spyne.util.six.moves"


class _MovesLoader(importlib.abc.Loader):
    """Asks the vendored six's own importer, by the names it had before Python 3.12."""

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module: ModuleType = sys.modules["spyne.util.six"]._importer.load_module(spec.name)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """six has filled the module already."""


class _MovesFinder(importlib.abc.MetaPathFinder):
    """Finds spyne.util.six.moves: the vendored six has find_module only, which Python 3.12 no longer calls."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        six = sys.modules.get("spyne.util.six")
        if not fullname.startswith(_MOVES) or six is None or fullname not in six._importer.known_modules:
            return None
        return importlib.util.spec_from_loader(fullname, _MovesLoader(), is_package=fullname == _MOVES)


def _silence() -> None:
    """Spyne logs whole payloads and headers, which are medical; no record of its loggers passes."""
    logger = logging.getLogger("spyne")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False


def prepare() -> None:
    """Installs the finder, stops Spyne's collections inside a request and silences its loggers; idempotent."""
    _silence()
    if not any(isinstance(finder, _MovesFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _MovesFinder())
    with warnings.catch_warnings():
        # The library's own: cgi is deprecated, and escapes in its docstrings; both are known and harmless.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", ImportWarning)
        import spyne.const
        import spyne.server.wsgi
    # Our finder answers for it; left there, every failed import on 3.11 would warn.
    importer = sys.modules["spyne.util.six"]._importer
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not importer]
    # MethodContext.close would run a full collection every second inside a request.
    spyne.const.MIN_GC_INTERVAL = math.inf


prepare()
