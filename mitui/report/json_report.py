"""A Snapshot as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mitui.report.values import Values, published, report_values

if TYPE_CHECKING:
    from mitui.monitor.snapshot import Snapshot


def json_report(snapshot: Snapshot, *, indent: int | None = 2) -> str:
    """The whole report, ASCII with escapes; ``indent`` None puts it on one line."""
    separators = (",", ":") if indent is None else None
    return json.dumps(document(snapshot), indent=indent, separators=separators, ensure_ascii=True, allow_nan=False)


def document(snapshot: Snapshot) -> Values:
    """The report as plain values."""
    return published(report_values(snapshot))
