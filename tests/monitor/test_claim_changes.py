"""What changed from one token to the next, in words; and that the log of events says it."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from mitui.claims import Claims
from mitui.clock import ManualClock
from mitui.monitor.claim_changes import change_words, claim_changes, renewal_words
from mitui.monitor.intents import Refresh
from mitui.monitor.plan import Plan, PlannedResource
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import default_identities
from tests.monitor.follower import ARM, environment_of_host, following

ONE = Plan(resources=(PlannedResource(ARM, "ARM", "option"),))


def claims(**values: object) -> Claims:
    return Claims("", json.dumps(values))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"roles": ["A", "B"]}, {"roles": ["C", "B"]}, "roles gained C, lost A"),
        ({"roles": ["A", "B"]}, {"roles": ["B", "A"]}, ""),
        ({}, {"groups": ["g1", "g2"]}, "groups gained g1, g2"),
        ({"wids": ["w"]}, {}, "wids lost w"),
        ({"ver": "1.0"}, {"ver": "2.0"}, "ver 1.0 → 2.0"),
        ({"scp": "a"}, {}, "scp a → absent"),
        ({"upn": "alice"}, {"upn": "bob"}, "upn changed"),
        ({"iat": 1, "exp": 2, "nbf": 1, "uti": "a", "aio": "b", "rh": "c"}, {"iat": 3, "uti": "x"}, ""),
        ({"roles": "A"}, {"roles": ["A"]}, 'roles A → ["A"]'),
    ],
)
def test_what_changed(before: dict[str, object], after: dict[str, object], words: str) -> None:
    assert change_words(claims(**before), claims(**after)) == words
    assert claim_changes(claims(**after), claims(**after)) == ()


def test_an_opaque_token_has_none() -> None:
    assert change_words(Claims(), Claims()) == ""
    assert renewal_words(Claims(), Claims()) == ""


def test_whether_it_is_another_token() -> None:
    assert renewal_words(claims(uti="a", iat=1), claims(uti="b", iat=7)) == "another uti, iat 1 → 7"
    assert renewal_words(claims(uti="a", iat=1), claims(uti="a", iat=1)) == ""


async def test_events_tell_of_a_renewal_and_of_a_claim_that_changed() -> None:
    clock = ManualClock()
    web, jobs = default_identities()
    with SimulatedHost("imds", (web, jobs), now=clock.now) as vm:
        async with following(ONE, environment_of_host(vm), clock) as board:
            await board.complete()
            await clock.advance(10)
            board.send(Refresh())
            await board.until(lambda snapshot: any("another uti, iat" in each.message for each in snapshot.events))
            assert not any("the token changed" in each.message for each in board.last.events)
            vm.machine = replace(vm.machine, name="vm-web-02")
            await clock.advance(10)
            board.send(Refresh())
            changed = await board.until(
                lambda snapshot: any("the token changed" in each.message for each in snapshot.events)
            )
    [event] = [each for each in changed.events if "the token changed" in each.message]
    assert event.level == "warning"
    assert "vm-web-01" in event.message
    assert "vm-web-02" in event.message


def test_lists_without_an_end_are_compared_in_a_moment() -> None:
    before, after = ([f"{letter}{number}" for number in range(60_000)] for letter in "ab")
    started = time.monotonic()
    [change] = claim_changes(claims(groups=before), claims(groups=after))
    assert time.monotonic() - started < 5
    assert change.before.startswith("a0, a1, ")
    assert change.after.endswith(", b59999")
