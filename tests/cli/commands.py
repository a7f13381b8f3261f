"""Runs mitui as another process does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

TIMEOUT = 30


def command(*arguments: str) -> list[str]:
    """The command line of a mitui with these arguments."""
    return [sys.executable, "-m", "mitui", *arguments]


def run(*arguments: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run mitui to its end."""
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        env={**os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
    )


def one_line(text: str) -> str:
    """The only line of ``text``."""
    assert text.count("\n") == 1, text
    assert text.endswith("\n")
    return text
