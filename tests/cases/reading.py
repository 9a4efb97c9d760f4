"""The cases as they stand in their folders, and the words that their files are written in.

Knows: the form of case.toml, request.xml and expected.xml. Must not know: how a case is played, what a server answers.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree

from tests.cases.people import BOXES
from tests.cases.writing import Sending

FOLDER = Path(__file__).parent
ORIGINS = ("contract", "public", "client", "ours")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_PARSER = etree.XMLParser(remove_blank_text=True)


@dataclass(frozen=True)
class Case:
    """One folder. `setup` are steps (stage.py), `parts` texts sent as attachments by Content-ID, `told` the texts of
    the attachments that must come back, `mails` all that are sent then and `kept` what is reported of boxes (USE-5),
    where the case looks at them. `cookbook`: public pages quote this very situation from the platform's cookbooks."""

    folder: Path
    rules: tuple[str, ...]
    origin: str
    expectation: str
    caller: str
    at: datetime | None
    settings: Mapping[str, str]
    setup: tuple[Mapping[str, Any], ...]
    parts: Mapping[str, str]
    told: tuple[str, ...]
    sending: Sending
    mails: tuple[Mapping[str, str], ...] | None
    kept: tuple[Mapping[str, Any], ...] | None
    cookbook: bool
    request: str
    expected: str

    @property
    def operation(self) -> str:
        return self.folder.parent.name

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def code(self) -> str:
        """The status code, or the code of the fault, that the case expects."""
        found = re.search(r"\{status:(\d+)|<Status><Code>(\d+)|<faultstring>(SOA-\d+)", self.expected)
        assert found, self.name
        return next(each for each in found.groups() if each)


def read(folder: Path) -> Case:
    """The case of a folder; KeyError or AssertionError for one that is not whole."""
    stated = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    known = {"rules", "origin", "expectation", "caller", "at", "settings", "setup", "parts", "told"}
    known |= {"sending", "mails", "kept", "cookbook"}
    assert stated.keys() <= known, f"{folder.name}: {sorted(stated.keys() - known)}"
    assert stated["origin"] in ORIGINS, folder.name
    assert not stated.get("cookbook") or stated["origin"] == "public", f"{folder.name}: only public pages quote them"
    return Case(
        folder=folder,
        rules=tuple(stated["rules"]),
        origin=stated["origin"],
        expectation=stated["expectation"],
        caller=stated["caller"],
        at=stated.get("at"),
        settings=stated.get("settings", {}),
        setup=tuple(stated.get("setup", ())),
        parts=stated.get("parts", {}),
        told=tuple(stated.get("told", ())),
        sending=Sending(**stated.get("sending", {})),
        mails=tuple(stated["mails"]) if "mails" in stated else None,
        kept=tuple(stated["kept"]) if "kept" in stated else None,
        cookbook=stated.get("cookbook", False),
        request=(folder / "request.xml").read_text("utf-8"),
        expected=(folder / "expected.xml").read_text("utf-8"),
    )


def all_cases() -> tuple[Case, ...]:
    """Every case, by operation and name."""
    return tuple(read(path.parent) for path in sorted(FOLDER.glob("*/*/case.toml")))


def names_of_rules(*, quoted: bool = False) -> frozenset[str]:
    """The rules that need a case, or those that public pages quote from the cookbooks, from rules.toml."""
    stated = tomllib.loads((FOLDER / "rules.toml").read_text("utf-8"))
    groups = stated["cookbook"] if quoted else {name: numbers for name, numbers in stated.items() if name.isupper()}
    return frozenset(f"{group}-{number}" for group, numbers in groups.items() for number in numbers)


def element(text: str, names: Mapping[str, str]) -> etree._Element:
    """The element of a case's file, its placeholders filled, without the white space that only makes it readable.

    {name} is the id that a step got, {box:who} a box, {status:841 place} a Status in three languages whose texts hold
    the place, {base64:text} and {sha256:text} a content and its Digest, {ids:3} so many MessageIds of nothing. An
    element with the attribute `times` stands for so many.
    """
    root = etree.fromstring(_PLACEHOLDER.sub(lambda found: _filled(found[1], names), text).encode(), _PARSER)
    for each in [each for each in root.iter() if "times" in each.attrib]:
        for _ in range(int(each.attrib.pop("times")) - 1):
            each.addnext(deepcopy(each))
    return root


def _filled(word: str, names: Mapping[str, str]) -> str:
    kind, separate, value = word.partition(":")
    if not separate:
        return names[word]
    match kind:
        case "box":
            return BOXES[value]
        case "status":
            code, _, place = value.partition(" ")
            text = f"*{place}*" if place else "*"
            messages = "".join(f'<Message Lang="{lang}">{text}</Message>' for lang in ("EN", "FR", "NL"))
            return f"<Status><Code>{code}</Code>{messages}</Status>"
        case "base64":
            return base64.b64encode(value.encode()).decode()
        case "sha256":
            return base64.b64encode(hashlib.sha256(value.encode()).digest()).decode()
        case "ids":
            return "".join(f"<MessageId>{number:013}</MessageId>" for number in range(int(value)))
    raise KeyError(word)
