"""The answers in the table's order, with what follows from them, and the notes that keep them from being misread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mitui.keyvault.permission_table import OPERATIONS
from mitui.keyvault.probe_result import PermissionResult
from mitui.keyvault.probe_run import ProbeFindings, unsent_rows
from mitui.keyvault.role_guess import inferred_verdict
from mitui.keyvault.verdict import ProbeDepth, VaultModel, Verdict

_ORDER: Final = {row.word: position for position, row in enumerate(OPERATIONS)}
_UNTESTABLE_TIER: Final = 4


def arrange(results: Sequence[PermissionResult], model: VaultModel, depth: ProbeDepth) -> tuple[PermissionResult, ...]:
    """Every row of the table once, then the answers that hold for a named secret or a prefix only, in the same order.

    On an access-policy vault a secret's attributes are updated with the ``set`` permission, so that answer becomes the
    one for ``set``. On an RBAC vault, what can't be tested is inferred from the built-in roles. On one whose model did
    not show, ``set`` is likely where the update is granted, since either model would have it so.
    """
    known = (*results, *unsent_rows(depth))
    if model == "access_policy":
        complete = _merge_set(known)
    elif model == "rbac":
        complete = [_inferred(each, known) for each in known]
    else:
        updates = any(each.word == "secrets/update" and each.verdict is Verdict.GRANTED for each in known)
        complete = [_likely_set(each) if updates and each.word == "secrets/set" else each for each in known]
    return tuple(sorted(complete, key=lambda each: (each.target.startswith("secret "), _ORDER.get(each.word, 0))))


def notes_on(
    found: ProbeFindings,
    permissions: tuple[PermissionResult, ...],
    *,
    secret: str,
    prefix: str,
    sent: int,
    user_agent: str,
) -> tuple[str, ...]:
    """What a reader of the matrix has to know, one sentence each."""
    notes = list(found.notes)
    tested = [each for each in permissions if each.http_status is not None]
    if tested and any(each.verdict is Verdict.DENIED for each in tested) and found.model != "access_policy":
        hint = "" if secret else "; name a secret to test one"
        notes.append(f"denied means denied vault-wide: grants on single objects do not show{hint}")
    if prefix and tested:
        notes.append(f"the secrets permissions were tested on names that begin with {prefix}")
    if (
        tested
        and found.model == "unknown"
        and not found.failure
        and all(each.verdict is Verdict.GRANTED for each in tested)
        and not any(each.assignment_id for each in tested)
    ):
        notes.append("all granted, or the service hides existence: no answer named a role assignment or a denial")
    if _only_public_half(permissions):
        notes.append("encrypt, verify and wrapKey may come with reading the key: they need its public half only")
    if sent:
        notes.append(
            f"{sent} requests were sent as {user_agent}; each is a line in the vault's audit log, with the client "
            "request id as its correlation id"
        )
    return tuple(notes)


def _merge_set(results: Sequence[PermissionResult]) -> list[PermissionResult]:
    tested = next(each for each in results if each.word == "secrets/update")
    answer = replace(tested, permission="set", data_action="secrets/setSecret/action")
    rest = [each for each in results if each.word not in ("secrets/set", "secrets/update")]
    return [*rest, answer]


def _likely_set(each: PermissionResult) -> PermissionResult:
    words = "inferred: updating a secret is granted, which under an access policy takes the same permission"
    return replace(each, verdict=Verdict.LIKELY, evidence=words, inferred=True)


def _inferred(each: PermissionResult, known: tuple[PermissionResult, ...]) -> PermissionResult:
    if each.tier < _UNTESTABLE_TIER or each.verdict is not Verdict.UNTESTED:
        return each
    verdict = inferred_verdict(known, each.data_action)
    if verdict is Verdict.UNTESTED:
        return each
    words = {
        Verdict.LIKELY: "inferred: every built-in role that explains the other answers grants it",
        Verdict.DENIED: "inferred: every built-in role that grants it would also grant what was denied",
    }
    return replace(each, verdict=verdict, evidence=words[verdict], inferred=True)


def _only_public_half(permissions: tuple[PermissionResult, ...]) -> bool:
    verdicts = {each.permission: each.verdict for each in permissions if each.object_type == "keys"}
    public = [verdicts.get(word) for word in ("encrypt", "verify", "wrapKey")]
    private = [verdicts.get(word) for word in ("decrypt", "sign", "unwrapKey")]
    return Verdict.GRANTED in public and all(verdict is Verdict.DENIED for verdict in private)
