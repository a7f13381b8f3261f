"""A source is one value of one shape: what knows the registry knows them all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mitui.engine import detection
from mitui.engine.evidence import Evidence
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources import imds, registry
from mitui.engine.sources.source import Endpoint, SourceMatch

FOLDER = Path(registry.__file__).parent


def test_every_source_is_small_and_registered() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "source", "registry"}
    assert modules == {str(source.kind) for source in registry.SOURCES}
    for path in FOLDER.glob("*.py"):
        assert len(path.read_text().splitlines()) < 150, path.name


def test_one_more_source_needs_nothing_but_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    spare = dataclasses.replace(
        imds.SOURCE,
        kind=SourceKind.NONE,
        label=lambda _: "Spare",
        detect=lambda environment: SourceMatch(
            bool(environment.get("SPARE")), "SPARE is set", (Evidence("SPARE", "variable", environment.state("SPARE")),)
        ),
        endpoint=lambda environment: Endpoint(environment.get("SPARE"), "SPARE"),
    )
    monkeypatch.setattr(detection, "SOURCES", (spare, *registry.SOURCES))
    found = detection.detect(HostEnvironment({"SPARE": "http://127.0.0.1:1/x", "IDENTITY_ENDPOINT": "x"}))
    assert found.label == "Spare"
    assert found.endpoint == "http://127.0.0.1:1/x"
    assert "SPARE" in [signal.signal for signal in found.evidence]
