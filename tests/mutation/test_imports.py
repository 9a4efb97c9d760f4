"""Who reads a module, and how it is forgotten."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.mutation.imports import Importers, Instead, drop

FILES = {
    "invented/__init__.py": "",
    "invented/base.py": "ONE = 1\n",
    "invented/table.py": "from invented.base import ONE\n\nTWO = ONE + 1\n",
    "invented/room/__init__.py": "",
    "invented/room/late.py": "def two():\n    from ..table import TWO\n\n    return TWO\n",
    "invented/room/through.py": "from invented import table\n\n\ndef two():\n    return table.TWO\n",
    "invented/other.py": "import invented.base\n",
    "invented/conftest.py": "import invented.room.through\n",
    "invented/test_it.py": "",
}
MODULES = [path.removesuffix(".py").replace("/", ".") for path in FILES if not path.endswith("__init__.py")]


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in MODULES:
        importlib.import_module(name)
    yield
    drop([name for name in sys.modules if name.partition(".")[0] == "invented"])


def test_all_that_read_a_module_are_found() -> None:
    """Within a function, relative, through the package, and as a fixture."""
    who = Importers(["invented"])
    assert who.directly("invented.table") == {"invented.room.late", "invented.room.through"}
    assert who.all("invented.table") == {
        "invented.table",
        "invented.room.late",
        "invented.room.through",
        "invented.conftest",
        "invented.test_it",
    }
    assert who.all("invented.base") - who.all("invented.table") == {"invented.base", "invented.other"}


def test_a_package_is_read_by_all_in_it() -> None:
    assert {"invented.room.late", "invented.room.through"} <= Importers(["invented"]).all("invented.room")


def test_what_is_dropped_is_imported_anew_whoever_asks() -> None:
    """The package would give its old one to `from invented import table`."""
    old = sys.modules["invented.base"]
    drop(Importers(["invented"]).all("invented.table"))
    sys.meta_path.insert(0, Instead("invented.table", "invented/table.py", "TWO = 'another'\n"))
    for name in ("through", "late"):
        assert importlib.import_module(f"invented.room.{name}").two() == "another"
    assert sys.modules["invented.base"] is old
