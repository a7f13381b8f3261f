"""Help on the pane that has the focus: what it shows, its keys, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from textual.widget import Widget
from textual.widgets import Static

from mitui.tui.drawing.words import said, said_line
from mitui.tui.keys.action import Action, everywhere, in_pane, in_place, shown_keys
from mitui.tui.keys.actions import ACTIONS, TITLES
from mitui.tui.keys.page_actions import CLOSE, SCROLL
from mitui.tui.screens.dialog import Page
from mitui.tui.screens.pairs import Pairs

Group = tuple[str, Sequence[tuple[str, str]]]
_KEYS_WIDTH: Final = 12

PROSE: Final[Mapping[str, str]] = {
    "guide": (
        "No identity endpoint answers on this host, so there is no token to show. This says what was tried and what to "
        "do about it, the likeliest first; y copies a command, enter shows everything that was tried. P looks at the "
        "host as another process does: a service often has variables that your shell has not."
    ),
    "source": (
        "Where this host gets its tokens: the source that was found, and every signal that speaks for or against it, "
        "as it was seen. The bottom line says whether every SDK would pick the same source here; where they differ, "
        "enter shows which picks what and why. P shows the host as another process sees it: a service often has "
        "variables that your shell has not; ▸ marks the SDKs that it carries, ▲ one with a known fault here. Zoomed it "
        "tells all: what each SDK picks, why this source, who the host is."
    ),
    "identity": (
        "The identities that are watched. The filled circle is the one the whole board is about; enter selects the "
        "marked one. A user-assigned identity is selected by its client, object or resource ID, and not every source "
        "takes all three; one that was given no name is called what its token says. What is added here is remembered; "
        "the configuration file is never rewritten."
    ),
    "tokens": (
        "One token for each resource, counting down. The mark on the bar is where a new one will be asked for. "
        "A token that could not be refreshed stays, with its failure beside it: it is valid until it expires. "
        "Enter on a failure says why and what to do, elsewhere it goes to the claims, and escape comes back."
    ),
    "claims": (
        "What the marked token says of itself, with what each claim means. oid is the object ID that role grants are "
        "made to; xms_mirid names the identity, or for a system-assigned one the host. Δ marks what changed since the "
        "token before. The signature is not verified: these tokens are meant for the resource, not for us. Where there "
        "is no token, this says why and what to do; y copies the command, enter tells all."
    ),
    "vault": (
        "How far a probe of the vault got, and what the selected identity may do there. ✓ granted, ✗ denied, "
        "~ likely, ⊘ blocked by the vault's own settings, ? unknown, · not tested. The probe reads names that don't "
        "exist: a 404 means that the identity may read, a 403 that it may not. It changes nothing, but every request "
        "is a line in the vault's audit log. Below the table stands why the marked permission is refused; enter shows "
        "its evidence and how to get it. While w waits for a grant, the frame says when the next probe is."
    ),
    "events": (
        "What mitui did and what came of it, the newest on top: every token asked for, every probe, every failure. "
        "The last 500 are kept, and nowhere else."
    ),
}
"""What each pane shows, in a few sentences."""


class HelpScreen(Page):
    """Prose, then groups of keys with what each does."""

    hint_actions = (SCROLL[3], SCROLL[5], SCROLL[6], CLOSE)

    def __init__(self, title: str, prose: str, groups: Sequence[Group]) -> None:
        super().__init__(f"Help · {title}")
        self._prose = prose
        self._groups = groups

    def body(self) -> Iterable[Widget]:
        yield Static(said(self._prose))
        for title, rows in self._groups:
            yield Static(said_line(title), classes="heading")
            pairs = [(said_line(keys, "$accent"), said(words)) for keys, words in rows]
            yield Pairs(pairs, _KEYS_WIDTH)


def _rows(actions: Iterable[Action]) -> tuple[tuple[str, str], ...]:
    return tuple((shown_keys(action), action.description) for action in actions if action.keys)


def pane_help(pane: str, actions: Sequence[Action] = ACTIONS) -> HelpScreen:
    """The help of one pane, from the table of keys as it is in force."""
    title = TITLES[pane]
    groups = (
        (f"In {title}", in_pane(pane, actions)),
        ("Everywhere", everywhere(actions)),
        ("In pages like this", in_place("page", actions)),
        ("In dialogs", in_place("dialog", actions)),
        ("In questions", in_place("question", actions)),
    )
    shown = tuple((name, _rows(chosen)) for name, chosen in groups)
    return HelpScreen(title, PROSE[pane], tuple((name, rows) for name, rows in shown if rows))
