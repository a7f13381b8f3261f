"""What differs about the vaults: what each allows the identity, and the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mitui.keyvault.probe_result import Stage
from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import IdentityView, PermissionView, VaultView
from mitui.report.comparison.difference import Difference
from mitui.report.comparison.identities import NOT_ASKED, why

_FACTS: Final = (
    ("addresses", "addresses"),
    ("address_kind", "kind of address"),
    ("proxy", "proxy"),
    ("source_address", "our address, as the vault sees it"),
    ("connection_type", "kind of connection"),
    ("issuer", "who issued its certificate"),
)


def _pairs(a: IdentityView, b: IdentityView) -> Iterator[tuple[VaultView, VaultView]]:
    others = {each.vault: each for each in b.vaults}
    for vault in a.vaults:
        other = others.get(vault.vault)
        if other is not None and vault.probed_at is not None and other.probed_at is not None:
            yield vault, other


def permission_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Verdicts that are not the same, those that differ in the same way together. What one side could not find out or
    did not test is no difference: why not is told by the way to the vault.
    """
    for vault, other in _pairs(a, b):
        others = {_key(each): each for each in other.permissions}
        groups: dict[tuple[Verdict, Verdict], list[tuple[PermissionView, PermissionView]]] = {}
        for cell in vault.permissions:
            their = others.get(_key(cell))
            if their is not None and _is_known(cell) and _is_known(their):
                groups.setdefault((cell.result.verdict, their.result.verdict), []).append((cell, their))
        for (verdict, their_verdict), cells in groups.items():
            if verdict != their_verdict:
                names = ", ".join(_name(cell) for cell, _ in cells)
                cause = next((each.advice[0].cause for each in cells[0] if each.advice), "")
                yield Difference(
                    "permission", f"{a.name} · {vault.name}: {names}", str(verdict), str(their_verdict), cause
                )


def _is_known(cell: PermissionView) -> bool:
    return cell.result.verdict not in (Verdict.UNKNOWN, Verdict.UNTESTED)


def _key(cell: PermissionView) -> tuple[str, str]:
    # A prefix is followed by a name that is new with each probe.
    target = cell.result.target
    return cell.result.word, target if target.startswith("secret ") else target.partition(" ")[0]


def _name(cell: PermissionView) -> str:
    return cell.result.word if cell.result.target == "vault" else f"{cell.result.word} of {cell.result.target}"


def vault_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Vaults that only one looked at; the first stage that one passes and the other doesn't; addresses and model."""
    one, other = ({each.vault: each.name for each in side.vaults} for side in (a, b))
    for vault in dict.fromkeys((*one, *other)):
        if vault not in one or vault not in other:
            sides = ("looked at", NOT_ASKED) if vault in one else (NOT_ASKED, "looked at")
            yield Difference("vault", f"{a.name} · {vault}", *sides)
    for mine, theirs in _pairs(a, b):
        yield from _way_differences(f"{a.name} · {mine.name}", mine, theirs)


def _stage_words(stage: Stage) -> str:
    return stage.status if stage.status == "ok" else f"{stage.status}: {stage.detail}"


def _way_differences(subject: str, a: VaultView, b: VaultView) -> Iterator[Difference]:
    others = {each.stage: each for each in b.stages}
    for stage in a.stages:
        other = others.get(stage.stage)
        if other is not None and other.status != stage.status:
            had, has = _stage_words(stage), _stage_words(other)
            yield Difference("vault", f"{subject}: {stage.stage}", had, has, why(a.failure or b.failure))
            break
    if a.failure is not None and b.failure is not None and a.failure.kind != b.failure.kind:
        yield Difference("vault", f"{subject}: failure", a.failure.kind, b.failure.kind, why(a.failure))
    for name, words in _FACTS:
        had, has = (" ".join(sorted(each.fact(name).split(" "))) for each in (a, b))
        if had and has and had != has:
            yield Difference("vault", f"{subject}: {words}", had, has)
    if bool(a.fact("proxy")) != bool(b.fact("proxy")):
        yield Difference("vault", f"{subject}: proxy", a.fact("proxy") or "none", b.fact("proxy") or "none")
    if a.model != b.model and "unknown" not in (a.model, b.model):
        yield Difference("vault", f"{subject}: permission model", a.model, b.model)
