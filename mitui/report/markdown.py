"""A Snapshot as Markdown, to be pasted into a ticket."""

from __future__ import annotations

from collections.abc import Iterator

from mitui.monitor.snapshot import Snapshot
from mitui.report.findings import Finding, Findings, concerning
from mitui.report.headline import headline_of
from mitui.report.markdown_words import block, code, prose
from mitui.report.values import Values, report_values


def markdown_report(snapshot: Snapshot) -> str:
    """The report, ending in a newline: what is wrong, each thing once, then the host and its identities.

    Text from outside is escaped.
    """
    report = report_values(snapshot)
    findings = Findings(report)
    return "\n".join(
        [
            f"## Managed identity: {prose(headline_of(report))}",
            "",
            f"mitui {report['mitui_version']}, {report['generated_at'] or ''}",
            "",
            *(f"- assumed: {prose(each)}" for each in report["_assumptions"]),
            *([""] if report["_assumptions"] else []),
            *(line for number, each in enumerate(findings.all, 1) for line in _finding(number, each)),
            *_host(report),
            *(line for identity in report["identities"] for line in _identity(identity, findings)),
        ]
    )


def _finding(number: int, finding: Finding) -> Iterator[str]:
    failures = [*dict.fromkeys(_failed(failure) for _, failure in finding.failures)]
    words = prose(" ".join((*finding.causes, finding.advice["remedy"] or ""))).rstrip()
    yield f"**{number}. {finding.label}**: {failures.pop() if finding.label == 'Failed' else words}"
    yield ""
    about = concerning(finding.subjects)
    facts = [f"for {prose(about)}"] if about else []
    facts += failures
    everywhere = {subject for subject, _ in finding.failures}
    for words, subjects in finding.also_tried.items():
        where = "" if set(subjects) == everywhere else f" ({prose(concerning(subjects))})"
        facts.append(f"also tried{where}: {prose(words)}")
    yield from (f"- {each}" for each in facts)
    yield from [""] if facts else []
    yield from _exchanges(finding)
    yield from _commands(finding.advice)


def _failed(failure: Values) -> str:
    status = f"HTTP {failure['http_status']}, " if failure["http_status"] is not None else ""
    return f"{status}{code(failure['kind'])}: {prose(failure['message'])}"


def _exchanges(finding: Finding) -> Iterator[str]:
    """What was asked and answered: one exchange of those that failed alike."""
    told: set[object] = set()
    for _, failure in finding.failures:
        exchange, alike = failure["_exchange"], (failure["http_status"], failure["message"])
        if exchange is None or alike in told or (exchange.status, exchange.body) in told:
            continue
        told |= {alike, (exchange.status, exchange.body)}
        answer = str(exchange.status) if exchange.status is not None else exchange.trouble
        yield from block(f"{exchange.method} {exchange.url}", f"-> {answer}", exchange.body)


def _commands(advice: Values) -> Iterator[str]:
    if not advice["commands"]:
        return
    for title, commands, placeholders in advice["_groups"]:
        yield from (f"{title[0].upper()}{title[1:]}:", "") if title else ()
        yield from block(*commands)
        if placeholders:
            yield from (f"- {code(f'<{name}>')}: {prose(where)}" for name, where in placeholders)
            yield ""


def _host(report: Values) -> Iterator[str]:
    host, source = report["host"], report["source"]
    yield "| | |"
    yield "|---|---|"
    facts = {
        "host": host["name"],
        **{key: value for key, value in host.items() if key != "name"},
        "source": source["_label"],
        "trouble": source["trouble"] and source["trouble"].replace("_", " "),
        "endpoint": source["endpoint"],
        "process": report["process"]["_words"] if report["process"] else None,
    }
    for key, value in facts.items():
        if value:
            yield f"| {_label(key)} | {code(str(value))} |"
    yield ""
    yield from _process(report["process"])
    if source["identity_note"]:
        yield prose(source["identity_note"])
        yield ""
    own = [each["_sentence"] for each in report["sdk_choices"] if each["carried"]]
    own = [report["sdk_agreement"]["summary"], *own] if report["sdk_choices"] else own
    yield from (f"- {prose(each)}" for each in own)
    yield from [""] if own else []
    yield from _evidence(source["evidence"])
    yield from _sdks(report["_sdk_groups"])


def _evidence(evidence: list[Values]) -> Iterator[str]:
    """What spoke for or against the source; signals of which no more is to be told than a word share a line."""
    in_a_word: dict[str, list[str]] = {}
    for each in evidence:
        if each["note"]:
            yield f"- {code(each['signal'])} {each['state']}: {prose(each['note'])}"
        else:
            in_a_word.setdefault(each["state"], []).append(code(each["signal"]))
    yield from (f"- {state}: {', '.join(signals)}" for state, signals in in_a_word.items())
    yield ""


def _sdks(groups: list[Values]) -> Iterator[str]:
    """Which SDK goes where, if they differ."""
    if not groups:
        return
    yield "| SDKs that pick | at | |"
    yield "|---|---|---|"
    for each in groups:
        endpoint = code(each["endpoint"]) if each["endpoint"] else ""
        yield f"| {each['source'] or 'nothing'} | {endpoint} | {prose(each['names'])} |"
    yield ""


def _process(process: Values | None) -> Iterator[str]:
    if process is None or not (process["sdks"] or process["note"]):
        return
    for sdk in process["sdks"]:
        yield f"- {code(' '.join((sdk['name'], sdk['version'])))} by {code(sdk['evidence'])}"
    if process["note"]:
        yield f"- {prose(process['note'])}"
    yield ""


def _identity(identity: Values, findings: Findings) -> Iterator[str]:
    status = f"{identity['status']}{_see(findings, *identity['_own_warnings'])}"
    yield f"### {prose(identity['identity']['name'])} ({code(identity['_spec'])}): {status}"
    yield ""
    if identity["unsupported"]:
        yield prose(identity["unsupported"])
        yield ""
    ids = {key: value for key, value in identity["actual"].items() if value and key != "resource_id"}
    yield f"- {', '.join(f'{_label(key)} {code(value)}' for key, value in ids.items())}"
    if identity["actual"]["resource_id"]:
        yield f"- resource id {code(identity['actual']['resource_id'])}"
    yield ""
    if identity["tokens"]:
        yield "| token for | status | expires |"
        yield "|---|---|---|"
        for token in identity["tokens"]:
            status = f"{token['status']}{_see(findings, token['failure'], *token['_warnings'])}"
            yield f"| {code(token['resource'])} | {status} | {token['expires_at'] or ''} |"
        yield ""
    for vault in identity["vaults"]:
        yield from _vault(vault, findings)


def _vault(vault: Values, findings: Findings) -> Iterator[str]:
    yield f"#### {code(vault['vault'])}: {vault['status']}{_see(findings, vault['failure'], *vault['permissions'])}"
    yield ""
    stages = [
        ", ".join(filter(None, (f"{each['stage']} {each['status']}", prose(each["detail"]))))
        for each in vault["stages"]
        if each["status"] != "skipped"
    ]
    yield from (" · ".join(stages), "") if stages else ()
    alike: dict[tuple[str, bool, str], list[str]] = {}
    for each in vault["permissions"]:
        if each["verdict"] != "untested":
            alike.setdefault((each["verdict"], each["wanted"], each["evidence"]), []).append(code(each["_label"]))
    if alike:
        yield "| verdict | wanted | permissions | evidence |"
        yield "|---|---|---|---|"
        for (verdict, wanted, evidence), labels in alike.items():
            yield f"| {verdict} | {'yes' if wanted else ''} | {', '.join(labels)} | {prose(evidence)} |"
        yield ""


def _see(findings: Findings, *values: Values | None) -> str:
    """Where above it is told what is wrong."""
    numbers = sorted({findings.number_of(each) for each in values} - {0})
    return f" (see {', '.join(map(str, numbers))})" if numbers else ""


def _label(key: str) -> str:
    return key.replace("_", " ")
