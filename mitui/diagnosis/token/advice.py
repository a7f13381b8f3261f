"""From a failed token request to its ranked causes."""

from __future__ import annotations

from mitui.diagnosis.advice import Advice
from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.diagnosis.cause import advice_of, matching
from mitui.diagnosis.token.case import TokenCase
from mitui.diagnosis.token.facts import token_facts
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts

LAST_RESORT = "unexpected_reply"


def advise_token(failure: TokenFailure, host: HostFacts, environment: HostEnvironment) -> tuple[Advice, ...]:
    """The causes that fit, the likeliest first; at least one. Commands hold this host's facts."""
    case = TokenCase(failure, host, environment)
    facts = token_facts(case)
    found = matching(TOKEN_CAUSES, case)
    if len(found) > 1:
        found = [cause for cause in found if cause.kind != LAST_RESORT]
    return tuple(advice_of(cause, facts, case.host_type) for cause in found)
