"""Asks the vault for every permission of the chosen depth, one request after the other, until something stops it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from mitui.exchange import Exchange
from mitui.http import HttpFailure
from mitui.keyvault.address import VaultAddress
from mitui.keyvault.permission_table import (
    GET_NAMED_SECRET,
    LIST_WHOLE_VAULT,
    OPERATIONS,
    Operation,
    sent_operations,
)
from mitui.keyvault.probe_result import PermissionResult, VaultFailure, VaultFailureKind
from mitui.keyvault.reading import Reading, read_reply
from mitui.keyvault.session import VaultSession, transport_failure
from mitui.keyvault.stop_sentence import stop_sentence
from mitui.keyvault.verdict import ProbeDepth, VaultModel, Verdict
from mitui.safe_text import visible_line
from mitui.secret import Secret

PROBE_NAME: Final = "mitui-probe-"
_OF_ONE_ANSWER: Final = frozenset({"action", "decision_reason", "deny_assignment_id"})


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to come: the table's row, the names that fill it, and what the answer will hold for."""

    row: Operation
    name: str
    version: str
    target: str = "vault"


@dataclass(slots=True)
class ProbeFindings:
    """What the answers add up to, in the order in which they came."""

    results: list[PermissionResult] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    failure: VaultFailure | None = None

    @property
    def model(self) -> VaultModel:
        """The permission model that the answers show; unknown if they show none, or both."""
        seen = {reading.model for reading in self.readings} - {"unknown"}
        return seen.pop() if len(seen) == 1 else "unknown"

    @property
    def model_reason(self) -> str:
        """Which answer showed the model, in a few words; "" while it is unknown."""
        if self.model == "unknown":
            return ""
        first = next(reading for reading in self.readings if reading.model == self.model)
        return "an answer names a role assignment" if first.assignment_id else first.evidence


def plan(depth: ProbeDepth, secret: str, prefix: str) -> tuple[Ask, ...]:
    """Everything to ask, with one random name for the whole run. ``secret`` and ``prefix`` have been validated.

    A prefix shows rights that a condition limits to such names, and then says nothing of the whole vault: that is
    asked separately, as far as it can be.
    """
    name, version = f"{prefix}{PROBE_NAME}{secrets.token_hex(16)}", secrets.token_hex(16)
    target = f"names {prefix}…" if prefix else "vault"
    asks = [
        Ask(row, name, version, target if row.object_type == "secrets" else "vault") for row in sent_operations(depth)
    ]
    extra = []
    if prefix:
        extra.append(Ask(LIST_WHOLE_VAULT, "", ""))
    if secret:
        extra.append(Ask(GET_NAMED_SECRET, secret, secrets.token_hex(16), f"secret {secret}"))
    return (asks[0], *extra, *asks[1:])


class ProbeRun:
    """Sends what a plan holds, in order. What is left when something stops it is unknown."""

    def __init__(self, address: VaultAddress, session: VaultSession, token: Secret) -> None:
        self._address = address
        self._session = session
        self._token = token
        self._found = ProbeFindings()
        self._absent: set[str] = set()  # kinds of object of which the vault said that ours is absent or forbidden
        self._failed_before = False

    async def run(self, asks: tuple[Ask, ...]) -> ProbeFindings:
        """Ask for everything, or until an answer is not about permissions at all."""
        found = self._found
        for position, ask in enumerate(asks):
            if ask.row.method != "GET" and ask.row.object_type not in self._absent:
                found.results.append(
                    unasked(ask, Verdict.UNTESTED, "not sent: GET did not show that the random name is free")
                )
                continue
            await self._send(ask)
            if found.failure:
                words = f"not asked: {found.failure.message}"
                found.results += [unasked(left, Verdict.UNKNOWN, words) for left in asks[position + 1 :]]
                break
        return found

    async def _send(self, ask: Ask) -> None:
        row, found = ask.row, self._found
        answer = await self._session.ask(
            row.method, row.target(ask.name, ask.version), token=self._token, body=row.body
        )
        reply = answer.outcome
        if isinstance(reply, HttpFailure):
            words = visible_line(reply.message, 300)
            found.results.append(replace(unasked(ask, Verdict.UNKNOWN, f"no reply: {words}"), exchange=answer.exchange))
            found.failure = VaultFailure(
                transport_failure(reply),
                f"the vault stopped answering: {words}",
                "permissions",
                exchanges=(answer.exchange,),
            )
            return
        reading = read_reply(reply, self._address)
        found.readings.append(reading)
        found.facts.update((name, value) for name, value in reading.facts if name not in _OF_ONE_ANSWER)
        found.results.append(_result(ask, reading, reply.elapsed_ms, answer.exchange))
        if reading.note and row.permission in ("get", "backup"):
            found.notes.append(f"{row.word}: {reading.note}")
        if row.permission == "get" and row is not GET_NAMED_SECRET and reading.status in (403, 404):
            self._absent.add(row.object_type)
        stop = reading.stop or self._service_failed(reading)
        if stop:
            found.failure = VaultFailure(
                stop,
                stop_sentence(stop, reading),
                "permissions",
                reading.status,
                reading.error.code,
                reading.error.inner_code,
                (answer.exchange,),
                reading.facts,
            )

    def _service_failed(self, reading: Reading) -> VaultFailureKind | None:
        """One failure of the service may be a moment's; two running are not."""
        failed, before = reading.status >= 500, self._failed_before
        self._failed_before = failed
        return VaultFailureKind.SERVER_ERROR if failed and before else None


def unasked(ask: Ask, verdict: Verdict, evidence: str) -> PermissionResult:
    """The result for a row that brought no answer."""
    row = ask.row
    return PermissionResult(
        row.object_type,
        row.permission,
        verdict,
        evidence,
        row.tier,
        row.data_action,
        row.least_role.name,
        row.least_role.role_id,
        target=ask.target,
    )


def unsent_rows(depth: ProbeDepth) -> tuple[PermissionResult, ...]:
    """The rows of the table that this depth does not ask for, as untested."""
    words = {
        2: "not tested: the probe asks for it at depth crypto",
        3: "not tested: the probe asks for it at depth deep",
    }
    return tuple(
        unasked(
            Ask(row, "", ""),
            Verdict.UNTESTED,
            words.get(row.tier, "never tested: there is no request for it that is certain to be harmless"),
        )
        for row in OPERATIONS
        if not row.sent_at(depth)
    )


def _result(ask: Ask, reading: Reading, latency_ms: float, exchange: Exchange) -> PermissionResult:
    return replace(
        unasked(ask, reading.verdict, reading.evidence),
        http_status=reading.status,
        code=visible_line(reading.error.code, 64),
        inner_code=visible_line(reading.error.inner_code, 64),
        request_id=reading.request_id,
        assignment_id=reading.assignment_id,
        latency_ms=latency_ms,
        exchange=exchange,
        facts=reading.facts,
    )
