"""Prints the table at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.table import ROWS, beyond_limits, markdown


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
