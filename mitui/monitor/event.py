"""What happened, as a line that the board and reports show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Event:
    """Something the refresher did. ``subject`` names the identity, resource or vault it was about."""

    at: float
    level: Literal["info", "ok", "warning", "error"]
    subject: str
    message: str
