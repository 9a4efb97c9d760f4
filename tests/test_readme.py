"""README's figures are those of the code: how much is invented (rules.md: README counts it), who is in the seed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from ehbox_soap.addressbook.ours import DECISIONS as ADDRESS_BOOK
from ehbox_soap.mailbox.ours import DECISIONS
from ehbox_soap.sealing.ours import DECISIONS as SEALING

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_counts_what_is_ours() -> None:
    found = re.search(r"<!-- ours:begin -->(\d+)<!-- ours:end -->", README)
    assert found is not None
    assert int(found.group(1)) == len(DECISIONS)


def test_readme_counts_what_is_ours_of_the_address_book_and_its_page_lists_it() -> None:
    found = re.search(r"<!-- book-ours:begin -->(\d+)<!-- book-ours:end -->", README)
    assert found is not None
    assert int(found.group(1)) == len(ADDRESS_BOOK)
    page = (ROOT / "docs" / "address-book.md").read_text(encoding="utf-8")
    rows = page[page.index("<!-- book-ours:begin -->") : page.index("<!-- book-ours:end -->")].splitlines()[3:]
    assert rows == [f"| {decision.rule} | {decision.says} |" for decision in ADDRESS_BOOK]


def test_readme_counts_what_is_ours_of_encryption_and_its_page_lists_it() -> None:
    found = re.search(r"<!-- seal-ours:begin -->(\d+)<!-- seal-ours:end -->", README)
    assert found is not None
    assert int(found.group(1)) == len(SEALING)
    page = (ROOT / "docs" / "encryption.md").read_text(encoding="utf-8")
    rows = page[page.index("<!-- seal-ours:begin -->") : page.index("<!-- seal-ours:end -->")].splitlines()[3:]
    assert rows == [f"| {decision.rule} | {decision.says} |" for decision in SEALING]


def test_readme_names_everybody_of_the_shipped_seed() -> None:
    seed = tomllib.loads((ROOT / "conf" / "seed.toml").read_text(encoding="utf-8"))
    rows = README[README.index("<!-- seed:begin -->") : README.index("<!-- seed:end -->")]
    for person in seed["person"]:
        assert f"| INSS {person['inss']} | {person['first_name']} {person['last_name']} |" in rows
    for organisation in seed["organisation"]:
        assert f"| {organisation['type']} {organisation['id']} | {organisation['name']} |" in rows


def test_readme_links_to_files_that_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
