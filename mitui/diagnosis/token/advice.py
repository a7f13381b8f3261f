"""From a failed token request to its ranked causes."""

from __future__ import annotations

from dataclasses import replace

from mitui.diagnosis.advice import Advice
from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.diagnosis.cause import advice_of, matching
from mitui.diagnosis.reach import within_reach
from mitui.diagnosis.token.case import TokenCase
from mitui.diagnosis.token.elsewhere import NOTHING, Elsewhere
from mitui.diagnosis.token.facts import token_facts
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.wording import listed

LAST_RESORT = "unexpected_reply"
_UNNAMED = "<client-id>"


def advise_token(
    failure: TokenFailure, host: HostFacts, environment: HostEnvironment, elsewhere: Elsewhere = NOTHING
) -> tuple[Advice, ...]:
    """The causes that fit, the likeliest first; at least one. Commands hold this host's facts.

    ``elsewhere`` is what the rest of the board knows, which may refute a cause.
    """
    case = TokenCase(failure, host, environment, elsewhere)
    facts = token_facts(case)
    found = matching(TOKEN_CAUSES, case)
    if len(found) > 1:
        found = [cause for cause in found if cause.kind != LAST_RESORT]
    told = (advice_of(cause, facts, case.host_type) for cause in found)
    return tuple(within_reach(_with_candidates(each, elsewhere), environment) for each in told)


def _with_candidates(advice: Advice, elsewhere: Elsewhere) -> Advice:
    """The advice, with the client IDs to choose from where a command lacks one and the board has several."""
    if len(elsewhere.user_assigned) < 2 or not any(_UNNAMED in command for command in advice.commands):
        return advice
    candidates = listed([f"{client_id} ({name})" for name, client_id in elsewhere.user_assigned], "or")
    return replace(advice, remedy=f"{advice.remedy} The client ID is {candidates}.")
