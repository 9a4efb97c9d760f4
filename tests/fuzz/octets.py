"""Edits of octets and of MIME: flips, cuts and pieces that readers stumble over; parts and headers of any form.

Knows: what octets, header lines and multipart are. Must not know: XML, the contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

PIECES = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x1b",
        b"\x85",
        b"\r",
    ),
    *(
        b"<",
        b">",
        b"&",
        b"&amp",
        b"&#0;",
        b"&#13;",
        b"&#x110000;",
        b"&x;",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"-->",
        b"--",
    ),
    *(b"<?xml version='1.0' encoding='utf-16'?>", b"<?xml version='1.1'?>", b"<?p?>", b"<!DOCTYPE x>", b"<!ENTITY"),
    *(b'<!DOCTYPE x [<!ENTITY e "x">]>', b"<x/>", b"</x>", b"<x xmlns='r'/>", b"<x xmlns=''/>", b"<a:b/>", b"' x='1"),
    *(
        b"<e>" * 300,
        b"<e/>" * 6000,
        b" a='1'" * 3,
        b"\r\n--mark",
        b"\r\n--mark--",
        b"\r\n\r\n",
        b"+ADw-",
        b"A" * 70_000,
    ),
)


@dataclass(frozen=True)
class Splice:
    """At `at` (of a thousand parts of the whole) `cut` octets give way to `piece`."""

    at: int
    cut: int
    piece: bytes

    def apply(self, octets: bytes) -> bytes:
        start = self.at * len(octets) // 1000
        return octets[:start] + self.piece + octets[start + self.cut :]


SPLICES = st.lists(
    st.builds(
        Splice,
        st.integers(0, 1000),
        st.integers(0, 3) | st.integers(0, 3000),
        st.sampled_from(PIECES) | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=3,
)


def spliced(splices: Sequence[Splice], octets: bytes) -> bytes:
    """Applies one after another."""
    for splice in splices:
        octets = splice.apply(octets)
    return octets


LINES = (
    *(b"Content-Type: text/xml", b"Content-Type: text/xml; charset=utf-16", b"content-type:TEXT/XML;charset=utf-8"),
    *(
        b"Content-Type: text/plain",
        b"Content-Type: multipart/related; boundary=mark",
        b"Content-Type: ",
        b"Content-Type",
    ),
    *(b"Content-ID: <1@x>", b"Content-ID: 1@x", b"Content-ID: <>", b"Content-ID: a b", b"Content-Id:<1@x>"),
    *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: binary", b"Content-Transfer-Encoding: 8BIT"),
    *(
        b"Content-Transfer-Encoding: quoted-printable",
        b"X: " + b"x" * 9000,
        b"X:\r\n folded",
        b": x",
        b"\x00: \x00",
        b"",
    ),
    *(b"X\xe9: y", b"Content-Disposition: attachment; filename=../../x", b"X: a\nY: b", b"X: a\rY: b"),
)
TYPES = (
    *(
        "text/xml",
        "text/xml; charset=utf-8",
        "text/xml; charset=utf-16",
        "text/plain",
        "",
        ";",
        "text/xml;;;",
        "text/xml; a",
    ),
    *('multipart/related; boundary="mark"', "multipart/related; boundary=mark; type=text/xml; start=1@x", "multipart/"),
    *('multipart/related; boundary="mark"; start="<1@x>"', "multipart/related; boundary=--mark", "multipart/related"),
    *('multipart/related; boundary="mark"; type="application/xop+xml"', 'multipart/related; boundary="mark', "é/ü"),
    *("multipart/mixed; boundary=mark", 'multipart/related; boundary="mark"; boundary="mark"', "multipart/related; =x"),
    'multipart/related; boundary="' + "m" * 300 + '"',
)


@dataclass(frozen=True)
class MimeEdit:
    """What is done to the `at`-th part, or to the frame around the parts."""

    what: str
    at: int
    other: int
    line: bytes


MIME_EDITS = st.lists(
    st.builds(
        MimeEdit,
        st.sampled_from(["add line", "drop line", "replace line", "drop", "double", "move", "data", "frame", "repeat"]),
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from(LINES) | st.binary(max_size=12),
    ),
    max_size=2,
)


@dataclass
class Pieces:
    """A multipart body in pieces: for each part its header lines and its octets."""

    parts: list[tuple[list[bytes], bytes]]
    opening: bytes = b"--mark\r\n"
    closing: bytes = b"\r\n--mark--"

    @classmethod
    def of(cls, body: bytes) -> Pieces:
        """Of a body whose boundary is `mark`."""
        inner = body.removeprefix(cls.opening).removesuffix(cls.closing)
        split = (part.partition(b"\r\n\r\n") for part in inner.split(b"\r\n--mark\r\n"))
        return cls([(head.split(b"\r\n"), data) for head, _, data in split])

    def apply(self, edit: MimeEdit) -> None:
        """One edit; none of a part that is not there."""
        if edit.what == "frame":
            self.opening, self.closing = (edit.line, self.closing) if edit.other % 2 else (self.opening, edit.line)
        elif self.parts:
            self._apply(edit, edit.at % len(self.parts))

    def _apply(self, edit: MimeEdit, at: int) -> None:
        lines, data = self.parts[at]
        if edit.what == "add line":
            lines.insert(edit.other % (len(lines) + 1), edit.line)
        elif edit.what in ("drop line", "replace line") and lines:
            lines[edit.other % len(lines)] = edit.line
            if edit.what == "drop line":
                lines.remove(edit.line)
        elif edit.what == "drop":
            del self.parts[at]
        elif edit.what == "double":
            self.parts.insert(edit.other, (list(lines), data))
        elif edit.what == "repeat":
            self.parts += [([b"Content-ID: %d@r" % n], data[:9]) for n in range(150 * (edit.other % 3))]
        elif edit.what == "move":
            self.parts.insert(edit.other % len(self.parts), self.parts.pop(at))
        else:
            self.parts[at] = lines, (edit.line + data if edit.other % 2 else data + b"\r\n--mark" + edit.line)

    def octets(self) -> bytes:
        """The body."""
        parts = (b"\r\n".join([*lines, b"", data]) for lines, data in self.parts)
        return self.opening + b"\r\n--mark\r\n".join(parts) + self.closing
