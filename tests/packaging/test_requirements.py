"""Every library is pinned by version and hash, and the bill of materials lists what is run."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement

from tests.http.running import ROOT

FOLDER = ROOT / "requirements"
DIGEST = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(name: str) -> dict[str, tuple[Requirement, int]]:
    """The packages of a lock by their normal name: the requirement, and how many hashes stand with it."""
    text = (FOLDER / name).read_text().replace("\\\n", " ")
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        requirement = Requirement(DIGEST.sub("", line).strip())
        found[normal(requirement.name)] = (requirement, len(DIGEST.findall(line)))
    return found


def normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def version(requirement: Requirement) -> str:
    """The one version that a requirement allows."""
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


def demanded(*extras: str) -> Iterator[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for line in (
        *project["dependencies"],
        *(line for extra in extras for line in project["optional-dependencies"][extra]),
    ):
        yield Requirement(line)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.txt")))
def test_every_library_has_one_version_and_a_hash(name: str) -> None:
    packages = locked(name)
    assert packages
    for requirement, hashes in packages.values():
        assert version(requirement)
        assert hashes > 0, requirement.name


@pytest.mark.parametrize(("name", "extras"), [("run.txt", ["postgresql"]), ("dev.txt", ["postgresql", "dev"])])
def test_what_the_project_demands_is_locked(name: str, extras: list[str]) -> None:
    packages = locked(name)
    for requirement in demanded(*extras):
        pinned, _ = packages[normal(requirement.name)]
        assert requirement.specifier.contains(version(pinned)), requirement.name


def test_tests_run_on_what_is_run() -> None:
    run, dev = locked("run.txt"), locked("dev.txt")
    assert {name: str(requirement) for name, (requirement, _) in run.items()} == {
        name: str(dev[name][0]) for name in run
    }


def test_the_build_backend_is_the_one_locked() -> None:
    (backend,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert str(locked("build.txt")["hatchling"][0]) == backend


def test_the_bill_of_materials_lists_what_is_run() -> None:
    bill = json.loads((FOLDER / "bom.cdx.json").read_text())
    listed = {normal(each["name"]): each["version"] for each in bill["components"]}
    assert listed == {name: version(requirement) for name, (requirement, _) in locked("run.txt").items()}
