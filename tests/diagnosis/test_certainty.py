"""Certainty is earned: over real sockets, one byte beside the evidence, nothing is certain any more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.diagnosis.advice import Advice
from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.diagnosis.explain import explain
from mitui.diagnosis.token.advice import advise_token
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.simulator.sources.pinned_tls import pinned_tls
from tests.diagnosis.cases import NOWHERE
from tests.diagnosis.running import fail
from tests.diagnosis.wire_cases import CERTAIN, CLIENT, WITHOUT_A_REPLY, Answer
from tests.support.raw_server import RawServer

IDS = [f"{number}-{each.cause}" for number, each in enumerate(CERTAIN)]
ELSEWHERE = "auf Deutsch gesagt"


def test_every_certain_cause_has_its_evidence_here() -> None:
    certain = {cause.kind for cause in TOKEN_CAUSES if cause.certainty == "certain"}
    assert certain == {each.cause for each in CERTAIN} | WITHOUT_A_REPLY
    assert not {each.cause for each in CERTAIN} & WITHOUT_A_REPLY


@pytest.mark.parametrize("answer", CERTAIN, ids=IDS)
async def test_the_evidence_makes_it_certain(answer: Answer) -> None:
    top = (await advice_on(answer))[0]
    assert (top.kind, top.certainty) == (answer.cause, "certain")


@pytest.mark.parametrize("answer", [each for each in CERTAIN if each.evidence], ids=lambda each: each.cause)
async def test_one_byte_beside_the_evidence_nothing_is_certain(answer: Answer) -> None:
    beside = list(dict.fromkeys(mutants(answer)))
    assert beside
    assert answer not in beside
    for mutant, advice in zip(beside, await asyncio.gather(*map(advice_on, beside)), strict=True):
        certain = {each.kind for each in advice if each.certainty == "certain"}
        assert answer.cause not in certain, mutant.as_bytes()
        assert certain <= of_another_code(mutant), mutant.as_bytes()


@pytest.mark.parametrize("server", ["IMDSX/150.870.65.1253", "IMD/150", "squid/6.1", "nginx", "Kestrel", ""])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 421, 429, 500, 502, 503, 504])
async def test_a_status_alone_from_whoever_answers_is_certain_of_nothing(server: str, status: int) -> None:
    headers = (("Server", server),) if server else ()
    advice = await advice_on(Answer("", "imds", status, "Dienst nicht verfügbar", headers))
    assert [each.kind for each in advice if each.certainty == "certain"] == []


def of_another_code(answer: Answer) -> set[str]:
    """What a code of Entra ID's stands for that is whole and happens to be one byte away from the one we began with."""
    return {each.code for code in re.findall(r"(AADSTS\d+)\D", answer.body) for each in explain(code)}


def mutants(answer: Answer) -> Iterator[Answer]:
    """The answer with each piece of its evidence one byte away, cut short, and in other words."""
    for piece in answer.evidence:
        if isinstance(piece, int):
            yield replace(answer, status=piece + 1)
            continue
        for place in {0, len(piece) // 2, len(piece) - 1}:
            yield _with(answer, piece, piece[:place] + _next_to(piece[place]) + piece[place + 1 :])
        yield _with(answer, piece, ELSEWHERE)
        if piece in answer.body:
            yield replace(answer, body=answer.body[: answer.body.index(piece) + len(piece) - 1])


def _next_to(character: str) -> str:
    if character.isdigit():
        return str((int(character) + 1) % 10)
    return "x" if character.lower() != "x" else "y"


def _with(answer: Answer, piece: str, other: str) -> Answer:
    return replace(
        answer,
        reason=answer.reason.replace(piece, other),
        body=answer.body.replace(piece, other),
        headers=tuple((n.replace(piece, other.replace(" ", "-")), v.replace(piece, other)) for n, v in answer.headers),
    )


async def advice_on(answer: Answer) -> tuple[Advice, ...]:
    """What the engine makes of this reply, and diagnosis of that."""
    pinned = pinned_tls("node") if answer.source == "service_fabric" else None
    async with RawServer([answer.as_bytes()], tls=pinned.context if pinned else None) as server:
        variables = {
            "imds": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url},
            "app_service": {"IDENTITY_ENDPOINT": f"{server.url}/msi/token", "IDENTITY_HEADER": "a-secret"},
            "azure_ml": {"MSI_ENDPOINT": f"{server.url}/MSI/auth", "MSI_SECRET": "a-secret"},
            "cloud_shell": {"MSI_ENDPOINT": f"{server.url}/oauth2/token"},
            "service_fabric": {
                "IDENTITY_ENDPOINT": f"{server.url}/metadata/identity/oauth2/token",
                "IDENTITY_HEADER": "a-secret",
                "IDENTITY_SERVER_THUMBPRINT": pinned.thumbprint if pinned else "",
            },
        }[answer.source]
        environment = HostEnvironment({"USER": "web", **variables, **dict(answer.variables)}, Path(NOWHERE))
        identity = ClientId(CLIENT) if answer.client else SystemAssigned()
        failure = await fail(environment, identity, answer.resource, timeout=0.3)
        return advise_token(failure, HostFacts(), environment)
