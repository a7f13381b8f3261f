"""A person's own keys: read from the config's ``[keys]``, checked, and put into the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from mitui.tui.keys.action import Action, Place
from mitui.tui.keys.actions import ACTIONS, BY_ID
from mitui.tui.keys.names import is_key, is_typed, long_name, shown_key

FORBIDDEN_KEYS: Final[Mapping[str, str]] = {
    "ctrl+b": "it is tmux's prefix",
    "ctrl+a": "it is GNU screen's prefix",
    "ctrl+s": "it stops the output of many terminals",
    "ctrl+h": "many terminals send it for backspace",
    "ctrl+i": "terminals send it for tab",
    "ctrl+m": "terminals send it for enter",
    "ctrl+c": "terminals send it to interrupt",
}


def with_keys(overrides: Mapping[str, str], actions: Iterable[Action] = ACTIONS) -> tuple[Action, ...]:
    """Actions with a person's own keys; unknown ids are ignored (``keymap_problems`` tells of them)."""
    return tuple(replace(action, keys=overrides.get(action.id, action.keys)) for action in actions)


def long_keys(keys: str) -> str:
    """A person's list of keys in Textual's spelling; "," itself can't be bound."""
    return ",".join(long_name(key.strip()) for key in keys.split(",") if key.strip())


def keymap_problems(overrides: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with a ``[keys]`` table, one sentence each: unknown ids, keys that never arrive, clashes."""
    problems = []
    for name, keys in overrides.items():
        if name not in BY_ID:
            problems.append(f"keys.{name}: there is no such action; allowed are {', '.join(BY_ID)}")
        problems.extend(
            f"keys.{name}: {key} is no key; write a character, f1 to f24, or a name such as up, pageup or enter, with "
            "ctrl+, alt+ or shift+ before it"
            for key in long_keys(keys).split(",")
            if not is_key(key)
        )
        problems.extend(
            f"keys.{name}: {key} can't be used, {FORBIDDEN_KEYS[key]}"
            for key in long_keys(keys).split(",")
            if key in FORBIDDEN_KEYS
        )
    taken: dict[tuple[Place, str], str] = {}
    for action in with_keys({name: long_keys(keys) for name, keys in overrides.items()}):
        for key in action.key_list:
            before = taken.setdefault((action.place, key), action.id)
            if before != action.id:
                problems.append(f"keys.{action.id}: {shown_key(key)} is already the key of {before}")
            if action.place == "dialog" and is_typed(key):
                problems.append(f"keys.{action.id}: {shown_key(key)} can't be used, it is typed in the dialog's field")
    return tuple(problems)
