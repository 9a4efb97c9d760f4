"""A made-up house of one room with its tests, and mutants of it, which a process of its own tries.

Run as a program in that house's folder: `python -m tests.mutation.made` prints the verdicts as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from proofs.mutation import children
from proofs.mutation.mutant import Mutant, keyed
from proofs.mutation.plugin import Mutation

HERE = Path(__file__).parents[2]
ROOM = """from made.base import Base

LIMIT = 3
TABLE = {"a": 1, "b": 2}


class Odd(Exception):
    pass


class Kind(Base):
    def __init__(self):
        super().__init__()
        self.own = True


def small(number):
    if number > LIMIT:
        raise Odd("large")
    return number < LIMIT or number == LIMIT


def count(number):
    while number > 0:
        number -= 1
    return number


def nobody_asks():
    return 1
"""
FILES = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib -p no:cacheprovider"\n'
    'pythonpath = ["."]\nfilterwarnings = ["error"]\n',
    "made/__init__.py": "",
    "made/base.py": "class Base:\n    def __init__(self):\n        self.based = 1\n",
    "made/room/__init__.py": "",
    "made/room/rules.py": ROOM,
    # Finds the module through its package: there too the one from before has to be forgotten.
    "made/reader.py": "from made.room import rules\n\n\ndef ask(number):\n    return rules.small(number)\n",
    "checks/__init__.py": "",
    "checks/conftest.py": "import pytest\n\nimport made.reader\nfrom made.room.rules import TABLE\n\n\n"
    '@pytest.fixture\ndef first():\n    return TABLE["a"]\n',
    "checks/test_rules.py": "import pytest\n\nfrom made.reader import ask\nfrom made.room import rules\n\n\n"
    "def test_small():\n    assert rules.small(2)\n\n\n"
    "def test_large():\n    with pytest.raises(rules.Odd):\n        ask(4)\n\n\n"
    "def test_the_first(first):\n    assert first == 1\n\n\n"
    "def test_count():\n    assert rules.count(2) == 0\n\n\n"
    "def test_kind():\n    assert rules.Kind().based == 1\n",
}
CHANGES = {
    # name: (function, what is replaced, by what)
    "killed in its place": ("small", "if number > LIMIT", "if number > 9"),
    "killed anew": ("", '{"a": 1', '{"a": 5'),
    "no module any more": ("", "LIMIT = 3", "LIMIT = missing"),
    "survives in its place": ("small", "number == LIMIT", "number != 2"),
    "survives anew": ("", '"b": 2', '"b": 3'),
    "without end": ("count", "number -= 1", "number -= 0"),
    "another closure": ("Kind.__init__", "super().__init__()", "pass"),
    "unseen": ("nobody_asks", "return 1", "return 2"),
}


@dataclass(frozen=True)
class Run:
    """What came of it."""

    code: int
    verdicts: Mapping[str, tuple[str, str]]
    said: str


def mutants() -> dict[str, Mutant]:
    seen: dict[str, int] = {}
    return {
        name: keyed("made/room/rules.py", function, ROOM, ROOM.replace(old, new, 1), seen)
        for name, (function, old, new) in CHANGES.items()
    }


def tried(folder: Path, changed: Mapping[str, str], names: tuple[str, ...] = ()) -> Run:
    """Makes the house in the folder, with these files instead, and tries the mutants of these names, or all."""
    for path, text in {**FILES, **changed}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    command = ["env", f"PYTHONPATH={folder}:{HERE}", sys.executable, "-B", "-m", "tests.mutation.made", *names]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("[")]
    return Run(ended.returncode, {name: (state, by) for name, state, by in lines}, ended.stdout + ended.stderr)


def main(asked: list[str]) -> int:
    # A loop without end is to be told soon.
    children.MORE = 0.5
    known = mutants()
    names = {known[name].key: name for name in asked or known}

    def tell(mutant: Mutant, state: str, killer: str) -> None:
        sys.stdout.write("\n" + json.dumps([names[mutant.key], state, killer]) + "\n")

    chosen = [mutant for mutant in known.values() if mutant.key in names]
    plugin = Mutation("made/room", chosen, tell, house=("made", "checks"))
    return int(pytest.main([*children.OPTIONS, "--basetemp=files", "checks"], plugins=[plugin]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
