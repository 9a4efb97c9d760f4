"""What the demonstration sends: a PDF made on the spot, and two annexes that any careless reader would change.

Knows: the least that a PDF is. Must not know: who gets it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file by name, media type and octets."""

    name: str
    mime_type: str
    data: bytes


def letter() -> tuple[File, File, File]:
    """A document and two annexes."""
    text = "Grüße, bien à vous\r\nline ends of two kinds\nand a tail \r\n".encode()
    lines = ("Discharge letter", "All names and numbers are made up.", "ehbox-soap demonstration")
    return (
        File("discharge-letter.pdf", "application/pdf", pdf(lines)),
        File("remarks.txt", "text/plain", text),
        File("measurement.bin", "application/octet-stream", bytes(range(256)) * 64 + b"\r\n--"),
    )


def pdf(lines: tuple[str, ...]) -> bytes:
    """A PDF 1.4 of one page with these lines of ASCII, its cross-reference table included."""
    shown = " ".join(f"({_escaped(line)}) Tj 0 -24 Td" for line in lines)
    content = f"BT /F1 18 Tf 72 770 Td {shown} ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    # The comment of high octets tells everything on the way that this is not text.
    written = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    )


def _escaped(line: str) -> str:
    return "".join(f"\\{each}" if each in "()\\" else each for each in line)
