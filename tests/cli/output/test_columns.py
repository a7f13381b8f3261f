"""Lists on a real terminal break between words, and are one line a row where nobody looks on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.cli.commands import command, run
from tests.support.terminal import Terminal

LISTS = (("--demo", "list"), ("simulate", "--list"), ("explain",))


def _on_a_terminal(arguments: Sequence[str], columns: int) -> list[str]:
    with Terminal(command(*arguments), size=(columns, 24)) as terminal:
        assert terminal.wait_exit()[0] == 0
        return terminal.raw.decode().replace("\r\n", "\n").splitlines()


def _piped(arguments: Sequence[str]) -> list[str]:
    done = run(*arguments)
    assert done.returncode == 0
    return done.stdout.splitlines()


@pytest.mark.parametrize("columns", [80, 50, 30])
@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_a_list_breaks_between_words(arguments: tuple[str, ...], columns: int) -> None:
    shown, whole = _on_a_terminal(arguments, columns), _piped(arguments)
    assert " ".join("\n".join(shown).split()) == " ".join("\n".join(whole).split())
    if columns > 30:  # where some names alone are longer
        assert max(map(len, shown)) <= columns


@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_where_nobody_looks_on_each_row_is_one_line(arguments: tuple[str, ...]) -> None:
    lines = _piped(arguments)
    assert len({line.split()[0] for line in lines}) > 3
    assert max(map(len, lines)) > 80
