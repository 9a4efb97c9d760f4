"""The settings' texts are generated from the one table: conf/ehbox.toml and README's reference cannot drift."""

from __future__ import annotations

from pathlib import Path

from ehbox_soap import config, resources

ROOT = Path(config.__file__).resolve().parents[1]


def test_the_shipped_file_is_the_generated_text() -> None:
    assert resources.path("conf", "ehbox.toml").read_text("utf-8") == config.document()


def test_the_shipped_file_sets_every_default() -> None:
    assert config.load(resources.path("conf", "ehbox.toml")) == config.Settings()


def test_every_setting_has_a_comment_line_of_its_own() -> None:
    lines = config.document().splitlines()
    for section, field in config.Settings.model_fields.items():
        assert f"[{section}]" in lines
        assert field.annotation is not None
        for name, setting in field.annotation.model_fields.items():
            assert setting.description, f"{section}.{name}"
            assert "\n" not in setting.description
            row = next(number for number, line in enumerate(lines) if line.startswith(f"{name} = "))
            assert lines[row - 1].startswith("# ")


def test_readme_has_the_generated_reference() -> None:
    readme = (ROOT / "README.md").read_text("utf-8") if (ROOT / "README.md").exists() else ""
    begin, end = config.MARKERS
    if begin in readme:
        found = readme[readme.index(begin) : readme.index(end) + len(end)]
        assert found == config.reference().strip()


def test_the_reference_tells_limits_and_choices() -> None:
    reference = config.reference()
    assert "| `server.port` | `8080` | whole number ≥ 0, ≤ 65535 | port to listen on" in reference
    assert '| `security.profile` | `"wire"` | `wire` or `strict` |' in reference
