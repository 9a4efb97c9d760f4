"""Every case, played as raw XML and through zeep; every rule and status code has one; the tables are true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from ehbox_soap.errors import FAULTS, OURS, STATUS
from ehbox_soap.wire.contract import Contract
from tests.cases import table
from tests.cases.people import cast
from tests.cases.reading import Case, all_cases, names_of_rules
from tests.cases.runner import play_raw, play_zeep
from tests.door import Client, Door, prepared

CASES = all_cases()
Play = Callable[[Case, Door, Mapping[str, Client]], list[str]]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("cases")
    door = Door(folder / "data", prepared(folder / "template"))
    yield door
    door.close()


@pytest.fixture(scope="module")
def people(door: Door) -> Mapping[str, Client]:
    return cast(door)


@pytest.mark.parametrize("play", [play_raw, play_zeep], ids=["raw", "zeep"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation}/{case.name}")
def test_a_case_is_answered_as_it_expects(case: Case, play: Play, door: Door, people: Mapping[str, Client]) -> None:
    assert play(case, door, people) == []


def test_every_operation_has_six_cases() -> None:
    ports = Contract.load("ehealthbox")
    operations = {each.name for port in (ports.publication, ports.consultation) for each in port.operations.values()}
    counted = Counter(case.operation for case in CASES)
    assert counted.keys() == operations
    assert {name: count for name, count in counted.items() if count < 6} == {}


def test_every_rule_has_a_case() -> None:
    named = {rule for case in CASES for rule in case.rules}
    assert names_of_rules() - named == set(), "rules without a case"
    assert named - names_of_rules() == set(), "cases of unknown rules"


def test_every_status_code_has_a_case() -> None:
    assert STATUS.keys() - {case.code for case in CASES} == set()


def test_every_fault_has_a_case() -> None:
    assert FAULTS.keys() - {case.code for case in CASES} == set()


def test_an_example_of_the_cookbooks_is_of_a_rule_that_is_quoted() -> None:
    """Of getMessageHistory public pages quote nothing; every other operation has such an example."""
    quoted = names_of_rules(quoted=True)
    assert quoted < names_of_rules()
    examples = [case for case in CASES if case.cookbook]
    assert [f"{case.operation}/{case.name}" for case in examples if quoted.isdisjoint(case.rules)] == []
    assert {case.operation for case in CASES} - {case.operation for case in examples} == {"getMessageHistory"}


def test_no_case_passes_a_code_of_ours_for_fidelity() -> None:
    """What is ours in an expectation makes the case ours: the status codes from 840 on (rules, Status codes)."""
    invented = {code for code, row in STATUS.items() if row.origin == OURS}
    assert [f"{case.operation}/{case.name}" for case in CASES if case.code in invented and case.origin != "ours"] == []


def test_the_table_of_expected_results_is_of_the_cases() -> None:
    """`python -m tests.cases.table` writes both."""
    assert table.RESULTS.read_text("utf-8") == table.results(CASES)


def test_the_readme_counts_the_cases() -> None:
    readme = Path(table.README).read_text("utf-8")
    assert table.between(readme) == table.counts(CASES)
