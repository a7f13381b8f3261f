"""The permissions that a person says an identity needs, compared with what was found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mitui.keyvault.permission_table import OPERATIONS
from mitui.keyvault.probe_result import ProbeResult
from mitui.keyvault.verdict import Verdict
from mitui.safe_text import visible_line

_WORDS: Final = {row.word.lower(): row.word for row in OPERATIONS}
_SATISFIED: Final = frozenset({Verdict.GRANTED, Verdict.LIKELY})


class WantSyntaxError(ValueError):
    """A text that names no permissions; its message says what is allowed."""


def parse_want(text: str) -> tuple[str, ...]:
    """Read ``secrets/get,secrets/list`` into ("secrets/get", "secrets/list"), each once and in its proper case.

    Raises WantSyntaxError with the allowed words.
    """
    found = []
    for part in text.split(","):
        word = part.strip()
        if not word:
            continue
        if word.lower() not in _WORDS:
            raise WantSyntaxError(_complaint(word))
        found.append(_WORDS[word.lower()])
    if not found:
        raise WantSyntaxError("no permission is named: write them as secrets/get,secrets/list")
    return tuple(dict.fromkeys(found))


def missing(result: ProbeResult, want: Iterable[str]) -> tuple[str, ...]:
    """What is wanted and was not found to be granted, or likely; that includes what was not tested.

    A grant on the named secret, or on names with the prefix, satisfies as well as one on the whole vault.
    """
    held = {each.word for each in result.permissions if each.verdict in _SATISFIED}
    return tuple(word for word in want if word not in held)


def unverified(result: ProbeResult, want: Iterable[str]) -> tuple[str, ...]:
    """What is missing without having been denied: the probe could not tell, or did not ask."""
    refused = {each.word for each in result.permissions if each.verdict in (Verdict.DENIED, Verdict.BLOCKED)}
    return tuple(word for word in missing(result, want) if word not in refused)


def beyond(result: ProbeResult, want: Iterable[str]) -> str:
    """One sentence on the granted permissions that are not wanted, or "" if nothing is wanted or nothing is beyond."""
    wanted = tuple(want)
    if not wanted:
        return ""
    granted = dict.fromkeys(each.word for each in result.permissions if each.verdict is Verdict.GRANTED)
    surplus = [word for word in granted if word not in wanted]
    return f"granted beyond what is wanted: {', '.join(surplus)}" if surplus else ""


def _complaint(word: str) -> str:
    shown = visible_line(word, 60)
    kind, slash, _ = word.lower().partition("/")
    allowed = [row.permission for row in OPERATIONS if row.object_type == kind]
    if slash and allowed:
        return f"{shown!r} is not a permission that can be probed: for {kind} there are {', '.join(allowed)}"
    return (
        f"{shown!r} is not a permission: write secrets/, keys/ or certificates/ and then the permission, "
        "as in secrets/get,secrets/list"
    )
