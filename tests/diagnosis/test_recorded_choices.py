"""Every SDK chooses on every shape of host what was recorded once all that could be run had agreed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from mitui.diagnosis.sdk.rules import SDKS
from tests.diagnosis.host_shapes import SHAPES
from tests.diagnosis.other_clients import RECORD, dumped, recording


def test_every_choice_is_the_recorded_one(tmp_path: Path) -> None:
    made = recording(tmp_path)

    assert made == json.loads(RECORD.read_text())
    assert dumped(made) == RECORD.read_text()


def test_the_recording_holds_every_sdk_on_every_shape_and_says_which_were_run() -> None:
    recorded = json.loads(RECORD.read_text())
    how = Counter(choice[2] for made in recorded.values() for choice in made.values())

    assert len(recorded) == len(SHAPES) >= 40
    assert all(list(made) == [sdk.name for sdk in SDKS] for made in recorded.values())
    assert how["run"] == 6 * len(SHAPES) + 32
    assert how["run"] + how["read, not run"] == len(SDKS) * len(SHAPES)
