"""Which claims of two tokens differ, apart from what is a token's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from mitui.claims import Claims

OF_THE_TOKEN: Final = frozenset(
    {"iat", "nbf", "exp", "auth_time", "uti", "jti", "aio", "rh", "rd", "xms_rd", "xms_ftd", "sid"}
)
"""Times, and ids that are new with each token."""


_TOLD: Final = frozenset(
    {"appid", "aud", "azp", "groups", "idtyp", "iss", "oid", "roles", "scp", "tid", "ver", "wids", "xms_mirid"}
)
"""Claims whose values an event repeats: words of Entra ID, and ids that can be told as such and masked."""


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """One claim that differs, as text; "" where a token doesn't have it. Of lists, only what the other lacks."""

    name: str
    before: str
    after: str
    is_list: bool = False

    @property
    def words(self) -> str:
        """What happened to it, from the one token to the other: ``roles gained Reader, lost Writer``."""
        if not self.is_list:
            return f"{self.name} {self.before or 'absent'} → {self.after or 'absent'}"
        parts = [f"gained {self.after}"] if self.after else []
        return f"{self.name} {', '.join(parts + ([f'lost {self.before}'] if self.before else []))}"


def change_words(before: Claims, after: Claims) -> str:
    """What changed from one token to the next in one line, "" for nothing; other values than known ones stay out."""
    return "; ".join(
        each.words if each.name in _TOLD else f"{each.name} changed" for each in claim_changes(before, after)
    )


def renewal_words(before: Claims, after: Claims) -> str:
    """Whether it is another token than before, by its own id and its time of issue; "" where that can't be told."""
    had, has = before.payload(), after.payload()
    words = ["another uti"] if had.get("uti") != has.get("uti") else []
    times = [each.get("iat") for each in (had, has)]
    if times[0] != times[1] and all(type(each) is int for each in times):
        words.append(f"iat {times[0]} → {times[1]}")
    return ", ".join(words)


def claim_changes(before: Claims, after: Claims) -> tuple[ClaimChange, ...]:
    """The claims that differ, in the order of the tokens; the order of a list means nothing."""
    one, other = before.payload(), after.payload()
    changes = []
    for name in dict.fromkeys((*one, *other)):
        if name in OF_THE_TOKEN:
            continue
        change = _change(name, one.get(name), other.get(name))
        if change is not None:
            changes.append(change)
    return tuple(changes)


def _change(name: str, before: object, after: object) -> ClaimChange | None:
    if isinstance(before, list | None) and isinstance(after, list | None) and (before or after):
        had, has = [_text(each) for each in before or ()], [_text(each) for each in after or ()]
        kept = frozenset(had) & frozenset(has)  # a reply of 1 MiB has room for 100,000 entries
        gone, new = (", ".join(each for each in listed if each not in kept) for listed in (had, has))
        return ClaimChange(name, gone, new, is_list=True) if gone or new else None
    was, now = _text(before), _text(after)
    return ClaimChange(name, was, now) if was != now else None


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
