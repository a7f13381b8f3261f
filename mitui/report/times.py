"""Times as reports write them."""

from __future__ import annotations

import time


def iso(epoch: float | None) -> str | None:
    """``2026-01-01T00:00:00Z``; None for no time, and for one that no calendar holds."""
    if epoch is None:
        return None
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
    except (OverflowError, OSError, ValueError):
        return None
