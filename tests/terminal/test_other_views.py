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


def _prose(text: str) -> str:
    """The words on the screen, whatever line they stand on."""
    return " ".join(text.replace("│", " ").split())


def test_a_simulated_host_has_no_processes() -> None:
    with Terminal([*MITUI, "--demo", "healthy"]) as terminal:
        terminal.wait_for("● ok")
        terminal.press("P")
        terminal.wait_for("a simulated host has no processes")


def test_a_service_that_names_an_identity_stands_near_the_top_and_is_looked_at_as_that_identity() -> None:
    nowhere = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"}
    with (
        SimulatedHost("app_service") as app,
        running(
            ["sleep", "600"], env={**os.environ, **nowhere, **app.variables, "AZURE_CLIENT_ID": WEB}, ready=False
        ) as service,
        Terminal([*MITUI], size=(80, 24), environment=nowhere) as terminal,
    ):
        terminal.wait_for("no managed identity endpoint")
        terminal.press("P")
        terminal.wait_for(lambda text: re.search(rf"sleep 600 +{service} \S+ · IDENTITY_ENDPOINT", text) is not None)
        terminal.press(f"{service}\r")
        terminal.wait_for(f"as process {service} · P then ↵: back")
        terminal.wait_for("DefaultAzureCredential asks for")
        terminal.wait_for(lambda text: re.search(rf"◉ .* {WEB[:8]}.*● ok", text) is not None)
        terminal.press("1z")
        terminal.wait_for(lambda text: "IMDS, where nothing answered. AZURE_CLIENT_ID is set there" in _prose(text))


def test_a_process_that_ends_while_the_list_is_open_is_not_looked_at_in_silence() -> None:
    with Terminal([*MITUI], size=(80, 24)) as terminal:
        with running(["sleep", "600"], env=dict(os.environ), ready=False) as service:
            terminal.wait_for("Source")
            terminal.press("P")
            terminal.wait_for("Which process?")
            terminal.press(str(service))
            terminal.wait_for("sleep 600")
        terminal.press("\r")
        terminal.wait_for(f"there is no process {service}")
        terminal.wait_for("Which process?")
