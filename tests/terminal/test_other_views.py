"""``P`` in a real terminal: the host as another process sees it, and back."""

from __future__ import annotations

import os
import re

from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import default_identities
from tests.diagnosis.carried.programs import running
from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI

WEB = default_identities()[0].client_id


def test_looking_as_a_process_and_back() -> None:
    with (
        SimulatedHost("imds") as host,
        SimulatedHost("app_service") as app,
        running(["sleep", "600"], env={**os.environ, **app.variables}, ready=False) as service,
        Terminal(
            [*MITUI, "--identity", "system", "--identity", f"client:{WEB}"], size=(120, 40), environment=host.variables
        ) as terminal,
    ):
        terminal.wait_for(lambda text: re.search(r"○ web .*● ok", text) is not None)
        terminal.press("2j\r")
        terminal.wait_for("◉ web")
        terminal.press("P")
        terminal.wait_for("Which process?")
        terminal.press(f"{service}\r")
        terminal.wait_for(f"as process {service}")
        terminal.wait_for("App Service")
        terminal.press("P")
        terminal.wait_for("Which process?")
        terminal.press("\r")
        terminal.wait_for("Azure VM")
        terminal.wait_for(lambda text: re.search(r"◉ web .*● ok", text) is not None)
        terminal.wait_for("○ system-assigned")


def test_a_simulated_host_has_no_processes() -> None:
    with Terminal([*MITUI, "--demo", "healthy"]) as terminal:
        terminal.wait_for("● ok")
        terminal.press("P")
        terminal.wait_for("a simulated host has no processes")
