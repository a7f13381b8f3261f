"""What one process is and carries, told within two seconds whatever its files are like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from mitui.daemon_thread import on_a_daemon_thread
from mitui.diagnosis.sdk.carried.dotnet import dotnet_process
from mitui.diagnosis.sdk.carried.go import go_process
from mitui.diagnosis.sdk.carried.java import java_process
from mitui.diagnosis.sdk.carried.node import node_process
from mitui.diagnosis.sdk.carried.packages import CarriedSdk, ProcessFacts
from mitui.diagnosis.sdk.carried.python import python_process
from mitui.diagnosis.sdk.carried.rooted_files import USUAL, Limits, RootedFiles
from mitui.diagnosis.sdk.carried.running_process import RunningProcess, running_process
from mitui.diagnosis.sdk.carried.rust import rust_process

_RUNTIMES: Final[tuple[Callable[[RunningProcess], tuple[str, tuple[CarriedSdk, ...]] | None], ...]] = (
    python_process,
    node_process,
    dotnet_process,
    java_process,
    go_process,
    rust_process,
)
_PATIENCE: Final = 0.5
"""Seconds beyond its own limit until files that do not even answer are given up."""


def inspect(
    process_id: int, variables: Mapping[str, str], root: Path = Path("/"), limits: Limits = USUAL
) -> ProcessFacts:
    """Look at the process now, on this thread. ``root`` is where /proc is; ``variables`` are the process's own."""
    files = RootedFiles(root / "proc" / str(process_id) / "root", limits)
    try:
        process = running_process(process_id, files, variables, root)
        found = next((each for look in _RUNTIMES if (each := look(process)) is not None), None)
        runtime, sdks = found or ("", ())
        return ProcessFacts(process_id, process.name, runtime, sdks, _note(process, runtime, sdks))
    finally:
        files.close()


async def inspect_process(
    process_id: int, variables: Mapping[str, str], root: Path = Path("/"), limits: Limits = USUAL
) -> ProcessFacts:
    """The same on a daemon thread, so that a filesystem that hangs holds up neither the loop nor quitting."""
    seconds = limits.seconds + _PATIENCE
    look = partial(inspect, process_id, variables, root, limits)
    try:
        return await on_a_daemon_thread(look, timeout=seconds, name="mitui-inspect")
    except TimeoutError:
        return ProcessFacts(process_id, note=f"its files did not answer within {limits.seconds:g} s")


def _note(process: RunningProcess, runtime: str, sdks: tuple[CarriedSdk, ...]) -> str:
    if not process.goes_on():
        return f"process {process.process_id} has ended meanwhile"
    if process.files.stopped:
        return f"{process.files.stopped}; it may carry more" if process.executable else process.files.stopped
    if not process.executable:
        return "its program can't be read: run mitui with sudo, or as the same user"
    if not runtime:
        return f"{process.program} runs on none of the runtimes that mitui can look into"
    return "" if sdks else "no identity SDK lies where this runtime looks for packages"
