"""An endpoint that takes connections and is slow to answer: it may still hand out tokens."""

from __future__ import annotations

from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.commands import SHOW_ROUTE, TRY_IMDS


def slow_endpoint_warning(message: str) -> HealthWarning:
    """The warning for it; ``message`` is what the engine said, without a full stop."""
    return HealthWarning(
        "endpoint_slow",
        f"{message}.",
        "SDKs that probe first, as DefaultAzureCredential does, give up after 1 s. If no token comes either, see which "
        "interface has the route: a VPN may hold the address.",
        (TRY_IMDS, SHOW_ROUTE),
    )
