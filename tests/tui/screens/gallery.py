"""Every screen, built from the values of ``values.py``: for the tests that all of them must pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from mitui.diagnosis.advice import HealthWarning
from mitui.monitor.identity_view import IdentityView, TokenView
from mitui.tui.compared_row import ComparedRow
from mitui.tui.screens.adding.assigned import AssignedScreen
from mitui.tui.screens.adding.identity import AddIdentityScreen
from mitui.tui.screens.adding.rename import RenameIdentityScreen
from mitui.tui.screens.adding.resource import AddResourceScreen
from mitui.tui.screens.adding.vault import AddVaultScreen
from mitui.tui.screens.chooser import Choice, ChooseScreen
from mitui.tui.screens.comparison import ComparisonScreen
from mitui.tui.screens.confirm import confirm_probe, confirm_saving, confirm_token_copy
from mitui.tui.screens.help import PROSE, HelpScreen, pane_help
from mitui.tui.screens.process_picker import ProcessPickerScreen
from mitui.tui.screens.report_page import ReportScreen
from mitui.tui.screens.sdk_choices import SdkChoicesScreen
from mitui.tui.screens.show_text import ShowTextScreen
from mitui.tui.screens.why.lines import Why
from mitui.tui.screens.why.screen import WhyScreen
from mitui.tui.screens.why.subject import why_permission, why_source, why_token, why_warnings
from tests.support.hostile import HOSTILE, poisoned
from tests.tui.screens import values


def _token(token: TokenView = values.FAILED_TOKEN, identity: IdentityView = values.USER) -> Why:
    why = why_token(token, identity)
    assert why is not None
    return why


def _warnings(warning: HealthWarning = values.WARNING) -> Why:
    why = why_warnings("this host", (warning, warning))
    assert why is not None
    return why


KEYS = (
    (
        "In Key Vault",
        (("d del", "Remove the marked vault from the dashboard; nothing changes in Azure or in the vault"),),
    ),
    ("Everywhere", (("q ctrl+q", "Leave at once"), ("shift+tab", "Go to the previous pane"))),
)
VAULTS = (Choice("a", "contoso-kv", "rbac"), Choice("b", "fabrikam-kv", "", "it is gone"))
DIFFERENCES = (
    ComparedRow(
        "the identity source",
        "source",
        "imds at http://169.254.169.254/metadata/identity/oauth2/token",
        "app_service at http://127.0.0.1:4141/msi/token",
        "A: IDENTITY_ENDPOINT is not set; B: App Service comes before it",
    ),
    ComparedRow("the identity source", "IDENTITY_ENDPOINT", "unset", "set: http://127.0.0.1:4141/msi/token"),
    ComparedRow(
        "what the vault allows",
        "web · contoso-kv: secrets/get, secrets/list",
        "granted",
        "denied",
        "The identity was not granted access: no role assignment at this scope gives it secrets/getSecret/action.",
    ),
)
SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "why_token": lambda: WhyScreen(_token()),
    "why_permission": lambda: WhyScreen(why_permission(values.DENIED, values.VAULT, values.SYSTEM)),
    "why_source": lambda: WhyScreen(why_source(values.SOURCE)),
    "why_warnings": lambda: WhyScreen(_warnings()),
    "add_identity": lambda: AddIdentityScreen(values.SOURCE, (values.SYSTEM,)),
    "add_identity_arc": lambda: AddIdentityScreen(values.ARC, (values.SYSTEM,)),
    "help": lambda: pane_help("vault"),
    "help_of_two_keys": lambda: HelpScreen("Key Vault", PROSE["vault"], KEYS),
    "sdk_choices": lambda: SdkChoicesScreen(values.SOURCE),
    "rename": lambda: RenameIdentityScreen(values.USER),
    "confirm_crypto": lambda: confirm_probe(values.VAULT, "crypto"),
    "confirm_deep": lambda: confirm_probe(values.VAULT, "deep"),
    "confirm_token": lambda: confirm_token_copy(values.FAILED_TOKEN),
    "add_resource": lambda: AddResourceScreen("AzurePublicCloud", ("https://vault.azure.net",), values.SOURCE, ()),
    "add_vault": lambda: AddVaultScreen("AzurePublicCloud", ()),
    "process_picker": lambda: ProcessPickerScreen(values.PROCESSES),
    "assigned": lambda: AssignedScreen(values.ASSIGNED, (values.SYSTEM,)),
    "assigned_refused": lambda: AssignedScreen(values.REFUSED, ()),
    "choose": lambda: ChooseScreen("Vaults", VAULTS, "b"),
    "confirm_saving": confirm_saving,
    "comparison": lambda: ComparisonScreen(DIFFERENCES, "the start, 14:02", "now"),
    "comparison_of_the_same": lambda: ComparisonScreen((), "the start, 14:02", "now"),
    "show_text": lambda: ShowTextScreen("the command", "az account show\naz vm list"),
    "report": lambda: ReportScreen("## Managed identity: ok", "sent the board", lambda: "## masked"),
}

BAD_IDENTITIES = (poisoned(values.SYSTEM), poisoned(values.USER))
HOSTILE_SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "why_token": lambda: WhyScreen(_token(poisoned(values.FAILED_TOKEN), poisoned(values.USER))),
    "why_permission": lambda: WhyScreen(why_permission(poisoned(values.DENIED), poisoned(values.VAULT), values.USER)),
    "why_source": lambda: WhyScreen(why_source(poisoned(values.SOURCE))),
    "why_warnings": lambda: WhyScreen(_warnings(poisoned(values.WARNING))),
    "add_identity": lambda: AddIdentityScreen(poisoned(values.ARC), BAD_IDENTITIES),
    "help": lambda: HelpScreen(HOSTILE, HOSTILE, ((HOSTILE, ((HOSTILE, HOSTILE),)),)),
    "sdk_choices": lambda: SdkChoicesScreen(poisoned(values.SOURCE)),
    "rename": lambda: RenameIdentityScreen(poisoned(values.USER)),
    "confirm_deep": lambda: confirm_probe(poisoned(values.VAULT), "deep"),
    "confirm_token": lambda: confirm_token_copy(poisoned(values.FAILED_TOKEN)),
    "process_picker": lambda: ProcessPickerScreen(poisoned(values.PROCESSES)),
    "assigned": lambda: AssignedScreen(poisoned(values.ASSIGNED), BAD_IDENTITIES),
    "assigned_refused": lambda: AssignedScreen(poisoned(values.REFUSED), BAD_IDENTITIES),
    "choose": lambda: ChooseScreen(HOSTILE, poisoned(VAULTS), HOSTILE),
    "comparison": lambda: ComparisonScreen(poisoned(DIFFERENCES), HOSTILE, HOSTILE),
    "show_text": lambda: ShowTextScreen(HOSTILE, HOSTILE, HOSTILE),
    "report": lambda: ReportScreen(HOSTILE, HOSTILE, lambda: HOSTILE),
}
"""The same with harm in every free text."""
