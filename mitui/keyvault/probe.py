"""The probe: what an identity may do on one vault, found out stage by stage and without changing anything in it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mitui.clock import Clock
from mitui.engine.token.access_token import AccessToken
from mitui.http import GuardedClient
from mitui.keyvault.address import VaultAddress
from mitui.keyvault.challenge import Challenge
from mitui.keyvault.connection import connect_vault, resolve_vault, secure_vault
from mitui.keyvault.matrix import arrange, notes_on
from mitui.keyvault.probe_result import PermissionResult, ProbeResult, Stage, VaultFailure, VaultFailureKind
from mitui.keyvault.probe_run import ProbeFindings, ProbeRun, plan, unasked
from mitui.keyvault.session import USER_AGENT, VaultSession
from mitui.keyvault.stage import Outcome, Route
from mitui.keyvault.stages import TokenSource, check_challenge, check_health, get_token
from mitui.keyvault.tally import tally
from mitui.keyvault.verdict import STAGES, ProbeDepth, StageName, Verdict
from mitui.safe_text import visible_line

_OBJECT_NAME: Final = re.compile(r"[0-9A-Za-z-]{1,127}\Z")
_PREFIX: Final = re.compile(r"[0-9A-Za-z-]{1,80}\Z")


async def probe_vault(
    address: VaultAddress,
    get_token_for: TokenSource,
    client: GuardedClient,
    clock: Clock,
    *,
    depth: ProbeDepth = "read",
    secret: str = "",
    prefix: str = "",
    timeout: float = 10.0,
    user_agent: str = USER_AGENT,
    on_stage: Callable[[Stage], None] | None = None,
) -> ProbeResult:
    """Run the stages in order until one fails, and return what they found. Only cancellation raises.

    ``secret`` is the name of a secret of which a random version is asked for, so that a grant on it alone shows;
    ``prefix`` begins the random name, for conditions on names. ``timeout`` limits each exchange, in seconds.
    ``on_stage`` is called as each stage ends. ``client`` should know the proxies that an SDK would use.
    """
    run = _Run(address, client, clock, timeout, user_agent, on_stage or (lambda _: None), str(uuid.uuid4()))
    started = clock.now()
    run.facts.update(resource=address.resource, cloud=address.cloud)
    objection = _bad_name(secret, prefix)
    if objection:
        run.record(Outcome.failed("resolve", VaultFailureKind.ADDRESS_REFUSED, objection))
        secret = prefix = ""
    asks = plan(depth, secret, prefix)
    token = None if run.failure else await _approach(run, get_token_for)
    found = ProbeFindings()
    if token is not None and run.session is not None:
        begun = clock.monotonic()
        found = await ProbeRun(address, run.session, token.secret).run(asks)
        elapsed = (clock.monotonic() - begun) * 1000
        if found.model_reason:
            found.facts["model_reason"] = found.model_reason
        permissions = arrange(found.results, found.model, depth)
        stage = _permissions_stage(found, permissions, elapsed)
        run.record(Outcome(stage, found.failure, tuple(found.facts.items())))
    else:
        words = f"not asked: {run.failure.message if run.failure else 'the probe did not get this far'}"
        found.results = [unasked(ask, Verdict.UNKNOWN, words) for ask in asks]
        permissions = arrange(found.results, found.model, depth)
    run.skip_the_rest()
    sent = run.session.sent if run.session else 0
    return ProbeResult(
        address.url,
        address.name,
        depth,
        started,
        clock.now(),
        tuple(run.stages[name] for name in STAGES),
        permissions,
        found.model,
        run.challenge.tenant,
        token.claims.text("tid") if token else "",
        sent,
        run.client_request_id,
        (*run.notes, *notes_on(found, permissions, secret=secret, prefix=prefix, sent=sent, user_agent=user_agent)),
        tuple(run.facts.items()),
        run.failure,
    )


@dataclass(slots=True)
class _Run:
    """What one run has gathered so far."""

    address: VaultAddress
    client: GuardedClient
    clock: Clock
    timeout: float
    user_agent: str
    on_stage: Callable[[Stage], None]
    client_request_id: str
    stages: dict[StageName, Stage] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failure: VaultFailure | None = None
    challenge: Challenge = field(default_factory=Challenge)
    session: VaultSession | None = None

    def record(self, outcome: Outcome) -> bool:
        """Keep what a stage found; False if the probe ends here."""
        self.stages[outcome.stage.stage] = outcome.stage
        self.facts.update(outcome.facts)
        self.notes += outcome.notes
        self.failure = outcome.failure
        self.on_stage(outcome.stage)
        return outcome.failure is None

    def skip_the_rest(self) -> None:
        """Stages that were not reached are skipped, and say what stopped them."""
        stopped_at = self.failure.stage if self.failure else ""
        for name in STAGES:
            if name not in self.stages:
                self.record_skipped(name, f"{stopped_at} failed")

    def record_skipped(self, name: StageName, detail: str) -> None:
        stage = Stage(name, "skipped", None, detail)
        self.stages[name] = stage
        self.on_stage(stage)


async def _approach(run: _Run, source: TokenSource) -> AccessToken | None:
    """Every stage up to the token; None where one of them failed."""
    address, client, clock, timeout = run.address, run.client, run.clock, run.timeout
    outcome = await resolve_vault(address, client, clock, timeout)
    if not run.record(outcome) or outcome.route is None:
        return None
    outcome = await connect_vault(outcome.route, clock, timeout)
    if not run.record(outcome) or outcome.route is None:
        return None
    route: Route = outcome.route
    if not run.record(await secure_vault(address, route, client, clock, timeout)):
        return None
    run.session = VaultSession(
        address,
        client,
        clock,
        route,
        timeout=timeout,
        client_request_id=run.client_request_id,
        user_agent=run.user_agent,
    )
    if not run.record(await check_health(address, run.session)):
        return None
    outcome, run.challenge = await check_challenge(address, run.session)
    if not run.record(outcome):
        return None
    outcome, token = await get_token(address, run.challenge, source, clock)
    return token if run.record(outcome) else None


def _permissions_stage(found: ProbeFindings, permissions: Sequence[PermissionResult], elapsed: float) -> Stage:
    counts = tally(permissions)
    detail = f"{found.failure.message} ({counts})" if found.failure else counts
    return Stage("permissions", "failed" if found.failure else "ok", elapsed, detail)


def _bad_name(secret: str, prefix: str) -> str:
    if secret and not _OBJECT_NAME.match(secret):
        return f"{visible_line(secret, 60)!r} can't be a secret's name: it has up to 127 letters, digits and hyphens"
    if prefix and not _PREFIX.match(prefix):
        return f"{visible_line(prefix, 60)!r} can't begin a secret's name: it has up to 80 letters, digits and hyphens"
    return ""
