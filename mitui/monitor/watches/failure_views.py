"""Failures as a screen or a report shows them, with their causes and remedies."""

from __future__ import annotations

from mitui.claims import ActualIdentity
from mitui.diagnosis.sdk.messages import sdk_messages
from mitui.diagnosis.token.advice import advise_token
from mitui.diagnosis.token.elsewhere import NOTHING, Elsewhere
from mitui.diagnosis.vault.advice import advise_vault
from mitui.engine.failure import TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.keyvault.probe_result import ProbeResult, VaultFailure
from mitui.monitor.identity_view import FailureView


def token_failure_view(
    failure: TokenFailure,
    host: HostFacts,
    environment: HostEnvironment,
    also_tried: tuple[str, ...] = (),
    elsewhere: Elsewhere = NOTHING,
) -> FailureView:
    """A token failure with its ranked causes, what each SDK's user would have seen, and what was asked besides.

    ``elsewhere`` is what the rest of the board knows.
    """
    return FailureView(
        kind=str(failure.kind),
        message=failure.message,
        at=failure.failed_at,
        http_status=failure.http_status,
        code=failure.code,
        exchanges=failure.exchanges,
        causes=advise_token(failure, host, environment, elsewhere),
        sdk_messages=sdk_messages(failure),
        also_tried=also_tried,
    )


def vault_failure_view(
    failure: VaultFailure,
    result: ProbeResult,
    host: HostFacts,
    environment: HostEnvironment,
    actual: ActualIdentity,
    no_token: TokenFailure | None,
    also_tried: tuple[str, ...] = (),
    elsewhere: Elsewhere = NOTHING,
    dns_works: bool | None = None,
) -> FailureView:
    """A vault failure; where the engine had no token, the causes of that come first.

    ``dns_works`` says whether another name could be resolved, None where none was asked for.
    """
    causes = advise_vault(failure, result, host, actual, dns_works=dns_works)
    if no_token is not None:
        causes = (*advise_token(no_token, host, environment, elsewhere), *causes)
    return FailureView(
        kind=str(failure.kind),
        message=failure.message,
        at=result.finished_at,
        http_status=failure.http_status,
        code=failure.inner_code or failure.code,
        exchanges=failure.exchanges or (no_token.exchanges if no_token is not None else ()),
        causes=causes,
        sdk_messages=sdk_messages(no_token) if no_token is not None else (),
        also_tried=also_tried,
    )
