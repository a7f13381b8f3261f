"""The catalogue as data: every entry is reached, every sentence is one, every command can be pasted."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.diagnosis.advice import Advice
from mitui.diagnosis.catalogue.entra_codes import _ROWS
from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.diagnosis.catalogue.vault import PERMISSION_CAUSES
from mitui.diagnosis.cause import Cause
from mitui.diagnosis.commands import fill, fill_all, looks
from mitui.diagnosis.steps import to_copy, uses_of
from mitui.diagnosis.symptom import names_of
from mitui.diagnosis.token.advice import advise_token
from mitui.diagnosis.token.case import TokenCase
from mitui.diagnosis.vault.advice import VAULT_CAUSES, advise_permission, advise_vault
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.source_kind import SourceKind
from mitui.keyvault.probe_result import PermissionResult, ProbeResult, VaultFailure, VaultFailureKind
from mitui.keyvault.verdict import Verdict
from tests.diagnosis.cases import (
    ACTUAL,
    APP,
    CONTAINER,
    DENY_ID,
    EVERY_CAUSE,
    FORBIDDEN,
    OID,
    PAGE,
    PERMISSION_CASES,
    POLICY_TEXT,
    RBAC_TEXT,
    RESULT,
    STOP_CASES,
    TOKEN_CASES,
    VAULT_ID,
    VM,
    Given,
    answered,
    denied,
    failed,
    stopped,
    written,
)
from tests.diagnosis.running import fail

SENTENCE_END = re.compile(r"[.!?](?:\s+[A-Z]|\s*$)")


def of_type(resource: str) -> HostFacts:
    """A compute resource with this path."""
    group = VM.resource_id.partition("/virtualMachines/")[0]
    return replace(VM, resource_id=f"{group}/{resource}", name=resource.rpartition("/")[2])


def kinds(causes: object) -> set[str]:
    assert isinstance(causes, tuple)
    return {cause.kind for cause in causes}


def test_every_entry_has_a_case_here() -> None:
    assert {kind for kind, _, _ in TOKEN_CASES} == kinds(TOKEN_CAUSES)
    assert {kind for kind, _, _ in PERMISSION_CASES} == kinds(PERMISSION_CAUSES)
    assert {kind for kind, _, _, _ in STOP_CASES} == kinds(VAULT_CAUSES)


def check(advice: tuple[Advice, ...], kind: str, *, first: bool) -> None:
    found = [each.kind for each in advice]
    assert kind in found
    assert (found[0] == kind) == first, found
    order = ["certain", "likely", "possible"]
    assert [order.index(each.certainty) for each in advice] == sorted(order.index(each.certainty) for each in advice)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("kind", "first", "case"), TOKEN_CASES, ids=[kind for kind, _, _ in TOKEN_CASES])
def test_a_token_failure_reaches_its_cause(kind: str, first: bool, case: Given) -> None:
    check(advise_token(case.failure, case.host, case.environment), kind, first=first)


@pytest.mark.parametrize(
    ("kind", "first", "permission"), PERMISSION_CASES, ids=[kind for kind, _, _ in PERMISSION_CASES]
)
def test_a_denied_permission_reaches_its_cause(kind: str, first: bool, permission: PermissionResult) -> None:
    check(advise_permission(permission, RESULT, VM, ACTUAL), kind, first=first)


@pytest.mark.parametrize(("kind", "first", "failure", "result"), STOP_CASES, ids=[each[0] for each in STOP_CASES])
def test_a_stopped_probe_reaches_its_cause(kind: str, first: bool, failure: VaultFailure, result: ProbeResult) -> None:
    dns_works = False if kind == "dns_does_not_work" else None
    check(advise_vault(failure, result, VM, ACTUAL, dns_works=dns_works), kind, first=first)


@pytest.mark.parametrize(
    "source",
    ["imds", "app_service", "azure_arc", "azure_ml", "cloud_shell", "service_fabric", "workload_identity", "none"],
)
@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_kind_of_failure_has_advice(kind: FailureKind, source: SourceKind) -> None:
    failure = TokenFailure(kind, "something", source, "system", "https://vault.azure.net")

    assert advise_token(failure, HostFacts(), HostEnvironment())


@pytest.mark.parametrize("kind", list(VaultFailureKind))
def test_every_kind_of_stop_has_advice(kind: VaultFailureKind) -> None:
    assert advise_vault(stopped(kind), RESULT, HostFacts(), ACTUAL)


@pytest.mark.parametrize("cause", EVERY_CAUSE, ids=lambda cause: cause.kind)
def test_an_entry_is_well_formed(cause: Cause[object]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]+", cause.kind)
    for sentence in (cause.cause, cause.remedy):
        assert sentence.endswith(".")
        assert len(SENTENCE_END.findall(sentence)) == 1
        assert "!" not in sentence
        assert len(sentence) <= 230
    assert cause.who
    assert not cause.link or re.match(r"https://(?:learn\.microsoft\.com|aka\.ms)/", cause.link)


@pytest.mark.parametrize("cause", EVERY_CAUSE, ids=lambda cause: cause.kind)
def test_a_command_is_complete_when_the_facts_are_known(cause: Cause[object]) -> None:
    for template in (each for command in cause.commands for each in written(command)):
        known = {name: f"value-of-{name}" for name in re.findall(r"\{(\w+)\}", template)}
        command = fill(template, known)

        assert "<" not in command.replace("</dev/null", "")
        assert "[[" not in command
        assert not re.search(r"\{\w+\}", command)
        assert shlex.split(command)


HOSTILE = [
    "a'b",
    'a"b',
    "$(touch /tmp/pwned)",
    "`id`",
    "; rm -rf /",
    "a && b",
    "a | b",
    "a > b",
    "-n",
    "--subscription=evil",
    "line\nbreak",
    "\x1b[201~id\n",
    "\u202eevil",
    "a b",
    "*",
    "{vault}",
    "%s",
    "",
    "x" * 5000,
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "template",
    [
        "az vm show --name {x} --resource-group {x}",
        "mitui check --resource {x}",
        "az keyvault show [[--name {x}]]",
        "az x --scope /a/{x}/b",
    ],
)
def test_a_hostile_fact_stays_one_word(template: str, value: str) -> None:
    plain = shlex.split(fill(template, {"x": "plain"}))
    words = shlex.split(fill(template, {"x": value}))
    unknown = shlex.split(fill(template, {}))

    assert words in ([word.replace("plain", value) for word in plain], unknown)
    assert "\n" not in fill(template, {"x": value})
    assert "\x1b" not in fill(template, {"x": value})


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_out_of_its_quotes(value: str) -> None:
    words = shlex.split(fill("az x --name {x} --end", {"x": value}))

    assert len(words) == 5
    assert words[0] == "az"
    assert words[-1] == "--end"
    assert words[3] in (value, "<x>")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.sampled_from(TOKEN_CASES))
def test_hostile_facts_of_host_and_reply_leave_commands_whole(value: str, case: tuple[str, bool, Given]) -> None:
    known = case[2]
    evil = HostFacts(value, value, value, f"/subscriptions/{value}", value, value, known.host.kind, value)
    failure = replace(known.failure, resource=value, message=value, facts=(("path", value), ("supported", value)))

    for advice in advise_token(failure, evil, replace(known.environment, variables={"USER": value})):
        for command in advice.commands:
            assert shlex.split(command)
            assert "\n" not in command


@pytest.mark.parametrize(
    "case",
    [
        failed(FailureKind.UNREACHABLE, trouble=FORBIDDEN),
        failed(FailureKind.UNREACHABLE, trouble="[WinError 10013] An attempt was made to access a socket"),
        failed(FailureKind.UNREACHABLE, message="the connection is forbidden by its access permissions"),
        failed(FailureKind.FORBIDDEN, status=403, body=PAGE.replace("Denied", FORBIDDEN)),
        failed(FailureKind.FORBIDDEN, status=403, reason=f"connecting to 169.254.169.254:80: connectex: {FORBIDDEN}"),
        failed(FailureKind.NO_ENDPOINT, "none", trouble=FORBIDDEN),
    ],
    ids=["socket", "windows", "message", "proxy page", "docker reason", "no endpoint"],
)
def test_a_socket_forbidden_by_its_access_permissions_in_every_form(case: Given) -> None:
    advice = advise_token(case.failure, case.host, case.environment)[0]

    assert advice.kind == "endpoint_not_reachable"
    assert "not reachable" in advice.cause
    assert "managed identity is not enabled on this resource" in advice.cause
    assert advice.commands[0] == (
        "az vm identity assign --subscription 11111111-2222-4333-8444-555555555555 --resource-group rg-web"
        " --name vm-web-01"
    )


@pytest.mark.parametrize("inner", ["AccessDenied", "ForbiddenByPolicy", ""])
def test_a_missing_secrets_get_permission_in_every_form(inner: str) -> None:
    advice = advise_permission(denied(inner, POLICY_TEXT), RESULT, VM, ACTUAL)[0]

    assert advice.kind == "policy_missing"
    assert "was not granted access" in advice.cause
    assert advice.purposes == ("look", "mend")
    assert advice.commands[1] == f"az keyvault set-policy --name contoso-kv --object-id {OID} --secret-permissions get"


def test_a_policy_keeps_what_is_granted_already() -> None:
    listed = replace(denied(), permission="list", verdict=Verdict.GRANTED)
    result = replace(RESULT, permissions=(listed, denied("AccessDenied", POLICY_TEXT)))
    advice = advise_permission(denied("AccessDenied", POLICY_TEXT), result, VM, ACTUAL)[0]

    assert advice.commands[1].endswith("--secret-permissions list get")


def test_changing_a_secret_is_set_in_an_access_policy() -> None:
    advice = advise_permission(denied("AccessDenied", POLICY_TEXT, permission="update"), RESULT, VM, ACTUAL)[0]

    assert advice.commands[1].endswith("--secret-permissions set")


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        ("docker_desktop", "docker_desktop"),
        ("aws", "aws_host"),
        ("google", "google_host"),
        ("proxy", "proxy_answered"),
        ("reset", "address_taken"),
        ("nobody", "not_on_azure"),
    ],
)
def test_what_the_probe_found_decides_where_there_is_no_endpoint(verdict: str, kind: str) -> None:
    case = failed(FailureKind.NO_ENDPOINT, "imds", facts=(("verdict", verdict),))

    assert advise_token(case.failure, HostFacts(), case.environment)[0].kind == kind


ON = "--subscription 11111111-2222-4333-8444-555555555555 --resource-group rg-web --name"


@pytest.mark.parametrize(
    ("host", "source", "command"),
    [
        (VM, "imds", f"az vm identity assign {ON} vm-web-01"),
        (
            of_type("virtualMachineScaleSets/vmss-web/virtualMachines/0"),
            "imds",
            f"az vmss identity assign {ON} vmss-web",
        ),
        (CONTAINER, "app_service", f"az containerapp identity assign {ON} ca-web --system-assigned"),
        (APP, "app_service", f"az webapp identity assign {ON} app-web"),
        (replace(APP, kind="Functions app"), "app_service", f"az functionapp identity assign {ON} app-web"),
        (
            replace(APP, resource_id=f"{APP.resource_id}/slots/staging"),
            "app_service",
            f"az webapp identity assign {ON} app-web --slot staging",
        ),
    ],
)
def test_the_command_fits_the_host(host: HostFacts, source: str, command: str) -> None:
    case = failed(FailureKind.IDENTITY_NOT_FOUND, source, status=400, host=host)
    advice = advise_token(case.failure, case.host, case.environment)[0]

    assert command in advice.commands


def test_only_the_commands_of_the_vaults_model_are_printed() -> None:
    policy = advise_permission(denied("AccessDenied", POLICY_TEXT), RESULT, VM, ACTUAL)
    roles = advise_permission(denied(), RESULT, VM, ACTUAL)
    neither = advise_permission(denied("", "no"), RESULT, VM, ACTUAL)

    assert not any("role assignment" in command for each in policy for command in each.commands)
    assert not any("set-policy" in command for each in roles for command in each.commands)
    assert not any(
        word in command for each in neither for command in each.commands for word in ("role assignment", "set-policy")
    )


def test_a_role_is_granted_by_its_id_at_the_vault() -> None:
    advice = advise_permission(denied(), RESULT, VM, ACTUAL)[0]

    assert advice.commands[0] == (
        f"az role assignment create --assignee-object-id {OID} --assignee-principal-type ServicePrincipal"
        f" --role 4633458b-17de-408a-b874-0445c86b69e6 --scope {VAULT_ID}"
    )
    assert "Key Vault Secrets User" in advice.remedy


def test_an_unknown_vault_id_leaves_its_parts_open() -> None:
    advice = advise_permission(denied("ForbiddenByRbac", "no"), replace(RESULT, facts=()), VM, ACTUAL)[0]

    assert advice.commands[0].endswith(
        "--scope /subscriptions/<vault-subscription>/resourceGroups/<vault-resource-group>"
        "/providers/Microsoft.KeyVault/vaults/contoso-kv"
    )


def test_what_is_granted_or_untested_needs_no_advice() -> None:
    for verdict in (Verdict.LIKELY, Verdict.UNTESTED):
        assert advise_permission(denied(verdict=verdict), RESULT, VM, ACTUAL) == ()
    granted = replace(
        denied("", "", verdict=Verdict.GRANTED), exchange=answered("SecretNotFound", "", "x", 404), code=""
    )
    assert advise_permission(granted, RESULT, VM, ACTUAL) == ()


def _copied(advice: Advice) -> str:
    return advice.commands[to_copy(uses_of(advice))]


def test_a_private_source_address_never_becomes_a_firewall_rule() -> None:
    failure = stopped(VaultFailureKind.FORBIDDEN_BY_FIREWALL, facts=(("source_address", "10.1.0.4"),))
    commands = [command for each in advise_vault(failure, RESULT, VM, ACTUAL) for command in each.commands]

    assert not any("10.1.0.4/32" in command for command in commands)
    failure = stopped(VaultFailureKind.FORBIDDEN_BY_FIREWALL, facts=(("source_address", "20.71.1.2"),))
    assert "--ip-address 20.71.1.2/32" in _copied(advise_vault(failure, RESULT, VM, ACTUAL)[0])


def test_a_command_without_its_fact_keeps_a_placeholder() -> None:
    assert fill_all((looks("az vm show --name {vm}"),), {}).commands == ("az vm show --name <vm>",)


async def test_an_endpoint_that_is_not_called_is_named() -> None:
    environment = HostEnvironment({"IDENTITY_ENDPOINT": "http://8.8.8.8/msi", "IDENTITY_HEADER": "h"})
    failure = await fail(environment)
    advice = advise_token(failure, HostFacts(), environment)[0]

    assert advice.kind == "endpoint_not_allowed"
    assert advice.cause.startswith("IDENTITY_ENDPOINT points to 8.8.8.8,")
    assert advice.commands == ("mitui check --allow-endpoint 8.8.8.8",)


def test_a_vaults_own_words_about_tenants_win_over_what_was_inferred() -> None:
    expected, found = "72f9ab01-86f1-41af-91ab-2d7cd011db47", "0b5e3a7c-1111-4c3e-9a55-d2f1c0ffee00"
    failure = replace(
        stopped(VaultFailureKind.WRONG_TENANT), facts=(("expected_tenants", expected), ("found_tenant", found))
    )
    result = replace(RESULT, tenant_id=found, token_tenant_id="")

    top = advise_vault(failure, result, VM, ACTUAL)[0]

    assert top.cause.startswith(f"The vault belongs to tenant {expected} and the identity to {found};")


def test_a_deny_assignment_leaves_no_role_to_offer() -> None:
    advice = advise_permission(denied(message=RBAC_TEXT.replace("null", f"'{DENY_ID}'")), RESULT, VM, ACTUAL)

    assert not any("role assignment" in command for each in advice for command in each.commands)


def codes_of(cause: Cause[TokenCase]) -> set[str]:
    return {name.upper() for symptom in cause.symptoms for name in names_of(symptom)}


@pytest.mark.parametrize("number", sorted(code for row in _ROWS for code in codes_of(row)))
def test_a_number_that_is_another_one_makes_nothing_certain(number: str) -> None:
    for other in (f"{number}9", f"{number[:-1]}", number.lower(), number.replace("AADSTS", "AADST5")):
        body = json.dumps({"error": "invalid_request", "error_description": f"{other}: no"})
        failure = failed(FailureKind.BAD_REQUEST, status=400, body=body).failure
        certain = {each.kind for each in advise_token(failure, VM, HostEnvironment()) if each.certainty == "certain"}
        known = {row.kind for row in _ROWS if other in codes_of(row)}
        assert certain <= known, (other, certain)


@pytest.mark.parametrize(
    ("address", "kind", "first"),
    [
        (
            "203.0.113.7",
            "firewall_address",
            "az keyvault network-rule add --name contoso-kv --ip-address 203.0.113.7/32",
        ),
        ("172.67.1.2", "firewall_address", "az keyvault network-rule add --name contoso-kv --ip-address 172.67.1.2/32"),
        ("172.20.1.2", "firewall_subnet", "az network vnet subnet show"),
        ("10.1.2.3", "firewall_subnet", "az network vnet subnet show"),
        ("2603:10a0::7", "firewall_address", "az network vnet subnet show"),
    ],
)
def test_a_known_address_stands_in_the_command_to_copy(address: str, kind: str, first: str) -> None:
    failure = replace(stopped(VaultFailureKind.FORBIDDEN_BY_FIREWALL), facts=(("source_address", address),))
    advice = advise_vault(failure, RESULT, VM, ACTUAL)[0]
    assert advice.kind == kind
    assert _copied(advice).startswith(first)
    assert any("--ip-address" in each for each in advice.commands) == ("--ip-address" in first)


def test_a_vaults_private_connections_are_listed_by_its_id() -> None:
    advice = advise_vault(stopped(VaultFailureKind.FORBIDDEN_BY_CONNECTION), RESULT, VM, ACTUAL)
    listing = [line for each in advice for line in each.commands if "private-endpoint-connection list" in line]
    assert listing
    assert all(line.startswith("az network private-endpoint-connection list --id /subscriptions/") for line in listing)


@pytest.mark.parametrize(
    ("resource", "cloud", "command"),
    [
        ("https://vault.azure.net", "AzureUSGovernmentCloud", "mitui check --resource https://vault.usgovcloudapi.net"),
        ("https://cosmos.azure.com", "AzureChinaCloud", "mitui check --resource <own-resource>"),
    ],
)
def test_the_same_audience_of_the_hosts_own_cloud_is_tried(resource: str, cloud: str, command: str) -> None:
    case = failed(FailureKind.RESOURCE_NOT_FOUND, status=400, resource=resource)
    advice = advise_token(case.failure, replace(VM, cloud=cloud), case.environment)
    assert next(each for each in advice if each.kind == "audience_of_another_cloud").commands == (command,)


def test_the_first_command_against_an_unknown_audience_is_about_that_audience() -> None:
    case = failed(FailureKind.RESOURCE_NOT_FOUND, status=400, resource="api://contoso-orders")
    advice = advise_token(case.failure, case.host, case.environment)[0]
    assert (advice.kind, advice.commands[0]) == ("audience_unknown", "az ad sp show --id api://contoso-orders")
