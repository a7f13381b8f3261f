"""The programs that these tests run in a terminal."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

MITUI = (sys.executable, "-m", "mitui")
BOARD = (sys.executable, "-m", "tests.terminal.board")


@contextmanager
def black_hole() -> Iterator[str]:
    """The URL of an endpoint that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
