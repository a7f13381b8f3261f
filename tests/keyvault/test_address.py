"""Which vault is meant, and everything that is none."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mitui.keyvault.address import CLOUDS, VaultAddress, parse_vault
from mitui.keyvault.probe_result import VaultFailure, VaultFailureKind


@pytest.mark.parametrize(
    "text",
    [
        "contoso-kv",
        "Contoso-KV",
        " contoso-kv ",
        "contoso-kv.vault.azure.net",
        "https://contoso-kv.vault.azure.net",
        "https://contoso-kv.vault.azure.net/",
        "https://contoso-kv.vault.azure.net:443",
        "HTTPS://CONTOSO-KV.VAULT.AZURE.NET/",
    ],
)
def test_every_way_to_write_a_vault_means_the_same(text: str) -> None:
    assert parse_vault(text) == VaultAddress(
        "https://contoso-kv.vault.azure.net",
        "contoso-kv.vault.azure.net",
        443,
        "contoso-kv",
        "https://vault.azure.net",
        "AzurePublicCloud",
    )


@pytest.mark.parametrize(
    ("cloud", "host", "resource"),
    [
        ("", "contoso.vault.azure.net", "https://vault.azure.net"),
        ("AzureCloud", "contoso.vault.azure.net", "https://vault.azure.net"),
        ("azurechinacloud", "contoso.vault.azure.cn", "https://vault.azure.cn"),
        ("AzureUSGovernmentCloud", "contoso.vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net"),
        ("AzureUSGovernment", "contoso.vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net"),
        ("AzureGermanCloud", "contoso.vault.microsoftazure.de", "https://vault.microsoftazure.de"),
        ("AzureBleuCloud", "contoso.vault.sovcloud-api.fr", "https://vault.sovcloud-api.fr"),
    ],
)
def test_a_bare_name_belongs_to_the_cloud_of_the_host(cloud: str, host: str, resource: str) -> None:
    address = parse_vault("contoso", cloud=cloud)
    assert isinstance(address, VaultAddress)
    assert (address.host, address.resource) == (host, resource)
    assert parse_vault(f"https://{host}", cloud="AzurePublicCloud") == address  # a URL carries its own cloud


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no vault is named"),
        ("   ", "no vault is named"),
        ("kv", "3 to 24"),
        ("1contoso", "beginning with a letter"),
        ("contoso-", "letters, digits and single hyphens"),
        ("con--toso", "single hyphens"),
        ("a" * 25, "3 to 24"),
        ("conto_so", "letters, digits"),
        ("http://contoso-kv.vault.azure.net", "not https"),
        ("ftp://contoso-kv.vault.azure.net", "not https"),
        ("https://contoso-kv.vault.azure.net:8443", "443 only"),
        ("https://contoso-kv.vault.azure.net:0", "443 only"),
        ("https://contoso-kv.vault.azure.net:", "443 only"),
        ("https://contoso-kv.vault.azure.net:99999", "not a URL"),
        ("https://user:hunter2@contoso-kv.vault.azure.net", "no user name"),
        ("https://contoso-kv.vault.azure.net@evil.example.com", "no user name"),
        ("https://evil.example.com\\@contoso-kv.vault.azure.net", "characters"),
        ("https://evil.example.com\\.vault.azure.net", "characters"),
        ("https://contoso-kv.vault.azure.net/secrets/db-password", "leave out path"),
        ("https://contoso-kv.vault.azure.net//", "leave out path"),
        ("https://contoso-kv.vault.azure.net?x=1", "leave out path"),
        ("https://contoso-kv.vault.azure.net#x", "leave out path"),
        ("https://contoso-kv.vault.azure.net/?", "leave out path"),
        ("https://contoso-kv.vault.azure.net.", "no Key Vault host"),
        ("https://con--toso.vault.azure.net", "single hyphens"),
        ("https://xvault.azure.net", "no Key Vault host"),
        ("https://a.xvault.azure.net", "no Key Vault host"),
        ("https://vault.azure.net", "no Key Vault host"),
        ("https://.vault.azure.net", "3 to 24"),
        ("https://a.b.vault.azure.net", "letters, digits"),
        ("https://contoso-kv.vault.azure.net.evil.example.com", "no Key Vault host"),
        ("https://evil.example.com/contoso-kv.vault.azure.net", "leave out path"),
        ("https://contoso-kv.privatelink.vaultcore.azure.net", "alias"),
        ("https://contosö.vault.azure.net", "characters"),
        ("https://contoso\u200b.vault.azure.net", "characters"),
        ("https://contoso。vault.azure.net", "characters"),
        ("https://con%74oso.vault.azure.net", "letters, digits"),
        ("https://con toso.vault.azure.net", "characters"),
        ("https://contoso\n.vault.azure.net", "characters"),
        ("https://[::1", "not a URL"),
        ("https://", "no Key Vault host"),
        ("//contoso-kv.vault.azure.net", "leave out path"),
        ("https://169.254.169.254", "no Key Vault host"),
        ("https://10.0.0.4", "no Key Vault host"),
        ("\x1b[2J", "characters"),
    ],
)
def test_everything_else_is_refused_with_a_sentence_that_says_what_is_allowed(text: str, part: str) -> None:
    refusal = parse_vault(text, allow_loopback=True)
    assert isinstance(refusal, VaultFailure)
    assert refusal.kind is VaultFailureKind.ADDRESS_REFUSED
    assert part in refusal.message
    assert "hunter2" not in refusal.message
    assert "\x1b" not in refusal.message
    assert "\n" not in refusal.message


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.name)
def test_a_managed_hsm_is_recognised_and_refused_with_the_reason(cloud: object) -> None:
    refusal = parse_vault(f"https://contoso.{cloud.hsm_suffix}")  # type: ignore[attr-defined]
    assert isinstance(refusal, VaultFailure)
    assert refusal.kind is VaultFailureKind.MANAGED_HSM
    assert "roles and actions of its own" in refusal.message


def test_a_name_alone_is_not_enough_in_an_unknown_cloud() -> None:
    refusal = parse_vault("contoso-kv", cloud="AzureMoonCloud")
    assert isinstance(refusal, VaultFailure)
    assert "give the URL" in refusal.message


LOOPBACK = [
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("https://localhost:8443/", "https://localhost:8443"),
    ("http://127.9.9.9", "http://127.9.9.9:80"),
    ("https://[::1]:4997", "https://[::1]:4997"),
    ("localhost:8443", "https://localhost:8443"),
]


@pytest.mark.parametrize(("text", "url"), LOOPBACK)
def test_an_emulator_on_this_machine_is_admitted_only_when_asked_for(text: str, url: str) -> None:
    refusal = parse_vault(text)
    assert isinstance(refusal, VaultFailure)
    assert "--allow-loopback-vault" in refusal.message
    address = parse_vault(text, allow_loopback=True)
    assert isinstance(address, VaultAddress)
    assert address.url == url
    assert address.loopback
    assert address.resource == "https://vault.azure.net"


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1.evil.example.com",
        "http://localhost.evil.example.com",
        "http://0.0.0.0:8443",
        "http://[::ffff:127.0.0.1]",
        "http://2130706433",
        "http://127.1",
        "http://[::]:80",
        "ftp://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:70000",
        "http://user@127.0.0.1",
        "http://127.0.0.1/x",
    ],
)
def test_what_only_looks_like_this_machine_is_refused_even_then(text: str) -> None:
    assert isinstance(parse_vault(text, allow_loopback=True), VaultFailure)


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=80), st.booleans())
@example("https://\u2100.vault.azure.net", True)
@example("[", False)
def test_no_text_raises_and_none_but_a_known_host_passes(text: str, loopback: bool) -> None:
    found = parse_vault(text, allow_loopback=loopback)
    if isinstance(found, VaultFailure):
        assert found.message
        assert "\n" not in found.message
    elif not found.loopback:
        assert found.scheme == "https"
        assert found.port == 443
        assert any(found.host == f"{found.name}.{cloud.vault_suffix}" for cloud in CLOUDS)
        assert any(found.resource == f"https://{cloud.vault_suffix}" for cloud in CLOUDS)


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["https://", "http://", "//", "", "HTTPS://"]),
    st.text(alphabet="ab-.@:/\\?#%[]é", max_size=12),
    st.sampled_from([cloud.vault_suffix for cloud in CLOUDS] + ["evil.example.com"]),
    st.text(alphabet="ab.:/@\\?#4", max_size=8),
)
def test_near_misses_pass_only_as_a_plain_vault(scheme: str, lead: str, suffix: str, tail: str) -> None:
    found = parse_vault(f"{scheme}{lead}.{suffix}{tail}")
    if isinstance(found, VaultAddress):
        assert found.url == f"https://{lead.lower()}.{suffix}"
        assert tail in ("", "/")
