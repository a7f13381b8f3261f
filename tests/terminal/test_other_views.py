"""``P`` in a real terminal: the host as another process sees it, and back."""

from __future__ import annotations

import re
import subprocess

from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI


def test_looking_as_a_process_and_back_in_a_demo() -> None:
    with (
        subprocess.Popen(["sleep", "600"]) as service,
        Terminal([*MITUI, "--demo", "vm"], size=(120, 40)) as terminal,
    ):
        try:
            terminal.wait_for(lambda text: re.search(r"○ web .*● ok", text) is not None)
            terminal.press("2j\r")
            terminal.wait_for("◉ web")
            terminal.press("P")
            terminal.wait_for("Which process?")
            terminal.press(f"{service.pid}\r")
            terminal.wait_for(f"as process {service.pid}")
            terminal.wait_for_no("web-01")
            terminal.press("P")
            terminal.wait_for("Which process?")
            terminal.press("\r")
            terminal.wait_for("web-01")
            terminal.wait_for(lambda text: re.search(r"◉ web .*● ok", text) is not None)
            terminal.wait_for("○ batch")
        finally:
            service.kill()
