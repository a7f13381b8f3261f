"""What the Why page shows before anything is scrolled, for whatever fails in any scenario of the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mitui.diagnosis.advice import Advice
from mitui.monitor.snapshot import Snapshot
from mitui.simulator.scenarios.table import SCENARIOS
from mitui.tui.screens.why.lines import Why
from mitui.tui.screens.why.screen import WhyScreen
from mitui.tui.screens.why.subject import why_permission, why_source, why_token, why_vault
from tests.tui.screens.host import Host, shown


def failures(snapshot: Snapshot) -> Iterator[tuple[Why, Advice]]:
    """Each page that a failed row leads to, with the likeliest of its causes."""
    if snapshot.source.failure is not None:
        yield why_source(snapshot.source), snapshot.source.failure.causes[0]
    for identity in snapshot.identities:
        for token in identity.tokens:
            why = why_token(token, identity)
            if token.failure is not None and why is not None:
                yield why, token.failure.causes[0]
        for vault in identity.vaults:
            why = why_vault(vault, identity)
            if vault.failure is not None and why is not None:
                yield why, vault.failure.causes[0]
            yield from (
                (why_permission(each, vault, identity), each.advice[0]) for each in vault.one_each if each.advice
            )


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_who_can_do_it_and_the_command_to_copy_are_seen_without_scrolling(
    replayed: dict[str, Snapshot], scenario: str
) -> None:
    # One page for each cause: that with the longest words above what to do.
    pages: dict[str, tuple[Why, Advice]] = {}
    for why, advice in sorted(failures(replayed[scenario]), key=lambda each: len(each[0].headline)):
        pages[advice.kind] = (why, advice)
    for why, advice in pages.values():
        app = Host(WhyScreen(why))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            lines = shown(app).splitlines()
        words = " ".join(" ".join(line[2:77] for line in lines[1:-1]).split())
        assert f"who can do it {advice.who}" in words
        assert ("▸" in words) == bool(why.commands)


def test_most_scenarios_have_something_that_fails(replayed: dict[str, Snapshot]) -> None:
    failing = [name for name, snapshot in replayed.items() if any(failures(snapshot))]
    assert len(failing) > len(SCENARIOS) / 2
