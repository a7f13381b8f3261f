"""The command line: argv -> one job; imports a room only when its job runs."""

from __future__ import annotations

import sys

from mitui import __version__


def main(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    if arguments in (["version"], ["--version"]):
        print(f"mitui {__version__}")
        return 0
    print("mitui: this build knows only `mitui version`", file=sys.stderr)
    return 3


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))
