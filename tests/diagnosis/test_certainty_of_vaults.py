"""A vault's refusal, over real sockets: one byte beside what makes it certain, that is certain no more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mitui.diagnosis.catalogue.vault import PERMISSION_CAUSES
from mitui.diagnosis.vault.advice import VAULT_CAUSES, advise_permission, advise_vault
from mitui.engine.host.facts import HostFacts
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import Abort, Reply
from mitui.simulator.vault.server import SimulatedVault
from tests.diagnosis.wire_cases import REFUSALS, Refusal
from tests.keyvault.support import probe, token_for

ELSEWHERE = {
    # The state of an object, the address and the network around it, or what this test's vault can't say.
    "firewall_subnet",
    "key_not_usable",
    "managed_hsm",
    "object_disabled",
    "object_soft_deleted",
    "private_link_not_approved",
    "private_zone_not_linked",
    "purge_protected",
    "session_revoked",
    "vault_address_refused",
    "vault_name_misdirected",
    "vault_without_token",
}
IDS = [f"{number}-{each.cause}" for number, each in enumerate(REFUSALS)]


class RefusingVault(SimulatedVault):
    """A vault that answers every token with one and the same refusal."""

    always: Refusal

    def _handle(self, request: RecordedRequest) -> Reply | Abort:
        answer = super()._handle(request)
        if "authorization" not in request.headers or not isinstance(answer, Reply):
            return answer
        return Reply(self.always.status, answer.headers, self.always.body.encode())


def test_every_certain_cause_is_here_or_elsewhere() -> None:
    certain = {each.kind for each in (*PERMISSION_CAUSES, *VAULT_CAUSES) if each.certainty == "certain"}
    assert certain == {each.cause for each in REFUSALS} | ELSEWHERE


@pytest.mark.parametrize("refusal", REFUSALS, ids=IDS)
async def test_the_evidence_makes_it_certain_and_nothing_beside_it_does(refusal: Refusal) -> None:
    assert refusal.cause in await certain_of(refusal)
    beside = list(dict.fromkeys(mutants(refusal)))
    assert beside
    for mutant, certain in zip(beside, await asyncio.gather(*map(certain_of, beside)), strict=True):
        assert certain == set(), mutant


def mutants(refusal: Refusal) -> Iterator[Refusal]:
    """The refusal with each piece of its evidence one byte away, or in other words."""
    for piece in refusal.evidence:
        if isinstance(piece, int):
            yield replace(refusal, status=piece + 3)
            continue
        for place in {0, len(piece) // 2, len(piece) - 1}:
            other = piece[:place] + ("7" if piece[place] != "7" else "8") + piece[place + 1 :]
            yield _with(refusal, piece, other)
        yield _with(refusal, piece, "kein Zugriff")


def _with(refusal: Refusal, piece: str, other: str) -> Refusal:
    texts = (refusal.code, refusal.inner, refusal.message)
    code, inner, message = (text.replace(piece, other) for text in texts)
    return replace(refusal, code=code, inner=inner, message=message)


async def certain_of(refusal: Refusal) -> set[str]:
    """The causes that are certain, of the whole probe and of reading secrets."""
    vault = RefusingVault()
    vault.always = refusal
    with vault:
        result = await probe(vault)
    actual = token_for().actual
    advice = [*advise_vault(result.failure, result, HostFacts(), actual)] if result.failure else []
    for each in result.permissions:
        advice += advise_permission(each, result, HostFacts(), actual)
    return {each.kind for each in advice if each.certainty == "certain"}
