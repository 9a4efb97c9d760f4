"""Java's properties files: read, and written again with other values at the same places.

Knows: the format of java.util.Properties (comments, separators, lines that go on, escapes). Must not know: what any
property means, anything of the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PAIR = re.compile(
    r"(?P<key>(?:[^\\=:\s]|\\.)+)(?P<between>[ \t\f]*[=:]?[ \t\f]*)(?P<value>.*)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_NAMED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True)
class _Line:
    """A logical line as it stands in the file, its end included, and where its value is; a comment has no key."""

    octets: str
    key: str = ""
    begin: int = 0
    end: int = 0


def read(text: str) -> dict[str, str]:
    """The properties of a file; of a name that stands twice the last one counts."""
    return {line.key: _plain(line.octets[line.begin : line.end]) for line in _lines(text) if line.key}


def replaced(text: str, values: Mapping[str, str]) -> str:
    """The same file with other values of these properties, which must all stand in it; nothing else is touched."""
    missing = values.keys() - read(text).keys()
    assert not missing, missing
    return "".join(
        line.octets[: line.begin] + values[line.key].replace("\\", "\\\\") + line.octets[line.end :]
        if line.key in values
        else line.octets
        for line in _lines(text)
    )


def _lines(text: str) -> Iterator[_Line]:
    rest = text.splitlines(keepends=True)
    while rest:
        octets = rest.pop(0)
        begin = len(octets) - len(octets.lstrip(" \t\f"))
        if octets.strip() == "" or octets[begin] in "#!":
            yield _Line(octets)
            continue
        while rest and _goes_on(octets):
            octets += rest.pop(0)
        found = _PAIR.match(octets.rstrip("\r\n"), begin)
        assert found is not None, octets
        yield _Line(octets, _plain(found["key"]), *found.span("value"))


def _goes_on(line: str) -> bool:
    """Whether it ends in an odd number of backslashes."""
    bare = line.rstrip("\r\n")
    return (len(bare) - len(bare.rstrip("\\"))) % 2 == 1


def _plain(written: str) -> str:
    joined = re.sub(r"(?<!\\)((?:\\\\)*)\\\r?\n[ \t\f]*", r"\1", written)

    def one(match: re.Match[str]) -> str:
        told = match[1]
        return chr(int(told[1:], 16)) if len(told) > 1 else _NAMED.get(told, told)

    return _ESCAPE.sub(one, joined)
