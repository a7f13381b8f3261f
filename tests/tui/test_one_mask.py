"""An id has one mask: on the board, in the report, in what ``--redact`` prints, and in a saved file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from mitui.cli.command_line.options import Options
from mitui.cli.main import main
from mitui.cli.output.exports import BoardExports
from mitui.clock import ManualClock
from mitui.monitor.plan import Plan
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.saved.document import Saved, read_document
from mitui.tui.app import MituiApp
from mitui.tui.feed import Exports
from tests.support.feeds import dashboard
from tests.support.saved_scenarios import ScenarioFiles
from tests.tui.drawing import screen_text

SCENARIOS: Final = ("healthy", "multiple", "vault-roles", "app-service", "arc", "pod", "service-fabric")
SIZE: Final = (240, 90)
"""Large enough to show every id whole."""
MASK: Final = re.compile(r"(?<![0-9A-Za-z])(?:[a-z]+-|x{8}(?:-x{4}){3}-x+|x\.x\.x\.|x:x::)[0-9a-f]{6}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Seen:
    """A board before and after ``x``, the report that it copies then, and the file that it saves then."""

    plain: str
    masked: str
    report: str
    saved: str


async def _seen(snapshot: Snapshot, *, masked: bool, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Seen:
    copied: list[str] = []
    monkeypatch.setattr(MituiApp, "copy_to_clipboard", lambda _app, text: copied.append(text))
    monkeypatch.chdir(folder)
    ways = BoardExports(Options(), Plan, Saved(snapshot, CheckRun(0.0, 300.0), masked))
    exports = Exports(ways.redact, ways.report, save=ways.save, masked=masked)
    app, _ = dashboard(snapshot, exports=exports, clock=ManualClock(snapshot.generated_at))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        plain = screen_text(app)
        await pilot.press("x")
        await pilot.pause()
        masked_board = screen_text(app)
        await pilot.press("Y", "escape", "S")
        await pilot.pause()
    return Seen(plain, masked_board, copied[-1], _only_file(folder))


def _only_file(folder: Path) -> str:
    [place] = folder.iterdir()
    return place.read_text()


def _leaves(plain: Any, masked: Any) -> Iterator[tuple[str, str]]:
    """What stands in the same place of two documents; a text may be one itself, as a file's claims are."""
    if isinstance(plain, dict):
        for one, other in zip(plain.values(), masked.values(), strict=True):
            yield from _leaves(one, other)
    elif isinstance(plain, list):
        for one, other in zip(plain, masked, strict=True):
            yield from _leaves(one, other)
    elif isinstance(plain, str) and plain.startswith('{"') and plain.endswith("}"):
        yield from _leaves(json.loads(plain), json.loads(masked))
    elif isinstance(plain, str):
        yield plain, masked


def _masks(plain: str, masked: str) -> dict[str, set[str]]:
    """Each id of the one document, with the masks that it has in the other."""
    found: dict[str, set[str]] = {}
    for one, other in _leaves(json.loads(plain), json.loads(masked)):
        ids, masks = re.split(r"[/\s]+", one), re.split(r"[/\s]+", other)
        for each, mask in zip(ids, masks, strict=True) if len(ids) == len(masks) else ():
            if MASK.fullmatch(mask):
                found.setdefault(each.lower(), set()).add(mask)
    return found


def _shown(ids: Iterable[str], text: str) -> Iterator[str]:
    """Those that stand in the text by themselves, and not only within a longer one."""
    for each in sorted(ids, key=len, reverse=True):
        text, count = re.subn(rf"(?<![0-9A-Za-z]){re.escape(each)}(?![0-9A-Za-z])", "", text, flags=re.IGNORECASE)
        if count:
            yield each


def _printed(capsys: pytest.CaptureFixture[str], place: Path, *options: str) -> str:
    main(["check", "--replay", str(place), *options])
    return capsys.readouterr().out


@pytest.mark.parametrize("name", SCENARIOS)
async def test_the_board_the_report_json_and_a_file_agree(
    name: str,
    scenario_files: dict[str, ScenarioFiles],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    files = scenario_files[name]
    board = await _seen(files.replayed(), masked=False, monkeypatch=monkeypatch, folder=tmp_path)

    in_the_file = _masks(files.plain.read_text(), files.masked.read_text())
    assert len(in_the_file) > 10, "there is something to be masked"
    assert {len(each) for each in in_the_file.values()} == {1}, "an id has one mask"
    masks = {each: mask for each, [mask] in in_the_file.items()}
    assert len({*masks.values()}) == len(masks), "a mask is that of one id"

    assert json.loads(board.saved)["snapshot"] == json.loads(files.masked.read_text())["snapshot"]
    as_json = _masks(_printed(capsys, files.plain, "--json"), _printed(capsys, files.plain, "--json", "--redact"))
    assert as_json
    assert as_json.items() <= in_the_file.items()

    printed = {form: _printed(capsys, files.plain, "--format", form) for form in ("text", "markdown", "prometheus")}
    pairs = [(text, _printed(capsys, files.plain, "--format", form, "--redact")) for form, text in printed.items()]
    for plain, masked in ((board.plain, board.masked), (printed["markdown"], board.report), *pairs):
        assert {*MASK.findall(masked)} <= {*MASK.findall(board.saved)}
        shown = [*_shown(masks, plain)]
        assert shown
        assert [*_shown(masks, masked)] == []
        assert [each for each in shown if masks[each] not in masked] == []


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_replay_of_a_masked_file_shows_the_masks_of_the_board_that_it_is_of(
    name: str,
    scenario_files: dict[str, ScenarioFiles],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    files = scenario_files[name]
    boards = {}
    for masked in (False, True):
        folder = tmp_path / str(masked)
        folder.mkdir()
        snapshot = files.replayed(masked=masked)
        boards[masked] = await _seen(snapshot, masked=masked, monkeypatch=monkeypatch, folder=folder)
    once, again = boards[False], boards[True]
    assert MASK.findall(again.plain)
    assert MASK.findall(again.plain) == MASK.findall(again.masked) == MASK.findall(once.masked)
    assert again.report == once.report
    assert read_document(again.saved.encode()).snapshot == read_document(once.saved.encode()).snapshot
    for form in ("text", "json", "markdown", "prometheus"):
        whole = _printed(capsys, files.masked, "--format", form)
        assert whole == _printed(capsys, files.masked, "--format", form, "--redact")
        assert whole == _printed(capsys, files.plain, "--format", form, "--redact")
