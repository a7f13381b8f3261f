"""Windows of any size, and windows that don't hold still."""

from __future__ import annotations

from tests.support.terminal import Terminal
from tests.terminal.programs import BOARD

ONE_PAINT = 14_000
"""Bytes for 100x30; a second paint would make it twice as many."""


def test_a_storm_of_sizes_ends_in_a_whole_board() -> None:
    with Terminal([*BOARD, "failed"]) as terminal:
        terminal.wait_for("Tokens")
        for size in ((300, 100), (1, 1), (200, 60), (59, 19), (2, 40), (300, 1), (60, 20), (120, 40)):
            terminal.resize(size)
            terminal.watch(0.02)
        terminal.wait_for("Key Vault · contoso-kv")
        terminal.settle()
        assert "Tokens" in terminal.text
        for columns in range(60, 121, 3):
            terminal.resize((columns, 20 + columns % 7))
        terminal.resize((80, 24))
        terminal.settle()
        terminal.wait_for(lambda text: "quit" in text.rpartition("\n")[2])
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
        terminal.assert_restored()


def test_a_window_that_shrinks_and_grows_back_is_painted_anew() -> None:
    """Faster than the program looks, again and again: it may see one size only, and the terminal has lost its text."""
    with Terminal([*BOARD, "failed"]) as terminal:
        terminal.wait_for("Tokens")
        for columns in range(1, 25):
            terminal.resize((columns, 5))
            terminal.watch(0.004 * (columns % 3))
            terminal.resize((80, 24))
            terminal.wait_for(lambda text: "Identity" in text and "quit" in text.rpartition("\n")[2])


def test_a_new_size_is_painted_once() -> None:
    with Terminal([*BOARD, "failed"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.settle()
        count = len(terminal.raw)
        terminal.resize((100, 30))
        terminal.settle()
        assert "AzurePublicCloud" in terminal.text
        assert len(terminal.raw) - count <= ONE_PAINT


def test_a_page_survives_it_too_and_below_the_floor_the_size_is_asked_for() -> None:
    with Terminal([*BOARD, "failed"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.resize((40, 10))
        terminal.wait_for("60")
        terminal.press("?")
        for size in ((1, 1), (300, 100), (10, 3), (80, 24)):
            terminal.resize(size)
            terminal.settle(quiet=0.1)
        terminal.press("\x1b")
        terminal.wait_for("Tokens")
