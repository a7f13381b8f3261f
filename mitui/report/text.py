"""A Snapshot as text for a terminal: the status first, then what to do about it. At most 80 columns, commands aside."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from mitui.durations import in_words
from mitui.monitor.snapshot import GENERIC_NAMES, Snapshot
from mitui.report.findings import Findings, Subject, ToldOnce, concerning
from mitui.report.headline import headline_of
from mitui.report.values import Values, report_values
from mitui.safe_text import visible, visible_line
from mitui.wording import counted

WIDTH: Final = 80
HEADLINE: Final = 240
_LABELS: Final = {"kind": "is", "resource_id": "arm id"}
_MODELS: Final = {"rbac": ", Azure RBAC", "access_policy": ", access policies", "unknown": ""}


def text_report(snapshot: Snapshot) -> str:
    """The report, ending in a newline. Whatever came from outside is made visible."""
    return text_of(report_values(snapshot))


def text_of(report: Values) -> str:
    """``text_report`` of a snapshot that has been walked already."""
    told = ToldOnce()
    lines = [
        *_wrapped(visible_line(headline_of(report), HEADLINE), "", "  "),
        "",
        *_to_do(report),
        *_host(report),
        *(line for identity in report["identities"] for line in _identity(identity, told)),
    ]
    return visible("\n".join(lines).rstrip("\n"), limit=1 << 20) + "\n"


def _to_do(report: Values) -> Iterator[str]:
    """Each remedy once, with what it concerns, in the order in which the findings are told."""
    found = Findings(report).all
    # Where no source was found, nothing else can be mended.
    shown = [each for each in (found[:1] if report["source"]["failure"] else found) if each.has_way_out]
    if not shown:
        return
    yield "what to do"
    for finding in shown:
        for number, cause in enumerate(finding.causes):
            yield from _wrapped(cause, "    " if number else "  - ", "    ")
        about = concerning(finding.subjects)
        yield from _wrapped(about and f"for {about}", "    ", "    ")
        yield from _wrapped(finding.advice["remedy"], "    ", "    ")
        for label, commands, placeholders in finding.advice["_groups"]:
            yield from _wrapped(label and f"{label}:", "    ", "    ")
            yield from (f"      {visible_line(command, 4096)}" for command in commands)
            for name, where in placeholders:
                yield from _wrapped(f"<{name}>: {where}", "        ", "          ")
    yield ""


def _counted(vault: Values) -> list[Values]:
    """Each permission once."""
    return [each for each in vault["permissions"] if each["_counts"]]


def _host(report: Values) -> Iterator[str]:
    host, source = report["host"], report["source"]
    facts = " · ".join(visible_line(value) for key, value in host.items() if value and key != "resource_id")
    if facts:
        yield from _wrapped(facts, "host      ", " " * 10)
    if host["resource_id"]:
        yield f"          {visible_line(host['resource_id'])}"
    yield from _source(source)
    yield from _process(report["process"])
    if report["sdk_choices"]:
        yield from _wrapped(report["sdk_agreement"]["summary"], "sdks      ", " " * 10)
    for choice in report["sdk_choices"]:
        if choice["carried"]:
            yield from _wrapped(choice["_sentence"], "sdk       ", " " * 10)
    for number, each in enumerate(report["_sdk_groups"]):
        where = f" at {each['endpoint']}" if each["endpoint"] else ""
        words = f"{each['source'] or 'nothing'}{where}: {counted(each['count'], 'SDK')} ({each['names']})"
        yield from _wrapped(words, " " * 10 if number else "sdks      ", " " * 12)
    if source["failure"]:
        tried = [f"{each['signal']}: {each['state']}{_after(each['note'])}" for each in source["evidence"]]
        for number, line in enumerate((*tried, *source["failure"]["also_tried"])):
            yield from _wrapped(line, "tried     " if number == 0 else " " * 10, " " * 12)
    yield from _federated(source["federated_token"])
    for assumption in report["_assumptions"]:
        yield from _wrapped(assumption, "assumed   ", " " * 10)
    for warning in report["warnings"]:
        yield from _wrapped(warning["message"], "warning   ", " " * 10)


def _source(source: Values) -> Iterator[str]:
    """The source, whose view it is, and which identity an SDK gets there."""
    trouble = f": {source['trouble'].replace('_', ' ')}" if source["trouble"] else ""
    yield from _wrapped(f"{source['_label']}{trouble}", "source    ", " " * 10)
    if source["endpoint"]:
        yield f"          {visible_line(source['endpoint'])}"
    if source["_process_id"] is not None:
        note = f". {source['_process_note']}" if source["_process_note"] else ""
        yield from _wrapped(f"as process {source['_process_id']} sees it{note}", " " * 10, " " * 10)
    if source["identity_note"]:
        yield from _wrapped(source["identity_note"], " " * 10, " " * 10)


def _process(process: Values | None) -> Iterator[str]:
    if process is None:
        return
    yield from _wrapped(process["_words"], "process   ", " " * 10)
    for sdk in process["sdks"]:
        yield from _wrapped(f"{sdk['name']} {sdk['version']}", " " * 10, " " * 12)
        yield from _wrapped(sdk["evidence"], " " * 10, " " * 10)
    yield from _wrapped(process["note"], " " * 10, " " * 10)


def _federated(token: Values | None) -> Iterator[str]:
    """The pod's own token, in a line or two."""
    if token is None:
        return
    if token["failure"]:
        yield from _wrapped(token["failure"]["message"], "pod token ", " " * 10)
        return
    left = token["_expires_in"]
    words = "has no expiry" if left is None else _left(left)
    subject = token["claims"].get("sub")
    told = f"{words}, for {token['audience'] or 'nobody'}, of {subject or 'nobody'}"
    yield from _wrapped(told, "pod token ", " " * 10)


def _left(seconds: float) -> str:
    return f"expires in {in_words(seconds)}" if seconds > 0 else f"expired {in_words(-seconds)} ago"


def _identity(identity: Values, told: ToldOnce) -> Iterator[str]:
    yield ""
    name, spec = identity["identity"]["name"], identity["_spec"]
    asked = "" if spec == name or name in GENERIC_NAMES else f"  {visible_line(spec)}"
    yield f"identity  {visible_line(name)}{asked}  {identity['status']}"
    yield from _wrapped(identity["unsupported"] or "", "  ", "  ")
    for key, value in identity["actual"].items():
        if value and value != "unknown":
            label = _LABELS.get(key, key.removesuffix("_id"))
            yield f"  {label:<7} {visible_line(value)}"
    for warning in identity["_own_warnings"]:
        yield from _wrapped(warning["message"], "  warning ", " " * 10)
    for token in identity["tokens"]:
        yield from _token(token, name, told)
    for vault in identity["vaults"]:
        yield from _vault(vault, name, told)


def _token(token: Values, identity: str, told: ToldOnce) -> Iterator[str]:
    resource = token["resource"]
    left = token["_expires_in"]
    failure, before = _failure(token["failure"], (identity, resource), told)
    yield from _wrapped(f"{resource}  {token['status']}{_after(before)}", "  token   ", " " * 10)
    if left is not None:
        latency = f", {token['latency_ms']:.0f} ms" if token["latency_ms"] is not None else ""
        yield f"          {_left(left)} ({token['expires_at'] or 'at an odd time'}){latency}"
    yield from failure
    for warning in token["_warnings"]:
        before = told.reference(warning["message"], (identity, resource))
        yield from _wrapped(before or warning["message"], "          warning: ", " " * 10)


def _vault(vault: Values, identity: str, told: ToldOnce) -> Iterator[str]:
    failure, before = _failure(vault["failure"], (identity, vault["vault"]), told)
    words = f"{vault['vault']}  {vault['status']}{_after(before)}{_MODELS[vault['model']]}"
    yield from _wrapped(words, "  vault   ", " " * 10)
    steps = [
        f"{stage['stage']} {stage['status']}"
        + (f" {stage['latency_ms']:.0f} ms" if stage["latency_ms"] is not None else "")
        for stage in vault["stages"]
        if stage["status"] != "skipped"
    ]
    yield from _wrapped(" · ".join(steps), " " * 10, " " * 10)
    for verdict in ("granted", "denied", "likely", "blocked", "unknown"):
        named = [each["_label"] for each in _counted(vault) if each["verdict"] == verdict]
        yield from _wrapped(", ".join(named), f"          {verdict}: ", " " * 12)
    yield from _wrapped(", ".join(vault["wanted_missing"]), "          wanted but missing: ", " " * 12)
    for note in vault["notes"]:
        yield from _wrapped(note, "          note: ", " " * 12)
    yield from failure


def _failure(failure: Values | None, subject: Subject, told: ToldOnce) -> tuple[list[str], str]:
    """Its lines; or none of what was told before, and where that was."""
    if failure is None:
        return [], ""
    status = f"HTTP {failure['http_status']}, " if failure["http_status"] is not None else ""
    message = f"{failure['message']} ({status}{failure['kind']})"
    before = told.reference(message, subject)
    lines = [] if before else [*_wrapped(message, " " * 10, " " * 10)]
    for each in failure["also_tried"]:
        if not told.reference((message, each), subject):
            lines += _wrapped(each, "          also tried: ", " " * 12)
    return lines, before


def _after(note: str) -> str:
    return f", {note}" if note else ""


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
