"""A token that should have been renewed by now, and was not, because the endpoint does not answer."""

from __future__ import annotations

from datetime import UTC, datetime

from mitui.diagnosis.advice import HealthWarning


def overdue_renewal_warning(refresh_at: float, why: str, next_try_at: float | None) -> HealthWarning:
    """The warning for it. Times are in epoch seconds; ``why`` is what is the matter with the source."""
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
