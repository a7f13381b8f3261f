"""A failed token request with everything around it that tells its cause, and the symptoms to recognise it by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from mitui.diagnosis.host_type import HostType, host_type
from mitui.diagnosis.reply import codes_in, is_imds, is_web_page, server, words_of
from mitui.diagnosis.symptom import Symptom as Told
from mitui.diagnosis.symptom import both, described, one_of, saying, several, statuses
from mitui.diagnosis.token.elsewhere import NOTHING, Elsewhere
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.federation.token_file import FederatedToken, read_federated_token
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.exchange import Exchange

# The variable that names the endpoint of each source.
_NAMED_BY: Final = {
    "imds": "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "app_service": "IDENTITY_ENDPOINT",
    "azure_arc": "IDENTITY_ENDPOINT",
    "service_fabric": "IDENTITY_ENDPOINT",
    "azure_ml": "MSI_ENDPOINT",
    "cloud_shell": "MSI_ENDPOINT",
    "workload_identity": "AZURE_AUTHORITY_HOST",
}
NO_ANSWER: Final = (
    FailureKind.CONNECTION_REFUSED,
    FailureKind.CONNECTION_LOST,
    FailureKind.TIMEOUT,
    FailureKind.UNREACHABLE,
)
"""Nothing came back from an endpoint that something names."""
Symptom = Callable[["TokenCase"], bool]


@dataclass(frozen=True)
class TokenCase:
    """One failure on one host."""

    failure: TokenFailure
    host: HostFacts
    environment: HostEnvironment
    elsewhere: Elsewhere = NOTHING

    @cached_property
    def last(self) -> Exchange | None:
        """The exchange that decided it: the last one."""
        return self.failure.exchanges[-1] if self.failure.exchanges else None

    @cached_property
    def status(self) -> int | None:
        if self.failure.http_status is not None:
            return self.failure.http_status
        return self.last.status if self.last else None

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every code of the reply, in lower case."""
        own = {self.failure.code.lower()} if self.failure.code else set()
        return frozenset(own | codes_in(self.last.body if self.last else "") | codes_in(self.failure.message))

    @cached_property
    def words(self) -> str:
        """Everything readable in the failure and its reply, in lower case."""
        return f"{self.failure.message.lower()}\n{words_of(self.last)}"

    @cached_property
    def host_type(self) -> HostType:
        return host_type(self.host, self.failure.source, self.environment)

    @cached_property
    def federated(self) -> FederatedToken | None:
        """The token in the pod's file as it is now; None for other sources, and where there is none."""
        if self.failure.source != "workload_identity":
            return None
        token = read_federated_token(self.environment)
        return token if isinstance(token, FederatedToken) else None

    @property
    def federated_audiences(self) -> tuple[str, ...]:
        """Whom the pod's token is for."""
        return self.federated.audiences if self.federated is not None else ()

    @property
    def selects_user_assigned(self) -> bool:
        return self.failure.identity.partition(":")[0] in ("client", "object", "resource")

    @cached_property
    def endpoint(self) -> str:
        """What was called, without its query; or what a variable names, where nothing was sent. "" if unknown."""
        if self.last:
            return self.last.url.partition("?")[0]
        return self.environment.get(_NAMED_BY.get(self.failure.source, ""))

    @cached_property
    def endpoint_host(self) -> str:
        """The endpoint's host, in lower case, or ""."""
        try:
            return (urlsplit(self.endpoint).hostname or "").lower()
        except ValueError:
            return ""


def seen(
    *kinds: FailureKind,
    source: str | Iterable[str] = (),
    status: int | Iterable[int] = (),
    code: str | Iterable[str] = (),
    words: str | Iterable[str] = (),
    user_assigned: bool | None = None,
    also: Symptom | None = None,
) -> Symptom:
    """A symptom: everything that is named here holds. Several kinds, statuses, codes or words are alternatives.

    ``words`` are looked for in the reply, in lower case; use them only where the wire has no code.
    """
    sources = frozenset(several(source))
    answers = frozenset([status] if isinstance(status, int) else status)

    def holds(case: TokenCase) -> bool:
        return (
            (not kinds or case.failure.kind in kinds)
            and (not sources or case.failure.source in sources)
            and (not answers or case.status in answers)
            and (user_assigned is None or case.selects_user_assigned is user_assigned)
        )

    asked = (
        "" if user_assigned is None else f"the {'user' if user_assigned else 'system'}-assigned identity was asked for"
    )
    said = both((one_of("failure", kinds), one_of("from", sorted(sources)), statuses(answers), asked))
    return saying(holds, said, map(str, kinds), code, words, also)


def silent(case: TokenCase) -> bool:
    """It took the connection and said nothing."""
    return bool(case.failure.fact("silent"))


def web_page(case: TokenCase) -> bool:
    """An HTML page came back."""
    return is_web_page(case.last)


def really_imds(case: TokenCase) -> bool:
    """The reply carries IMDS's own Server header."""
    return is_imds(case.last)


def not_imds(case: TokenCase) -> bool:
    """A reply came, and it does not carry IMDS's Server header."""
    return case.last is not None and case.last.status is not None and not is_imds(case.last)


def others_served(case: TokenCase) -> bool:
    """The same source handed out a token to another identity in the same moment.

    Where nothing came back that tells nothing: what answered a moment ago may have stopped since.
    """
    asked = case.failure.identity
    return case.status is not None and any(identity != asked for identity, _ in case.elsewhere.tokens)


def resource_served(case: TokenCase) -> bool:
    """The same source handed out a token for this very resource in the same moment."""
    return case.status is not None and any(resource == case.failure.resource for _, resource in case.elsewhere.tokens)


def served_by(*names: str) -> Symptom:
    """The Server header starts with one of these."""
    beginnings = tuple(name.lower() for name in names)
    return Told[TokenCase](lambda case: server(case.last).startswith(beginnings), one_of("Server begins with", names))


def variable(name: str, *values: str) -> Symptom:
    """The variable is set, to one of ``values`` (in lower case) if any are given."""

    def holds(case: TokenCase) -> bool:
        value = case.environment.get(name)
        return value.lower() in values if values else bool(value)

    return Told[TokenCase](holds, one_of(f"{name} is", values or ("set",)))


def on(*types: HostType) -> Symptom:
    """The host is of one of these kinds."""
    return Told[TokenCase](lambda case: case.host_type in types, one_of("the host is of the kind", types))


def all_of(*symptoms: Symptom) -> Symptom:
    """Every one of these holds."""
    return Told[TokenCase](
        lambda case: all(each(case) for each in symptoms), both(described(each) for each in symptoms)
    )


def none_of(*symptoms: Symptom) -> Symptom:
    """Not one of these holds."""
    said = one_of("", [words for each in symptoms if (words := described(each))])
    return Told[TokenCase](lambda case: not any(each(case) for each in symptoms), f"not: {said}" if said else "")
