"""The table of a long run of scripts/fuzz: made of what its two ways print."""

from __future__ import annotations

import pytest

from proofs import report
from proofs.fuzzing import section, told

HYPOTHESIS = """\
platform linux -- Python 3.11.7, pytest-9.2.0, pluggy-1.7.0
2 workers [65 items]
=================================== PASSES ====================================
_________________ test_only_answers_and_mapped_faults[mime] __________________
----------------------------- Captured stdout call -----------------------------
the whole way, mime 30 {'SOA-03001': 20, 'good': 10}
the whole way, mime 5 {'good': 5}
etk depot 14 {'good': 10, 'SOA-03006': 4}
fuzzed by 49 inputs: 35 the whole way of a request, 14 to a reader below it
============================= 63 passed in 35.27s ==============================
"""
ATHERIS = "etk depot 20 {'SOA-03006': 20}\ntoken 20 {'SealingError': 19, 'good': 1}\n"


def test_every_target_is_told_with_what_came_of_it() -> None:
    made = section(HYPOTHESIS, ATHERIS, "scripts/fuzz --full 89")
    assert made.columns == {
        "hypothesis": {"the whole way, mime": 35, "etk depot": 14, "all of them": 49},
        "atheris": {"etk depot": 20, "token": 20, "all of them": 40},
        "what came out": {
            "the whole way, mime": "20 SOA-03001, 15 good",
            "etk depot": "24 SOA-03006, 10 good",
            "token": "19 SealingError, 1 good",
            "all of them": "89, and nothing else",
        },
    }
    assert f"<!-- {made.name}:begin -->" in report.RELIABILITY.read_text("utf-8")


def test_inputs_of_which_nothing_is_told_are_no_result() -> None:
    with pytest.raises(ValueError, match="etk depot: what came out are not as many"):
        told("etk depot 21 {'SOA-03006': 20}\n")
    with pytest.raises(ValueError, match="no target"):
        told("============ 63 passed ============\n")
