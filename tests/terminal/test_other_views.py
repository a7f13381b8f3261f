"""``P`` in a real terminal: the host as another process sees it, and back."""

from __future__ import annotations

import os
import re
import subprocess

from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import default_identities
from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI

WEB = default_identities()[0].client_id


def test_looking_as_a_process_and_back() -> None:
    with (
        SimulatedHost("imds") as host,
        SimulatedHost("app_service") as app,
        subprocess.Popen(["sleep", "600"], env={**os.environ, **app.variables}) as service,
        Terminal(
            [*MITUI, "--identity", "system", "--identity", f"client:{WEB}"], size=(120, 40), environment=host.variables
        ) as terminal,
    ):
        try:
            terminal.wait_for(lambda text: re.search(r"○ web .*● ok", text) is not None)
            terminal.press("2j\r")
            terminal.wait_for("◉ web")
            terminal.press("P")
            terminal.wait_for("Which process?")
            terminal.press(f"{service.pid}\r")
            terminal.wait_for(f"as process {service.pid}")
            terminal.wait_for("App Service")
            terminal.press("P")
            terminal.wait_for("Which process?")
            terminal.press("\r")
            terminal.wait_for("Azure VM")
            terminal.wait_for(lambda text: re.search(r"◉ web .*● ok", text) is not None)
            terminal.wait_for("○ system-assigned")
        finally:
            service.kill()


def test_a_simulated_host_has_no_processes() -> None:
    with Terminal([*MITUI, "--demo", "healthy"]) as terminal:
        terminal.wait_for("● ok")
        terminal.press("P")
        terminal.wait_for("a simulated host has no processes")
