"""``mitui config path``, ``show`` and ``init``."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitui.cli.main import main
from tests.cli.commands import one_line

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/config/mitui/config.toml\n"


def test_init_writes_a_commented_config_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "config" / "mitui" / "config.toml"
    assert main(["config", "init"]) == 0
    assert place.read_text() == EXAMPLE.read_text()
    place.write_text("# mine")
    assert main(["config", "init"]) == 3
    assert "never overwritten" in one_line(capsys.readouterr().err)
    assert place.read_text() == "# mine"


def test_init_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["config", "init", "--config", str(tmp_path / "file" / "config.toml")]) == 3
    assert "can't be written" in one_line(capsys.readouterr().err)


def test_show_says_where_each_value_came_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "my.toml"
    place.write_text(
        '[dashboard]\ninterval = 30\n[[identities]]\nname = "me"\nsystem = true\n'
        '[[vaults]]\nurl = "contoso-kv"\nwant = ["secrets/get"]\n[keys]\nrefresh = "f5"\n'
    )
    assert main(["config", "show", "--config", str(place)]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line}
    assert lines["dashboard.interval"] == ["dashboard.interval", "30", "config"]
    assert lines["dashboard.mouse"] == ["dashboard.mouse", "true", "default"]
    assert lines["identities[1]"] == ["identities[1]", "system", "me", "config"]
    assert lines["vaults[1].want"][1:] == ["secrets/get", "config"]
    assert lines["keys.refresh"][1:] == ["f5", "config"]
    assert lines["resources"][-1] == "default"


def test_show_a_broken_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "my.toml"
    place.write_text("x = 1")
    assert main(["config", "show", "--config", str(place)]) == 3
    assert "no such key" in one_line(capsys.readouterr().err)
