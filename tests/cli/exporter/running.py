"""Runs the exporter as a process of its own, and scrapes it."""

from __future__ import annotations

import os
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.commands import TIMEOUT, command

LOCAL = ("--listen", "127.0.0.1:0")


_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once: loading the authorities for each request would take longer than the request."""


@dataclass(frozen=True, slots=True)
class RunningExporter:
    """An exporter that serves at ``url``, which has no slash at its end."""

    url: str
    process: subprocess.Popen[str]

    def get(self, path: str = "/metrics", **headers: str) -> httpx.Response:
        """One answer, over a connection of its own."""
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=TIMEOUT, trust_env=False, verify=_NO_TLS)

    def value(self, name: str, **labels: str) -> float | None:
        """The value of the first sample of this metric with these labels."""
        for family in text_string_to_metric_families(self.get().text):
            for each in family.samples:
                if each.name == name and labels.items() <= each.labels.items():
                    return float(each.value)
        return None

    def wait_for(self, holds: Callable[[], object]) -> None:
        """Wait until ``holds()`` is true."""
        deadline = time.monotonic() + TIMEOUT
        while not holds():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline, self.get().text
            time.sleep(0.05)

    def wait_until_ready(self) -> None:
        """Wait until everything was looked at once."""
        self.wait_for(lambda: self.get("/-/ready").status_code == 200)


@contextmanager
def running_exporter(*arguments: str, variables: Mapping[str, str] | None = None) -> Iterator[RunningExporter]:
    """An exporter until the block ends."""
    with subprocess.Popen(
        command("exporter", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(variables or {})},
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.endswith("/metrics\n"), (first, process.communicate())
            yield RunningExporter(first.removesuffix("/metrics\n"), process)
        finally:
            process.kill()
