"""What nothing keeps up to date any more says so: a renewal that is overdue, an endpoint that is gone, a broken job."""

from __future__ import annotations

from typing import Any

import pytest

from mitui.clock import ManualClock
from mitui.diagnosis.advice import HealthWarning
from mitui.engine.detection import detect
from mitui.engine.identity import SystemAssigned
from mitui.engine.source_kind import SourceKind
from mitui.engine.token_engine import TokenEngine
from mitui.monitor.events import EventLog
from mitui.monitor.intents import Refresh, SetPaused
from mitui.monitor.plan import Plan, PlannedIdentity, PlannedResource, PlannedVault
from mitui.monitor.scheduling.schedule import Schedule
from mitui.monitor.session import Session
from mitui.monitor.snapshot import Snapshot
from mitui.monitor.watch_state import IdentityState, SourceState, TokenState, WatchState
from mitui.monitor.watches.host import HostWatch
from mitui.monitor.watches.token import TokenWatch
from mitui.monitor.watches.vault import VaultWatch
from mitui.simulator.host import SimulatedHost
from tests.engine.support import until
from tests.monitor.follower import ARM, VAULT, Follower, environment_of_host, following

ONE = Plan(resources=(PlannedResource(ARM, "ARM", "option"),), interval=600.0)
TWO = Plan(
    resources=(PlannedResource(ARM, "ARM", "option"), PlannedResource(VAULT, "vault", "option")),
    vaults=(PlannedVault("https://contoso-kv.vault.azure.net"),),
)


async def _to(board: Follower, clock: ManualClock, moment: float) -> Snapshot:
    """Let the time pass in steps of an interval, so that each health check has its turn."""
    while clock.now() < moment:
        before = board.last.source.checked_at
        await clock.advance(min(601.0, moment - clock.now()))
        if moment - clock.now() > 0:
            await board.until(lambda snapshot, before=before: snapshot.source.checked_at != before)  # type: ignore[misc]
    return board.last


async def test_a_renewal_that_silence_holds_up_is_overdue_then_critical(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.lifetime = 4 * 3600
    async with following(ONE, environment_of_host(vm), clock) as board:
        token = (await board.complete()).identities[0].tokens[0]
        assert token.refresh_at is not None
        assert token.expires_at is not None
        vm.stop()
        quiet = await _to(board, clock, token.refresh_at - 60)
        assert (quiet.status, quiet.source.kind) == ("critical", SourceKind.IMDS), "it answered, and answers no more"
        assert quiet.source.failure is not None
        assert quiet.source.failure.kind == "connection_refused"
        assert "answered earlier and answers no more" in quiet.source.failure.message
        assert board.identity.status == "ok"
        await clock.advance(120)
        late = await board.until(lambda snapshot: bool(snapshot.identities[0].tokens[0].warnings))
        view = late.identities[0].tokens[0]
        assert [each.kind for each in view.warnings] == ["renewal_overdue"]
        assert "overdue since " in view.warnings[0].message
        assert "tried again at " in view.warnings[0].message
        assert "answers no more" in view.warnings[0].message
        assert view.next_attempt_at == late.next_check_at
        assert (view.status, late.identities[0].status) == ("ok", "warning")
        await _to(board, clock, token.expires_at - 60)
        worst = await board.until(lambda snapshot: snapshot.identities[0].tokens[0].status == "failed")
        assert worst.identities[0].status == "critical"
        assert worst.identities[0].tokens[0].failure == worst.source.failure


async def test_a_look_that_takes_its_time_leaves_nobody_without_a_next_try(
    vm: SimulatedHost, clock: ManualClock
) -> None:
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        port = vm.port
        vm.stop()
        board.send(Refresh())
        await board.until(lambda _: board.token.failure is not None)
        await clock.advance(601)
        await board.until(lambda snapshot: snapshot.source.failure is not None)
        with SimulatedHost("imds", now=clock.now, port=port) as again:
            again.fail("blackhole")
            begun = len(board.seen)
            await clock.advance(600)
            await until(lambda: again.requests)
            told = board.seen[begun:]
            assert told[-1].source.failure is not None, "the look is over"
            assert [each.next_check_at for each in told] == [pytest.approx(clock.now() + 600, abs=1)] * len(told)
            assert {each.identities[0].tokens[0].next_attempt_at for each in told} == {told[-1].next_check_at}


async def test_a_paused_board_promises_no_try_of_a_silent_endpoint(vm: SimulatedHost, clock: ManualClock) -> None:
    vm.stop()
    async with following(ONE, environment_of_host(vm), clock) as board:
        silent = await board.complete()
        assert silent.source.failure is not None
        assert silent.identities[0].tokens[0].next_attempt_at is not None
        board.send(SetPaused(True))
        paused = await board.until(lambda snapshot: snapshot.paused)
        assert paused.identities[0].tokens[0].next_attempt_at is None
        board.send(SetPaused(False))
        resumed = await board.until(lambda snapshot: not snapshot.paused)
        assert resumed.identities[0].tokens[0].next_attempt_at is not None


async def test_what_breaks_while_a_token_is_asked_for_takes_down_its_own_row_only(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquire = TokenEngine.acquire

    async def broken(engine: TokenEngine, identity: Any, resource: str, **options: Any) -> Any:
        if resource == ARM:
            raise ValueError("a secret value")
        return await acquire(engine, identity, resource, **options)

    monkeypatch.setattr(TokenEngine, "acquire", broken)
    monkeypatch.setattr(VaultWatch, "probe", _raise)
    async with following(TWO, environment_of_host(vm), clock) as board:
        board.refresher.send(_probe())
        last = await board.until(
            lambda snapshot: bool(snapshot.identities) and snapshot.complete and _vault_failed(snapshot)
        )
        first, second = last.identities[0].tokens
        assert first.failure is not None
        assert (first.status, first.failure.kind) == ("failed", "defect")
        assert "ValueError in " in first.failure.message
        assert "secret" not in repr(last)
        assert second.status == "ok"
        assert first.next_attempt_at is not None
        monkeypatch.setattr(TokenEngine, "acquire", acquire)
        await clock.advance(first.next_attempt_at - clock.now() + 1)
        await board.until(lambda snapshot: snapshot.identities[0].tokens[0].status == "ok")


def _one_token(vm: SimulatedHost, clock: ManualClock) -> tuple[TokenWatch, Session, TokenState]:
    """What watches one token of that host, with its state."""
    environment = environment_of_host(vm)
    detection, state = detect(environment), TokenState()
    identities = [IdentityState(PlannedIdentity(SystemAssigned(), ""), tokens={ARM: state})]
    watched = WatchState(SourceState(environment, detection), identities)
    watch = TokenWatch(watched, Schedule(), EventLog(clock), clock, lambda: None)
    return watch, Session(environment, detection, clock, ONE, watch.observe), state


async def test_a_failure_keeps_its_plain_words_where_the_fuller_ones_break(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, session, state = _one_token(vm, clock)
    monkeypatch.setattr("mitui.monitor.watches.failure_views.token_failure_view", _raise_now)
    vm.fail("imds.notfound")
    with pytest.raises(ZeroDivisionError):
        await watch.acquire(session, SystemAssigned(), ARM, force=True)
    await session.aclose()
    assert state.failure_view is not None
    assert state.failure_view.kind == "identity_not_found"


async def test_what_breaks_after_an_answer_leaves_no_row_that_contradicts_itself(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Snapshot may be drawn between the answer and the moment when the broken job is noticed."""
    watch, session, state = _one_token(vm, clock)
    monkeypatch.setattr(TokenWatch, "dress", _raise_now)
    state.warnings = (HealthWarning("clock_skew", "The token before came by a clock that was off."),)
    kinds = []
    for fault in ("", "imds.notfound", "imds.badres", ""):
        vm.heal()
        if fault:
            vm.fail(fault)
        with pytest.raises(ZeroDivisionError):
            await watch.acquire(session, SystemAssigned(), ARM, force=True)
        failed, said = state.failure, state.failure_view
        assert (failed.kind if failed else "") == (said.kind if said else "")
        kinds.append(said.kind if said else "")
        assert not state.warnings
    await session.aclose()
    assert kinds == ["", "identity_not_found", "resource_not_found", ""]


async def test_an_arrival_that_breaks_is_tried_again(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe = HostWatch.probe
    monkeypatch.setattr(HostWatch, "probe", _raise)
    async with following(ONE, environment_of_host(vm), clock) as board:
        broken = await board.until(lambda snapshot: snapshot.source.failure is not None)
        assert broken.source.failure is not None
        assert (broken.source.failure.kind, broken.source.kind) == ("defect", SourceKind.IMDS)
        monkeypatch.setattr(HostWatch, "probe", probe)
        await clock.advance(3)
        last = await board.until(lambda snapshot: snapshot.complete and snapshot.source.failure is None)
        assert last.identities[0].tokens[0].status == "ok"


async def test_facts_that_break_take_nothing_else_down(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HostWatch, "learn_host", _raise)
    async with following(ONE, environment_of_host(vm), clock) as board:
        last = await board.complete()
        assert (last.status, last.identities[0].tokens[0].status) == ("ok", "ok")
        assert any("ZeroDivisionError" in event.message for event in last.events)


async def test_a_defect_while_the_endpoint_recovers_stops_no_renewal(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vm.lifetime = 4 * 3600
    async with following(ONE, environment_of_host(vm), clock) as board:
        token = (await board.complete()).identities[0].tokens[0]
        assert token.refresh_at is not None
        environment, port = environment_of_host(vm), vm.port
        vm.stop()
        await _to(board, clock, token.refresh_at + 60)
        await board.until(lambda snapshot: bool(snapshot.identities[0].tokens[0].warnings))
        monkeypatch.setattr(HostWatch, "learn_host", _raise)
        with SimulatedHost("imds", now=clock.now, port=port) as again:
            again.lifetime = 4 * 3600
            assert environment.variables == environment_of_host(again).variables
            await clock.advance(601)
            renewed = await board.until(
                lambda snapshot: snapshot.identities[0].tokens[0].acquired_at != token.acquired_at
            )
            assert renewed.identities[0].tokens[0].warnings == ()


async def test_a_vault_whose_probe_breaks_is_probed_again(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = PlannedVault("https://contoso-kv.vault.azure.net", probe_every=60.0)
    monkeypatch.setattr(VaultWatch, "probe", _raise)
    plan = Plan(resources=ONE.resources, vaults=(vault,), probe_at_start=True)
    async with following(plan, environment_of_host(vm), clock) as board:
        broken = await board.until(_vault_failed_somewhere)
        at = broken.identities[0].vaults[0].next_probe_at
        assert at is not None
        assert at - clock.now() == pytest.approx(60.0)


async def test_a_health_check_that_breaks_says_so_and_looks_again(
    vm: SimulatedHost, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with following(ONE, environment_of_host(vm), clock) as board:
        await board.complete()
        probe = HostWatch.probe
        monkeypatch.setattr(HostWatch, "probe", _raise)
        await clock.advance(601)
        broken = await board.until(lambda snapshot: bool(snapshot.warnings))
        assert [each.kind for each in broken.warnings] == ["defect"]
        assert broken.identities[0].tokens[0].status == "ok"
        monkeypatch.setattr(HostWatch, "probe", probe)
        await clock.advance(601)
        await board.until(lambda snapshot: not snapshot.warnings)


def _vault_failed_somewhere(snapshot: Snapshot) -> bool:
    return bool(snapshot.identities) and _vault_failed(snapshot)


def _raise_now(*_: object, **__: object) -> None:
    raise ZeroDivisionError("a secret value")


async def _raise(*_: object, **__: object) -> None:
    raise ZeroDivisionError("a secret value")


def _probe() -> Any:
    from mitui.monitor.intents import Probe

    return Probe(TWO.vaults[0].vault, "read")


def _vault_failed(snapshot: Snapshot) -> bool:
    vaults = snapshot.identities[0].vaults
    return bool(vaults) and vaults[0].failure is not None and vaults[0].failure.kind == "defect"
