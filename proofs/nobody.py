"""Nobody in: every attack of tests/attacks, and those of tests/front, over HTTP to running workers on one database, and
how each was answered.

Knows: how these tests are run over another door, what each of them is about, the report that pytest writes. Must not
know: any attack. A finding is a test that failed, or an answer that is no answer of SOAP.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from ehbox_soap import clock
from proofs.report import ROOT
from tests.http.door import ANSWERED, FAULT, REFUSED

TOPICS = {
    "test_wrapping": "signature wrapping",
    "test_references.test_every_pair_of_ids": "ids, in pairs",
    "test_references.test_the_bodys_id_elsewhere": "ids, the Body's elsewhere",
    "test_references": "references, addresses",
    "test_algorithms.test_every_algorithm_in_every_place": "algorithms",
    "test_algorithms.test_transforms": "transforms",
    "test_algorithms": "keys, MACs, empty values",
    "test_keys": "keys, MACs, empty values",
    "test_assertions.test_assertions": "assertions",
    "test_assertions.test_timestamps": "Timestamps",
    "test_assertions.test_a_second_before_each_end": "boundaries, to the second",
    "test_assertions.test_the_same_bytes": "replay",
    "test_assertions.test_a_thousand_calls": "a thousand calls on one assertion",
    "test_assertions.test_a_thousand_messages": "a thousand letters on one assertion",
    "test_rights": "rights",
    "test_foreign_ids": "foreign and unknown ids",
    "test_canaries": "canaries",
    "test_replay": "replay",
    "test_times": "boundaries, to the second",
    "test_security": "each piece of the security header",
    "test_hostile": "placements anywhere, sets of references, split values, octets",
    "test_trust": "keys, certificates, profiles",
}
"""By the beginning of a test's name; the first that fits."""
PATIENCE = 3600
ATTACKS = "tests/attacks"
FRONT = tuple(f"tests/front/test_{name}.py" for name in ("wrapping", "replay", "times", "security", "hostile", "trust"))


@dataclass
class Topic:
    """What was tried of one: tests, how their calls were answered, and what came of those that failed."""

    tests: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    @property
    def row(self) -> dict[str, object]:
        """What is told of it."""
        return {
            "tests": self.tests,
            "calls": self.answers.total(),
            "turned away by a fault": self.answers[FAULT],
            "refused by a code": self.answers[REFUSED],
            "answered, as must be": self.answers[ANSWERED],
            "findings": len(self.findings),
        }

    def add(self, other: Topic) -> None:
        """Takes another's into its own."""
        self.tests += other.tests
        self.answers += other.answers
        self.findings += other.findings


@dataclass(frozen=True)
class Found:
    """By topic; and which tests were not made over HTTP, each with the reason."""

    topics: dict[str, Topic]
    within: dict[str, str]
    seconds: float

    @property
    def all(self) -> Topic:
        """The sum."""
        total = Topic()
        for each in self.topics.values():
            total.add(each)
        return total


def nobody(database: str, every: int, folder: Path) -> Found:
    """All of them over HTTP on one database, or of each test of tests/attacks every so manieth case. `folder` is
    scratch."""
    report = folder / "report.xml"
    began = clock.monotonic()
    words = [f"--door=http-{database}", f"--every={every}", f"--basetemp={folder / 'tests'}"]
    # The form of report that has a place for what a test says of itself.
    words += [f"--junitxml={report}", "--override-ini=junit_family=xunit1"]
    # A part of a thousand says little, and takes a server of its own.
    which = FRONT if every == 1 else ("-k", "not thousand")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", ATTACKS, *which, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    # 1: some tests failed, and the report tells which.
    if done.returncode not in (0, 1):
        raise AssertionError(f"the attacks could not be made: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    found = read(report)
    if not found.all.answers:
        raise AssertionError(f"no attack was made: {done.stdout[-2000:]}")
    return Found(found.topics, found.within, clock.monotonic() - began)


def read(report: Path) -> Found:
    """What a report of pytest's says."""
    topics: dict[str, Topic] = {}
    within: dict[str, str] = {}
    for case in etree.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name', '')}"
        if (skipped := case.find("skipped")) is not None:
            within[name.partition("[")[0]] = skipped.get("message", "")
            continue
        topics.setdefault(_topic(name), Topic()).add(_case(name, case))
    order = list(TOPICS.values())
    return Found(dict(sorted(topics.items(), key=lambda each: order.index(each[0]))), within, 0.0)


def _topic(name: str) -> str:
    return next(topic for begin, topic in TOPICS.items() if name.startswith(begin))


def _case(name: str, case: etree._Element) -> Topic:
    answers = Counter({each.get("name", ""): int(each.get("value", "")) for each in case.iter("property")})
    findings = [f"{name}: {kind.get('message', '')[:200]}" for kind in (*case.iter("failure"), *case.iter("error"))]
    findings += (f"{name}: answered by {each}" for each in answers.keys() - {FAULT, REFUSED, ANSWERED})
    return Topic(1, answers, findings)


def told_within(found: Found) -> Iterator[str]:
    """A sentence about what was not made over HTTP."""
    yield f"In {found.seconds:.0f} seconds. Within the process only:"
    yield ""
    for name, reason in sorted(found.within.items()):
        module, _, test = name.partition(".")
        yield f"- `{module}.py`, `{test}`: {reason}"
