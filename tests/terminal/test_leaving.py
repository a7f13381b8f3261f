"""Leaving: at once, whatever hangs, and with the terminal as it was."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.support.terminal import Terminal
from tests.terminal.programs import BOARD, MITUI, black_hole

AT_ONCE = 2.0
"""Seconds, on a machine with much else to do; a request that is waited for would take longer than that."""


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        (lambda terminal: terminal.press("q"), 0),
        (lambda terminal: terminal.press("\x11"), 0),
        (lambda terminal: terminal.signal(signal.SIGTERM), 128 + signal.SIGTERM),
        (lambda terminal: terminal.signal(signal.SIGHUP), 128 + signal.SIGHUP),
    ],
    ids=["q", "ctrl+q", "SIGTERM", "SIGHUP"],
)
def test_it_leaves_at_once_while_its_endpoint_is_silent(leave: Callable[[Terminal], None], code: int) -> None:
    with black_hole() as endpoint:
        variables = {"IDENTITY_ENDPOINT": f"{endpoint}/token", "IDENTITY_HEADER": "canary-header"}
        with Terminal(MITUI, environment=variables) as terminal:
            terminal.wait_for("App Service")
            terminal.press("?")
            assert terminal.wait_for("Help") < AT_ONCE, "a key is answered while requests hang"
            terminal.press("q")
            terminal.wait_for_no("Help")
            leave(terminal)
            returned, took = terminal.wait_exit()
            assert returned == code
            assert took < AT_ONCE
            terminal.assert_restored()
            assert b"canary-header" not in terminal.raw
            assert b"Traceback" not in terminal.raw


def test_ctrl_q_leaves_from_a_page() -> None:
    with Terminal([*BOARD, "failed"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("?")
        terminal.wait_for("Help")
        terminal.press("\x11")
        assert terminal.wait_exit()[0] == 0
        terminal.assert_restored()


def test_a_closed_terminal_ends_it() -> None:
    with Terminal([*BOARD, "healthy"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.settle()
        terminal.hang_up()
        _, took = terminal.wait_exit()
        assert took < AT_ONCE


def test_ctrl_c_does_not_leave() -> None:
    with Terminal([*BOARD, "healthy"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("\x03")
        terminal.press("?")
        terminal.wait_for("Help")
        assert terminal.process.poll() is None


def test_a_crash_tells_where_and_no_secret() -> None:
    with Terminal([*BOARD, "crash"]) as terminal:
        terminal.wait_for("Tokens")
        terminal.press("!")
        code, _ = terminal.wait_exit()
        assert code == 1
        terminal.assert_restored()
        assert b"RuntimeError" in terminal.raw
        assert b"canary" not in terminal.raw


def test_why_it_does_not_begin_is_told_in_whole_words() -> None:
    with Terminal((*MITUI, "--demo", "nothing-like-it"), size=(60, 20)) as terminal:
        returned, _ = terminal.wait_exit()
        assert returned == 3
        from mitui.simulator.scenarios.table import SCENARIOS

        told = terminal.text.split()
        assert [name for name in SCENARIOS if name not in told and f"{name}," not in told] == []
