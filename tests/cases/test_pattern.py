"""The comparison that the cases rest on: what it must notice."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.cases.pattern import differences, leaves, unlike

GOOD = '<a Id="1"><b>x</b><c>2026-01-15+01:00</c></a>'


@pytest.mark.parametrize("pattern", [GOOD, '<a Id="*"><b>*</b><c>2026-*</c></a>'])
def test_an_answer_like_the_pattern(pattern: str) -> None:
    assert differences(etree.fromstring(pattern), etree.fromstring(GOOD)) == []


@pytest.mark.parametrize(
    "found",
    [
        '<z Id="1"><b>x</b><c>2026-01-15+01:00</c></z>',
        '<a xmlns="urn:other" Id="1"><b>x</b><c>2026-01-15+01:00</c></a>',
        '<a Id="2"><b>x</b><c>2026-01-15+01:00</c></a>',
        "<a><b>x</b><c>2026-01-15+01:00</c></a>",
        '<a Id="1" More="1"><b>x</b><c>2026-01-15+01:00</c></a>',
        '<a Id="1"><b>y</b><c>2026-01-15+01:00</c></a>',
        '<a Id="1"><b>x </b><c>2026-01-15+01:00</c></a>',
        '<a Id="1"><b>x</b><c>2026-01-15Z</c></a>',
        '<a Id="1"><c>2026-01-15+01:00</c><b>x</b></a>',
        '<a Id="1"><b>x</b></a>',
        '<a Id="1"><b>x</b><c>2026-01-15+01:00</c><c>2026-01-15+01:00</c></a>',
    ],
)
def test_an_answer_that_differs(found: str) -> None:
    assert differences(etree.fromstring(GOOD), etree.fromstring(found)) != []


@pytest.mark.parametrize(
    ("found", "alike"),
    [
        ([("b", "x"), ("c", "2026-01-15"), ("Id", "1")], True),
        ([("b", "x"), ("c", "2026-01-16"), ("Id", "1")], False),
        ([("b", "x"), ("c", "2026-01-15")], False),
        ([("c", "2026-01-15"), ("b", "x"), ("Id", "1")], False),
    ],
)
def test_values_that_a_client_decoded(found: list[tuple[str, str]], alike: bool) -> None:
    assert (unlike(leaves(etree.fromstring(GOOD)), found) == []) is alike
