"""Prints the table at the end, and lets programs start as they do once they are installed."""

from __future__ import annotations

import compileall
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.table import ROWS, beyond_limits, markdown

_ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="session")
def compiled() -> None:
    """Compile what is run from this folder, as pip does when it installs: the peers come compiled, too."""
    for folder in ("mitui", "tests/benchmarks", "tests/support"):
        assert compileall.compile_dir(_ROOT / folder, quiet=1)


@pytest.fixture(autouse=True)
def within_limits() -> Iterator[None]:
    """Hold a test's comparisons against their limits once all of them are in the table."""
    since = len(ROWS)
    yield
    assert beyond_limits(since) == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One table, whatever passed or failed."""
    if ROWS:
        terminalreporter.section("against peers, in this run")
        terminalreporter.write_line(markdown())
