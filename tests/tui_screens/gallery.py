"""Every screen, built from the values of ``values.py``: for the tests that all of them must pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from mitui.diagnosis.advice import HealthWarning
from mitui.monitor.snapshot import IdentityView, TokenView
from mitui.tui.screens.add_identity import AddIdentityScreen
from mitui.tui.screens.help import HelpScreen, pane_help
from mitui.tui.screens.show_text import ShowTextScreen
from mitui.tui.screens.why import WhyScreen
from mitui.tui.screens.why_subject import Why, why_permission, why_source, why_token, why_warnings
from tests.support.hostile import HOSTILE, poisoned
from tests.tui_screens import values


def _token(token: TokenView = values.FAILED_TOKEN, identity: IdentityView = values.USER) -> Why:
    why = why_token(token, identity)
    assert why is not None
    return why


def _warnings(warning: HealthWarning = values.WARNING) -> Why:
    why = why_warnings("this host", (warning, warning))
    assert why is not None
    return why


SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "why_token": lambda: WhyScreen(_token()),
    "why_permission": lambda: WhyScreen(why_permission(values.DENIED, values.VAULT, values.SYSTEM)),
    "why_source": lambda: WhyScreen(why_source(values.SOURCE)),
    "why_warnings": lambda: WhyScreen(_warnings()),
    "add_identity": lambda: AddIdentityScreen(values.SOURCE, (values.SYSTEM,)),
    "add_identity_arc": lambda: AddIdentityScreen(values.ARC, (values.SYSTEM,)),
    "help": lambda: pane_help("vault"),
    "show_text": lambda: ShowTextScreen("the command", "az account show\naz vm list"),
}

BAD_IDENTITIES = (poisoned(values.SYSTEM), poisoned(values.USER))
HOSTILE_SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "why_token": lambda: WhyScreen(_token(poisoned(values.FAILED_TOKEN), poisoned(values.USER))),
    "why_permission": lambda: WhyScreen(why_permission(poisoned(values.DENIED), poisoned(values.VAULT), values.USER)),
    "why_source": lambda: WhyScreen(why_source(poisoned(values.SOURCE))),
    "why_warnings": lambda: WhyScreen(_warnings(poisoned(values.WARNING))),
    "add_identity": lambda: AddIdentityScreen(poisoned(values.ARC), BAD_IDENTITIES),
    "help": lambda: HelpScreen(HOSTILE, HOSTILE, ((HOSTILE, ((HOSTILE, HOSTILE),)),)),
    "show_text": lambda: ShowTextScreen(HOSTILE, HOSTILE, HOSTILE),
}
"""The same with harm in every free text."""
