"""The stages between a connection and the first permission: health, challenge and token.

No token is sent in any of them. By their end it is known that a vault answers, that it is the one we mean, and whether
it would accept the token at all.
"""

from __future__ import annotations

import re
from typing import Final, Protocol
from urllib.parse import urlsplit

from mitui.claims import Claims
from mitui.clock import Clock
from mitui.engine.failure import TokenFailure
from mitui.engine.token.access_token import AccessToken
from mitui.http import HttpFailure, HttpReply
from mitui.http.proxy import is_loopback
from mitui.keyvault.address import VaultAddress
from mitui.keyvault.challenge import Challenge, judge, parse_challenges
from mitui.keyvault.permission_table import LIST_WHOLE_VAULT
from mitui.keyvault.probe_result import VaultFailureKind
from mitui.keyvault.reading import read_reply
from mitui.keyvault.session import Answer, VaultSession, transport_failure
from mitui.keyvault.stage import Facts, Outcome
from mitui.keyvault.stop_sentence import stop_sentence
from mitui.keyvault.verdict import StageName
from mitui.safe_text import visible_line

KEY_VAULT_APPLICATION: Final = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"
_NETWORK_INFO: Final = re.compile(r"\baddr=([0-9A-Fa-f:.]{3,45})(?:;|$)")
_CONNECTION_TYPE: Final = re.compile(r"\bconn_type=([A-Za-z0-9]{1,30})(?:;|$)")


class TokenSource(Protocol):
    """Where the probe gets its token, by audience."""

    async def __call__(self, resource: str) -> AccessToken | TokenFailure: ...


async def check_health(address: VaultAddress, session: VaultSession) -> Outcome:
    """``/healthstatus`` needs no token and tells from which address the vault sees this host.

    A 200 without the vault's own header came from something else on the way, so the probe ends there. On this machine
    it is not asked for much: emulators have no such page.
    """
    answer = await session.ask("GET", "/healthstatus")
    reply = answer.outcome
    if isinstance(reply, HttpFailure):
        return _no_reply("health", answer, reply)
    if 300 <= reply.status < 400:
        return _redirected("health", answer, reply)
    info = reply.header("x-ms-keyvault-network-info")
    source, connection = _NETWORK_INFO.search(info), _CONNECTION_TYPE.search(info)
    if reply.status == 200 and not info and not address.loopback:
        message = "what answers does so without a vault's headers: a proxy that intercepts TLS, or another service"
        return _stopped("health", VaultFailureKind.NOT_A_VAULT, f"{message}; no token is sent there", answer, reply)
    facts: list[tuple[str, str]] = []
    if source:
        facts.append(("source_address", source[1]))
    if connection:
        facts.append(("connection_type", connection[1]))
    seen = f", the vault sees this host as {source[1]}" if source else ", no source address told"
    return Outcome.ok("health", f"{reply.status}{seen}", reply.elapsed_ms, facts=tuple(facts))


async def check_challenge(address: VaultAddress, session: VaultSession) -> tuple[Outcome, Challenge]:
    """A request without a token: a vault answers 401 and names its tenant and its resource."""
    answer = await session.ask("GET", LIST_WHOLE_VAULT.target("", ""))
    reply = answer.outcome
    if isinstance(reply, HttpFailure):
        return _no_reply("challenge", answer, reply), Challenge()
    if 300 <= reply.status < 400:
        return _redirected("challenge", answer, reply), Challenge()
    if reply.status != 401:
        return _unchallenged(address, answer, reply), Challenge()
    facts: list[tuple[str, str]] = []
    for name, header in (("region", "x-ms-keyvault-region"), ("service_version", "x-ms-keyvault-service-version")):
        value = visible_line(reply.header(header), 60)
        if value:
            facts.append((name, value))
    headers = [value for name, value in reply.headers if name.lower() == "www-authenticate"]
    challenges = parse_challenges(headers)
    objection = judge(challenges, address)
    if objection:
        named = visible_line(challenges[0].resource, 200) if challenges else ""
        kind = VaultFailureKind.CHALLENGE_MISMATCH if named else VaultFailureKind.NOT_A_VAULT
        facts.append(("challenge_resource", named))
        message = f"{objection}; no token is sent there"
        return _stopped("challenge", kind, message, answer, reply, tuple(facts)), Challenge()
    challenge = challenges[0]
    tenant = f"tenant {challenge.tenant}" if challenge.tenant else "no tenant named"
    detail = f"{tenant}, resource {visible_line(challenge.resource, 120)}"
    return Outcome.ok("challenge", detail, reply.elapsed_ms, facts=tuple(facts)), challenge


async def get_token(
    address: VaultAddress, challenge: Challenge, source: TokenSource, clock: Clock
) -> tuple[Outcome, AccessToken | None]:
    """The token for the resource of the table, with its audience and tenant compared before it is sent anywhere."""
    started = clock.monotonic()
    token = await source(address.resource)
    elapsed = (clock.monotonic() - started) * 1000
    if isinstance(token, TokenFailure):
        failed = Outcome.failed(
            "token",
            VaultFailureKind.NO_TOKEN,
            f"there is no token for {address.resource}: {visible_line(token.message, 300)}",
            elapsed,
            facts=(("token_failure", str(token.kind)),),
            http_status=token.http_status,
            code=token.code,
            exchanges=token.exchanges,
        )
        return failed, None
    objection = _stray(token) if address.loopback else _predict(address, challenge, token.claims)
    if objection:
        kind, message, facts = objection
        return Outcome.failed("token", kind, message, elapsed, facts=facts), None
    tenant = token.claims.text("tid").lower()
    if not token.claims:
        detail = "an opaque token, which can't be compared with the vault's tenant"
    elif challenge.tenant and tenant != challenge.tenant:
        detail = f"audience fits, tenant {tenant or 'not named'} differs from the challenge's"
    else:
        detail = f"audience and tenant fit, {'from cache' if token.from_cache else 'fresh'}"
    return Outcome.ok("token", detail, elapsed), token


def _predict(address: VaultAddress, challenge: Challenge, claims: Claims) -> tuple[VaultFailureKind, str, Facts] | None:
    """Why the vault would refuse this token with a 401, if it would; nothing can be said of an opaque one."""
    if not claims:
        return None
    audience = claims.payload().get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if address.resource not in audiences and KEY_VAULT_APPLICATION not in audiences:
        shown = visible_line(str(audience), 120)
        return (
            VaultFailureKind.WRONG_AUDIENCE,
            f"the token is for {shown!r}, and this vault accepts {address.resource} only (AKV10022); it was not sent",
            (("expected_audience", address.resource), ("found_audience", shown), ("predicted", "AKV10022")),
        )
    tenant = claims.text("tid").lower()
    if challenge.tenant and tenant and tenant != challenge.tenant:
        shown = visible_line(tenant, 60)
        return (
            VaultFailureKind.WRONG_TENANT,
            f"the token is from tenant {shown}, and the vault is in {challenge.tenant} (AKV10032); it was not sent",
            (("expected_tenants", challenge.tenant), ("found_tenant", shown), ("predicted", "AKV10032")),
        )
    return None


def _stray(token: AccessToken) -> tuple[VaultFailureKind, str, Facts] | None:
    """Why a token must not go to an emulator: it came from a real identity endpoint, off this machine."""
    hosts = {urlsplit(exchange.url).hostname or "" for exchange in token.exchanges}
    abroad = sorted(host for host in hosts if not is_loopback(host))
    if not abroad or token.from_stand_in:
        return None
    return (
        VaultFailureKind.NO_TOKEN,
        f"the token came from {visible_line(abroad[0], 60)}: a real token does not go to a vault on this machine",
        (("token_origin", abroad[0]),),
    )


def _no_reply(name: StageName, answer: Answer, failure: HttpFailure) -> Outcome:
    kind = transport_failure(failure)
    return Outcome.failed(
        "tls" if kind is VaultFailureKind.TLS_FAILED else name,
        kind,
        f"the vault did not answer properly: {visible_line(failure.message, 300)}",
        failure.elapsed_ms,
        facts=(("transport_problem", str(failure.problem)),),
        exchanges=(answer.exchange,),
    )


def _redirected(name: StageName, answer: Answer, reply: HttpReply) -> Outcome:
    message = f"the answer is a redirect ({reply.status}), which no vault sends"
    return _stopped(
        name, VaultFailureKind.NOT_A_VAULT, f"{message}; it was not followed and no token was sent", answer, reply
    )


def _stopped(
    name: StageName, kind: VaultFailureKind, message: str, answer: Answer, reply: HttpReply, facts: Facts = ()
) -> Outcome:
    """The end of the probe with this answer."""
    exchanges = (answer.exchange,)
    return Outcome.failed(
        name, kind, message, reply.elapsed_ms, facts=facts, http_status=reply.status, exchanges=exchanges
    )


def _unchallenged(address: VaultAddress, answer: Answer, reply: HttpReply) -> Outcome:
    """No 401: a vault that can't be used now says so in its own words, and anything else is no vault."""
    reading = read_reply(reply, address)
    kind, message = reading.stop, ""
    if kind is not None:
        message = stop_sentence(kind, reading)
    elif reply.status >= 500:
        kind, message = VaultFailureKind.SERVER_ERROR, f"the vault's service failed with {reading.evidence}"
    else:
        kind = VaultFailureKind.NOT_A_VAULT
        message = (
            f"a request without a token was answered with {reply.status} and not with 401, so this is no Key Vault"
        )
    return Outcome.failed(
        "challenge",
        kind,
        message,
        reply.elapsed_ms,
        facts=reading.facts,
        http_status=reply.status,
        code=reading.error.code,
        inner_code=reading.error.inner_code,
        exchanges=(answer.exchange,),
    )
