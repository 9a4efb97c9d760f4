"""swaRef: a reference names exactly one part, and every part is referred to (SOA-03007)."""

from __future__ import annotations

import re

import pytest

from ehbox_soap.ids import SeededChance
from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.mime import Part
from tests.wire.checks import CANARY, refused


def parts(*content_ids: str) -> Parts:
    return Parts({content_id: Part("a/b", content_id, content_id.encode()) for content_id in content_ids})


@pytest.mark.parametrize(
    ("content_id", "reference"),
    [
        ("565d54ec@ehealth.fgov.be", "cid:565d54ec@ehealth.fgov.be"),
        ("565d54ec@ehealth.fgov.be", "cid:565d54ec%40ehealth.fgov.be"),
        ("565d54ec@ehealth.fgov.be", "\n cid:565d54ec@ehealth.fgov.be\t"),
        ("565d54ec@ehealth.fgov.be", "CID:565d54ec@ehealth.fgov.be"),
        ("a+b", "cid:a+b"),
        ("a%b", "cid:a%25b"),
        ("a/b", "cid:a%2fb"),
        ("aX", "cid:aX"),
    ],
)
def test_a_reference_is_percent_decoded_and_matched_exactly(content_id: str, reference: str) -> None:
    found = parts("other", content_id)
    assert found.take("X", reference) == content_id.encode()
    found.take("X", "cid:other")
    found.finish()


@pytest.mark.parametrize(
    "reference", ["cid:A@b", "cid:<a@b>", "cid:a@b ", "cid:a", "cid:", "cid:%ff", f"cid:{CANARY}", "cid: a@b"]
)
def test_a_reference_without_its_part(reference: str) -> None:
    if reference.endswith("b "):
        reference = "cid:a@b%20"
    with refused("SOA-03007", "X: no part"):
        parts("a@b").take("X", reference)


@pytest.mark.parametrize("reference", ["", "a@b", "http://a@b", "mid:a@b", "#a@b", "cid", f"{CANARY}:a@b"])
def test_a_reference_that_is_no_cid(reference: str) -> None:
    with refused("SOA-03007", "X: the reference is no cid:"):
        parts("a@b").take("X", reference)


@pytest.mark.parametrize("space", ["\xa0", "\u2003", "\x0b"])
def test_only_xmls_own_white_space_may_stand_around_a_reference(space: str) -> None:
    with refused("SOA-03007", "X: no part has the Content-ID that is referred to"):
        parts("a@b").take("X", f"cid:a@b{space}")


def test_a_part_that_nothing_refers_to() -> None:
    found = parts("a", CANARY)
    found.take("X", "cid:a")
    with refused("SOA-03007", "1 parts that nothing refers to"):
        found.finish()


def test_one_part_may_be_referred_to_twice() -> None:
    found = parts("a")
    assert found.take("X", "cid:a") == found.take("Y", "cid:a")
    found.finish()


def test_fresh_content_ids_without_plus() -> None:
    """wire.md, answers 7."""
    attachments = Attachments(SeededChance(1))
    references = [attachments.put("a/b", b"1"), attachments.put("a/b", b"2")]
    assert len(set(references)) == 2
    assert all(re.fullmatch("cid:[0-9a-f]{32}@ehbox", reference) for reference in references)
    assert [f"cid:{part.content_id}" for part in attachments.parts] == references
