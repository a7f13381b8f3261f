"""Every pane, in reading order.

To add one, write a module with a `Pane` in it and a line here; `mitui.tui.keys.actions` has its title and number, the
help its paragraph, and `mitui.tui.dashboard.arrangement` its place.
"""

from __future__ import annotations

from typing import Final

from mitui.tui.panes.claims import ClaimsPane
from mitui.tui.panes.events import EventsPane
from mitui.tui.panes.guide import GuidePane
from mitui.tui.panes.identity import IdentityPane
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.source import SourcePane
from mitui.tui.panes.tokens import TokensPane
from mitui.tui.panes.vault import VaultPane

PANE_KINDS: Final[tuple[type[Pane], ...]] = (
    SourcePane,
    IdentityPane,
    TokensPane,
    ClaimsPane,
    VaultPane,
    EventsPane,
    GuidePane,
)
