"""The heap of what is due."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mitui.monitor.scheduling.schedule import Schedule


def test_keys_come_in_the_order_of_their_moments() -> None:
    schedule: Schedule[str] = Schedule()
    for key, at in (("late", 9.0), ("soon", 1.0), ("next", 2.0), ("too", 2.0)):
        schedule.put(key, at)
    assert schedule.next_at() == 1.0
    assert schedule.take_due(2.0) == ["soon", "next", "too"]
    assert schedule.take_due(2.0) == []
    assert schedule.next_at() == 9.0


def test_a_key_has_one_moment_only() -> None:
    schedule: Schedule[str] = Schedule()
    schedule.put("a", 1.0)
    schedule.put("a", 5.0)
    assert schedule.at("a") == 5.0
    assert schedule.take_due(4.0) == []
    schedule.drop("a")
    schedule.drop("never there")
    assert schedule.next_at() is None


def test_clear() -> None:
    schedule: Schedule[str] = Schedule()
    schedule.put("a", 1.0)
    schedule.clear()
    assert schedule.take_due(2.0) == []


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 20), st.booleans())))
def test_it_behaves_as_a_dictionary_of_moments(steps: list[tuple[str, int, bool]]) -> None:
    schedule: Schedule[str] = Schedule()
    expected: dict[str, float] = {}
    for key, at, drop in steps:
        if drop:
            schedule.drop(key)
            expected.pop(key, None)
        else:
            schedule.put(key, float(at))
            expected[key] = float(at)
        assert schedule.next_at() == min(expected.values(), default=None)
    assert sorted(schedule.take_due(10.0)) == sorted(key for key, at in expected.items() if at <= 10)
