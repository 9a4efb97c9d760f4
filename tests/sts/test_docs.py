"""docs/sts.md: its table of attributes and its list of what is ours are those of the code; README counts the list."""

from __future__ import annotations

import re
from pathlib import Path

from ehbox_soap import qualities
from ehbox_soap.sts.ours import DECISIONS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sts.md").read_text("utf-8")


def _between(name: str) -> list[str]:
    return PAGE[PAGE.index(f"<!-- {name}:begin -->") : PAGE.index(f"<!-- {name}:end -->")].splitlines()[1:]


def _long(text: str) -> str:
    return text.strip(" `").replace("…ssin:", "urn:be:fgov:person:ssin:").replace("…1.0:", "urn:be:fgov:ehealth:1.0:")


def test_every_quality_with_its_attributes_and_where_they_are_known_from() -> None:
    """BOX-7: what is ours is marked so, in one table."""
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in _between("attributes")[2:]]
    assert [row[0] for row in rows] == [*qualities.PROFESSIONS, *qualities.ORGANISATIONS]
    for quality, boolean, nihii11, origin in rows:
        names = qualities.person_attribute_names(quality) or qualities.organisation_boolean_attributes(quality)
        assert _long(boolean) == names[0]
        assert _long(nihii11) == next(iter(qualities.nihii11_attribute_names(quality)), "")
        assert origin == ("client" if quality in qualities.NAMED_BY_CLIENTS else "ours")


def test_every_decision_of_ours() -> None:
    assert _between("ours") == [f"- {each}" for each in DECISIONS]


def test_readme_counts_them() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"<!-- sts-ours:begin -->(\d+)<!-- sts-ours:end -->", readme)
    assert found is not None
    assert int(found[1]) == len(DECISIONS)
