"""The table of keys, and that all that is made of it agrees with it."""

from __future__ import annotations

import inspect
from collections import Counter
from pathlib import Path

import pytest
from textual.actions import parse
from textual.keys import _character_to_key

from mitui.tui.dashboard.copying import Copying
from mitui.tui.dashboard.dialogs import Dialogs
from mitui.tui.dashboard.differences import Differences
from mitui.tui.dashboard.enter import Enter
from mitui.tui.dashboard.moves import Moves
from mitui.tui.dashboard.pages import Pages
from mitui.tui.dashboard.requests import Requests
from mitui.tui.keys.action import everywhere, in_pane, in_place, shown_keys
from mitui.tui.keys.actions import ACTIONS, BY_ID, PANES, bindings
from mitui.tui.keys.footer import footer_actions
from mitui.tui.keys.keymap import FORBIDDEN_KEYS, keymap_problems, long_keys, with_keys
from mitui.tui.keys.names import shown_key
from mitui.tui.keys.table import markdown_table


def test_ids_and_keys_are_unique() -> None:
    assert max(Counter(action.id for action in ACTIONS).values()) == 1
    assert max(Counter((action.place, key) for action in ACTIONS for key in action.key_list).values()) == 1
    palette = [action.palette for action in ACTIONS if action.palette]
    assert len(palette) == len(set(palette))


def test_every_action_can_be_reached_and_is_described() -> None:
    for action in ACTIONS:
        assert action.keys or action.palette, action.id
        assert action.description[0].isupper(), action.id
        assert not action.description.endswith("."), action.id
        assert set(action.panes) <= {*PANES, "guide"}, action.id


def test_a_part_of_the_dashboard_has_a_method_for_every_action() -> None:
    parts = {
        "moves": Moves,
        "requests": Requests,
        "pages": Pages,
        "dialogs": Dialogs,
        "copying": Copying,
        "differences": Differences,
    }
    for action in in_place("board", ACTIONS):
        part, method, arguments = parse(action.action)
        kind = {**parts, "enter": Enter}[part]
        inspect.signature(getattr(kind, method)).bind(object(), *arguments)


def test_nothing_lies_on_a_key_that_never_arrives() -> None:
    for action in ACTIONS:
        assert not set(action.key_list) & set(FORBIDDEN_KEYS), action.id


def test_the_bindings_are_the_table() -> None:
    made = {(binding.id, binding.key, binding.action) for binding in bindings()}
    board = in_place("board", ACTIONS)
    assert made == {(action.id, action.keys, f"do('{action.id}')") for action in board if action.keys}


def test_arrows_have_vim_twins() -> None:
    twins = {"up": "k", "down": "j", "left": "h", "right": "l", "top": "g", "bottom": "G"}
    for name, key in twins.items():
        assert key in BY_ID[name].key_list


def test_the_markdown_table_names_every_action_and_key() -> None:
    rows = [row for row in markdown_table().splitlines() if "` |" in row and "`[keys]`" not in row]
    assert len(rows) == len(ACTIONS)
    for row, action in zip(rows, ACTIONS, strict=True):
        assert f"`{action.id}`" in row
        assert action.description in row
        assert all(f"`{key}`" in row for key in shown_keys(action).split())


def test_the_readme_has_the_table_as_it_is() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    start, _, rest = readme.partition("<!-- keys: made by `python -m mitui.tui.keys.table` -->\n")
    table, _, end = rest.partition("<!-- end of keys -->")
    assert start
    assert end
    assert table == markdown_table(), "python -m mitui.tui.keys.table prints what belongs there"


def test_a_pane_has_its_own_actions_and_those_of_everywhere() -> None:
    assert {action.id for action in in_pane("claims", ACTIONS)} == {"filter"}
    assert BY_ID["watch"] in in_pane("vault", ACTIONS)
    assert BY_ID["quit"] in everywhere(ACTIONS)
    assert BY_ID["watch"] not in everywhere(ACTIONS)
    assert BY_ID["page_close"] not in everywhere(ACTIONS)
    assert BY_ID["page_close"] in in_place("page", ACTIONS)


@pytest.mark.parametrize("pane", [*PANES, "guide"])
def test_help_and_quit_are_the_first_to_stay_in_the_footer(pane: str) -> None:
    names = [action.id for action in footer_actions(pane, ACTIONS)]
    assert names[:2] == ["help", "quit"]
    assert len(names) == len(set(names))
    assert ("watch" in names) == (pane == "vault")
    assert "probe" not in [action.id for action in footer_actions(pane, ACTIONS, empty=True)]


@pytest.mark.parametrize(
    ("written", "long", "shown"),
    [
        ("?", "question_mark", "?"),
        ("!", "exclamation_mark", "!"),
        ("-", "minus", "-"),
        ("_", "underscore", "_"),
        ("@", "at", "@"),
        ("ä", "ä", "ä"),
        ("f12", "f12", "f12"),
        ("alt+x", "alt+x", "alt+x"),
        ("ctrl+pageup", "ctrl+pageup", "ctrl+pageup"),
        ("slash", "slash", "/"),
    ],
)
def test_keys_have_textuals_names_and_are_shown_as_they_are_typed(written: str, long: str, shown: str) -> None:
    assert (long_keys(written), shown_key(long)) == (long, shown)
    if len(written) == 1:
        assert long == _character_to_key(written), "Textual's own"
    assert keymap_problems({"refresh": written} if written not in "?-/" and written != "slash" else {}) == ()


def test_a_persons_keys_replace_those_of_the_table() -> None:
    table = {action.id: action for action in with_keys({"refresh": "f5"})}
    assert table["refresh"].key_list == ("f5",)
    assert table["quit"] == BY_ID["quit"]
    assert long_keys("?, f5,/") == "question_mark,f5,slash"
    assert keymap_problems({"refresh": "f5", "help": "?"}) == ()
    assert keymap_problems({"page_close": "r,z", "dialog_yes": "r"}) == (), "a key means one thing in each place"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"refesh": "f5"}, "keys.refesh: there is no such action; allowed are refresh, "),
        ({"refresh": "hyper+banana"}, "keys.refresh: hyper+banana is no key; write a character, "),
        ({"refresh": "F5"}, "keys.refresh: F5 is no key"),
        ({"refresh": "ctrl-r"}, "keys.refresh: ctrl-r is no key"),
        ({"refresh": "line_feed"}, "keys.refresh: line_feed is no key"),
        ({"refresh": "plus_sign"}, "keys.refresh: plus_sign is no key"),
        ({"refresh": "ctrl+b"}, "keys.refresh: ctrl+b can't be used, it is tmux's prefix"),
        ({"refresh": "z"}, "keys.zoom: z is already the key of refresh"),
        ({"zoom": "?"}, "keys.help: ? is already the key of zoom"),
        ({"page_copy": "G"}, "keys.page_copy: G is already the key of page_bottom"),
        ({"dialog_leave": "q"}, "keys.dialog_leave: q can't be used, it is typed in the dialog's field"),
        ({"dialog_next": "space"}, "keys.dialog_next: space can't be used, it is typed in the dialog's field"),
        ({"page_close": ""}, "keys.page_close:  is no key"),
    ],
)
def test_problems_with_a_keymap_name_the_key(keys: dict[str, str], expected: str) -> None:
    problems = keymap_problems(keys)
    assert len(problems) == 1
    assert problems[0].startswith(expected)
