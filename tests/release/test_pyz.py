"""mitui as one file, as it is copied to a host without internet access: how it is made, and that it runs there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mitui import __version__
from mitui.simulator.host import SimulatedHost
from tests.cli.commands import TIMEOUT
from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[2]
LARGEST = 5_000_000
LOCKED = dict(
    re.findall(r"^([\w.-]+)==(\S+)", (ROOT / ".ci" / "release" / "pyz.lock").read_text("utf-8"), re.MULTILINE)
)


@dataclass(frozen=True, slots=True)
class Built:
    """What one run of the command made."""

    archive: Path
    bill: Path


def _build(folder: Path, **variables: str) -> Built:
    command = [sys.executable, str(ROOT / ".ci" / "release" / "pyz.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **variables})
    if done.returncode and re.search("No matching distribution|ConnectionError|Temporary failure", done.stderr):
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    archive, bill = done.stdout.split()
    return Built(Path(archive), Path(bill))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """Two runs of the command, in circumstances that differ."""
    folder = tmp_path_factory.mktemp("pyz")
    first = _build(folder / "first")
    return first, _build(folder / "second", TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7", TMPDIR=str(folder))


@contextmanager
def interpreter(version: str) -> Iterator[str]:
    """A Python of this version that runs; one of pyenv's counts although it is not the chosen one."""
    found = shutil.which(f"python{version}")
    several = (
        [found, *sorted(Path(found).parents[1].glob(f"versions/{version}.*/bin/python{version}"))] if found else []
    )
    for each in several:
        if subprocess.run([str(each), "--version"], capture_output=True, check=False).returncode == 0:
            yield str(each)
            return
    pytest.skip(f"there is no Python {version} here")


def test_two_runs_make_the_same_bytes(built: tuple[Built, Built]) -> None:
    first, second = built
    assert first.archive.read_bytes() == second.archive.read_bytes()
    assert first.bill.read_bytes() == second.bill.read_bytes()
    assert first.archive.stat().st_size < LARGEST


def test_it_holds_what_the_lock_names_with_its_licences_and_nothing_of_the_machine_that_made_it(
    built: tuple[Built, Built],
) -> None:
    with zipfile.ZipFile(built[0].archive) as archive:
        names = archive.namelist()
        assert {each.date_time for each in archive.infolist()} == {(2024, 1, 1, 0, 0, 0)}
        text = "".join(archive.read(each).decode() for each in names if each.endswith("METADATA"))
    packages, licensed = {}, set()
    for each in names:
        if found := re.match(r"(.+?)-(.+)\.dist-info/(.+)", each):
            packages[str(canonicalize_name(found[1]))] = found[2]
            if re.search("LICEN[CS]E", found[3]):
                licensed.add(canonicalize_name(found[1]))
    assert packages == {**LOCKED, "mitui": __version__}
    assert licensed == set(packages)
    assert {"mitui/config.example.toml", "mitui/fleet/rules.yml", "mitui/shell/mitui.1"} <= set(names)
    assert not [each for each in names if each.endswith((".pyc", ".so", ".pyd")) or each.startswith(("bin/", "tests/"))]
    assert str(ROOT) not in text
    assert "file://" not in built[0].bill.read_text("utf-8")


def test_the_bill_of_materials_names_all_that_is_in_it(built: tuple[Built, Built]) -> None:
    bill: dict[str, Any] = json.loads(built[0].bill.read_text("utf-8"))
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "mitui")
    assert {canonicalize_name(each["name"]): each["version"] for each in bill["components"]} == LOCKED
    assert all(each["licenses"] for each in bill["components"])


def test_the_lock_has_a_hash_for_each_package_and_all_that_mitui_asks_for() -> None:
    text = (ROOT / ".ci" / "release" / "pyz.lock").read_text("utf-8")
    for block in re.split(r"\n(?=\S)", text):
        assert "--hash=sha256:" in block, block
    assert "://" not in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for each in (*project["dependencies"], *project["optional-dependencies"]["metrics"]):
        asked = Requirement(each)
        assert asked.specifier.contains(LOCKED[canonicalize_name(asked.name)]), f"{each}: make the lock anew"


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_it_runs_with_no_environment_and_no_home(built: tuple[Built, Built], version: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = ["env", "-i", "HOME=/nonexistent", python, str(built[0].archive), *arguments]
        return subprocess.run(line, capture_output=True, text=True, check=False, timeout=TIMEOUT, cwd=tmp_path)

    with interpreter(version) as python:
        checked = run("check", "--demo", "healthy")
        assert (checked.returncode, checked.stderr) == (0, "")
        assert checked.stdout.startswith("ok: ")
        metrics = run("check", "--demo", "healthy", "--format", "prometheus", "--output", "mitui.prom")
        assert (metrics.returncode, metrics.stdout, metrics.stderr) == (0, "", "")
        assert "mitui_token_valid" in (tmp_path / "mitui.prom").read_text("utf-8")
        for arguments in (("schema",), ("fleet", "rules"), ("completion", "zsh"), ("explain", "AADSTS700213")):
            assert run(*arguments).returncode == 0, arguments
        place = tmp_path / "config.toml"
        assert run("config", "init", "--config", str(place)).returncode == 0
        assert place.read_text("utf-8") == (ROOT / "config.example.toml").read_text("utf-8")


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_it_draws_the_dashboard(built: tuple[Built, Built], version: str) -> None:
    with (
        interpreter(version) as python,
        Terminal([python, str(built[0].archive), "--demo", "healthy"], environment={"PYTHONPATH": ""}) as terminal,
    ):
        terminal.wait_for("Azure Resource Manager")
        terminal.press("?")
        terminal.wait_for("Help")
        terminal.press("\x11")
        assert terminal.wait_exit()[0] == 0


def test_it_serves_metrics(built: tuple[Built, Built]) -> None:
    with SimulatedHost("imds") as host:
        command = [sys.executable, str(built[0].archive), "exporter", "--listen", "127.0.0.1:0"]
        environment = {**os.environ, **host.variables}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            answer = httpx.get(process.stdout.readline().strip(), trust_env=False)
            process.terminate()
    assert "mitui_build_info" in answer.text
    assert process.returncode == 0
