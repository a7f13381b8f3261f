"""What the refresher warns of by itself: a source that it can't look at, or that keeps it waiting."""

from __future__ import annotations

from datetime import UTC, datetime

from mitui.diagnosis.advice import HealthWarning


def defect_warning(message: str) -> HealthWarning:
    """A defect in mitui keeps it from looking at the source again; ``message`` names the place, without a full stop."""
    return HealthWarning(
        "defect", f"The source could not be looked at again: {message}.", "It is tried again by itself."
    )


def slow_endpoint_warning(message: str) -> HealthWarning:
    """An endpoint takes connections and is slow to answer; ``message`` is what the engine said, without a full stop."""
    from mitui.diagnosis.commands import SHOW_ROUTE, TRY_IMDS  # late: it brings much that a healthy host does without

    return HealthWarning(
        "endpoint_slow",
        f"{message}.",
        "SDKs that probe first, as DefaultAzureCredential does, give up after 1 s. If no token comes either, see which "
        "interface has the route: a VPN may hold the address.",
        (TRY_IMDS.text, SHOW_ROUTE.text),
        ("look", "look"),
    )


def overdue_renewal_warning(refresh_at: float, why: str, next_try_at: float | None) -> HealthWarning:
    """A token should have been renewed by now, and was not; ``why`` is what is the matter with the source.

    Times are in epoch seconds.
    """
    again = f", and is tried again at {_clock(next_try_at)}" if next_try_at is not None else ""
    return HealthWarning(
        "renewal_overdue",
        f"The renewal of this token is overdue since {_clock(refresh_at)}{again}: {why.rstrip('.')}.",
        "It is valid until it expires. Mend the source by then; enter on it says how.",
    )


def _clock(epoch: float) -> str:
    try:
        return f"{datetime.fromtimestamp(epoch, UTC):%H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return f"{epoch:g}"
