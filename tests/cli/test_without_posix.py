"""Where loops take no signal handlers and there are no accounts, as on Windows: tried here with both taken away."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.cli.commands import TIMEOUT

_TAKEN_AWAY = """
import asyncio, sys
del asyncio.SelectorEventLoop.add_signal_handler
sys.modules["pwd"] = sys.modules["grp"] = None
"""


def python(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _TAKEN_AWAY + script], capture_output=True, text=True, check=False, timeout=TIMEOUT
    )


def test_check_needs_neither() -> None:
    done = python("from mitui.cli.main import main; sys.exit(main(['check', '--demo', 'healthy', '--json']))")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["status"] == "ok"


def test_the_list_of_processes_can_be_imported() -> None:
    done = python("import mitui.tui.processes; print('imported')")
    assert (done.stdout, done.stderr) == ("imported\n", "")
