"""A Snapshot as the output of a monitoring plugin: the status and a sentence, performance data, then all the rest.

By the Monitoring Plugins Development Guidelines, sections "Plugin Output for Nagios", "Verbose output", "Threshold and
Ranges" and "Performance data" (monitoring-plugins.org/doc/guidelines.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.headline import headline_of
from mitui.report.text import text_of
from mitui.report.values import Values, report_values
from mitui.safe_text import visible_line

_SENTENCE: Final = 240


def nagios_report(snapshot: Snapshot, run: CheckRun) -> str:
    """The report, ending in a newline. The status word is the exit code's."""
    report = report_values(snapshot)
    sentence = _plain(visible_line(headline_of(report).partition(": ")[2], _SENTENCE))
    first = f"{snapshot.status.upper()} - {sentence} | {' '.join(_performance(report, run))}"
    rest = text_of(report).partition("\n\n")[2]
    return f"{first}\n{_plain(rest)}"


def _performance(report: Values, run: CheckRun) -> Iterator[str]:
    """``'label'=value[unit];warn;crit;min``: the time that each token has left, and how long the check took."""
    for identity in report["identities"]:
        for token in identity["tokens"]:
            label = _label(f"{identity['identity']['name']} {token['resource']}")
            # A range such as 300: raises an alert for whatever is below it.
            critical = f"{run.critical_below:.0f}:"
            yield f"{label}={_left(token['_expires_in'])};{run.warn_below:.0f}:;{critical};0"
    yield f"check={run.duration:.3f}s;;;0"


def _left(seconds: float | None) -> str:
    """The seconds left, 0 for an expired token, and U, which is the guidelines' word for unknown, for none."""
    return "U" if seconds is None else f"{max(0.0, seconds):.0f}s"


def _label(text: str) -> str:
    """A quoted label; it may hold neither an equals sign nor a single quote."""
    return f"'{_plain(visible_line(text)).replace('=', '_').replace(chr(39), '_')}'"


def _plain(text: str) -> str:
    """Text without the character that begins performance data."""
    return text.replace("|", "¦")
