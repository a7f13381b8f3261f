"""Every command that README shows is run, on a simulated VM in a network namespace of its own; its tables are true."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from mitui.cli.command_line.parsing import parse
from mitui.report.metrics import METRICS
from tests.cli.test_real_run import in_a_namespace, why_no_namespace

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = [block.splitlines() for block in re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)]


@dataclass(frozen=True, slots=True)
class Ran:
    """A line that was run, and how it ended."""

    line: str
    code: int
    out: str
    err: str


def run(lines: list[str], folder: Path) -> list[Ran]:
    """Run these lines, one after another, in the folder."""
    if why_no_namespace():
        pytest.skip(why_no_namespace())
    hidden = ("AZURE_", "IDENTITY_", "IMDS_", "MSI_", "HTTP_PROXY", "http_proxy")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    done = subprocess.run(
        in_a_namespace("imds", [sys.executable, "-m", "tests.support.shown_commands"]),
        input=json.dumps([str(folder), lines]),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**variables, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return [Ran(line, *result) for line, result in zip(lines, json.loads(done.stdout), strict=True)]


def calls(folder: Path) -> list[list[str]]:
    """The arguments of every program that was only a stand-in."""
    place = folder / "calls"
    return [line.strip("\t").split("\t") for line in place.read_text().splitlines()] if place.exists() else []


def checks(text: str) -> list[list[str]]:
    """The command line of each ``mitui check`` in a file."""
    return [shlex.split(each) for each in re.findall(r"\bmitui (check[^|#>;&`\n]*)", text)]


@pytest.mark.parametrize("lines", BLOCKS, ids=[block[0][:40] for block in BLOCKS])
def test_every_command_runs(lines: list[str], tmp_path: Path) -> None:
    for each in run(lines, tmp_path):
        looked = re.search(r"mitui( check| compare|\.pyz check)", each.line) is not None
        ended = {0, 1, 2, 143} if looked else {0, 143}
        assert each.code in ended, each
        assert each.err == "", each
    for name, *arguments in calls(tmp_path):
        if name in ("kubectl", "ssh") and "python3" in arguments:
            assert parse(arguments[arguments.index("python3") + 2 :]).command == "check"


def test_what_is_written_into_files_are_command_lines(tmp_path: Path) -> None:
    lines = [line for block in BLOCKS for line in block if "sudo tee" in line]
    run(lines, tmp_path)
    written = {
        str(each.relative_to(tmp_path / "etc")): each.read_text("utf-8")
        for each in (tmp_path / "etc").rglob("*")
        if each.is_file()
    }
    assert {"default/mitui", "prometheus/mitui.yml", "systemd/system/mitui-exporter.service"} <= set(written)
    for name in ("cron.d/mitui", "nagios/nrpe.d/mitui.cfg"):
        [found] = checks(written[name])
        assert parse(found).command == "check"


def test_the_extras_that_are_named_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = set(re.findall(r"(?:mitui|\.)\[(\w+)\]", README))
    assert named >= {"metrics", "simulator", "test"}
    assert named <= set(extras)


def test_the_table_of_metrics() -> None:
    table = README.partition("<!-- metrics -->")[2].partition("<!-- end of metrics -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]
    assert rows == [
        [f"`{name}`", words, ", ".join(f"`{each}`" for each in labels)] for name, (words, labels) in METRICS.items()
    ]


def test_every_link_within_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
