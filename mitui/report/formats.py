"""The formats of ``mitui check``, by name.

To add one: write a module beside this one with a function from a Snapshot (and a CheckRun) to text, a loader here that
imports it when it is called, and an entry in FORMATS. The option, its help, its completion and the tests that run over
every format follow from the entry. What needs a package that mitui does not bring raises MissingExtraError as it loads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mitui.monitor.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class CheckRun:
    """The check that a Snapshot came from: how long it took, and below what a token's time left is too short.

    All in seconds; ``critical_below`` is 0 where only an expired token is critical.
    """

    duration: float
    warn_below: float
    critical_below: float = 0.0


Render = Callable[["Snapshot", CheckRun], str]
"""The whole report, ending in a newline."""


class MissingExtraError(Exception):
    """A package that an extra brings is not installed; the message says which, and how to get it."""


@contextmanager
def needs_extra(extra: str, package: str) -> Iterator[None]:
    """What is imported within needs this package. Raises MissingExtraError where it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise MissingExtraError(
            f"this needs the package {package}, which is not installed here: pip install 'mitui[{extra}]'"
        ) from None


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``words`` say what it is for; ``has_lines`` whether ``--watch`` can print it, a line a change."""

    name: str
    words: str
    load: Callable[[], Render]
    has_lines: bool = False


def _text() -> Render:
    from mitui.report.text import text_report

    return lambda snapshot, _: text_report(snapshot)


def _json() -> Render:
    from mitui.report.json_report import json_report

    return lambda snapshot, _: json_report(snapshot) + "\n"


def _markdown() -> Render:
    from mitui.report.markdown import markdown_report

    return lambda snapshot, _: markdown_report(snapshot)


def _prometheus() -> Render:
    with needs_extra("metrics", "prometheus_client"):
        from mitui.report.metrics import prometheus_text
    return prometheus_text


def _openmetrics() -> Render:
    with needs_extra("metrics", "prometheus_client"):
        from mitui.report.metrics import openmetrics_text
    return openmetrics_text


def _nagios() -> Render:
    from mitui.report.nagios import nagios_report

    return nagios_report


FORMATS: Final[dict[str, Format]] = {
    each.name: each
    for each in (
        Format("text", "for people", _text, has_lines=True),
        Format("json", "for programs", _json, has_lines=True),
        Format("markdown", "for a ticket", _markdown),
        Format("prometheus", "for the node exporter's textfile collector", _prometheus),
        Format("openmetrics", "the same as OpenMetrics", _openmetrics),
        Format("nagios", "for Nagios and its kin", _nagios),
    )
}
"""The first is what is printed where nothing else was asked for."""
