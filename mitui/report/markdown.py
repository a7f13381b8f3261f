"""A Snapshot as Markdown, to be pasted into a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mitui.monitor.snapshot import Snapshot
from mitui.report.headline import headline_of
from mitui.report.values import Values, report_values
from mitui.safe_text import visible_line

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~#!&])")


def markdown_report(snapshot: Snapshot) -> str:
    """The report, ending in a newline. Text from outside is escaped: it can neither link, format nor mention."""
    report = report_values(snapshot)
    return "\n".join(
        [
            f"## Managed identity: {_prose(headline_of(report))}",
            "",
            f"mitui {report['mitui_version']}, {report['generated_at'] or ''}",
            "",
            *(f"- assumed: {_prose(each)}" for each in report["_assumptions"]),
            *([""] if report["_assumptions"] else []),
            *_host(report),
            *(line for identity in report["identities"] for line in _identity(identity)),
        ]
    )


def _host(report: Values) -> Iterator[str]:
    host, source = report["host"], report["source"]
    yield "| | |"
    yield "|---|---|"
    facts = {
        "host": host["name"],
        **{key: value for key, value in host.items() if key != "name"},
        "source": source["_label"],
        "endpoint": source["endpoint"],
        "process": report["process"]["_words"] if report["process"] else None,
    }
    for key, value in facts.items():
        if value:
            yield f"| {_label(key)} | {code(str(value))} |"
    yield ""
    yield from _process(report["process"])
    own = [each["_sentence"] for each in report["sdk_choices"] if each["carried"]]
    yield from (f"- {_prose(each)}" for each in own)
    yield from [""] if own else []
    for evidence in source["evidence"]:
        note = f": {_prose(evidence['note'])}" if evidence["note"] else ""
        yield f"- {code(evidence['signal'])} {evidence['state']}{note}"
    yield ""
    yield from _warnings(report["warnings"])
    yield from _failure(source["failure"])


def _process(process: Values | None) -> Iterator[str]:
    if process is None or not (process["sdks"] or process["note"]):
        return
    for sdk in process["sdks"]:
        yield f"- {code(' '.join((sdk['name'], sdk['version'])))} by {code(sdk['evidence'])}"
    if process["note"]:
        yield f"- {_prose(process['note'])}"
    yield ""


def _identity(identity: Values) -> Iterator[str]:
    yield f"### {_prose(identity['identity']['name'])} ({code(identity['_spec'])}): {identity['status']}"
    yield ""
    if identity["unsupported"]:
        yield _prose(identity["unsupported"])
        yield ""
    for key, value in identity["actual"].items():
        if value:
            yield f"- {_label(key)}: {code(value)}"
    yield ""
    yield from _warnings(identity["_own_warnings"])
    if identity["tokens"]:
        yield "| token for | status | expires |"
        yield "|---|---|---|"
        for token in identity["tokens"]:
            yield f"| {code(token['resource'])} | {token['status']} | {token['expires_at'] or ''} |"
        yield ""
    for token in identity["tokens"]:
        yield from _failure(token["failure"])
        yield from _warnings(token["_warnings"])
    for vault in identity["vaults"]:
        yield from _vault(vault)


def _vault(vault: Values) -> Iterator[str]:
    yield f"#### {code(vault['vault'])}: {vault['status']}"
    yield ""
    for stage in vault["stages"]:
        if stage["status"] != "skipped":
            detail = f", {_prose(stage['detail'])}" if stage["detail"] else ""
            yield f"- {stage['stage']}: {stage['status']}{detail}"
    yield ""
    told = [each for each in vault["permissions"] if each["verdict"] != "untested"]
    if told:
        yield "| permission | verdict | wanted | evidence |"
        yield "|---|---|---|---|"
        for each in told:
            wanted = "yes" if each["wanted"] else ""
            yield f"| {code(each['_label'])} | {each['verdict']} | {wanted} | {_prose(each['evidence'])} |"
        yield ""
    for each in told:
        if each["_counts"] and each["wanted"] and each["verdict"] != "granted" and each["cause"] is not None:
            yield from _advice("Missing", each["cause"], each)
    yield from _failure(vault["failure"])


def _failure(failure: Values | None) -> Iterator[str]:
    if failure is None:
        return
    status = f"HTTP {failure['http_status']}, " if failure["http_status"] is not None else ""
    yield f"**Failed** ({status}{code(failure['kind'])}): {_prose(failure['message'])}"
    yield ""
    exchange = failure["_exchange"]
    if exchange:
        answer = str(exchange.status) if exchange.status is not None else exchange.trouble
        yield from _block(f"{exchange.method} {exchange.url}", f"-> {answer}", exchange.body)
    if failure["cause"] is not None:
        yield from _advice("Cause", failure["cause"], failure)
    if failure["also_tried"]:
        yield from (f"- also tried: {_prose(each)}" for each in failure["also_tried"])
        yield ""


def _warnings(warnings: list[Values]) -> Iterator[str]:
    for warning in warnings:
        yield from _advice("Warning", warning["message"], warning)


def _advice(label: str, cause: str, advice: Values) -> Iterator[str]:
    yield f"**{label}**: {_prose(cause)} {_prose(advice['remedy'])}".rstrip()
    yield ""
    if advice["commands"]:
        for title, commands, placeholders in advice["_groups"]:
            yield from (f"{title[0].upper()}{title[1:]}:", "") if title else ()
            yield from _block(*commands)
            if placeholders:
                yield from (f"- {code(f'<{name}>')}: {_prose(where)}" for name, where in placeholders)
                yield ""


def _label(key: str) -> str:
    return key.replace("_", " ")


def _block(*texts: str) -> Iterator[str]:
    """A fenced block whose fence is longer than any run of backticks within."""
    lines = [visible_line(text, 4096) for text in texts if text]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *lines, fence, "")


def _prose(text: str) -> str:
    """Text without a meaning in Markdown; an @ would mention someone."""
    return _SPECIAL.sub(r"\\\1", visible_line(text, 4096)).replace("@", "(at)")


def code(text: str) -> str:
    """Text as inline code, also within a table."""
    safe = visible_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", safe)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if safe.startswith("`") or safe.endswith("`") else ""
    return f"{fence}{pad}{safe}{pad}{fence}"
