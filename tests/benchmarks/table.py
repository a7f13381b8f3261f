"""The one table of all that was measured, as Markdown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; ``limit`` is the ratio that it must not exceed, None where it is told only."""

    what: str
    ours: str
    peer: str
    theirs: str
    ratio: float
    limit: float | None = None


ROWS: Final[list[Row]] = []
_UNITS: Final = {"s": ((1e-6, "µs"), (1e-3, "ms"), (1.0, "s")), "B": ((1.0, "B"), (1e3, "kB"), (1e6, "MB"))}


def amount(value: float, unit: str) -> str:
    """A value with three digits: seconds and bytes in a fitting size."""
    sizes = _UNITS.get(unit, ((1.0, unit),))
    size, name = next((each for each in reversed(sizes) if abs(value) >= each[0]), sizes[0])
    scaled = value / size
    return f"{scaled:,.0f} {name}" if scaled >= 100 else f"{scaled:.3g} {name}"


def compare(what: str, ours: float, peer: str, theirs: float, unit: str = "s", limit: float | None = None) -> None:
    """Put a comparison into the table; at the end of its test it must be within its limit."""
    ratio = ours / theirs if theirs else math.inf
    ROWS.append(Row(what, amount(ours, unit), peer, amount(theirs, unit), ratio, limit))


def beyond_limits(since: int) -> list[str]:
    """What exceeds its limit, of the rows from this one on."""
    return [
        f"{row.what}: {row.ratio:.2f} times {row.peer}, at most {row.limit:g} expected"
        for row in ROWS[since:]
        if row.limit is not None and row.ratio > row.limit
    ]


def markdown() -> str:
    """All comparisons so far."""
    lines = ["| What | mitui | Peer | Peer's | Ratio | At most |", "|---|---|---|---|---|---|"]
    for row in ROWS:
        limit = "" if row.limit is None else f"{row.limit:g}"
        ratio = "" if math.isinf(row.ratio) else f"{row.ratio:.2f}"
        lines.append(f"| {row.what} | {row.ours} | {row.peer} | {row.theirs} | {ratio} | {limit} |")
    return "\n".join(lines)
