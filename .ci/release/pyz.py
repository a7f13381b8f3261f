"""Makes mitui as one file that runs wherever Python does, and its bill of materials.

``python .ci/release/pyz.py [FOLDER]`` writes ``mitui.pyz`` and ``mitui.cdx.json`` into ``dist`` or the folder. What
goes in is what ``pyz.lock`` names, by its hashes; what makes it is what ``tools.lock`` names. Two runs from one commit
make the same bytes: files are sorted and have one date, and nothing of this machine is in them. All that goes in is
Python source, so the file is for every platform. Needs pip 23 or later, and a package index or a cache of one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
_DATE: Final = (2024, 1, 1, 0, 0, 0)
"""Of every file within; a zip's dates begin with 1980, and some tools complain of those."""
_MAIN: Final = "import mitui.cli.main\n\nmitui.cli.main.run()\n"
_LEFT_OUT: Final = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "entry_points.txt", "top_level.txt"}
)
"""What says how and where a package was installed; METADATA and the licences stay."""


def build(folder: Path) -> tuple[Path, Path]:
    """Make the file and its bill of materials in ``folder``. Raises CalledProcessError where a step fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="mitui-pyz-") as place:
        tools, app = Path(place) / "tools", Path(place) / "app"
        for each in (tools, app):
            venv.create(each, with_pip=each is tools)
        _pip(tools, "install", "--require-hashes", "-r", str(HERE / "tools.lock"))
        wheels = Path(place) / "wheels"
        _pip(tools, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(_source(Path(place))))
        pure = ("--no-deps", "--no-compile", "--only-binary=:all:")
        _pip(tools, "--python", str(_python(app)), "install", *pure, "--require-hashes", "-r", str(HERE / "pyz.lock"))
        _pip(tools, "--python", str(_python(app)), "install", *pure, *(str(each) for each in wheels.iterdir()))
        packages = next(app.glob("lib*/**/site-packages"))
        for each in packages.glob("*.dist-info/direct_url.json"):
            each.unlink()
        bill = folder / "mitui.cdx.json"
        _describe(tools, app, bill)
        made = folder / "mitui.pyz"
        _zip(packages, made)
    return made, bill


def _source(place: Path) -> Path:
    """A copy to build from: the build leaves things behind, and what git ignores does not belong in."""
    copy = place / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "mitui", copy / "mitui", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "config.example.toml"):
        shutil.copy(ROOT / name, copy)
    return copy


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _pip(tools: Path, *arguments: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    subprocess.run([str(_python(tools)), "-m", "pip", *quiet, *arguments], check=True)


def _describe(tools: Path, app: Path, bill: Path) -> None:
    """Let CycloneDX's own tool say what is in the environment, with licences and dependencies."""
    command = [str(_python(tools)), "-m", "cyclonedx_py", "environment", "--output-reproducible", "--sv", "1.6"]
    command += [
        "--pyproject",
        str(ROOT / "pyproject.toml"),
        "--gather-license-texts",
        "-o",
        str(bill),
        str(_python(app)),
    ]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})


def _zip(packages: Path, made: Path) -> None:
    with made.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            _add(archive, "__main__.py", _MAIN.encode())
            for each in _contents(packages):
                _add(archive, each.relative_to(packages).as_posix(), each.read_bytes())
    made.chmod(0o755)


def _contents(packages: Path) -> Iterator[Path]:
    """Every file that goes in, in an order that depends on names alone."""
    for each in sorted(packages.rglob("*"), key=lambda path: path.relative_to(packages).as_posix()):
        inside = each.relative_to(packages).parts
        of_the_install = inside[0].endswith(".dist-info") and len(inside) == 2 and each.name in _LEFT_OUT
        if each.is_file() and each.suffix != ".pyc" and not of_the_install:
            yield each


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    archive.writestr(entry, content, compresslevel=9)


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"):
        print(path)
