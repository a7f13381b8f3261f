"""No id survives redaction, and masks are consistent."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.claims import ActualIdentity, Claims
from mitui.diagnosis.sdk.carried.packages import CarriedSdk, ProcessFacts
from mitui.engine.evidence import Evidence
from mitui.engine.host.facts import HostFacts
from mitui.engine.identity import ClientId, ResourceId
from mitui.keyvault.roles import SECRETS_USER
from mitui.monitor.event import Event
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.snapshot import Snapshot
from mitui.report.json_report import json_report
from mitui.report.markdown import markdown_report
from mitui.report.masks import Masks
from mitui.report.redaction import Redactor, redact, with_the_same_words
from mitui.report.text import text_report
from tests.report.samples import CLIENT, FAILING, HEALTHY, HOST, IDS, NO_ENDPOINT, NOW, SYSTEM, TOKEN, with_claims


@pytest.mark.parametrize("form", [repr, json_report, markdown_report, text_report])
def test_no_id_of_the_sample_survives(form: object) -> None:
    assert callable(form)
    shown = form(redact(FAILING)).lower()
    for each in IDS:
        assert each.lower() not in shown
    for claim in ("PcX98GX420T1X6sBDkzhQmqgwMU", "B6Bk4VdvtEmtFPkLfIUyAA"):
        assert claim.lower() not in shown


def test_the_shape_stays() -> None:
    masked = redact(FAILING)
    identity = masked.identities[1].identity
    assert isinstance(identity, ClientId)
    assert identity.value.startswith("xxxxxxxx-xxxx-")
    assert len(identity.value) == 36
    assert masked.identities[0].vaults[0].vault == "https://vault-753550.vault.azure.net"
    assert masked.source.endpoint == FAILING.source.endpoint
    assert masked.status == "critical"
    assert masked.host.location == "westeurope"
    assert masked.identities[0].tokens[0].resource == "https://vault.azure.net"
    assert masked.identities[0].vaults[0].stages[0].detail == "x.x.x.2a1f26 (private), x:x::de7707"
    assert masked.identities[0].name == "system-assigned"
    claims = masked.identities[0].tokens[0].claims.payload()
    assert claims["ver"] == "1.0"
    assert claims["iat"] == int(NOW) - 60
    assert str(claims["xms_mirid"]).endswith("/virtualMachines/host-b8b0cc")


def test_the_hosts_details_stay_where_they_name_nobody() -> None:
    details = (("operating system", "Linux"), ("security type", "TrustedLaunch"), ("instance", "shop-7"))
    masked = redact(replace(FAILING, host=replace(FAILING.host, detail=details)))
    assert masked.host.detail == (*details[:2], ("instance", "instance-38b0fd"))


def test_a_process_keeps_its_sdks_and_loses_whose_folder_they_are_in() -> None:
    folder = "/home/alice/app/site-packages/azure_identity-1.15.0.dist-info"
    facts = ProcessFacts(4242, "gunicorn", "python 3.11", (CarriedSdk("azure-identity", "1.15.0.4", folder),), "")
    masked = redact(replace(FAILING, process=facts)).process
    assert masked is not None
    assert masked.runtime == "python 3.11"
    assert masked.sdks == (CarriedSdk("azure-identity", "1.15.0.4", folder.replace("alice", "user-55d4c4")),)


def test_one_id_gets_one_mask_and_two_get_two() -> None:
    masked = redact(FAILING)
    claims = masked.identities[0].tokens[0].claims
    assert claims.text("oid") == masked.identities[0].actual.object_id
    assert claims.text("appid") == masked.identities[1].identity.value
    assert masked.host.name == masked.host.resource_id.rpartition("/")[2]
    assert len({masked.host.subscription_id, masked.host.tenant_id, claims.text("oid"), claims.text("appid")}) == 4


def test_the_tenants_name_in_an_error_of_entra_is_masked() -> None:
    message = "AADSTS500011: https://x.azure.com was not found in the tenant named Fabrikam Ltd. This can happen"
    masked = redact(replace(HEALTHY, events=(Event(NOW, "error", "web", message),)))
    assert "Fabrikam" not in masked.events[0].message
    assert "tenant-546d19" in masked.events[0].message


def test_masks_stay_when_something_is_added() -> None:
    redactor = Redactor()
    before = redactor.redact(HEALTHY)
    redactor.redact(FAILING)
    assert redactor.redact(HEALTHY) == before


def test_what_holds_no_id_stays_as_it_is() -> None:
    assert redact(NO_ENDPOINT) == NO_ENDPOINT


def test_an_applications_audience_is_no_host() -> None:
    told = "api://contoso-orders refused; https://orders.contoso.example and API://contoso-orders as well"
    masked = Redactor().redact_text(told)
    assert masked == "api://resource-93263b refused; https://server-5a7adf and API://resource-93263b as well"


@pytest.mark.parametrize(
    "public",
    [
        "api://AzureADTokenExchange",
        "API://azureadtokenexchangeusgov",
        f"--role {SECRETS_USER.role_id}",
        f"--role {SECRETS_USER.role_id.upper()}",
        "the resource principal named 00000003-0000-0000-c000-000000000000 was not found",
        "the session 00000000-0000-0000-0000-000000000000",
    ],
)
def test_what_is_everybodys_is_not_masked(public: str) -> None:
    """Else a masked report would not say which role is to be granted."""
    assert Redactor().redact_text(public) == public


@pytest.mark.parametrize("own", ["api://AzureADTokenExchange.contoso", "00000003-0000-0000-c001-000000000000"])
def test_what_only_begins_like_it_is_masked(own: str) -> None:
    assert own not in Redactor().redact_text(f"for {own}")


def test_what_nobody_named_is_not_masked() -> None:
    masked = redact(replace(HEALTHY, identities=(replace(SYSTEM, name="signed-in user"),)))
    assert masked.identities[0].name == "signed-in user"


_GUIDS = st.uuids().map(str)
_NAMES = st.from_regex(r"q[a-z0-9]{5,12}(-[a-z0-9]{2,6})?", fullmatch=True)
_ADDRESSES = st.ip_addresses(v=4).filter(lambda each: each.is_global).map(str)


@settings(max_examples=60, deadline=None)
@given(_GUIDS, _GUIDS, _NAMES, _NAMES, _NAMES, _ADDRESSES, st.booleans())
def test_no_id_survives_anywhere(
    guid: str, other: str, group: str, name: str, vault: str, address: str, shout: bool
) -> None:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    arm = f"/subscriptions/{guid}/resourceGroups/{group}/providers/{kind}/{name}"
    if shout:
        arm, guid = arm.upper(), guid.upper()
    prose = f"asked for {name} ({other}) from {address} at {vault}.vault.azure.net, in {group}: see {arm}."
    claims = Claims(
        "", json.dumps({"oid": other, "xms_mirid": arm, "groups": [guid, {guid: prose}], "upn": name + "@x"})
    )
    snapshot = Snapshot(
        NOW,
        "ready",
        "ok",
        replace(HOST, name=name, resource_group=group, resource_id=arm),
        identities=(
            IdentityView(
                ResourceId(arm),
                name,
                actual=ActualIdentity("user-assigned", guid, other, guid, arm),
                tokens=(replace(TOKEN, claims=claims, claims_before=claims),),
            ),
            SYSTEM,
        ),
        events=(Event(NOW, "info", name, prose),),
        assumptions=(prose,),
    )
    masked = redact(snapshot)
    shown = (repr(masked) + json_report(masked)).lower()
    for each in (guid, other, group, name, vault, address):
        assert each.lower() not in shown


@pytest.mark.parametrize(
    "claims", [{"acr": "1"}, {"own": "1"}, {"own": ["1", "127"]}, {"in_corp": "true"}, {"ctry": "US"}]
)
def test_a_claim_that_names_nothing_masks_nothing_else(claims: dict[str, object]) -> None:
    """Else the one of an address would go, and with it what masked files can be compared by."""
    source = replace(HEALTHY.source, endpoint="http://127.0.0.1:4141/msi/token?true=US")
    masked = redact(replace(with_claims(**claims), source=source))
    assert masked.source.endpoint == source.endpoint
    assert masked.identities[0].tokens[0].claims.payload()["ver"] == "1.0"


def test_the_number_of_a_scale_sets_instance_masks_nothing_else() -> None:
    group = "/subscriptions/22222222-3333-4444-8555-666666666666/resourceGroups/rg"
    scale_set = f"{group}/providers/Microsoft.Compute/virtualMachineScaleSets/web"
    host = replace(HEALTHY.host, resource_id=f"{scale_set}/virtualMachines/1")
    masked = redact(replace(HEALTHY, host=host, source=replace(HEALTHY.source, endpoint="http://127.0.0.1:1/x")))
    assert masked.source.endpoint == "http://127.0.0.1:1/x"


@pytest.mark.parametrize("name", ["dead:beef:cafe", "999.0.113.7", "20245"])
def test_what_only_looks_like_an_address_is_a_name(name: str) -> None:
    token = with_claims(own=name).identities[0].tokens[0]
    events = (Event(NOW, "info", "x", f"seen as {name}"),)
    assert name not in repr(redact(replace(HEALTHY, events=events, identities=(replace(SYSTEM, tokens=(token,)),))))


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_an_address_has_the_same_mask_in_a_claim(address: str) -> None:
    plain = replace(HEALTHY, events=(Event(NOW, "info", "x", f"seen as {address}"),))
    with_claim = replace(with_claims(ipaddr=address), events=plain.events)
    one, other = (Redactor().redact(each).events for each in (plain, with_claim))
    assert one == other
    assert address not in str(other)


@pytest.mark.parametrize(
    "name", ["contoso-orders", "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2", "10.1.2.3", "orders.contoso.com"]
)
def test_an_id_is_masked_in_the_query_of_a_url_too(name: str) -> None:
    masks = Masks()
    masks.learn_from(f"api://{name}")
    query = f"resource={quote(f'api://{name}', safe='')}&x=1"
    masked = masks.apply(query)
    assert name not in masked
    assert masked.startswith("resource=api%3A%2F%2F")
    assert masked.endswith("&x=1")


def test_a_host_in_the_query_of_a_url_has_the_mask_that_it_has_elsewhere() -> None:
    masks = Masks()
    url = "https://contoso-kv.vault.azure.net"
    query = f"resource={quote(url, safe='')}"
    masks.learn_from(f"{query} {url}")
    assert masks.apply(url) == "https://vault-753550.vault.azure.net"
    assert masks.apply(query) == f"resource={quote('https://vault-753550.vault.azure.net', safe='')}"
    assert masks.apply("at=%2F2001:db8::1") == "at=%2Fx:x::c50bcd"


# One mask


def test_an_id_has_the_same_mask_for_ever() -> None:
    """It is in files that were written, and in tickets; a screen that shows another could not be told from them."""
    masks = Masks()
    assert masks.mask("vault", "contoso-kv") == masks.mask("vault", "CONTOSO-KV") == "vault-753550"
    assert masks.mask("guid", CLIENT) == "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxc829da"
    assert masks.mask("hex", CLIENT.replace("-", "")) == "xxxxxxxxxxxxxxxxxxxxxxxxxxc829da"


def test_two_ids_whose_digits_begin_alike_stay_two() -> None:
    masks = Masks()
    for name in ("vm-4410", "vm-7054"):
        masks.learn("host", name)
    assert masks.apply("vm-4410 vm-7054 vm-4410") == "host-4b1be3 host-4b1be381 host-4b1be3"
    assert Masks().mask("host", "vm-7054") == "host-4b1be3"


@pytest.mark.parametrize("words", [*permutations(("claim", "group", "host"))])
def test_the_word_is_the_one_that_tells_most_whatever_comes_first(words: tuple[str, ...]) -> None:
    masks = Masks()
    for each in words:
        masks.learn(each, "vm-web-01")
    assert masks.apply("vm-web-01") == "host-b8b0cc"


@pytest.mark.parametrize(
    ("resource", "masked"),
    [
        ("api://contoso-orders", "api://resource-93263b"),
        ("https://orders.contoso.example", "https://resource-5a7adf"),
        ("contoso-orders", "resource-93263b"),
        ("https://contoso-kv.vault.azure.net", "https://vault-753550.vault.azure.net"),
        ("https://management.azure.com", "https://management.azure.com"),
        ("https://graph.microsoft.com", "https://graph.microsoft.com"),
    ],
)
def test_what_a_token_is_for(resource: str, masked: str) -> None:
    event = Event(NOW, "info", resource, f"a token for {resource}, by way of {quote(resource, safe='')}")
    tokens = (replace(TOKEN, resource=resource),)
    shown = redact(replace(HEALTHY, identities=(replace(SYSTEM, tokens=tokens),), events=(event,)))
    assert shown.identities[0].tokens[0].resource == masked
    assert shown.events[0].message == f"a token for {masked}, by way of {quote(masked, safe='')}"


def test_what_is_gone_is_still_masked() -> None:
    redactor = Redactor()
    redactor.redact(FAILING)
    later = replace(NO_ENDPOINT, events=(Event(NOW, "info", "contoso-kv", "contoso-kv was removed"),))
    assert redactor.redact(later).events[0].message == "vault-753550 was removed"


def test_masked_snapshots_get_one_word_for_an_id_of_which_they_tell_differently() -> None:
    """The group of both hosts is called as the one host is."""
    hosts = (replace(HOST, resource_group="vm-web-01", resource_id=""), HostFacts("vm-2", resource_group="vm-web-01"))
    one, other = (redact(replace(HEALTHY, host=each, identities=())) for each in hosts)
    assert (one.host.resource_group, other.host.resource_group) == ("host-b8b0cc", "group-b8b0cc")
    a, b = with_the_same_words(one, other)
    assert a.host.resource_group == b.host.resource_group == "host-b8b0cc"
    assert a == one
    assert b.host.name == other.host.name


@pytest.mark.parametrize("name", ["AZURE_CLIENT_ID", "MSI_ENDPOINT", "system", "vault"])
def test_a_word_of_our_own_is_no_id_although_an_identity_is_called_so(name: str) -> None:
    evidence = (Evidence("MSI_ENDPOINT", "variable", "unset"),)
    sentence = "AZURE_CLIENT_ID names the client, MSI_ENDPOINT is unset; the system may not read the vault of prod-web"
    snapshot = replace(
        HEALTHY,
        source=replace(HEALTHY.source, evidence=evidence),
        identities=(replace(SYSTEM, name=name), replace(SYSTEM, name="prod-web")),
        assumptions=(sentence,),
    )
    [told] = redact(snapshot).assumptions
    assert told.startswith(sentence.removesuffix("prod-web"))
    assert "prod-web" not in told


def test_a_text_that_was_masked_before_gets_what_is_learned_later() -> None:
    redactor = Redactor()
    told = Event(NOW, "info", "mitui", "orders-api and rg-shop")
    before = redactor.redact(replace(HEALTHY, events=(told,)))
    assert "orders-api" in before.events[0].message
    named = replace(HEALTHY, events=(told,), identities=(replace(SYSTEM, name="orders-api"),))
    assert "orders-api" not in redactor.redact(named).events[0].message
    assert redactor.redact(named) == redactor.redact(named)
    assert "orders-api" not in redactor.redact(replace(HEALTHY, events=(told,))).events[0].message
