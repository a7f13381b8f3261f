"""A Snapshot as JSON."""

from __future__ import annotations

import json

from mitui.monitor.snapshot import Snapshot
from mitui.report.values import Values, published, report_values


def json_report(snapshot: Snapshot) -> str:
    """The whole report, ASCII with escapes."""
    return json.dumps(document(snapshot), indent=2, ensure_ascii=True, allow_nan=False)


def json_line(values: Values) -> str:
    """Values on one line, ASCII with escapes."""
    return json.dumps(values, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def document(snapshot: Snapshot) -> Values:
    """The report as plain values."""
    return published(report_values(snapshot))
