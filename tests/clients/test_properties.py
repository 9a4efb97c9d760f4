"""Properties files as java.util.Properties has them."""

from __future__ import annotations

import pytest

from tests.clients import properties

FILE = (
    "# a comment=1\r\n"
    "! another: one\n"
    "\n"
    "plain=one, two = three\n"
    "  indented : with a colon\n"
    "spaced with a space\n"
    "long=begins \\\n"
    "     and goes on\n"
    "path=C:\\\\keys\\\\a.p12\n"
    "name\\=of\\:it=\\u00e9t\\u00E9\\t!\n"
    "empty=\n"
    "nothing\n"
    "twice=1\n"
    "twice=2"
)
READ = {
    "plain": "one, two = three",
    "indented": "with a colon",
    "spaced": "with a space",
    "long": "begins and goes on",
    "path": "C:\\keys\\a.p12",
    "name=of:it": "été\t!",
    "empty": "",
    "nothing": "",
    "twice": "2",
}


def test_what_java_reads() -> None:
    assert properties.read(FILE) == READ


def test_values_are_replaced_where_they_stand() -> None:
    changed = properties.replaced(FILE, {"indented": "other", "long": "short", "path": "\\new"})
    assert properties.read(changed) == {**READ, "indented": "other", "long": "short", "path": "\\new"}
    assert changed.startswith(FILE[: FILE.index("with a colon")] + "other\nspaced")
    assert "long=short\npath=" in changed
    assert properties.replaced(FILE, {}) == FILE


def test_a_property_that_does_not_stand_in_it_is_no_replacement() -> None:
    with pytest.raises(AssertionError, match="endpoint"):
        properties.replaced(FILE, {"endpoint": "there"})
