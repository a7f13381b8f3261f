"""From what the engine noticed about a token to a warning with a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.cause import Spoken
from mitui.diagnosis.commands import SHOW_ASSIGNED, Command, fill_all, looks, mends
from mitui.diagnosis.host_type import host_type
from mitui.diagnosis.reach import within_reach
from mitui.diagnosis.token.facts import host_facts
from mitui.durations import in_words
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.token.expiry import read_number
from mitui.engine.token.notice import Notice


@dataclass(frozen=True, slots=True)
class _Words:
    message: str
    remedy: str
    commands: tuple[Command, ...] = ()


_UNNAMED: Final = "identity_not_pinned"
_WARNINGS: Final = {
    _UNNAMED: _Words(
        "Asked for the system-assigned identity and got {got}: this {noun} has none and used its only user-assigned "
        "one.",
        "Pin the client ID in the code or in AZURE_CLIENT_ID, because a second identity breaks requests without one.",
        (mends("export AZURE_CLIENT_ID={client_id}"), SHOW_ASSIGNED),
    ),
    "identity_substituted": _Words(
        "Asked for {asked} and got the token of {got}.",
        "Check the ID, and whether it is assigned to this {noun}; roles granted to the one asked for don't count.",
        (SHOW_ASSIGNED,),
    ),
    "expiry_disagrees": _Words(
        "The reply's expiry and the token's own differ: {message}.",
        "Trust the token's exp; SDKs that go by the reply refresh at the wrong time.",
    ),
    "expiry_format": _Words(
        "The reply spells its expiry as a date ({stated}), where MSAL Python and azure-identity fail, msal-node caches "
        "nothing and MSAL Go reads only some dates.",
        "Call the endpoint with api-version 2019-08-01 where it has one, or update what stands in for it.",
    ),
    "user_token": _Words(
        "This is a user's token and not a managed identity's, so services see that user.",
        "On ML compute turn off single sign-on or name a client ID; in Cloud Shell this is how it works.",
    ),
    "clock_skew": _Words(
        "This host's clock is {skew} off against the endpoint's Date header.",
        "Set the clock, or tokens will seem expired or not yet valid.",
        (
            looks("timedatectl status"),
            mends("sudo chronyc makestep", cost="the clock jumps under every program that runs here"),
        ),
    ),
    "opaque_token": _Words(
        "The token is encrypted or opaque, so it does not show whose it is.",
        "Ask for a token for {arm_resource} to see which identity this is.",
        (looks("mitui check --resource {arm_resource}"),),
    ),
}


def _duration(seconds: str) -> str:
    """A number of seconds as a notice has it, in words."""
    number = read_number(seconds)
    return in_words(abs(number)) if number is not None else ""


def warning_of(notice: Notice, host: HostFacts, environment: HostEnvironment) -> HealthWarning:
    """The warning for a notice; one that is not known here keeps the engine's own words."""
    kind_of_host = host_type(host, "", environment)
    facts = host_facts(host, kind_of_host, environment)
    facts.update(
        message=notice.message.rstrip("."),
        skew=_duration(notice.fact("seconds")),
        **{name: value for name, value in notice.facts if name in ("asked", "got", "client_id", "stated")},
    )
    unnamed = notice.kind == "identity_substituted" and notice.fact("asked") == "system"
    known = _WARNINGS.get(_UNNAMED if unnamed else notice.kind)
    if known is None:
        return HealthWarning(notice.kind, notice.message)
    words = Spoken(facts)
    steps = fill_all(known.commands, facts, kind_of_host)
    told = HealthWarning(
        notice.kind,
        known.message.format_map(words),
        known.remedy.format_map(words),
        **steps._asdict(),
    )
    return within_reach(told, environment)
