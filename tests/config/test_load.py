"""Settings: a TOML file, the environment over it, flags over both; what is wrong is named and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehbox_soap import config


def _file(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    return path


def test_nothing_set_gives_the_table_s_defaults() -> None:
    assert config.load(None, {}) == config.Settings()


def test_environment_goes_over_the_file_and_flags_over_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, '[server]\nport = 1001\nworkers = 3\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("EHBOX_SERVER__PORT", "1002")
    monkeypatch.setenv("EHBOX_SERVER__WORKERS", "4")
    settings = config.load(path, {"server.port": "1003"})
    assert (settings.server.port, settings.server.workers, settings.server.host) == (1003, 4, "0.0.0.0")


def test_every_kind_of_value_can_be_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHBOX_STS__ENABLED", "false")
    monkeypatch.setenv("EHBOX_DATA__FOLDER", "elsewhere")
    monkeypatch.setenv("EHBOX_SECURITY__AUTHORITIES", "a.pem, b.pem")
    monkeypatch.setenv("EHBOX_MAILBOX__ALL_PUBLISHERS", '["DOCTOR", "HOSPITAL"]')
    settings = config.load(None, {"people.seeds": "", "security.profile": "strict"})
    assert settings.sts.enabled is False
    assert settings.data.folder == Path("elsewhere")
    assert settings.security.authorities == (Path("a.pem"), Path("b.pem"))
    assert settings.mailbox.all_publishers == ("DOCTOR", "HOSPITAL")
    assert settings.people.seeds == ()
    assert settings.security.profile == "strict"


def test_variables_without_a_section_are_the_command_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHBOX_URL", "http://127.0.0.1:1")
    assert config.load() == config.Settings()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nprot = 1\n", "server.prot"),
        ("[servre]\nport = 1\n", "servre"),
        ("server = 1\n", "server"),
        ("[server]\nport = 70000\n", "server.port"),
        ('[server]\nport = "8080"\n', "server.port"),
        ("[server]\nport = true\n", "server.port"),
        ("[sts]\nenabled = 1\n", "sts.enabled"),
        ('[security]\nauthorities = "a.pem"\n', "security.authorities"),
        ("[log]\nlevel = 2026-01-01\n", "log.level"),
        ("[server\n", "not TOML"),
    ],
)
def test_a_file_s_mistake_is_named_with_the_file(tmp_path: Path, text: str, named: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(config.ConfigError, match=named) as caught:
        config.load(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"absent\.toml: No such file"):
        config.load(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("variable", "text", "named"),
    [
        ("EHBOX_SERVER__PRT", "1", "server.prt"),
        ("EHBOX_SERVRE__PORT", "1", "servre.port"),
        ("EHBOX_SERVER__PORT", "secret", "server.port"),
        ("EHBOX_PEOPLE__SEEDS", '["secret', "people.seeds"),
        ("EHBOX_PEOPLE__SEEDS", "[1]", "people.seeds"),
    ],
)
def test_a_variable_s_mistake_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, named: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(config.ConfigError, match=f"{named} .in the environment.") as caught:
        config.load()
    assert "secret" not in str(caught.value)


def test_a_flag_s_mistake_is_named() -> None:
    with pytest.raises(config.ConfigError, match=r"nothing .in a flag.: there is no such setting"):
        config.load(None, {"nothing": "1"})


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        config.load().server.port = 1  # type: ignore[misc]


def test_folders_are_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = config.load(None, {"data.folder": "kept"})
    assert config.data_folder(settings) == tmp_path / "kept"
    assert config.pki_folder(settings) == tmp_path / "kept" / "pki"
    assert config.database_url(settings) == f"sqlite:///{tmp_path / 'kept' / 'ehbox.sqlite'}"


def test_a_database_of_one_s_own_is_used_as_it_is() -> None:
    assert config.database_url(config.load(None, {"data.database": "postgresql:///boxes"})) == "postgresql:///boxes"
