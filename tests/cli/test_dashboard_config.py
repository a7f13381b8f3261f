"""What in a config only the dashboard can judge: one line on a plain screen, before anything is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[dashboard]\ntheme = "nope"',
            "dashboard.theme: 'nope' is no theme; allowed are auto, mitui-dark, mitui-light, ansi-dark",
        ),
        ('[keys]\nrefresh = "ctrl-r"', "keys.refresh: ctrl-r is no key; write a character"),
        ('[keys]\nzoom = "ctrl+z"', "keys.suspend: ctrl+z is already the key of zoom"),
    ],
)
def test_a_mistake_is_one_line_before_anything_is_drawn(tmp_path: Path, text: str, expected: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    with Terminal([*MITUI, "--config", str(config)], size=(200, 24)) as terminal:
        code, _ = terminal.wait_exit()
        assert code == 3
        assert expected in terminal.text
        assert b"\x1b" not in terminal.raw
