"""What is said of another process's view: where it looks, and nothing of what answers there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mitui.clock import ManualClock
from mitui.diagnosis.placeholders import where_to_find
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.plan import Plan
from mitui.monitor.process_view import view_note
from tests.diagnosis.carried.programs import WAITING_PYTHON, running
from tests.monitor.follower import following

_OVERRIDE = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
_NOWHERE = {_OVERRIDE: "http://127.0.0.1:9"}
_APP = {"IDENTITY_ENDPOINT": "http://127.0.0.1:41000/msi/token", "IDENTITY_HEADER": "x"}


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ({}, {}, "It looks for an endpoint where this shell does: Azure VM · IMDS."),
        ({}, _NOWHERE, "It looks for Azure VM · IMDS at http://127.0.0.1:9/metadata/identity/oauth2/token, this shell"),
        (_NOWHERE, _APP, "It looks for App Service, this shell for Azure VM · IMDS. "),
    ],
)
def test_the_note_says_where_each_looks(ours: dict[str, str], theirs: dict[str, str], said: str) -> None:
    note = view_note(HostEnvironment(ours, Path("/nowhere")), HostEnvironment(theirs, Path("/nowhere")))
    assert note.startswith(said)


def test_where_nothing_answered_this_shell_that_is_not_called_what_it_sees() -> None:
    nowhere, app = (HostEnvironment(each, Path("/nowhere")) for each in (_NOWHERE, _APP))
    note = view_note(nowhere, app, silent=True)
    assert note.startswith("It looks for App Service, this shell for Azure VM · IMDS, where nothing answered.")
    assert "sees" not in note


def test_another_client_id_is_a_difference() -> None:
    ours, theirs = ({"AZURE_CLIENT_ID": f"7f0d2c1a-9b3e-4d55-8c66-0123456789a{end}"} for end in "ab")
    note = view_note(HostEnvironment(ours, Path("/nowhere")), HostEnvironment(theirs, Path("/nowhere")))
    assert "AZURE_CLIENT_ID names another identity there" in note
    assert "AZURE_CLIENT_ID" not in view_note(
        HostEnvironment(ours, Path("/nowhere")), HostEnvironment(ours, Path("/nowhere"))
    )


@pytest.fixture
def process() -> Iterator[int]:
    """A process whose variables lead nowhere."""
    with running([sys.executable, "-c", WAITING_PYTHON], env={**os.environ, **_NOWHERE}) as started:
        yield started


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows another process's environment")
async def test_a_process_without_an_endpoint_is_not_told_to_be_looked_at(process: int) -> None:
    environment = HostEnvironment(_NOWHERE, Path("/nowhere"))
    async with following(Plan(process_id=process), environment, ManualClock()) as board:
        await board.complete()
        failure = board.last.source.failure
    assert failure is not None
    told = next(each for each in failure.causes if each.kind == "no_endpoint")
    assert f"process {process}" in told.cause
    commands = [line for each in failure.causes for line in each.commands]
    assert not any("--pid" in line for line in commands)
    assert "process-id" not in dict(where_to_find(commands))
