"""The files of ``mitui fleet``: what they are for, and where in the package they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FleetFile:
    """A file below ``mitui/fleet``."""

    name: str
    words: str


FLEET: Final = {
    "rules": FleetFile("rules.yml", "alerting rules for Prometheus"),
    "dashboard": FleetFile("dashboard.json", "a dashboard to import into Grafana"),
    "unit": FleetFile("mitui-exporter.service", "a systemd unit for the exporter"),
    "textfile": FleetFile("mitui-textfile.service", "a systemd unit that checks for the textfile collector"),
    "timer": FleetFile("mitui-textfile.timer", "the systemd timer that runs it"),
}
"""By the word that ``mitui fleet`` takes."""
