"""Serve a simulated host for other programs, until it is told to stop."""

from __future__ import annotations

import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from mitui.simulator.host import SimulatedHost
from mitui.simulator.kinds import KINDS
from mitui.simulator.scenarios.scenario import SCENARIOS, RunningScenario, start_scenario


def sources() -> tuple[str, ...]:
    """Everything that ``serve`` takes: scenarios, then kinds of host."""
    return (*SCENARIOS, *KINDS)


def serve(
    source: str,
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    root: Path | None = None,
    out: TextIO | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Serve a scenario, or a kind of host such as "azure_arc" or "azure-arc", until SIGINT, SIGTERM or ``stop``.

    Prints the shell lines that make another program's environment that of a process on the host. ``root`` is where the
    host puts its files, instead of in a temporary directory. ``host`` may be 169.254.169.254, for a network namespace
    of one's own.

    Raises ValueError for an unknown source or an address that isn't loopback, OSError when the port is taken, and
    TlsUnavailableError where TLS is needed and the package for it is missing.
    """
    out = sys.stdout if out is None else out
    stop = threading.Event() if stop is None else stop
    kind = source.replace("-", "_")
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_signals(stop))
        if source in SCENARIOS:
            running = stack.enter_context(start_scenario(source, port=port, address=host, root=root))
            lines = [*export_lines(running.variables), *_scenario_lines(running)]
        elif kind in KINDS:
            simulated = stack.enter_context(SimulatedHost(kind, port=port, host=host, root=root))
            lines = [*export_lines(simulated.variables), *_root_lines(kind, simulated.root)]
        else:
            raise ValueError(f"nothing to simulate goes by {source!r}; there are {', '.join(sources())}")
        print("\n".join(lines), file=out, flush=True)
        stop.wait()


def export_lines(variables: dict[str, str]) -> list[str]:
    """Each variable as a line for a POSIX shell."""
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]


def _root_lines(kind: str, root: Path) -> list[str]:
    if kind != "azure_arc":
        return []
    return [f"# The agent's files, key files included, are below {root}: clients have to look for them there."]


def _scenario_lines(running: RunningScenario) -> list[str]:
    lines = [f"# {running.scenario.words}"]
    if running.host is not None:
        lines += _root_lines(running.host.kind, running.root)
    for vault in running.vaults:
        address, port = vault.address
        where = f" listens on {address}:{port}; its certificate authority: {vault.ca_file}" if vault.tls else ""
        lines.append(f"# Key Vault {vault.url}{where}")
    return lines


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
