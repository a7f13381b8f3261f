"""Durations in words."""

from __future__ import annotations


def in_words(seconds: float) -> str:
    """A duration by its two largest units: ``23 h 59 min``, ``4 min 12 s``, ``8 s``; never negative."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((index for index, (count, _) in enumerate(units) if count), len(units) - 1)
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count) or "0 s"
