"""The wheel and the source distribution hold exactly what they should."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from mitui import __version__

ROOT = Path(__file__).parents[2]
NAME = f"mitui-{__version__}"
INDEX = dict(os.environ)
"""The environment before a test changes it: pip's own settings are in its home."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both lie."""
    made = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return made


def tracked(*places: str) -> set[str]:
    """The files below these places that git knows."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    # What is about to be committed counts, too.
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *places]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {each for each in done.stdout.splitlines() if (ROOT / each).exists()}


def test_the_wheel(folder: Path) -> None:
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shared = {
        "share/man/man1/mitui.1",
        "share/bash-completion/completions/mitui",
        "share/zsh/site-functions/_mitui",
        "share/fish/vendor_completions.d/mitui.fish",
    }
    about = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
    assert names == (
        tracked("mitui")
        | {"mitui/config.example.toml"}
        | {f"{NAME}.data/data/{each}" for each in shared}
        | {f"{NAME}.dist-info/{each}" for each in about}
    )


def test_the_source_distribution(folder: Path) -> None:
    [source] = folder.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {each.removeprefix(f"{NAME}/") for each in archive.getnames()}
    single = {"CHANGELOG.md", "LICENSE", "README.md", "config.example.toml", "pyproject.toml", ".gitignore"}
    assert names == tracked("mitui", ".ci", "tests") | single | {"PKG-INFO"}


def test_the_wheel_is_installed_with_what_it_needs(folder: Path, tmp_path: Path) -> None:
    [wheel] = folder.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    inside = tmp_path / "venv"
    pip = [str(inside / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, f"{wheel}[metrics]"], capture_output=True, text=True, check=False, env=INDEX)
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    for each in ("check --demo healthy --format openmetrics", "fleet rules", "completion fish", "config path"):
        ran = subprocess.run(
            [str(inside / "bin" / "mitui"), *each.split()], capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, ""), each
    assert (inside / "share" / "man" / "man1" / "mitui.1").exists()
