"""backup: what it copies, and what it leaves alone; proofs/backups.py holds it against a server at work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ehbox_soap import config
from ehbox_soap.cli import main
from ehbox_soap.store.engine import Store
from tests.door import prepared, settings_of


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = prepared(tmp_path_factory.mktemp("backup") / "data")
    (folder / "metrics" / "0").mkdir(parents=True)
    return folder


def backup(data: Path, target: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["backup", str(target), "--data", str(data), *more])


def boxes(folder: Path) -> int:
    store = Store.open(config.database_url(settings_of(folder, {})))
    try:
        with store.begin(write=False) as transaction:
            return len(list(transaction.whole.boxes()))
    finally:
        store.close()


def test_store_and_keys_are_copied_and_no_figures(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    result = backup(data, target)
    assert (result.exit_code, result.output) == (0, f"copied to {target}\n")
    copied = {each.name for each in target.iterdir()}
    assert copied >= {"ehbox.sqlite", "pki", "pseudonym.key"}
    assert copied == {each.name for each in data.iterdir() if not each.name.endswith(("-wal", "-shm"))} - {"metrics"}
    for each in (data / "pki").rglob("*"):
        its_copy = target / "pki" / each.relative_to(data / "pki")
        assert its_copy.stat().st_mode == each.stat().st_mode
        assert each.is_dir() or its_copy.read_bytes() == each.read_bytes()
    assert boxes(target) == boxes(data) > 0


def test_an_uncommitted_change_is_in_no_copy(data: Path, tmp_path: Path) -> None:
    """And the one who makes it is not waited for."""
    before = boxes(data)
    store = Store.open(config.database_url(settings_of(data, {})))

    def clear_and_copy() -> None:
        with store.begin() as transaction:
            transaction.whole.clear()
            assert backup(data, tmp_path / "copy").exit_code == 0
            raise KeyError

    with pytest.raises(KeyError):
        clear_and_copy()
    store.close()
    assert boxes(tmp_path / "copy") == before


def test_nothing_is_written_over(data: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    result = backup(data, tmp_path / "copy")
    assert result.exit_code == 2
    assert "File exists" in result.output
    assert not list((tmp_path / "copy").iterdir())


def test_a_database_of_postgresql_is_left_to_its_own_programs(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "copy", lambda *_: False)
    assert "use pg_dump" in backup(data, tmp_path / "one").output
    told = json.loads(backup(data, tmp_path / "two", "--json").output)
    assert told == {"folder": str(tmp_path / "two"), "database": False}
