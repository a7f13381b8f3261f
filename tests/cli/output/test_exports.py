"""What the dashboard keeps of a board in a file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mitui.cli.command_line.options import Options
from mitui.cli.output.exports import BoardExports
from mitui.cli.output.saved_file import read_saved
from mitui.monitor.plan import Plan
from tests.support import snapshots


def test_a_file_tells_when_it_was_saved_and_so_does_a_copy_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = time.time()
    assert BoardExports(Options(), Plan).save(snapshots.healthy(), True)[0]
    [place] = tmp_path.iterdir()
    first = read_saved(str(place))
    assert before <= first.moment <= time.time()
    assert first.snapshot.generated_at == snapshots.NOW
    assert BoardExports(Options(), Plan, first).save(first.snapshot, True)[0]
    [copy] = {*tmp_path.iterdir()} - {place}
    assert read_saved(str(copy)).moment == first.moment
