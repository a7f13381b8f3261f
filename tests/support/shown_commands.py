"""Runs command lines as a person would type them on an Azure VM: one that is simulated, at IMDS's real address.

Run as a program within a network namespace of its own: reads ``[folder, [line, ...]]`` from stdin as JSON, and prints a
list of ``[exit code, stdout, stderr]``, one a line. Programs that would change a machine, or that need another one, are
stand-ins that write their arguments into ``calls`` in the folder; whatever lies in /etc or /var lies in the folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

from mitui.simulator.host import SimulatedHost
from tests.support.terminal import Terminal

ROOT: Final = Path(__file__).parents[2]
TIMEOUT: Final = 60
_PATH: Final = re.compile(r"(?<![\w./-])/(etc|var)/")
_DASHBOARD: Final = re.compile(r"(?:^|&& |sudo )(?:\S*/)?mitui(?: --[^|]*)?(?: +#.*)?$")
_GOES_ON: Final = re.compile(r"^mitui (?:check --watch|exporter|simulate (?!--list))")
_RECORDED: Final = ("kubectl", "pip", "pip-compile", "pipx", "pytest", "scp", "ssh", "systemctl", "uv", ".ci/run")
_RECORD: Final = """#!/usr/bin/env bash
printf '%s\\t' {name} "$@" >> {folder}/calls; echo >> {folder}/calls
"""
_PYTHON: Final = """#!/usr/bin/env bash
case "$*" in
"-m venv "*) mkdir -p "$3/bin" && cp {shims}/pip {shims}/pytest {shims}/mitui "$3/bin" ;;
"-m pip "* | "-m tests."* | .ci/release/* | screenshots/*) exec {shims}/record-python "$@" ;;
*) exec {python} "$@" ;;
esac
"""


def prepare(folder: Path) -> dict[str, str]:
    """Lay out the folder and the stand-ins; the environment of a command in it."""
    shims = folder / "shims"
    shims.mkdir()
    for each in (
        "etc/systemd/system",
        "etc/default",
        "etc/cron.d",
        "etc/nagios/nrpe.d",
        "etc/prometheus",
        "var/lib/mitui",
    ):
        (folder / each).mkdir(parents=True)
    (folder / ".ci").mkdir()
    python = sys.executable
    scripts = {name: _RECORD.format(name=name, folder=folder) for name in _RECORDED}
    scripts |= {
        "record-python": _RECORD.format(name="python3", folder=folder),
        "python3": _PYTHON.format(shims=shims, python=python),
        "python": _PYTHON.format(shims=shims, python=python),
        "mitui": f'#!/bin/sh\nexec {python} -m mitui "$@"\n',
        "sudo": '#!/bin/sh\nexec "$@"\n',
    }
    if shutil.which("jq") is None:
        scripts["jq"] = "#!/bin/sh\nexec cat\n"
    if shutil.which("promtool") is None:
        scripts["promtool"] = _RECORD.format(name="promtool", folder=folder)
    for name, text in scripts.items():
        place = folder / name if "/" in name else shims / name
        place.write_text(text)
        place.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name in ("LANG", "TERM")}
    return {**kept, "PATH": f"{shims}:{os.environ['PATH']}", "HOME": str(folder), "PYTHONPATH": str(ROOT)}


def run(line: str, folder: Path, variables: dict[str, str]) -> tuple[int, str, str]:
    """Run one line to its end, or to the point where it would go on for ever."""
    line = _PATH.sub(rf"{folder}/\1/", line).replace("4242", str(os.getpid()))
    command = ["bash", "-c", line]
    if _DASHBOARD.search(line):
        with Terminal(command, environment={**variables, "PWD": str(folder)}, folder=folder) as terminal:
            terminal.wait_for("Source")
            terminal.press("\x11")
            return terminal.wait_exit()[0], "", ""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        if _GOES_ON.match(line):
            assert process.stdout is not None
            process.stdout.readline()
            os.killpg(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=TIMEOUT)
    return process.returncode, out, err


def _wait_for_exporter() -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen("http://127.0.0.1:9914/-/ready", timeout=5).close()
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.1)
        else:
            return


def main() -> None:
    """Run every line that stdin names."""
    place, lines = json.load(sys.stdin)
    folder = Path(place)
    variables = prepare(folder)
    done: list[Any] = []
    with SimulatedHost("imds", host="169.254.169.254", port=80):
        for line in lines:
            if line.startswith("curl "):  # the service that systemctl would have started
                exporter = [sys.executable, "-m", "mitui", "exporter"]
                with subprocess.Popen(exporter, env=variables, stdout=subprocess.DEVNULL) as service:
                    _wait_for_exporter()
                    done.append(run(line, folder, variables))
                    service.terminate()
            else:
                done.append(run(line, folder, variables))
    print(json.dumps(done))


if __name__ == "__main__":
    main()
