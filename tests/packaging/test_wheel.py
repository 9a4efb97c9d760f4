"""The wheel holds everything, and works where no checkout is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.running import ROOT, Running

pytestmark = [pytest.mark.http, pytest.mark.slow]

SHIPPED = ("wsdl", "xsd", "conf")


def pip(*arguments: str) -> None:
    """pip, with nothing but what is here already."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def sources(*folders: str) -> dict[str, bytes]:
    """Files of the checkout, by their path in it."""
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    return {str(file.relative_to(ROOT)): file.read_bytes() for file in files if "__pycache__" not in file.parts}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), ".")
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package installed, beside the libraries of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-index", "--target", str(folder), str(wheel))
    return folder


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    """Every module, and wsdl, xsd and conf byte for byte; nothing else, above all no test and no key."""
    expected = sources("ehbox_soap")
    expected |= {f"ehbox_soap/_shipped/{name}": octets for name, octets in sources(*SHIPPED).items()}
    with zipfile.ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}
    assert sorted(inside) == sorted(expected)
    assert inside == expected
    assert any(name.startswith("ehbox_soap/store/migrations/versions/") for name in inside)
    assert {"xsd/ehealthbox", "wsdl/ehealthbox"} <= {
        name.removeprefix("ehbox_soap/_shipped/").rpartition("/")[0] for name in inside
    }


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    """`ehbox`."""
    with zipfile.ZipFile(wheel) as archive:
        (entries,) = [name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt")]
        assert b"ehbox = ehbox_soap.cli:main" in archive.read(entries)


def test_the_shipped_files_are_the_installed_ones(installed: Path, tmp_path: Path) -> None:
    """From another working directory; the contract loads from within the package."""
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "from ehbox_soap import resources\n"
        "from ehbox_soap.wire.contract import Contract\n"
        "contract = Contract.load('ehealthbox')\n"
        "print(len(contract.publication.operations) + len(contract.consultation.operations))\n"
        "print(*(resources.path(name) for name in ('wsdl', 'xsd', 'conf')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, paths = done.stdout.splitlines()
    assert count == "12"
    assert paths.split() == [str(installed / "ehbox_soap" / "_shipped" / name) for name in SHIPPED]


@pytest.fixture
def server(installed: Path, tmp_path: Path) -> Iterator[Running]:
    """A server of the installed package, in an empty folder that is its working directory."""
    running = Running(tmp_path / "data", package=installed)
    yield running
    assert running.stop() == 0, running.errors


def test_the_installed_server_starts(server: Running) -> None:
    """Authority, migrated store, seed and contract come from the package alone."""
    assert server.get("/readyz").body == b"ready\n"
    wsdl = server.get("/ehBoxConsultation/v3?wsdl").body
    assert f'location="{server.base}/ehBoxConsultation/v3"'.encode() in wsdl
