"""What the searches for canaries find: a word in each form in which it could be told, and nothing else."""

from __future__ import annotations

import base64
import html
import json
from email.message import EmailMessage
from urllib.parse import quote, urlencode

import pytest

from tests.canaries import told

PLAIN, ACCENTED = "Kanarie", "Hôpital Exemple"
KEY = b"\xfb\xef\xbe\xff\xff\xff\x00\x01"
"""Whose base64 has both characters that are others in addresses."""


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("behind", range(3))
def test_within_any_base64(before: int, behind: int) -> None:
    for word in (PLAIN, ACCENTED, KEY):
        octets = word if isinstance(word, bytes) else word.encode()
        around = b"\xff" * before + octets + b"\xff" * behind
        for encoded in (base64.b64encode(around), base64.urlsafe_b64encode(around)):
            assert told([word], [encoded.decode()])


def test_a_content_of_a_letter() -> None:
    """It begins at no group of three octets: the base64 of the word alone does not occur."""
    encoded = base64.b64encode(b"The content is a Kanarie with spaces.").decode()
    assert "S2FuYXJpZ" not in encoded
    assert told([PLAIN], [encoded])


@pytest.mark.parametrize("word", [PLAIN, ACCENTED])
def test_written_by_what_writes_lines_pages_and_mails(word: str) -> None:
    mail = EmailMessage()
    mail.set_content(word, cte="quoted-printable")
    for text in (
        f"line {word}",
        word.upper(),
        json.dumps({"title": word}),
        ascii(word),
        repr(word.encode()),
        quote(f"/{word}"),
        urlencode({"x": word}),
        html.escape(word).encode("ascii", "xmlcharrefreplace").decode(),
        word.encode().hex(),
        word.encode().decode("latin-1"),
        mail.as_string(),
    ):
        assert told([word], [text]), text


def test_other_words_are_none() -> None:
    assert told([PLAIN, ACCENTED, KEY], ["request 12 milliseconds", "Kanari", "Hopital Exemple"]) == {}


def test_what_is_found_is_told_with_what_stands_around_it() -> None:
    assert told([PLAIN], ["", "title=Kanarie;"]) == {"kanarie": "title=kanarie;"}
