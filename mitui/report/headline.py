"""The one sentence that says how things are."""

from __future__ import annotations

from collections.abc import Iterator

from mitui.durations import in_words
from mitui.monitor.snapshot import Snapshot
from mitui.report.values import Values, report_values
from mitui.safe_text import first_sentence, visible_line
from mitui.wording import counted


def headline_of(report: Values) -> str:
    """``critical: web has no token for https://vault.azure.net: Identity not found`` and its like, on one line.

    The text may hold characters from outside: make it visible before it is printed.
    """
    if report["_standstill"]:
        return str(report["_standstill"])
    if report["status"] == "ok":
        return f"ok: {_all_well(report)}"
    return f"{report['status']}: {next(_findings(report), '') or _all_well(report)}"


def change(snapshot: Snapshot) -> tuple[str, object]:
    """One line with the time, safe to print, and what must differ for the next one to be worth telling."""
    report = report_values(snapshot)
    return visible_line(f"{report['generated_at']} {headline_of(report)}", 1024), _told(report)


def _told(report: Values) -> object:
    """What a person wants to hear of when it changes: statuses and failures, but no countdown."""
    return (
        report["status"],
        report["source"]["kind"],
        _message(report["source"]),
        [warning["kind"] for warning in report["warnings"]],
        [
            (
                identity["identity"],
                identity["status"],
                [(token["resource"], token["status"], _message(token)) for token in identity["tokens"]],
                [(vault["vault"], vault["status"], vault["wanted_missing"]) for vault in identity["vaults"]],
            )
            for identity in report["identities"]
        ],
    )


def _message(part: Values) -> str:
    return part["failure"]["message"] if part["failure"] else ""


def _findings(report: Values) -> Iterator[str]:
    """What is wrong, the worst first."""
    yield from filter(None, [_message(report["source"])])
    for identity in report["identities"]:
        yield from _token_failures(identity)
    for identity in report["identities"]:
        yield from _vault_findings(identity)
    for identity in report["identities"]:
        name = identity["identity"]["name"]
        if identity["unsupported"]:
            yield f"{name} can't be asked for here: {identity['unsupported']}"
        for token in identity["tokens"]:
            if token["status"] == "expiring" and token["_expires_in"] is not None:
                yield f"the token of {name} for {token['resource']} expires in {in_words(token['_expires_in'])}"
    for warning in report["warnings"]:
        yield warning["message"]
    for identity in report["identities"]:
        for warning in identity["warnings"]:
            yield f"{identity['identity']['name']}: {warning['message']}"


def _token_failures(identity: Values) -> Iterator[str]:
    for token in identity["tokens"]:
        if token["status"] in ("failed", "expired"):
            reason = first_sentence(_message(token)) or "it has expired"
            yield f"{identity['identity']['name']} has no token for {token['resource']}: {reason}"


def _vault_findings(identity: Values) -> Iterator[str]:
    name = identity["identity"]["name"]
    for vault in identity["vaults"]:
        if vault["failure"]:
            yield f"{name} on {vault['vault']}: {first_sentence(_message(vault))}"
        elif vault["wanted_missing"]:
            yield f"{name} may not {', '.join(vault['wanted_missing'])} on {vault['vault']}"
        elif vault["status"] == "warning":
            yield f"{name} was granted nothing on {vault['vault']}"


def _all_well(report: Values) -> str:
    identities = report["identities"]
    tokens = [token for identity in identities for token in identity["tokens"]]
    if not tokens:
        return "nothing was asked for"
    left = [token["_expires_in"] for token in tokens if token["_expires_in"] is not None]
    first = f", the first expires in {in_words(min(left))}" if left else ""
    return f"{counted(len(identities), 'identity', 'identities')}, {counted(len(tokens), 'token')}{first}"
