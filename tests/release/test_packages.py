"""The wheel and the source distribution hold exactly what they should."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from mitui import __version__

ROOT = Path(__file__).parents[2]
NAME = f"mitui-{__version__}"


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
    assert names == tracked("mitui", "release", "tests") | single | {"PKG-INFO"}
