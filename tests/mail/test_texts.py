"""What mails say: every kind in every language, and never a content, a title or a name (MAIL-1, PUB-13)."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from ehbox_soap.mail import texts
from ehbox_soap.mail.folder import FolderMailer
from ehbox_soap.mail.mail import Mail
from ehbox_soap.store import work_tables

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def test_every_kind_of_mail_has_its_words() -> None:
    assert sorted(texts.KINDS) == sorted(work_tables.KINDS)


@pytest.mark.parametrize("kind", texts.KINDS)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_language_has_words_of_its_own(kind: str, language: str) -> None:
    said = texts.text(kind, language, "k3Xw90Qa")
    others = [texts.text(kind, other, "k3Xw90Qa") for other in texts.LANGUAGES if other != language]
    assert said.subject.startswith("eHealthBox")
    assert said.subject not in [other.subject for other in others]
    assert said.body not in [other.body for other in others]
    assert ("k3Xw90Qa" in said.body) == (kind == "CONFIRM")
    assert "{" not in said.body + said.subject


@pytest.mark.parametrize("language", [None, "xx"])
def test_without_a_language_french_and_dutch_together(language: str | None) -> None:
    said = texts.text("NEW", language)
    french, dutch = texts.text("NEW", "fr"), texts.text("NEW", "nl")
    assert said.subject == f"{french.subject} / {dutch.subject}"
    assert said.body == f"{french.body}\n{dutch.body}"


def test_a_folder_holds_each_mail_once(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail", "box@box.test")
    mails = [Mail("a" * 32, "a@example.org", texts.text("NEW", "fr")), Mail("b" * 32, "", texts.text("NEW", "fr"))]
    for _ in range(2):
        assert [each.ending for each in mailer.deliver(mails, NOW)] == ["sent", "refused"]
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == f"{'a' * 32}.eml"
    assert message_from_bytes(path.read_bytes(), policy=default)["To"] == "a@example.org"


def test_a_folder_that_cannot_be_written_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("no folder")
    mailer = FolderMailer(tmp_path / "mail", "box@box.test")
    (found,) = mailer.deliver([Mail("a" * 32, "a@example.org", texts.text("NEW", "fr"))], NOW)
    assert (found.ending, found.why) == ("later", "FileExistsError")
