"""The dashboard where there is no terminal: what was named wrongly is told first."""

from __future__ import annotations

import pytest

from tests.cli.commands import run


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--demo", "foo"], "--demo: there is no scenario 'foo'; there are vm, healthy,"),
        (["--replay", "nowhere.json"], "nowhere.json is not there"),
        (["--demo", "vm"], "the dashboard needs a terminal"),
        ([], "the dashboard needs a terminal"),
    ],
)
def test_what_is_wrong_is_told_first(arguments: list[str], told: str) -> None:
    ended = run(*arguments)
    assert ended.returncode == 3
    assert ended.stderr.startswith(f"mitui: {told}")
