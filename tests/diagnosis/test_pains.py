"""The thirty things people ask about managed identity, each on a simulated host: the top cause and its command.

Numbers are those of the list of pains that the catalogue was measured by. What no failure shows (a choice, a claim, an
age) is asserted where it is said instead.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from mitui.claims import decode
from mitui.clock import SystemClock
from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.assigned_identities import list_assigned
from mitui.diagnosis.environment_lint import lint
from mitui.diagnosis.notices import warning_of
from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.stale_permissions import same_token_warning, token_age_note
from mitui.diagnosis.token.advice import advise_token
from mitui.diagnosis.vault.advice import advise_permission
from mitui.engine.detection import detect
from mitui.engine.failure import FailureKind, TokenFailure
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.lookup import host_facts
from mitui.engine.identity import Identity, SystemAssigned, client_id, object_id, resource_id
from mitui.engine.token.access_token import AccessToken
from mitui.http import GuardedClient
from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.identities import SYSTEM
from mitui.simulator.sources.pod import Credential
from mitui.simulator.vault.server import SimulatedVault
from tests.diagnosis.running import VAULT, ask, environment_of, fail, himds
from tests.engine.support import engine_in
from tests.keyvault.support import cell, probe, token_for

Said = tuple[str, tuple[str, ...]]
WEB, JOBS = default_identities()
GROUP = "rg-contoso"
SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
ON_VM = f"--subscription {SUBSCRIPTION} --resource-group {GROUP} --name vm-web-01"


async def facts(host: SimulatedHost, environment: HostEnvironment) -> HostFacts:
    client = GuardedClient(SystemClock())
    try:
        return await host_facts(environment, detect(environment), client, SystemClock())
    finally:
        await client.aclose()


async def advised(
    host: SimulatedHost,
    identity: Identity | None = None,
    resource: str = VAULT,
    *,
    more: dict[str, str] | None = None,
    timeout: float = 0.6,
) -> tuple[Advice, ...]:
    """The ranked causes of a token that this host does not give."""
    environment = environment_of(host, more)
    known = await facts(host, environment)
    failure = await fail(environment, identity, resource, timeout=timeout)
    return advise_token(failure, known, environment)


async def at_the_real_address(host: SimulatedHost, *, timeout: float = 0.6) -> tuple[Advice, ...]:
    """The same for a process that has no override: the failure is that of the simulated address."""
    environment = environment_of(host)
    failure = await fail(environment, timeout=timeout)
    plain = HostEnvironment(MappingProxyType({"USER": "web"}), host.root)
    return advise_token(failure, HostFacts(), plain)


def first(advice: tuple[Advice, ...]) -> Said:
    return advice[0].kind, advice[0].commands


async def noticed(host: SimulatedHost, identity: Identity | None = None, resource: str = VAULT) -> list[HealthWarning]:
    environment = environment_of(host)
    known = await facts(host, environment)
    token = await ask(environment, identity, resource)
    assert isinstance(token, AccessToken)
    return [warning_of(notice, known, environment) for notice in token.notices]


def linted(
    variables: dict[str, str], root: Path, identities: tuple[Identity, ...] = (SystemAssigned(),)
) -> dict[str, HealthWarning]:
    environment = HostEnvironment(variables, root)
    return {each.kind: each for each in lint(environment, detect(environment), identities, (VAULT,), 1_800_000_000.0)}


async def pain_1(_: Path) -> Said:
    """IMDS returns the user-assigned identity where the system-assigned one was expected."""
    with SimulatedHost("imds", [WEB], system_assigned=False) as host:
        [warning] = await noticed(host)
    assert "has none and used its only user-assigned one" in warning.message
    return warning.kind, warning.commands


async def pain_2(_: Path) -> Said:
    """A policy added an identity: "Multiple user assigned identities"."""
    with SimulatedHost("imds", system_assigned=False) as host:
        return first(await advised(host))


async def pain_3(_: Path) -> Said:
    """A tool claims "system-assigned" while the token is that of a user-assigned identity."""
    with SimulatedHost("imds", [WEB], system_assigned=False) as host:
        token = await ask(environment_of(host))
        assert isinstance(token, AccessToken)
        assert token.actual.kind == "user-assigned"
        [warning] = await noticed(host)
    return warning.kind, warning.commands


async def pain_4(_: Path) -> Said:
    """A lone user-assigned identity works on a VM and fails on Functions."""
    with SimulatedHost("app_service", [WEB], system_assigned=False) as host:
        return first(await advised(host, more={"FUNCTIONS_WORKER_RUNTIME": "python"}))


async def pain_5(root: Path) -> Said:
    """AZURE_CLIENT_ID is read by one class and not by the other."""
    warning = linted({"AZURE_CLIENT_ID": WEB.client_id}, root)["client_id_readers"]
    assert "not by ManagedIdentityCredential" in warning.message
    return warning.kind, warning.commands


async def pain_6(_: Path) -> Said:
    """A new role or group is without effect for a day: the platform gives the same token again."""
    with SimulatedHost("imds") as host:
        host.platform_cache = True
        host.age = 7200
        before, after = await ask(environment_of(host)), await ask(environment_of(host))
    assert isinstance(before, AccessToken)
    assert isinstance(after, AccessToken)
    warning = same_token_warning(before.claims, after.claims)
    assert warning is not None
    assert token_age_note(after.claims, time.time()).startswith("This token was issued 2 h 0 min ago")
    return warning.kind, warning.commands


async def pain_7(root: Path) -> Said:
    """Arc on Linux: the variables are missing in a shell."""
    himds(root)
    environment = HostEnvironment({}, root)
    assert agreement_of(sdk_choices(environment)).disputed
    warning = linted({}, root)["arc_variables_missing"]
    return warning.kind, warning.commands


async def pain_8(_: Path) -> Said:
    """Arc: permission denied on the key file."""
    with SimulatedHost("azure_arc") as host:
        environment = environment_of(host)
        known = await facts(host, environment)
        # Root may read anything, so that the refusal has to be put in the place of a missing file's.
        host.fail("arc.nokey" if os.geteuid() == 0 else "arc.unreadable")
        failure = await fail(environment)
        if os.geteuid() == 0:
            failure = replace(failure, kind=FailureKind.KEY_FILE_UNREADABLE)
    assert failure.kind is FailureKind.KEY_FILE_UNREADABLE
    return first(advise_token(failure, known, environment))


async def pain_9(root: Path) -> Said:
    """An SDK looks for the Arc agent in the wrong place: MSAL Go on Windows."""
    agent = root / "Program Files/AzureConnectedMachineAgent/himds.exe"
    agent.parent.mkdir(parents=True)
    agent.touch()
    choices = {each.sdk: each.source for each in sdk_choices(HostEnvironment({}, root, "win32"))}
    assert (choices["MSAL Go 1.9"], choices["MSAL .NET 4.87"]) == ("imds", "azure_arc")
    return "sdks_disagree", ()


async def pain_10(_: Path) -> Said:
    """Docker Desktop's 403."""
    with SimulatedHost("imds") as host:
        host.fail("docker")
        return first(await at_the_real_address(host))


async def pain_11(_: Path) -> Said:
    """Seconds of delay on a laptop: nothing is at the address."""
    with SimulatedHost("imds") as host:
        stopped = host
    return first(await at_the_real_address(stopped))


async def pain_12(_: Path) -> Said:
    """A probe's timeout is too short for a busy host."""
    with SimulatedHost("imds") as host:
        host.fail("slow", seconds=5)
        advice = await at_the_real_address(host, timeout=0.3)
    assert "endpoint_not_up_yet" in [each.kind for each in advice]
    return first(advice)


async def pain_13(_: Path) -> Said:
    """A proxy answers for IMDS."""
    with SimulatedHost("imds") as host:
        host.fail("proxy", status=502)
        return first(await at_the_real_address(host))


async def pain_14(_: Path) -> Said:
    """A VPN client sits on the address."""
    with SimulatedHost("imds") as host:
        host.fail("vpn")
        return first(await at_the_real_address(host))


async def pain_15(_: Path) -> Said:
    """429: too many requests."""
    with SimulatedHost("imds") as host:
        host.fail("imds.throttle", retry_after=9)
        advice = await advised(host)
    assert "9 s" in advice[0].remedy
    return first(advice)


async def pain_16(_: Path) -> Said:
    """``expires_on`` in a format that SDKs can't read."""
    with SimulatedHost("app_service") as host:
        host.fail("as.2017.win")
        warnings = await noticed(host)
    [warning] = [each for each in warnings if each.kind == "expiry_format"]
    assert "MSAL Python" in warning.message
    return warning.kind, warning.commands


async def pain_17(_: Path) -> Said:
    """AADSTS500011, which SDKs headline as an identity that is not assigned."""
    with SimulatedHost("imds") as host:
        host.unknown_resources.add("https://valut.azure.net")
        return first(await advised(host, resource="https://valut.azure.net"))


async def pain_18(_: Path) -> Said:
    """App Service hides the bad resource behind a 500."""
    with SimulatedHost("app_service") as host:
        host.fail("as.500")
        return first(await advised(host))


async def pain_19(_: Path) -> Said:
    """Container Apps: 403 with an empty body, 400, and a token service that is not up."""
    with SimulatedHost("container_apps", [WEB], system_assigned=False) as host:
        assert first(await advised(host))[0] == "system_assigned_off"
        host.fail("aca.403")
        assert first(await advised(host))[0] == "identity_header_missing"
        environment = environment_of(host)
        known = await facts(host, environment)
    failure = await fail(environment)
    return first(advise_token(failure, known, environment))


async def pain_20(_: Path) -> Said:
    """Azure ML gives a user's token, or 404."""
    with SimulatedHost("azure_ml") as host:
        host.fail("ml.user")
        unnamed = environment_of(host, {"DEFAULT_IDENTITY_CLIENT_ID": ""})
        token = await ask(unnamed)
        assert isinstance(token, AccessToken)
        assert "user_token" in [warning_of(each, HostFacts(), unnamed).kind for each in token.notices]
        host.heal()
        host.fail("ml.nomsi")
        assert first(await advised(host, more={"DEFAULT_IDENTITY_CLIENT_ID": "clientid"}))[0] == "ml_no_identity"
        return first(await advised(host, client_id(JOBS.client_id)))


async def pain_21(_: Path) -> Said:
    """Cloud Shell: audience not supported."""
    with SimulatedHost("cloud_shell") as host:
        advice = await advised(host, resource="https://contoso.example")
    assert "https://graph.microsoft.com" in advice[0].remedy
    return first(advice)


async def pain_22(_: Path) -> Said:
    """The parameter for a resource ID has another name on each source, and some sources take none."""
    with SimulatedHost("imds") as host:
        await ask(environment_of(host), resource_id(WEB.resource_id))
        assert host.requests[-1].query["msi_res_id"] == [WEB.resource_id]
    with SimulatedHost("app_service") as host:
        await ask(environment_of(host), resource_id(WEB.resource_id))
        assert host.requests[-1].query["mi_res_id"] == [WEB.resource_id]
    with SimulatedHost("azure_ml") as host:
        return first(await advised(host, object_id(WEB.object_id)))


async def pain_23(_: Path) -> Said:
    """The identities of a host can't be listed on the host."""
    with SimulatedHost("imds") as host:
        environment = environment_of(host)
        known = await facts(host, environment)
        token = await ask(environment, resource="https://management.azure.com")
        assert isinstance(token, AccessToken)
        client = GuardedClient(SystemClock())
        refused = await list_assigned(token, known, client, SystemClock(), arm_endpoint=host.url)
        host.arm_reader = True
        listed = await list_assigned(token, known, client, SystemClock(), arm_endpoint=host.url)
        await client.aclose()
    assert "needs Reader" in refused.refusal
    assert [each[1] for each in listed.identities] == ["", WEB.client_id, JOBS.client_id]
    return "not_reader", refused.commands


async def pain_24(_: Path) -> Said:
    """Which object ID to grant a role to, and with which command."""
    with SimulatedVault("contoso-kv") as vault:
        result = await probe(vault)
        advice = advise_permission(cell(result, "secrets/get"), result, HostFacts(), token_for().actual)
    return first(advice)


async def pain_25(_: Path) -> Said:
    """Workload identity: the projected token against the federated credential."""
    with SimulatedHost("workload_identity") as host:
        host.credentials = (replace(Credential(), subject="system:serviceaccount:default:web"),)
        environment = environment_of(host)
        async with engine_in(environment, allow_endpoints=frozenset({"127.0.0.1"})) as engine:
            outcome = await engine.acquire(client_id(WEB.client_id), VAULT)
        assert isinstance(outcome, TokenFailure)
        return first(advise_token(outcome, await facts(host, environment), environment))


async def pain_26(_: Path) -> Said:
    """Service Fabric: the certificate is not the one in the variable."""
    with SimulatedHost("service_fabric") as host:
        host.fail("sf.wrongpin")
        return first(await advised(host))


async def pain_27(root: Path) -> Said:
    """A hybrid worker takes the Automation account's identity and not the VM's."""
    warning = linted(
        {
            "IDENTITY_ENDPOINT": "http://127.0.0.1:20072/oauth2/token",
            "IDENTITY_HEADER": "h",
            "AZUREPS_HOST_ENVIRONMENT": "AzureAutomation/1.0",
        },
        root,
    )["automation_identity_first"]
    return warning.kind, warning.commands


async def pain_28(root: Path) -> Said:
    """On a virtual desktop, DefaultAzureCredential takes the VM's identity and not the developer's: every SDK would."""
    with SimulatedHost("imds") as host:
        known = await facts(host, environment_of(host))
    choices = sdk_choices(HostEnvironment({}, root))
    assert agreement_of(choices).unanimous
    assert (known.kind, known.name) == ("Azure VM", "vm-web-01")
    return str(choices[0].source), ()


async def pain_29(_: Path) -> Said:
    """A token for a custom audience has no xms_mirid, so it does not say which identity it is."""
    with SimulatedHost("imds") as host:
        custom = await ask(environment_of(host), resource="api://contoso-orders")
        known = await ask(environment_of(host), resource="https://management.azure.com")
    assert isinstance(custom, AccessToken)
    assert isinstance(known, AccessToken)
    assert not custom.claims.text("xms_mirid")
    assert known.actual.kind == "system-assigned"
    return custom.actual.kind, ()


async def pain_30(_: Path) -> Said:
    """An identity was deleted and created again, and IMDS holds the old one."""
    with SimulatedHost("imds") as host:
        host.fail("imds.notfound")
        advice = await advised(host, client_id(WEB.client_id))
    recreated = next(each for each in advice if each.kind == "identity_recreated")
    assert recreated.commands[0].startswith(f"az vm identity show {ON_VM}")
    assert recreated.commands[1].startswith(f"az vm identity remove {ON_VM}")
    return first(advice)


GRANT = (
    "az role assignment create --assignee-object-id 0f3c8b1e-6d52-4f7e-8a3b-5d4f2a1c9c41 --assignee-principal-type "
    "ServicePrincipal --role 4633458b-17de-408a-b874-0445c86b69e6 --scope "
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-kv"
)
READER = (
    "az role assignment create --assignee-object-id 0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41 --assignee-principal-type "
    "ServicePrincipal --role acdd72a7-3385-48ef-bd42-f606fba81ae7 --scope "
    f"/subscriptions/{SUBSCRIPTION}/resourcegroups/{GROUP}/providers/Microsoft.Compute/virtualMachines/vm-web-01"
)
PAINS: tuple[tuple[Callable[[Path], Awaitable[Said]], str, str], ...] = (
    (pain_1, "identity_substituted", f"export AZURE_CLIENT_ID={WEB.client_id}"),
    (pain_2, "several_identities", f"az vm identity show {ON_VM}"),
    (pain_3, "identity_substituted", f"export AZURE_CLIENT_ID={WEB.client_id}"),
    (
        pain_4,
        "system_assigned_off",
        f"az functionapp identity show --subscription {SUBSCRIPTION} --resource-group {GROUP} --name app-contoso",
    ),
    (pain_5, "client_id_readers", f"mitui check --identity client:{WEB.client_id}"),
    (pain_6, "same_token", ""),
    (pain_7, "arc_variables_missing", "export IDENTITY_ENDPOINT=http://localhost:40342/metadata/identity/oauth2/token"),
    (pain_8, "arc_key_unreadable", "sudo usermod --append --groups himds web"),
    (pain_9, "sdks_disagree", ""),
    (pain_10, "docker_desktop", "az login"),
    (pain_11, "not_on_azure", "ip route get 169.254.169.254"),
    (pain_12, "endpoint_silent", "mitui check --timeout 60"),
    (pain_13, "proxy_answered", 'export NO_PROXY="${NO_PROXY:+$NO_PROXY,}169.254.169.254'),
    (pain_14, "address_taken", "ip route get 169.254.169.254"),
    (pain_15, "imds_throttled", "sudo ss --tcp --processes dst 169.254.169.254"),
    (pain_16, "expiry_format", ""),
    (pain_17, "audience_misspelled", "mitui check --resource https://vault.azure.net"),
    (pain_18, "audience_hidden", "mitui check --resource https://management.azure.com"),
    (
        pain_19,
        "container_app_token_service_down",
        "az containerapp identity show --resource-group <resource-group> --name ca-contoso",
    ),
    (pain_20, "ml_identity_unknown", f"mitui check --identity client:{SYSTEM.client_id}"),
    (pain_21, "cloud_shell_audience", "az login"),
    (pain_22, "selector_not_supported", "mitui check --identity system"),
    (
        pain_23,
        "not_reader",
        READER,
    ),
    (pain_24, "role_missing", GRANT),
    (
        pain_25,
        "federated_subject_mismatch",
        f"az identity list --query \"[?clientId=='{WEB.client_id}'].id\"",
    ),
    (pain_26, "fabric_certificate_mismatch", "openssl s_client"),
    (pain_27, "automation_identity_first", ""),
    (pain_28, "imds", ""),
    (pain_29, "unknown", ""),
    (pain_30, "identity_not_assigned", f"az identity list --query \"[?clientId=='{WEB.client_id}'].id\""),
)


def test_there_are_thirty() -> None:
    assert [pain.__name__ for pain, _, _ in PAINS] == [f"pain_{number}" for number in range(1, 31)]


@pytest.mark.parametrize(("pain", "kind", "command"), PAINS, ids=[pain.__name__ for pain, _, _ in PAINS])
async def test_the_top_cause_and_its_command(
    pain: Callable[[Path], Awaitable[Said]], kind: str, command: str, tmp_path: Path
) -> None:
    top, commands = await pain(tmp_path)

    assert top == kind
    if command:
        assert commands[0].startswith(command)
    for each in commands:
        assert shlex.split(each)


async def test_a_token_is_decoded_without_its_signature() -> None:
    with SimulatedHost("imds") as host:
        token = await ask(environment_of(host))
    assert isinstance(token, AccessToken)
    assert decode(token.secret) == token.claims
