"""Moments and durations in words. Nothing here reads a clock."""

from __future__ import annotations

from datetime import UTC, datetime

from mitui.tui.settings import TimeFormat


def _moment(epoch: float, times: TimeFormat) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(epoch, UTC)
        return moment.astimezone() if times == "local" else moment
    except (OverflowError, ValueError, OSError):
        return None


def _number(epoch: float) -> str:
    return f"{epoch:.0f}" if abs(epoch) < 1e12 else f"{epoch:g}"


def clock_time(epoch: float, times: TimeFormat) -> str:
    """A moment near now: ``14:02:11``, or the epoch seconds; an absurd one as its number."""
    moment = None if times == "epoch" else _moment(epoch, times)
    return _number(epoch) if moment is None else f"{moment:%H:%M:%S}"


def elapsed(seconds: float) -> str:
    """How long something has taken so far, in at most eight cells and told from a countdown: ``for 12 s``."""
    whole = max(0, int(seconds))
    if whole < 100:
        return f"for {whole} s"
    return f"for {whole // 60} m" if whole < 6000 else f"for {whole // 3600} h"


def day_time(epoch: float, now: float, times: TimeFormat) -> str:
    """A moment up to days away: ``14:02:11`` on the day of ``now``, else ``Tue 14:02`` or ``2027-01-31 14:02``."""
    moment, today = (None, None) if times == "epoch" else (_moment(epoch, times), _moment(now, times))
    if moment is None or today is None:
        return _number(epoch)
    if moment.date() == today.date():
        return f"{moment:%H:%M:%S}"
    return f"{moment:%a %H:%M}" if abs(epoch - now) < 6 * 86_400 else f"{moment:%Y-%m-%d %H:%M}"


def full_time(epoch: float, times: TimeFormat) -> str:
    """A moment with its date and zone: ``2026-11-23 13:22:04 UTC``."""
    moment = None if times == "epoch" else _moment(epoch, times)
    if moment is None:
        return _number(epoch)
    return f"{moment:%Y-%m-%d %H:%M:%S} " + ("UTC" if times == "utc" else f"{moment:%z}")


def countdown(seconds: float) -> str:
    """What is left, in eight cells: ``23:41:07``; ``  12 d`` above 99 hours; ``00:00:00`` when it is over."""
    left = max(0, int(seconds))
    if left >= 100 * 3600:
        return f"{left // 86_400} days"[:8].rjust(8)
    return f"{left // 3600:02}:{left // 60 % 60:02}:{left % 60:02}"


def milliseconds(value: float) -> str:
    """A latency: ``2 ms``, ``1.4 s``."""
    return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms" if value >= 1 else "<1 ms"
