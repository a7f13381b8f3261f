"""The colour of the terminal's ground: asked for once, and its answer is never taken for keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser

from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI

GROUND = b"48;2;244;245;250"
"""The ground of mitui-light, as it is drawn."""
ANSWERS = {
    "xterm": "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "bell": "\x1b]11;rgb:fafa/f4f4/ed\x07",
    "alpha": "\x1b]11;rgba:ff/ff/ff/80\x1b\\",
}
NO_THEME = {"COLORFGBG": "", "COLORTERM": "truecolor"}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_terminal_that_answers_that_it_is_light_gets_the_light_theme(answer: str, tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    with Terminal([*MITUI, "--demo", "healthy"], environment={**NO_THEME, **state}) as terminal:
        _wait_for_question(terminal)
        terminal.press(answer)
        terminal.wait_for("Tokens")
        terminal.settle()
        assert GROUND in terminal.raw
        shown = terminal.text
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
        terminal.assert_restored()
    assert not re.search(r"rgb|ffff|\]11|11;", shown)
    assert not list(tmp_path.rglob("*.toml")), "nobody chose that theme, so it is not remembered"


def _wait_for_question(terminal: Terminal) -> None:
    while b"\x1b]11;?" not in terminal.raw:
        terminal.watch(0.01)
        assert terminal.process.poll() is None


@pytest.mark.parametrize("pieces", [(1,), (2,), (8, 20), (24,)], ids=str)
def test_an_answer_that_comes_late_and_in_pieces_is_not_taken_for_keys(pieces: tuple[int, ...]) -> None:
    answer = ANSWERS["xterm"]
    with Terminal([*MITUI, "--demo", "healthy"], environment=NO_THEME) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("a")
        terminal.wait_for("Add a resource")
        for begin, end in zip((0, *pieces), (*pieces, None), strict=True):
            terminal.press(answer[begin:end])
            terminal.watch(0.02)
        terminal.wait_for(lambda _: GROUND in terminal.raw)
        terminal.settle()
        assert "Add a resource" in terminal.text
        assert not re.search(r"rgb|ffff|\]11|11;", terminal.text)
        terminal.press("\x11")
        assert terminal.wait_exit()[0] == 0


def test_keys_that_begin_like_an_answer_are_keys() -> None:
    with Terminal([*MITUI, "--demo", "healthy"], environment=NO_THEME) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("?")
        terminal.wait_for("Help ·")
        terminal.press("\x1b")
        terminal.wait_for_no("Help ·")
        terminal.press("\x1b]")
        terminal.press("a")
        terminal.wait_for("Add a resource")
        terminal.press("\x11")
        assert terminal.wait_exit()[0] == 0


def test_a_theme_that_was_chosen_stays_whatever_the_terminal_answers(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[dashboard]\ntheme = "nord"\n')
    with Terminal([*MITUI, "--demo", "healthy", "--config", str(config)], environment=NO_THEME) as terminal:
        terminal.wait_for("Tokens")
        terminal.settle()
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
        assert b"\x1b]11" not in terminal.raw


def test_the_example_config_leaves_the_choice_to_the_terminal() -> None:
    config = Path(__file__).parents[2] / "config.example.toml"
    with Terminal([*MITUI, "--demo", "healthy", "--config", str(config)], environment=NO_THEME) as terminal:
        _wait_for_question(terminal)
        terminal.wait_for("Tokens")
        terminal.press("\x11")
        assert terminal.wait_exit()[0] == 0


def test_an_answer_after_leaving_is_dropped() -> None:
    with Terminal([*MITUI, "--demo", "healthy"], environment=NO_THEME) as terminal:
        _wait_for_question(terminal)
        terminal.signal(2)
        terminal.press(ANSWERS["xterm"])
        terminal.wait_exit()
        assert "rgb" not in terminal.text
        terminal.assert_cooked()


def test_textual_by_itself_still_takes_an_answer_for_keys() -> None:
    """Once this fails, Textual knows the answer: take ``GroundParser`` away."""
    assert len(list(XTermParser().feed(ANSWERS["xterm"]))) > 1
