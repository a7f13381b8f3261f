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
    assert BoardExports(Options(), Plan).save(snapshots.healthy(), True).command
    [place] = tmp_path.iterdir()
    first = read_saved(str(place))
    assert before <= first.moment <= time.time()
    assert first.snapshot.generated_at == snapshots.NOW
    assert BoardExports(Options(), Plan, first).save(first.snapshot, True).command
    [copy] = {*tmp_path.iterdir()} - {place}
    assert read_saved(str(copy)).moment == first.moment


def test_the_files_of_this_folder_are_offered_the_newest_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    ways = BoardExports(Options(), Plan)
    assert ways.save(snapshots.healthy(), True).command
    [place] = tmp_path.iterdir()
    text = place.read_text()
    for name in ("mitui-20260101T000000Z.json", "mitui-20260101T000000Z-2.json", "mitui-20260101T000000Z-10.json"):
        Path(name).write_text(text.replace('"masked": true', '"masked": false'))
    for name, held in (
        ("mitui-20260102T000000Z.json", "{}"),
        ("mitui-20260103T000000Z.json", "[" * 100_000),
        ("mitui-99999999T999999Z.json", text),
        ("mitui-20260104T000000Z.json", '{"format": "mitui snapshot", "snapshot": {"host": {"name": 7}}}'),
        ("other.json", text),
    ):
        Path(name).write_text(held)
    Path("mitui-20260105T000000Z.json").mkdir()
    Path("mitui-20260106T000000Z.json").symlink_to("mitui-20260106T000000Z.json")
    offered = ways.saved_boards()
    assert [each.name for each in offered] == [
        place.name,
        "mitui-20260104T000000Z.json",
        "mitui-20260101T000000Z-10.json",
        "mitui-20260101T000000Z-2.json",
        "mitui-20260101T000000Z.json",
    ]
    assert offered[0].host.startswith("host-")
    assert (offered[0].masked, offered[2].masked) == (True, False)
    assert offered[2].at == 1_767_225_600
    replayed = BoardExports(Options(replay=str(place)), Plan)
    assert place.name not in [each.name for each in replayed.saved_boards()]
    assert "does not say" in str(ways.compare_saved("mitui-20260104T000000Z.json", snapshots.healthy(), False))


@pytest.mark.parametrize("masked", [True, False])
def test_a_file_is_compared_by_its_masks_where_it_has_masks(
    masked: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    ways = BoardExports(Options(), Plan)
    ways.save(snapshots.healthy(), masked)
    [saved] = ways.saved_boards()
    assert ways.compare_saved(saved.name, snapshots.healthy(), False) == ()
    assert ways.compare_saved(saved.name, snapshots.healthy(), True) == ()
    differing = ways.compare_saved(saved.name, snapshots.failed(), False)
    assert differing
    assert (snapshots.OBJECT in str(differing)) is False or not masked
