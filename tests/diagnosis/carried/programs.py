"""Real programs of each runtime that wait, with packages beside them that are named but empty."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from mitui.diagnosis.sdk.carried.inspection import inspect
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.process_environment import environment_of

WAITING_PYTHON = "import sys; print('ready', flush=True); sys.stdin.read()"
WAITING_NODE = "console.log('ready'); process.stdin.resume()"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@contextmanager
def running(
    arguments: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    ready: bool = True,
) -> Iterator[int]:
    """The process ID of a program that ends when its standard input does; ``ready``: wait for its first line."""
    process = subprocess.Popen(
        [str(each) for each in arguments], cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        if ready:
            assert process.stdout
            assert process.stdout.readline(), "the program ended at once"
        while process.poll() is None and not Path(f"/proc/{process.pid}/cmdline").read_bytes():
            time.sleep(0.001)  # the kernel fills it in a moment after the program has started
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def look(process_id: int) -> ProcessFacts:
    """What is told of this process."""
    environment = environment_of(process_id)
    assert isinstance(environment, HostEnvironment)
    return inspect(process_id, environment.variables)


def told(facts: ProcessFacts) -> dict[str, str]:
    """Its SDKs and their versions."""
    return {each.name: each.version for each in facts.sdks}


def install(folder: Path, name: str, version: str) -> Path:
    """A Python package's metadata, as pip writes it."""
    place = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nText\nVersion: 9\n")
    return place


def node_package(folder: Path, name: str, version: str) -> Path:
    """A package below this node_modules folder."""
    place = folder / name
    place.mkdir(parents=True)
    (place / "package.json").write_text(json.dumps({"name": name, "version": version}))
    return place


def site_packages(environment: Path) -> Path:
    """Where a virtual environment keeps its packages."""
    return environment / f"lib/python{VERSION}/site-packages"
