"""What other tokens of the same moment show: they refute causes, and they name the identity to use."""

from __future__ import annotations

import pytest

from mitui.diagnosis.token.advice import advise_token
from mitui.diagnosis.token.elsewhere import Elsewhere
from mitui.engine.failure import FailureKind
from mitui.engine.identity import ClientId
from mitui.simulator.identities import default_identities
from tests.diagnosis.cases import AGENT_DISCONNECTED, CLIENT, NOT_ASSIGNED, Given, failed

WEB, JOBS = default_identities()
OTHERS = Elsewhere((("system", "https://management.azure.com"),))


UNKNOWN = ClientId("00000000-1111-2222-3333-444444444444")


def kinds(case: Given, elsewhere: Elsewhere) -> list[str]:
    return [each.kind for each in advise_token(case.failure, case.host, case.environment, elsewhere)]


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        ("arc_agent_disconnected", failed(FailureKind.NOT_FOUND, "azure_arc", identity=CLIENT, status=404)),
        ("arc_not_an_agent", failed(FailureKind.CHALLENGE_MISSING, "azure_arc", identity=CLIENT, status=200)),
        ("identity_header_stale", failed(FailureKind.UNAUTHORIZED, "app_service", identity=CLIENT, status=401)),
        ("ml_secret_rejected", failed(FailureKind.UNAUTHORIZED, "azure_ml", identity=CLIENT, status=401)),
        ("metadata_header_lost", failed(FailureKind.HEADER_REJECTED, identity=CLIENT, status=400)),
    ],
)
def test_a_cause_that_another_token_refutes_is_not_told(kind: str, case: Given) -> None:
    assert kind in kinds(case, Elsewhere())
    assert kind not in kinds(case, OTHERS)
    assert kinds(case, OTHERS)
    own = Elsewhere(((case.failure.identity, "https://management.azure.com"),))
    assert kind in kinds(case, own)


def test_what_the_agent_says_itself_is_not_refuted_by_a_token_out_of_its_cache() -> None:
    case = failed(FailureKind.BAD_REQUEST, "azure_arc", identity=CLIENT, status=400, body=AGENT_DISCONNECTED)
    assert kinds(case, OTHERS)[0] == "arc_agent_disconnected"


def test_where_nothing_comes_back_an_earlier_token_refutes_nothing() -> None:
    case = failed(FailureKind.CONNECTION_REFUSED, "azure_arc", identity=CLIENT)
    assert kinds(case, OTHERS) == kinds(case, Elsewhere())


def test_a_resource_that_works_for_another_is_known_in_the_tenant() -> None:
    body = "An exception occurred while fetching the AAD token."
    case = failed(FailureKind.SERVER_ERROR, "app_service", identity=CLIENT, status=500, body=body)
    assert kinds(case, Elsewhere())[0] == "audience_hidden"
    assert "audience_hidden" not in kinds(case, Elsewhere((("system", case.failure.resource),)))


def test_the_only_identity_that_works_is_named_and_several_are_offered() -> None:
    case = failed(FailureKind.IDENTITY_NOT_FOUND, "app_service", status=400, body=NOT_ASSIGNED)
    one = advise_token(case.failure, case.host, case.environment, Elsewhere((), (("web", WEB.client_id),)))[0]
    assert any(f"AZURE_CLIENT_ID={WEB.client_id}" in command for command in one.commands)

    both = Elsewhere((), (("web", WEB.client_id), ("jobs", JOBS.client_id)))
    several = advise_token(case.failure, case.host, case.environment, both)[0]
    assert any("AZURE_CLIENT_ID=<client-id>" in command for command in several.commands)
    assert f"{WEB.client_id} (web) or {JOBS.client_id} (jobs)" in several.remedy
