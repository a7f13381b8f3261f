"""The one sentence that says how things are."""

from __future__ import annotations

from collections.abc import Iterator

from mitui.durations import in_words
from mitui.monitor.snapshot import IdentityView, Snapshot
from mitui.report.times import iso
from mitui.safe_text import first_sentence, visible_line


def headline(snapshot: Snapshot) -> str:
    """``critical: web has no token for https://vault.azure.net: Identity not found`` and its like, on one line.

    The text may hold characters from outside: make it visible before it is printed.
    """
    if snapshot.stopped is not None:
        return f"unknown: not updated since {iso(snapshot.stopped.at)}: {snapshot.stopped.reason}"
    if snapshot.phase == "starting":
        return f"{snapshot.status}: looking"
    if snapshot.status == "ok":
        return f"ok: {_all_well(snapshot)}"
    return f"{snapshot.status}: {next(_findings(snapshot), '') or _all_well(snapshot)}"


def change_of(snapshot: Snapshot) -> object:
    """What a person wants to hear of when it changes: statuses and failures, but no countdown."""
    return (
        snapshot.status,
        snapshot.source.kind,
        snapshot.source.failure and snapshot.source.failure.message,
        tuple(warning.kind for warning in snapshot.warnings),
        tuple(
            (
                str(identity.identity),
                identity.status,
                tuple(
                    (token.resource, token.status, token.failure and token.failure.message) for token in identity.tokens
                ),
                tuple((vault.vault, vault.status, vault.wanted_missing) for vault in identity.vaults),
            )
            for identity in snapshot.identities
        ),
    )


def change_line(snapshot: Snapshot) -> str:
    """One line with the time, safe to print."""
    return visible_line(f"{iso(snapshot.generated_at)} {headline(snapshot)}", 1024)


def _findings(snapshot: Snapshot) -> Iterator[str]:
    """What is wrong, the worst first."""
    if snapshot.source.failure is not None:
        yield snapshot.source.failure.message
    for identity in snapshot.identities:
        yield from _token_failures(identity)
    for identity in snapshot.identities:
        yield from _vault_findings(identity)
    for identity in snapshot.identities:
        if identity.unsupported:
            yield f"{identity.name} can't be asked for here: {identity.unsupported}"
        for token in identity.tokens:
            if token.status == "expiring" and token.expires_at is not None:
                left = in_words(token.expires_at - snapshot.generated_at)
                yield f"the token of {identity.name} for {token.resource} expires in {left}"
    for warning in snapshot.warnings:
        yield warning.message
    for identity in snapshot.identities:
        for warning in (*identity.warnings, *(each for token in identity.tokens for each in token.warnings)):
            yield f"{identity.name}: {warning.message}"


def _token_failures(identity: IdentityView) -> Iterator[str]:
    for token in identity.tokens:
        if token.status in ("failed", "expired"):
            reason = first_sentence(token.failure.message) if token.failure is not None else "it has expired"
            yield f"{identity.name} has no token for {token.resource}: {reason}"


def _vault_findings(identity: IdentityView) -> Iterator[str]:
    for vault in identity.vaults:
        if vault.failure is not None:
            yield f"{identity.name} on {vault.vault}: {first_sentence(vault.failure.message)}"
        elif vault.wanted_missing:
            yield f"{identity.name} may not {', '.join(vault.wanted_missing)} on {vault.vault}"
        elif vault.status == "warning":
            yield f"{identity.name} was granted nothing on {vault.vault}"


def _all_well(snapshot: Snapshot) -> str:
    tokens = [token for identity in snapshot.identities for token in identity.tokens]
    if not tokens:
        return "nothing was asked for"
    expiries = [token.expires_at for token in tokens if token.expires_at is not None]
    first = f", the first expires in {in_words(min(expiries) - snapshot.generated_at)}" if expiries else ""
    return (
        f"{_count(len(snapshot.identities), 'identity', 'identities')}, {_count(len(tokens), 'token', 'tokens')}{first}"
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
