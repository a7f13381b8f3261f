"""Serve a bench for other programs, until it is told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TextIO

from mitui.simulator.bench.bench import Bench
from mitui.simulator.bench.control import Control
from mitui.simulator.bench.output import printed
from mitui.simulator.bench.spec import BenchSpec


def serve(
    spec: BenchSpec,
    *,
    out: TextIO | None = None,
    log: TextIO | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or ``stop``.

    Prints to ``out`` what makes another program's environment that of a process on the host, and to ``log`` a line for
    each request.

    Raises ValueError for an address that isn't this machine's own and for what the host can't have, OSError when a port
    is taken, and TlsUnavailableError where TLS is needed and the package for it is missing.
    """
    out = sys.stdout if out is None else out
    log = sys.stderr if log is None else log
    stop = threading.Event() if stop is None else stop
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_signals(stop))
        bench = stack.enter_context(Bench(spec, log))
        control = stack.enter_context(Control(bench, spec.control_port))
        out.write(printed(bench, control.url))
        out.flush()
        stop.wait()


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set ``stop``; only the main thread may listen to signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
