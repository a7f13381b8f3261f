"""``mitui check`` as a real process: what a format adds to the time of the whole."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from tests.benchmarks.separate_host import separate_host
from tests.cli.commands import command

ROUNDS = 15
LIMIT = 1.15


def test_metrics_against_json() -> None:
    formats = ("json", "prometheus")
    taken: dict[str, list[float]] = {name: [] for name in formats}
    with separate_host() as variables:
        for _ in range(ROUNDS):
            for name in formats:
                started = time.perf_counter()
                line = command("check", "--format", name)
                subprocess.run(line, env={**os.environ, **variables}, check=True, stdout=subprocess.DEVNULL)
                taken[name].append(time.perf_counter() - started)
    ours, theirs = (statistics.median(taken[name]) for name in ("prometheus", "json"))
    sys.stdout.write(f"\ncheck: {ours * 1e3:.0f} ms as metrics, {theirs * 1e3:.0f} ms as JSON, {ours / theirs:.2f}\n")
    assert ours / theirs <= LIMIT
