"""What a person wants, compared with what was found, and which roles that looks like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.keyvault.permission_table import OPERATIONS, sent_operations
from mitui.keyvault.probe_result import PermissionResult, ProbeResult
from mitui.keyvault.role_guess import guess_roles, inferred_verdict, power_notes
from mitui.keyvault.roles import BUILT_IN_ROLES, Role
from mitui.keyvault.verdict import ProbeDepth, VaultModel, Verdict
from mitui.keyvault.wanted import WantSyntaxError, beyond, missing, parse_want, unverified
from mitui.monitor.plan import DEPTHS


def result_with(
    verdicts: dict[str, Verdict], *, model: VaultModel = "rbac", target: str = "vault", others: Verdict | None = None
) -> ProbeResult:
    """A result with these verdicts, and ``others`` for the rest of the table."""
    permissions = tuple(
        PermissionResult(
            row.object_type, row.permission, verdict, tier=row.tier, data_action=row.data_action, target=target
        )
        for row in OPERATIONS
        if (verdict := verdicts.get(row.word, others)) is not None
    )
    return ProbeResult("https://contoso-kv.vault.azure.net", "contoso-kv", "read", 0.0, 0.0, (), permissions, model)


def result_of(*roles: Role) -> ProbeResult:
    """What a deep and a crypto probe together would find for a caller with these roles."""
    return result_with(
        {
            row.word: Verdict.GRANTED if any(role.grants(row.data_action) for role in roles) else Verdict.DENIED
            for row in OPERATIONS
            if row.method
        },
        others=Verdict.UNTESTED,
    )


def test_wanted_permissions_are_read_in_any_case_and_once() -> None:
    assert parse_want("secrets/get, Secrets/LIST,,secrets/get , keys/wrapkey") == (
        "secrets/get",
        "secrets/list",
        "keys/wrapKey",
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no permission is named"),
        (" , ", "no permission is named"),
        ("get", "as in secrets/get,secrets/list"),
        ("secret/get", "write secrets/, keys/ or certificates/"),
        ("secrets/read", "for secrets there are get, list, update, backup"),
        ("keys/set", "for keys there are get, list, getrotationpolicy, encrypt"),
        ("secrets/", "for secrets there are"),
        ("secrets/get;secrets/list", "for secrets there are"),
        ("\x1b[2J", "as in secrets/get"),
    ],
)
def test_a_word_that_is_no_permission_is_answered_with_those_that_are(text: str, part: str) -> None:
    with pytest.raises(WantSyntaxError) as caught:
        parse_want(text)
    assert part in str(caught.value)
    assert "\x1b" not in str(caught.value)


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_want(text)
    except WantSyntaxError:
        return
    assert set(found) <= {row.word for row in OPERATIONS}


def test_what_is_missing_includes_what_was_never_tested() -> None:
    result = result_with(
        {
            "secrets/get": Verdict.GRANTED,
            "secrets/set": Verdict.LIKELY,
            "secrets/list": Verdict.DENIED,
            "secrets/purge": Verdict.BLOCKED,
            "keys/get": Verdict.UNKNOWN,
            "keys/sign": Verdict.UNTESTED,
        }
    )
    want = tuple(row.word for row in OPERATIONS if row.word in ("secrets/get", "secrets/set", "secrets/list"))
    assert missing(result, want) == ("secrets/list",)
    assert missing(result, ("secrets/purge", "keys/get", "keys/sign")) == ("secrets/purge", "keys/get", "keys/sign")
    assert unverified(result, ("secrets/list", "secrets/purge", "keys/get", "keys/sign")) == ("keys/get", "keys/sign")


def test_a_grant_on_the_named_secret_satisfies() -> None:
    vault_wide = result_with({"secrets/get": Verdict.DENIED})
    named = result_with({"secrets/get": Verdict.GRANTED}, target="secret db-password")
    both = ProbeResult(vault_wide.vault, "contoso-kv", "read", 0.0, 0.0, (), vault_wide.permissions + named.permissions)
    assert missing(both, ("secrets/get",)) == ()


def test_what_goes_beyond_the_wanted_is_named() -> None:
    result = result_with({"secrets/get": Verdict.GRANTED, "secrets/list": Verdict.GRANTED, "keys/get": Verdict.DENIED})
    assert beyond(result, ("secrets/get",)) == "granted beyond what is wanted: secrets/list"
    assert beyond(result, ("secrets/get", "secrets/list")) == ""
    assert beyond(result, ()) == ""


@pytest.mark.parametrize(
    ("word", "depths"),
    [
        ("secrets/get", ["read", "crypto", "deep"]),
        ("keys/sign", ["crypto"]),
        ("keys/delete", ["deep"]),
        ("secrets/set", []),
    ],
)
def test_the_depths_that_test_what_is_wanted(word: str, depths: list[ProbeDepth]) -> None:
    assert [depth for depth in DEPTHS if any(row.word == word for row in sent_operations(depth))] == depths


@pytest.mark.parametrize("role", BUILT_IN_ROLES, ids=lambda role: role.name)
def test_each_role_is_recognised_by_what_it_grants(role: Role) -> None:
    assert guess_roles(result_of(role)) == (role,)


def test_two_roles_together_are_recognised() -> None:
    by_name = {role.name: role for role in BUILT_IN_ROLES}
    secrets, crypto = by_name["Key Vault Secrets User"], by_name["Key Vault Crypto User"]
    assert set(guess_roles(result_of(secrets, crypto))) == {secrets, crypto}


def test_the_least_powerful_role_is_guessed_from_little() -> None:
    reads = {"secrets/list": Verdict.GRANTED, "keys/get": Verdict.GRANTED}
    assert [role.name for role in guess_roles(result_with(reads))] == ["Key Vault Reader"]


def test_no_role_is_guessed_where_there_is_none() -> None:
    assert guess_roles(result_of()) == ()
    assert guess_roles(result_with({"secrets/get": Verdict.GRANTED}, model="access_policy")) == ()
    # no built-in role grants purging without deleting
    odd = {"secrets/purge": Verdict.GRANTED, "secrets/delete": Verdict.DENIED}
    assert guess_roles(result_with(odd)) == ()


def test_an_action_that_no_fitting_role_decides_stays_untested() -> None:
    reads = result_with({"secrets/get": Verdict.GRANTED, "secrets/list": Verdict.GRANTED})
    assert inferred_verdict(reads.permissions, "secrets/setSecret/action") is Verdict.UNTESTED
    assert inferred_verdict((), "secrets/setSecret/action") is Verdict.UNTESTED


def test_too_much_power_is_said() -> None:
    everything = result_with({}, others=Verdict.GRANTED)
    notes = " ".join(power_notes(everything))
    assert "Administrator" in notes
    assert "purge secrets and keys and certificates" in notes
    assert "read and replace secrets" in notes
    by_name = {role.name: role for role in BUILT_IN_ROLES}
    assert "every secret" in " ".join(power_notes(result_of(by_name["Key Vault Certificate User"])))
    assert power_notes(result_of(by_name["Key Vault Secrets User"])) == ()
