"""What each room loads when it is imported, in a process of its own: a static graph can't see a deferred import."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

_HEAVY = (
    "httpx",
    "jwt",
    "httpcore",
    "anyio",
    "ssl",
    "textual",
    "rich",
    "trustme",
    "cryptography",
    "prometheus_client",
    "h11",
    "cattrs",
)


def loaded_by(statement: str, sought: Sequence[str] = _HEAVY) -> set[str]:
    """Which of the sought modules are loaded after this statement."""
    script = f"{statement}\nimport sys, json; print(json.dumps([name for name in {sought!r} if name in sys.modules]))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "module",
    [
        "mitui.cli.main",
        "mitui.config.loading",
        "mitui.claims",
        "mitui.monitor.snapshot",
        "mitui.monitor.intents",
        "mitui.monitor.plan",
        "mitui.engine.detection",
        "mitui.engine.resources",
        "mitui.keyvault.verdict",
        "mitui.keyvault.address",
        "mitui.diagnosis.advice",
        "mitui.diagnosis.sdk.choices",
        "mitui.report.text",
        "mitui.report.json_report",
        "mitui.report.formats",
        "mitui.report.nagios",
        "mitui.cli.command_line",
        "mitui.cli.packaged_files",
    ],
)
def test_what_is_needed_before_the_first_frame_is_light(module: str) -> None:
    assert loaded_by(f"import {module}") <= {"ssl"}


def test_the_dashboard_waits_for_neither_the_engine_nor_the_network() -> None:
    assert loaded_by("import mitui.tui.app") & {"httpx", "jwt", "httpcore", "anyio", "trustme"} == set()


def test_what_the_first_frame_does_not_show_is_not_loaded_for_it() -> None:
    """Each of these costs a millisecond or several, and a person waits for the first frame."""
    later = (
        *("argparse", "tomllib", "mitui.cli.command_line.parsing", "mitui.config.parsing", "mitui.monitor.plan"),
        *("mitui.monitor.identity_view", "mitui.diagnosis.advice", "mitui.keyvault.probe_result"),
        *("mitui.engine.identity", "mitui.tui.panes.matrix", "mitui.tui.dashboard.dialogs"),
    )
    start = "import mitui.cli.main, mitui.cli.dashboard, mitui.cli.output.exports, mitui.tui.app"
    assert loaded_by(start, later) == set()


@pytest.mark.parametrize("module", ["mitui.engine.token_engine", "mitui.monitor.refresher", "mitui.keyvault.probe"])
def test_the_engine_knows_nothing_of_the_terminal(module: str) -> None:
    assert loaded_by(f"import {module}") & {"textual", "rich"} == set()
