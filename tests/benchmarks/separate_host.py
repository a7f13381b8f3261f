"""A simulated IMDS in a process of its own, so that its work does not compete for the interpreter being measured."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mitui.simulator.host import SimulatedHost


@contextmanager
def separate_host() -> Iterator[dict[str, str]]:
    """The variables that point a client at it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.separate_host"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield dict(json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


def main() -> None:
    """Serve until stdin ends."""
    with SimulatedHost("imds") as host:
        host.platform_cache = True
        sys.stdout.write(json.dumps(host.variables) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
