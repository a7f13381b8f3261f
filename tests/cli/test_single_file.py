"""mitui as one zip file, as it is copied to a host without internet access; its dependencies are this environment's."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipapp
from pathlib import Path

import pytest

from tests.cli.commands import TIMEOUT
from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a wheel lays it out, in one file."""
    folder = tmp_path_factory.mktemp("single")
    shutil.copytree(ROOT / "mitui", folder / "app" / "mitui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config.example.toml", folder / "app" / "mitui")
    made = folder / "mitui.pyz"
    zipapp.create_archive(folder / "app", made, main="mitui.cli.main:run", compressed=True)
    return made


def run(archive: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(archive), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT, cwd=archive.parent)


def test_it_checks_a_host_and_writes_its_config(archive: Path, tmp_path: Path) -> None:
    checked = run(archive, "check", "--demo", "healthy")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("ok: ")
    place = tmp_path / "config.toml"
    assert run(archive, "config", "init", "--config", str(place)).returncode == 0
    assert place.read_text("utf-8") == (ROOT / "config.example.toml").read_text("utf-8")


def test_it_draws_the_dashboard(archive: Path) -> None:
    with Terminal([sys.executable, str(archive), "--demo", "healthy"]) as terminal:
        terminal.wait_for("Azure Resource Manager")
        terminal.press("?")
        terminal.wait_for("Help")
        terminal.press("\x11")
        assert terminal.wait_exit()[0] == 0
