"""Terminals of all kinds: without colour, with sixteen, without a mouse, and with nothing to draw on."""

from __future__ import annotations

import re

import pytest

from tests.support.terminal import Terminal
from tests.terminal.programs import BOARD, MITUI

HUE = re.compile(rb"\x1b\[[0-9;]*(?:38|48);2;(\d+);(\d+);(\d+)")


@pytest.mark.parametrize("term", ["xterm-256color", "linux", "vt100", "screen-256color"])
def test_it_is_drawn_and_left_in_any_terminal_that_can_draw(term: str) -> None:
    with Terminal([*BOARD, "failed"], term=term) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
        terminal.assert_restored()


def test_no_color_is_readable_by_words_and_glyphs() -> None:
    with Terminal([*BOARD, "failed"], environment={"NO_COLOR": "1", "COLORTERM": "truecolor"}) as terminal:
        terminal.wait_for("wrong audience")
        terminal.settle()
        assert "expiring" in terminal.text
        assert "✗" in terminal.text
        hues = {tuple(map(int, match)) for match in HUE.findall(terminal.raw)}
        assert all(max(hue) - min(hue) <= 2 for hue in hues), "only greys"


def test_without_the_mouse_no_reports_are_asked_for() -> None:
    with Terminal([*BOARD, "healthy", "--no-mouse"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("q")
        terminal.wait_exit()
        assert b"\x1b[?1003h" not in terminal.raw
        assert b"\x1b[?1000h" not in terminal.raw


def test_ascii_draws_nothing_else() -> None:
    with Terminal([*BOARD, "failed", "--ascii"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("?")
        terminal.wait_for("Help")
        terminal.press("q")
        terminal.settle()
        assert all(byte < 0x80 for byte in terminal.raw)


@pytest.mark.parametrize(
    ("variables", "ascii_only"),
    [
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "de_DE@euro"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, True),
        ({"LANG": "POSIX"}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "de_DE.utf8@euro"}, False),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C", "LC_ALL": "C.UTF-8"}, False),
        ({}, False),
    ],
)
def test_glyphs_are_what_the_console_and_the_locale_have(variables: dict[str, str], ascii_only: bool) -> None:
    plain = {"LC_ALL": "", "LC_CTYPE": "", "LANG": "", "TERM": "xterm-256color"}
    with Terminal([*MITUI, "--demo"], environment={**plain, **variables}) as terminal:
        terminal.wait_for("Tokens")
        terminal.wait_for("expiring")
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
        assert all(byte < 0x80 for byte in terminal.raw) == ascii_only


@pytest.mark.parametrize(("said", "light"), [("0;15", True), ("0;default;7", True), ("15;0", False), ("x", False)])
def test_a_terminal_that_says_it_is_light_gets_the_light_theme(said: str, light: bool) -> None:
    with Terminal([*MITUI, "--demo"], environment={"COLORFGBG": said, "COLORTERM": "truecolor"}) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
        assert (b"48;2;244;245;250" in terminal.raw) == light  # the ground of mitui-light


def test_a_dumb_terminal_is_told_what_to_do_instead() -> None:
    with Terminal(MITUI, term="dumb") as terminal:
        code, _ = terminal.wait_exit()
        assert code == 3
        assert b"mitui check" in terminal.raw
        assert b"\x1b" not in terminal.raw


def test_the_demo_shows_a_live_board() -> None:
    with Terminal([*MITUI, "--demo"], size=(120, 40)) as terminal:
        terminal.wait_for("Tokens")
        terminal.wait_for(lambda text: re.search(r"\d\d:\d\d:\d\d", text) is not None)
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
        terminal.assert_restored()
