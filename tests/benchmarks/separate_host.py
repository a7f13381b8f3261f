"""A simulated IMDS in a process of its own, so that its work does not compete for the interpreter being measured."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mitui.simulator.host import SimulatedHost


@contextmanager
def separate_host(*, hands_out_again: bool = True) -> Iterator[dict[str, str]]:
    """The variables that point a client at it. It hands a token out again, as IMDS does, or makes new ones."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.separate_host", *(["again"] if hands_out_again else [])],
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
        host.platform_cache = "again" in sys.argv
        sys.stdout.write(json.dumps(host.variables) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
