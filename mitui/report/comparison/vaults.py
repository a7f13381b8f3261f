"""What differs about the vaults: what each allows the identity, and the way to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mitui.keyvault.probe_result import Stage, VaultFailureKind
from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import IdentityView, PermissionView, VaultView
from mitui.report.comparison.difference import Difference, reasons
from mitui.report.comparison.identities import NOT_ASKED, cause

_NO_TOKEN: Final = VaultFailureKind.NO_TOKEN.value
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
                note = reasons(*(_cause([pair[side] for pair in cells]) for side in (0, 1)))
                yield Difference("permission", f"{vault.name}: {names}", str(verdict), str(their_verdict), note)


def _cause(cells: Sequence[PermissionView]) -> str:
    """Why these are denied: that of the first, named as such where it is not that of all."""
    causes = [each.advice[0].cause if each.advice else "" for each in cells]
    return causes[0] if not causes[0] or len(set(causes)) == 1 else f"{_name(cells[0])}: {causes[0]}"


def _is_known(cell: PermissionView) -> bool:
    return cell.result.verdict not in (Verdict.UNKNOWN, Verdict.UNTESTED)


def _key(cell: PermissionView) -> tuple[str, str]:
    # A prefix is followed by a name that is new with each probe.
    target = cell.result.target
    return cell.result.word, target if target.startswith("secret ") else target.partition(" ")[0]


def _name(cell: PermissionView) -> str:
    return cell.result.word if cell.result.target == "vault" else f"{cell.result.word} of {cell.result.target}"


def vault_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Vaults that only one looked at; the stage at which the way ends on one side and not on the other; addresses and
    model.
    """
    one, other = ({each.vault: each for each in side.vaults} for side in (a, b))
    for vault in dict.fromkeys((*one, *other)):
        if vault not in one or vault not in other:
            there = _outcome(one.get(vault) or other[vault])
            yield Difference("vault", vault, *((there, NOT_ASKED) if vault in one else (NOT_ASKED, there)))
    for mine, theirs in _pairs(a, b):
        yield from _way_differences(mine.name, mine, theirs)


def _outcome(vault: VaultView) -> str:
    if vault.failure is not None:
        return f"looked at: {vault.failure.message}"
    return "reached" if vault.probed_at is not None else "not looked at yet"


def _stage_words(stage: Stage) -> str:
    return stage.status if stage.status == "ok" else f"{stage.status}: {stage.detail}"


def _way_differences(subject: str, a: VaultView, b: VaultView) -> Iterator[Difference]:
    ends = tuple(_ends(a, b))
    for stage, other in ends:
        causes = (_why(side) if each.status == "failed" else "" for side, each in ((a, stage), (b, other)))
        yield Difference(
            "vault", f"{subject}: {stage.stage}", _stage_words(stage), _stage_words(other), reasons(*causes)
        )
    if not ends and _kind(a) != _kind(b):
        had, has = (each.failure.message if each.failure is not None else "reached" for each in (a, b))
        yield Difference("vault", subject, had, has, reasons(cause(a.failure), cause(b.failure)))
    for name, words in _FACTS:
        had, has = (" ".join(sorted(each.fact(name).split(" "))) for each in (a, b))
        if had and has and had != has:
            yield Difference("vault", f"{subject}: {words}", had, has)
    if bool(a.fact("proxy")) != bool(b.fact("proxy")):
        yield Difference("vault", f"{subject}: proxy", a.fact("proxy") or "none", b.fact("proxy") or "none")
    if a.model != b.model and "unknown" not in (a.model, b.model):
        yield Difference("vault", f"{subject}: permission model", a.model, b.model)


def _ends(a: VaultView, b: VaultView) -> Iterator[tuple[Stage, Stage]]:
    """The stages at which the way ends on one side only, or on both for different reasons."""
    others = {each.stage: each for each in b.stages}
    for stage in a.stages:
        other = others.get(stage.stage)
        if other is None or "failed" not in (stage.status, other.status):
            continue
        if stage.status != other.status or _kind(a) != _kind(b):
            yield stage, other


def _kind(vault: VaultView) -> str:
    return vault.failure.kind if vault.failure is not None else ""


def _why(vault: VaultView) -> str:
    """Why the way ends; what a missing token lacks is told by its resource."""
    return "" if _kind(vault) == _NO_TOKEN else cause(vault.failure)
