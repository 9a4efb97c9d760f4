"""Lists are cut to what a statement takes, and nobody in them is left out."""

from __future__ import annotations

from ehbox_soap.store.statements import batches, by_kind


def test_a_long_list_is_taken_in_runs() -> None:
    assert [list(some) for some in batches("abcde", 2)] == [["a", "b"], ["c", "d"], ["e"]]
    assert list(batches(())) == []


def test_names_are_taken_by_kind_each_once_and_so_many_at_a_time() -> None:
    doctors = [("INSS", f"{n:011}", "DOCTOR") for n in range(1_201)]
    others = [("INSS", "00000000000", "NURSE"), ("NIHII", "71990133", "HOSPITAL")]
    runs = list(by_kind([*doctors, *others, *doctors]))
    assert sorted((type, quality, len(ids)) for type, quality, ids in runs) == [
        *(("INSS", "DOCTOR", count) for count in (201, 500, 500)),
        ("INSS", "NURSE", 1),
        ("NIHII", "HOSPITAL", 1),
    ]
    assert {(type, id, quality) for type, quality, ids in runs for id in ids} == {*doctors, *others}
