"""A defect in mitui that keeps it from looking at the source again."""

from __future__ import annotations

from mitui.diagnosis.advice import HealthWarning


def defect_warning(message: str) -> HealthWarning:
    """The warning for it; ``message`` names the place, without a full stop."""
    return HealthWarning(
        "defect", f"The source could not be looked at again: {message}.", "It is tried again by itself."
    )
