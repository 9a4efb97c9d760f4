"""Fails when a module is over 400 lines, a function over 40, or time and chance are taken outside their rooms.

Knows: the house's limits. Must not know: what the code does.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

MODULE, FUNCTION = 400, 40
ROOMS = {
    "clock.py": re.compile(r"datetime\.now|utcnow|time\.(time|monotonic|sleep)\("),
    "ids.py": re.compile(r"\buuid4\b|\bsecrets\.|\brandom\.(Random|random|randint|choice)"),
    "config.py": re.compile(r"os\.environ|os\.getenv"),
}


def findings(path: Path) -> Iterator[str]:
    """What is wrong with one file, a line each."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if len(lines) > MODULE:
        yield f"{path}: {len(lines)} lines, the limit is {MODULE}"
    for room, pattern in ROOMS.items():
        if path.name != room or path.parent.name != "ehbox_soap":
            yield from (f"{path}:{n}: belongs in {room}" for n, line in enumerate(lines, 1) if pattern.search(line))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            # A revision of the schema is written once and never touched again: it reads as one table after another.
            if length > FUNCTION and path.parent.name != "versions":
                yield f"{path}:{node.lineno}: {node.name} has {length} lines, the limit is {FUNCTION}"


def main() -> int:
    """Exit code 1 when anything is found."""
    files = [p for root in ("bench", "ehbox_soap", "proofs", "tests") for p in sorted(Path(root).rglob("*.py"))]
    found = [finding for path in files for finding in findings(path)]
    sys.stdout.write("\n".join([*found, f"{len(found)} findings in {len(files)} files"]) + "\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
