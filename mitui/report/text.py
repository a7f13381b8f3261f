"""A Snapshot as text for a terminal: the status first, then what to do about it. At most 80 columns, commands aside."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.placeholders import where_to_find
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.durations import in_words
from mitui.keyvault.verdict import Verdict
from mitui.monitor.snapshot import FailureView, IdentityView, Snapshot, SourceView, TokenView, VaultView
from mitui.report.headline import headline
from mitui.report.times import iso
from mitui.safe_text import visible, visible_line

WIDTH: Final = 80
HEADLINE: Final = 240


def text_report(snapshot: Snapshot) -> str:
    """The report, ending in a newline. Whatever came from outside is made visible."""
    lines = [
        *_wrapped(visible_line(headline(snapshot), HEADLINE), "", "  "),
        "",
        *_to_do(snapshot),
        *_host(snapshot),
        *(line for identity in snapshot.identities for line in _identity(identity, snapshot.generated_at)),
    ]
    return visible("\n".join(lines).rstrip("\n"), limit=1 << 20) + "\n"


def _to_do(snapshot: Snapshot) -> Iterator[str]:
    """Each remedy once, in the order in which the findings are told."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for cause, remedy, commands in _remedies(snapshot):
        if (remedy, commands) in seen or not (remedy or commands):
            continue
        if not seen:
            yield "what to do"
        seen.add((remedy, commands))
        yield from _wrapped(cause, "  - ", "    ")
        yield from _wrapped(remedy, "    ", "    ")
        yield from (f"      {visible_line(command, 4096)}" for command in commands)
        for name, where in where_to_find(commands):
            yield from _wrapped(f"<{name}>: {where}", "      ", "        ")
    if seen:
        yield ""


def _remedies(snapshot: Snapshot) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    def first(causes: Sequence[Advice]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        for advice in causes[:1]:
            yield advice.cause, advice.remedy, advice.commands

    if snapshot.source.failure is not None:
        yield from first(snapshot.source.failure.causes)
        return
    for identity in snapshot.identities:
        for token in identity.tokens:
            yield from first(token.failure.causes if token.failure else ())
        for vault in identity.vaults:
            yield from first(vault.failure.causes if vault.failure else ())
            for permission in vault.permissions:
                if permission.wanted and permission.result.verdict is not Verdict.GRANTED:
                    yield from first(permission.advice)
    for warning in _warnings(snapshot):
        yield warning.message, warning.remedy, warning.commands


def _warnings(snapshot: Snapshot) -> Iterator[HealthWarning]:
    yield from snapshot.warnings
    for identity in snapshot.identities:
        yield from identity.warnings
        for token in identity.tokens:
            yield from token.warnings


def _host(snapshot: Snapshot) -> Iterator[str]:
    host, source = snapshot.host, snapshot.source
    facts = " · ".join(visible_line(each) for each in (host.name, host.location, host.cloud) if each)
    if facts:
        yield from _wrapped(facts, "host      ", " " * 10)
    if host.resource_id:
        yield f"          {visible_line(host.resource_id)}"
    yield from _wrapped(source.label or str(source.kind), "source    ", " " * 10)
    if source.endpoint:
        yield f"          {visible_line(source.endpoint)}"
    if source.process_id is not None:
        yield from _wrapped(
            f"as process {source.process_id} sees it. {source.process_note}".strip(), " " * 10, " " * 10
        )
    yield from _process(snapshot.process)
    yield from _own_choices(source)
    if source.failure is not None:
        tried = [f"{each.signal}: {each.state}{', ' + each.note if each.note else ''}" for each in source.evidence]
        for number, line in enumerate(tried):
            yield from _wrapped(line, "tried     " if number == 0 else " " * 10, " " * 12)
    for assumption in snapshot.assumptions:
        yield from _wrapped(assumption, "assumed   ", " " * 10)
    for warning in snapshot.warnings:
        yield from _wrapped(warning.message, "warning   ", " " * 10)


def _process(process: ProcessFacts | None) -> Iterator[str]:
    if process is None:
        return
    yield from _wrapped(process.words, "process   ", " " * 10)
    for sdk in process.sdks:
        yield from _wrapped(f"{sdk.name} {sdk.version}", " " * 10, " " * 12)
        yield from _wrapped(sdk.evidence, " " * 10, " " * 10)
    yield from _wrapped(process.note, " " * 10, " " * 10)


def _own_choices(source: SourceView) -> Iterator[str]:
    """What the SDKs that the process carries would do here."""
    for choice in source.sdk_choices:
        if choice.carried:
            yield from _wrapped(choice.sentence, "sdk       ", " " * 10)


def _identity(view: IdentityView, now: float) -> Iterator[str]:
    yield ""
    spec = str(view.identity)
    asked = "" if spec == view.name or view.name == "system-assigned" else f"  {visible_line(spec)}"
    yield f"identity  {visible_line(view.name)}{asked}  {view.status}"
    if view.unsupported:
        yield from _wrapped(view.unsupported, "  ", "  ")
    actual = view.actual
    for label, value in (
        ("is", actual.kind if actual.kind != "unknown" else ""),
        ("object", actual.object_id),
        ("client", actual.client_id),
        ("tenant", actual.tenant_id),
        ("arm id", actual.resource_id),
    ):
        if value:
            yield f"  {label:<8}{visible_line(value)}"
    for warning in view.warnings:
        yield from _wrapped(warning.message, "  warning ", " " * 10)
    for token in view.tokens:
        yield from _token(token, now)
    for vault in view.vaults:
        yield from _vault(vault)


def _token(token: TokenView, now: float) -> Iterator[str]:
    yield f"  token   {visible_line(token.resource)}  {token.status}"
    if token.expires_at is not None:
        left = token.expires_at - now
        words = f"expires in {in_words(left)}" if left > 0 else f"expired {in_words(-left)} ago"
        latency = f", {token.latency_ms:.0f} ms" if token.latency_ms is not None else ""
        yield f"          {words} ({iso(token.expires_at) or 'at an odd time'}){latency}"
    yield from _failure(token.failure)
    for warning in token.warnings:
        yield from _wrapped(warning.message, "          warning: ", " " * 10)


def _vault(vault: VaultView) -> Iterator[str]:
    model = {"rbac": ", Azure RBAC", "access_policy": ", access policies", "unknown": ""}[vault.model]
    yield f"  vault   {visible_line(vault.vault)}  {vault.status}{model}"
    if vault.stages:
        steps = [
            f"{stage.stage} {stage.status}" + (f" {stage.latency_ms:.0f} ms" if stage.latency_ms is not None else "")
            for stage in vault.stages
            if stage.status != "skipped"
        ]
        yield from _wrapped(" · ".join(steps), " " * 10, " " * 10)
    for verdict in (Verdict.GRANTED, Verdict.DENIED, Verdict.LIKELY, Verdict.BLOCKED, Verdict.UNKNOWN):
        named = [
            f"{view.result.object_type}/{view.result.permission}"
            for view in vault.permissions
            if view.result.verdict is verdict
        ]
        if named:
            yield from _wrapped(", ".join(dict.fromkeys(named)), f"          {verdict}: ", " " * 12)
    if vault.wanted_missing:
        yield from _wrapped(", ".join(vault.wanted_missing), "          wanted but missing: ", " " * 12)
    for note in vault.notes:
        yield from _wrapped(note, "          note: ", " " * 12)
    yield from _failure(vault.failure)


def _failure(failure: FailureView | None) -> Iterator[str]:
    if failure is None:
        return
    status = f"HTTP {failure.http_status}, " if failure.http_status is not None else ""
    yield from _wrapped(f"{failure.message} ({status}{failure.kind})", " " * 10, " " * 10)


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    """``text`` in lines of at most 80 columns; a word longer than that stays whole, so that it can be copied."""
    if not text:
        return
    yield from textwrap.wrap(
        visible_line(text, 4096),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
