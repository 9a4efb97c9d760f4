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
RULE = r"(?:BOX|PUB|ACK|LIST|FULL|HIST|MOVE|DEL|INFO|OOO|LIFE|USE|MAIL|BOOK)-[1-9]\d?"


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


def test_every_rule_that_is_named_has_its_sentence_and_no_other_has() -> None:
    """A newcomer who meets BOX-8 finds it in docs/rules.md; a rule that nothing names any more leaves it."""
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    told = re.findall(rf"^\| ({RULE}) \| [a-z, ]+ \| .+\. \|$", page, re.MULTILINE)
    assert len(set(told)) == len(told) == len(re.findall(r"^\| [A-Z]+-\d", page, re.MULTILINE))
    files = [each for folder in ("ehbox_soap", "tests", "docs", "conf") for each in (ROOT / folder).rglob("*.*")]
    kinds = {".py", ".md", ".toml"}
    texts = [each.read_text(encoding="utf-8") for each in files if each.suffix in kinds and each.name != "rules.md"]
    named = {rule for text in (README, *texts) for rule in re.findall(rf"\b{RULE}\b", text)}
    assert named == set(told)


def test_what_the_documented_commands_leave_in_a_checkout_is_ignored() -> None:
    # docs/mutation.md quotes lines of code, no commands.
    written = [page for page in (ROOT / "docs").glob("*.md") if page.name != "mutation.md"]
    pages = [README, *(page.read_text(encoding="utf-8") for page in written)]
    commands = re.findall(r"^```(?:sh|bash)?\n(.*?)^```$|(`[^`\n]+`)", "\n".join(pages), re.DOTALL | re.MULTILINE)
    text = "\n".join(block or inline for block, inline in commands)
    left = set(re.findall(r"(?: > |--out |-keystore )([\w.-]+)(?=[\s`]|$)", text))
    assert {"report.pdf", "letters", "assertion.xml", "truststore.jks"} <= left
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    assert left <= ignored
