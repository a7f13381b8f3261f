"""``mitui --replay FILE`` in a real terminal: what its user saw, at the file's own time, and nothing is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mitui.report.formats import CheckRun
from mitui.report.saved.document import Saved, write_document
from tests.support import snapshots
from tests.support.hostile import poisoned
from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI
from tests.terminal.test_hostile import assert_harmless

ESCAPE = "\x1b[27u"
RUN = CheckRun(1.0, 300.0)


@pytest.fixture
def failed(tmp_path: Path) -> Path:
    place = tmp_path / "failed.json"
    snapshot = replace(snapshots.failed(), generated_at=snapshots.NOW)
    place.write_text(write_document(Saved(snapshot, RUN, masked=False)))
    return place


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_shows_what_its_user_saw(failed: Path, size: tuple[int, int]) -> None:
    with Terminal([*MITUI, "--replay", str(failed)], size=size) as terminal:
        terminal.wait_for("saved 2026-11-23 14:02Z")
        terminal.wait_for("vm-web-01")
        terminal.settle()
        shown = terminal.text
        terminal.watch(2.2)
        assert terminal.text == shown  # the time stands still
        for keys, sight in (("3gjj\r", "Why"), ("4/", "filter"), ("?", "Help"), ("1\r", "Why")):
            terminal.press(keys)
            terminal.wait_for(sight)
            terminal.press(ESCAPE + ESCAPE)
            terminal.settle()
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0


def test_another_identity_can_be_selected(failed: Path) -> None:
    with Terminal([*MITUI, "--replay", str(failed)], size=(120, 40)) as terminal:
        terminal.wait_for("saved 2026")
        terminal.settle()
        before = terminal.text
        terminal.press("2gj\r")
        terminal.wait_for(lambda text: "◉ web" in text)
        assert terminal.text != before


def test_a_hostile_file_writes_no_sequence(tmp_path: Path) -> None:
    place = tmp_path / "hostile.json"
    place.write_text(write_document(Saved(poisoned(snapshots.failed()), RUN, masked=False)))
    with Terminal([*MITUI, "--replay", str(place)], size=(120, 40)) as terminal:
        terminal.wait_for("saved ")
        leave = ESCAPE + ESCAPE  # one alone waits for what may follow it, and the next key would
        for keys in ("1zG", "z", "3gjj\r", leave, "4zG", "z", "6G", "\r", leave, "5jjjllll", "x"):
            terminal.press(keys)
            terminal.settle(quiet=0.05)
        assert_harmless(terminal)


def test_a_file_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    place = tmp_path / "cut.json"
    place.write_text('{"format": "mitui snap')
    with Terminal([*MITUI, "--replay", str(place)]) as terminal:
        terminal.wait_for("no whole JSON")
        assert terminal.wait_exit()[0] == 3
