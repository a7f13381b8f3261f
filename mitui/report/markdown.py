"""A Snapshot as Markdown, to be pasted into a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mitui import __version__
from mitui.diagnosis.placeholders import where_to_find
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.keyvault.verdict import Verdict
from mitui.monitor.snapshot import FailureView, IdentityView, Snapshot, VaultView
from mitui.report.headline import headline
from mitui.report.times import iso
from mitui.safe_text import visible_line

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~#!&])")


def markdown_report(snapshot: Snapshot) -> str:
    """The report, ending in a newline. Text from outside is escaped: it can neither link, format nor mention."""
    return "\n".join(
        [
            f"## Managed identity: {_prose(headline(snapshot))}",
            "",
            f"mitui {__version__}, {iso(snapshot.generated_at) or ''}",
            "",
            *_host(snapshot),
            *(line for identity in snapshot.identities for line in _identity(identity)),
        ]
    )


def _host(snapshot: Snapshot) -> Iterator[str]:
    host, source = snapshot.host, snapshot.source
    yield "| | |"
    yield "|---|---|"
    for label, value in (
        ("host", host.name),
        ("location", host.location),
        ("cloud", host.cloud),
        ("resource", host.resource_id),
        ("source", source.label or str(source.kind)),
        ("endpoint", source.endpoint),
        ("process", snapshot.process.words if snapshot.process else ""),
    ):
        if value:
            yield f"| {label} | {_code(value)} |"
    yield ""
    yield from _process(snapshot.process)
    own = [each for each in source.sdk_choices if each.carried]
    yield from (f"- {_prose(each.sentence)}" for each in own)
    yield from [""] if own else []
    for evidence in source.evidence:
        note = f": {_prose(evidence.note)}" if evidence.note else ""
        yield f"- {_code(evidence.signal)} {evidence.state}{note}"
    yield ""
    for warning in snapshot.warnings:
        yield from _advice("Warning", warning.message, warning.remedy, warning.commands)
    yield from _failure(source.failure)


def _process(process: ProcessFacts | None) -> Iterator[str]:
    if process is None or not (process.sdks or process.note):
        return
    for sdk in process.sdks:
        yield f"- {_code(f'{sdk.name} {sdk.version}')} by {_code(sdk.evidence)}"
    if process.note:
        yield f"- {_prose(process.note)}"
    yield ""


def _identity(view: IdentityView) -> Iterator[str]:
    yield f"### {_prose(view.name)} ({_code(str(view.identity))}): {view.status}"
    yield ""
    if view.unsupported:
        yield _prose(view.unsupported)
        yield ""
    actual = view.actual
    for label, value in (
        ("kind", actual.kind),
        ("object id", actual.object_id),
        ("client id", actual.client_id),
        ("tenant", actual.tenant_id),
        ("resource id", actual.resource_id),
    ):
        if value:
            yield f"- {label}: {_code(value)}"
    yield ""
    for warning in view.warnings:
        yield from _advice("Warning", warning.message, warning.remedy, warning.commands)
    if view.tokens:
        yield "| token for | status | expires |"
        yield "|---|---|---|"
        for token in view.tokens:
            yield f"| {_code(token.resource)} | {token.status} | {iso(token.expires_at) or ''} |"
        yield ""
    for token in view.tokens:
        yield from _failure(token.failure)
        for warning in token.warnings:
            yield from _advice("Warning", warning.message, warning.remedy, warning.commands)
    for vault in view.vaults:
        yield from _vault(vault)


def _vault(vault: VaultView) -> Iterator[str]:
    yield f"#### {_code(vault.vault)}: {vault.status}"
    yield ""
    for stage in vault.stages:
        if stage.status != "skipped":
            yield f"- {stage.stage}: {stage.status}{', ' + _prose(stage.detail) if stage.detail else ''}"
    yield ""
    told = [view for view in vault.permissions if view.result.verdict is not Verdict.UNTESTED]
    if told:
        yield "| permission | verdict | wanted | evidence |"
        yield "|---|---|---|---|"
        for view in told:
            name = f"{view.result.object_type}/{view.result.permission}"
            evidence = _prose(view.result.evidence)
            yield f"| {_code(name)} | {view.result.verdict} | {'yes' if view.wanted else ''} | {evidence} |"
        yield ""
    for view in told:
        if view.wanted and view.advice and view.result.verdict is not Verdict.GRANTED:
            advice = view.advice[0]
            yield from _advice("Missing", advice.cause, advice.remedy, advice.commands)
    yield from _failure(vault.failure)


def _failure(failure: FailureView | None) -> Iterator[str]:
    if failure is None:
        return
    status = f"HTTP {failure.http_status}, " if failure.http_status is not None else ""
    yield f"**Failed** ({status}{_code(failure.kind)}): {_prose(failure.message)}"
    yield ""
    for exchange in failure.exchanges[-1:]:
        answer = str(exchange.status) if exchange.status is not None else exchange.trouble
        yield from _block(f"{exchange.method} {exchange.url}", f"-> {answer}", exchange.body)
    for advice in failure.causes[:1]:
        yield from _advice("Cause", advice.cause, advice.remedy, advice.commands)


def _advice(label: str, cause: str, remedy: str, commands: tuple[str, ...]) -> Iterator[str]:
    yield f"**{label}**: {_prose(cause)} {_prose(remedy)}".rstrip()
    yield ""
    if commands:
        yield from _block(*commands)
    places = where_to_find(commands)
    if places:
        yield from (f"- {_code(f'<{name}>')}: {_prose(where)}" for name, where in places)
        yield ""


def _block(*texts: str) -> Iterator[str]:
    """A fenced block whose fence is longer than any run of backticks within."""
    lines = [visible_line(text, 4096) for text in texts if text]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *lines, fence, "")


def _prose(text: str) -> str:
    """Text without a meaning in Markdown; an @ would mention someone."""
    return _SPECIAL.sub(r"\\\1", visible_line(text, 4096)).replace("@", "(at)")


def _code(text: str) -> str:
    """Text as inline code, also within a table."""
    safe = visible_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", safe)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if safe.startswith("`") or safe.endswith("`") else ""
    return f"{fence}{pad}{safe}{pad}{fence}"
