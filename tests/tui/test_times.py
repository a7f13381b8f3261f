"""Moments and durations in words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.durations import in_words
from mitui.tui.drawing.times import clock_time, countdown, day_time, elapsed, full_time, milliseconds
from mitui.tui.settings import TIME_FORMATS, TimeFormat
from tests.support.snapshots import NOW


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield None
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("times", "expected"),
    [("utc", "2026-11-23 14:02:11 UTC"), ("local", "2026-11-23 15:02:11 +0100"), ("epoch", "1795442531")],
)
def test_a_moment_in_full(times: TimeFormat, expected: str) -> None:
    assert full_time(NOW, times) == expected


def test_a_moment_near_and_far() -> None:
    assert clock_time(NOW, "utc") == "14:02:11"
    assert day_time(NOW + 60, NOW, "utc") == "14:03:11"
    assert day_time(NOW + 86_400, NOW, "utc") == "Tue 14:02"
    assert day_time(NOW + 40 * 86_400, NOW, "utc") == "2027-01-02 14:02"


@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(TIME_FORMATS))
def test_no_number_is_too_absurd(epoch: float, times: TimeFormat) -> None:
    assert len(full_time(epoch, times)) < 40
    assert len(clock_time(epoch, times)) < 40
    assert len(day_time(epoch, NOW, times)) < 40


@given(st.floats(-1e12, 1e12))
def test_a_countdown_always_takes_eight_cells(seconds: float) -> None:
    assert len(countdown(seconds)) == 8


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(85_267, "23:41:07"), (252.9, "00:04:12"), (0, "00:00:00"), (-5, "00:00:00"), (12 * 86_400, " 12 days")],
)
def test_countdowns(seconds: float, expected: str) -> None:
    assert countdown(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "0 s"), (59, "59 s"), (150, "2 min 30 s"), (3600, "1 h"), (86_700, "1 d")]
)
def test_durations(seconds: float, expected: str) -> None:
    assert in_words(seconds) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.4, "<1 ms"), (2.1, "2 ms"), (1400.0, "1.4 s")])
def test_latencies(value: float, expected: str) -> None:
    assert milliseconds(value) == expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "for 0 s"), (99.9, "for 99 s"), (100, "for 1 m"), (5999, "for 99 m"), (86_400, "for 24 h")],
)
def test_a_wait_is_short_and_no_countdown(seconds: float, words: str) -> None:
    assert elapsed(seconds) == words
