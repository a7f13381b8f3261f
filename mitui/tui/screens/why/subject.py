"""What the Why screen says of a failure, a warning or a permission, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mitui.diagnosis.advice import HealthWarning
from mitui.engine.evidence import STATE_WORDS
from mitui.exchange import Exchange
from mitui.keyvault.probe_result import PermissionResult, Stage
from mitui.keyvault.verdict import VaultModel
from mitui.monitor.identity_view import FailureView, IdentityView, PermissionView, TokenView, VaultView
from mitui.monitor.snapshot import SourceView
from mitui.monitor.views.source_trouble import OUT_OF_REACH
from mitui.safe_text import first_sentence
from mitui.tui.drawing.labels import kind_word
from mitui.tui.drawing.times import full_time, milliseconds
from mitui.tui.screens.why.advice import advice_sections, warning_sections
from mitui.tui.screens.why.lines import Excerpt, Line, Pair, Say, Section, Tone, Why
from mitui.tui.settings import TimeFormat


def _headline(failure: FailureView) -> str:
    """What is the matter: in one sentence, where the whole stands below as it came over the wire."""
    told_below = any(exchange.body for exchange in failure.exchanges)
    return first_sentence(failure.message) if told_below else failure.message


def _about(failure: FailureView) -> str:
    status = f"HTTP {failure.http_status}" if failure.http_status else ""
    return " · ".join(part for part in (failure.kind, status, failure.code) if part)


def _exchange_lines(exchange: Exchange, times: TimeFormat) -> Iterable[Line]:
    yield Pair(exchange.method, exchange.url)
    if exchange.proxy:
        yield Pair("through", f"the proxy {exchange.proxy}")
    yield Pair("with headers", ", ".join(exchange.header_names) or "none")
    when = f"{full_time(exchange.started_at, times)}, after {milliseconds(exchange.elapsed_ms)}"
    if exchange.status is None:
        yield Pair("came back", f"nothing: {exchange.trouble or 'no reply'}", "error")
    else:
        good = 200 <= exchange.status < 300
        yield Pair("came back", f"{exchange.status} {exchange.reason}".rstrip(), "ok" if good else "error")
    yield Pair("at", when, "muted")
    for name, value in exchange.reply_headers:
        yield Pair(name.lower(), value, "muted")
    if exchange.status is not None and exchange.trouble:
        yield Pair("then", exchange.trouble, "error")
    if exchange.body:
        yield Excerpt(exchange.body)


def _exchange_sections(exchanges: Sequence[Exchange], times: TimeFormat) -> Iterable[Section]:
    """The last exchange first: it is the one that decided."""
    for number, exchange in reversed(list(enumerate(exchanges, 1))):
        note = f"{number} of {len(exchanges)}" if len(exchanges) > 1 else ""
        yield Section("On the wire", tuple(_exchange_lines(exchange, times)), note)


def _failure_sections(failure: FailureView, times: TimeFormat) -> Iterable[Section]:
    yield from advice_sections(failure.causes)
    if failure.also_tried:
        yield Section("Also tried", tuple(Say(each) for each in failure.also_tried))
    yield from _exchange_sections(failure.exchanges, times)
    if failure.sdk_messages:
        for basis in dict.fromkeys(message.basis for message in failure.sdk_messages):
            said = [each for each in failure.sdk_messages if each.basis == basis]
            yield Section("Your SDK will say", tuple(Pair(each.sdk, each.message) for each in said), basis)


def _stage_section(stages: Sequence[Stage]) -> Iterable[Section]:
    if not stages:
        return
    tones: dict[str, Tone] = {"ok": "ok", "failed": "error", "skipped": "muted"}
    lines = []
    for stage in stages:
        latency = "" if stage.latency_ms is None else milliseconds(stage.latency_ms)
        words = " · ".join(word for word in (stage.status, latency, stage.detail) if word)
        lines.append(Pair(stage.stage, words, tones[stage.status]))
    yield Section("How far it got", tuple(lines))


def why_token(token: TokenView, identity: IdentityView, times: TimeFormat = "utc") -> Why | None:
    """Why there is no token, or what is odd about the one there is; None when there is nothing to say."""
    title = f"{token.resource} as {identity.name}"
    if token.failure is None:
        return why_warnings(title, (*token.warnings, *identity.warnings)) if token.warnings else None
    sections = [*_failure_sections(token.failure, times), *warning_sections(token.warnings)]
    if token.expires_at is not None:
        kept = f"The last good token is kept; it expires at {full_time(token.expires_at, times)}."
        sections.append(Section("Until then", (Say(kept),)))
    return Why(title, _headline(token.failure), "error", _about(token.failure), tuple(sections))


def why_vault(vault: VaultView, identity: IdentityView, times: TimeFormat = "utc") -> Why | None:
    """Why the vault could not be probed; None when it could."""
    if vault.failure is None:
        return None
    sections = (*_failure_sections(vault.failure, times), *_stage_section(vault.stages))
    return Why(f"{vault.name} as {identity.name}", _headline(vault.failure), "error", _about(vault.failure), sections)


_VERDICT_WORDS: dict[str, tuple[str, Tone]] = {
    "granted": ("granted", "ok"),
    "denied": ("denied", "error"),
    "likely": ("likely granted, by conclusion from other answers", "ok"),
    "blocked": ("blocked by the vault's own settings, whatever the grants", "warning"),
    "unknown": ("unknown: the answer does not tell", "warning"),
    "untested": ("not tested", "muted"),
}


def _granting(result: PermissionResult, model: VaultModel) -> tuple[tuple[str, str], ...]:
    """What would grant it: where access policies decide, no role counts."""
    if model == "access_policy":
        return (("access policy", f"{result.policy_word} on {result.object_type}"),)
    return (("data action", result.data_action), ("least role", result.least_role))


def _seen(result: PermissionResult) -> str:
    return f"{result.verdict}: {result.evidence or 'no evidence'}"


def _evidence_lines(result: PermissionResult, model: VaultModel) -> Iterable[Line]:
    seen = result.evidence or "none"
    yield Pair("evidence", f"{seen} (concluded, not tested)" if result.inferred else seen)
    yield Pair("holds for", "the whole vault" if result.target == "vault" else result.target)
    pairs = (
        ("error code", " / ".join(code for code in (result.code, result.inner_code) if code)),
        *_granting(result, model),
        ("assignment", result.assignment_id),
        ("request id", result.request_id),
    )
    for label, value in pairs:
        if value:
            yield Pair(label, value)


def why_permission(
    permission: PermissionView, vault: VaultView, identity: IdentityView, times: TimeFormat = "utc"
) -> Why:
    """What is known of one permission, how, and the way to get it if it is denied."""
    result = permission.result
    words, tone = _VERDICT_WORDS[result.verdict.value]
    name = result.label
    others = [each.result for each in vault.permissions if each.result.word == result.word and each.result != result]
    also = [Pair("on the whole vault" if each.target == "vault" else each.target, _seen(each)) for each in others]
    wanted = " · wanted" if permission.wanted else ""
    sections = [
        *advice_sections(permission.advice),
        Section("How it was found out", (*_evidence_lines(result, vault.model), *also)),
        *_exchange_sections((result.exchange,) if result.exchange else (), times),
        *_stage_section(vault.stages),
    ]
    status = f"HTTP {result.http_status}" if result.http_status else ""
    headline = f"{name}: {words}{wanted}"
    return Why(f"{name} on {vault.name} as {identity.name}", headline, tone, status, tuple(sections))


def why_warnings(title: str, warnings: Sequence[HealthWarning]) -> Why | None:
    """Warnings with their remedies; None when there are none."""
    if not warnings:
        return None
    count = f"{len(warnings)} warnings" if len(warnings) > 1 else "1 warning"
    headline = warnings[0].message if len(warnings) == 1 else "These work today, but deserve a look."
    return Why(title, headline, "warning", count, tuple(warning_sections(warnings, headline)))


def _tone(source: SourceView) -> Tone:
    return "ok" if not source.trouble else "error" if source.trouble in OUT_OF_REACH else "warning"


def why_source(source: SourceView, times: TimeFormat = "utc") -> Why:
    """Why this source was picked, or why there is none: each signal and each source passed over."""
    failure = source.failure
    sections: list[Section] = []
    if failure is not None:
        sections += _failure_sections(failure, times)
    if source.process_note:
        sections.append(Section("Whose view this is", (Say(source.process_note),)))
    if source.identity_note:
        sections.append(Section("Which identity", (Say(source.identity_note),)))
    if source.verdicts:
        verdicts = tuple(
            Pair(verdict.source.value, verdict.reason, "ok" if verdict.matched else "muted")
            for verdict in source.verdicts
        )
        sections.append(Section("Why this source", verdicts))
    if source.evidence:
        signals = tuple(
            Pair(evidence.signal, " · ".join(part for part in (STATE_WORDS[evidence.state], evidence.note) if part))
            for evidence in source.evidence
        )
        sections.append(Section("What was looked at", signals))
    if failure is None:
        headline, tone = source.label or "not known yet", _tone(source)
        if source.trouble:
            headline = f"{headline}: {kind_word(source.trouble)}"
        return Why("the identity source", headline, tone, source.endpoint, tuple(sections))
    return Why("the identity source", failure.message, "error", _about(failure), tuple(sections))
