"""Any variables, of this process and of another: the source, its endpoint, the proxies and the warnings are told."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.diagnosis.environment_lint import lint
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.engine.asking.refusal import Refusal
from mitui.engine.detection import detect
from mitui.engine.federation.authorities import authority_of
from mitui.engine.federation.token_proxy import TokenProxy, token_proxy
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.lookup import _from_variables
from mitui.engine.host.process_environment import environment_of
from mitui.engine.identity import ClientId, Identity, SystemAssigned
from mitui.engine.sources import service_fabric
from mitui.engine.sources.registry import source_of
from mitui.engine.sources.source import Call
from mitui.http.proxy import proxy_for, proxy_label
from mitui.safe_text import UNSAFE, visible
from tests.hostility.mutations import changed
from tests.hostility.script import Script, scripted
from tests.hostility.texts import SOME, word

POD = {
    "AZURE_CLIENT_ID": "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2",
    "AZURE_TENANT_ID": "72f9ab01-86f1-41af-91ab-2d7cd011db47",
    "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/tokens/azure-identity-token",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
    "KUBERNETES_SERVICE_HOST": "10.0.0.1",
}
HOSTS: tuple[dict[str, str], ...] = (
    {},
    {"IDENTITY_ENDPOINT": "http://127.0.0.1:41000/msi/token", "IDENTITY_HEADER": "canary-header"},
    {
        "IDENTITY_ENDPOINT": "https://localhost:2377/x",
        "IDENTITY_HEADER": "canary-header",
        "IDENTITY_SERVER_THUMBPRINT": "0123456789ABCDEF0123456789abcdef01234567",
    },
    {"IDENTITY_ENDPOINT": "http://127.0.0.1:40342/x", "IMDS_ENDPOINT": "http://127.0.0.1:40342"},
    {"MSI_ENDPOINT": "http://127.0.0.1:46808/MSI/auth", "MSI_SECRET": "canary-secret"},
    {"MSI_ENDPOINT": "http://localhost:50342/oauth2/token", "AZUREPS_HOST_ENVIRONMENT": "cloud-shell/1.0"},
    POD,
    {**POD, "AZURE_KUBERNETES_TOKEN_PROXY": "https://10.0.0.2:8443", "AZURE_KUBERNETES_CA_FILE": "/ca.pem"},
    {"WEBSITE_SITE_NAME": "shop", "WEBSITE_RESOURCE_GROUP": "rg", "WEBSITE_OWNER_NAME": "x+y", "REGION_NAME": "z"},
    {"CONTAINER_APP_NAME": "shop", "IDENTITY_ENDPOINT": "http://localhost:12356/msi/token", "IDENTITY_HEADER": "h"},
    {"AUTOMATION_ASSET_ENDPOINT": "http://127.0.0.1:1", "AZ_BATCH_POOL_ID": "p", "AGENT_NAME": "a"},
)
NAMES = (
    *{name: None for host in HOSTS for name in host},
    *("AZURE_POD_IDENTITY_AUTHORITY_HOST", "AZURE_TOKEN_CREDENTIALS", "DEFAULT_IDENTITY_CLIENT_ID", "SSL_CERT_FILE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("AZURE_KUBERNETES_SNI_NAME", "AZURE_KUBERNETES_CA_DATA", "PYTHONPATH", "HOSTNAME", "CI_NAME", "ACC_TERM_ID"),
)
WITH_PASSWORD = "http://a:canary-secret@b:3128"
PLACES = ("_endpoint", "_host", "_proxy")
VALUES = (
    *("http://127.0.0.1:1/x", "https://[::1]", "http://8.8.8.8", "//", "http://x y/"),
    *("https://[", "http://[::1", "https://[x]/", "http://x:99999", "http://x:-1", "http://x:\uff10", "http://\u2100/"),
    *("https://login.microsoftonline.com@evil.example", "localhost:3128", "socks5://x", "10.0.0.0/8,.x,*:80,[::1]:1"),
    *("*", "", " ", "169.254.169.254", "/", "/nonexistent/" + "a" * 300, "a" * 5000, "-----BEGIN CERTIFICATE-----"),
    *("::1", "fe80::1%eth0", "127.0.0.1:\u0663", "::ffff:127.0.0.1", "login.microsoftonline.us", "https://"),
)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def variables(script: Script) -> dict[str, str]:
    """Those of one kind of host, with a few put in, changed or left out."""
    found = dict(script.pick(HOSTS))
    for _ in range(script.number(5)):
        name = script.pick(NAMES) if script.number(4) or not found else script.pick(tuple(found))
        how = script.number(4)
        if how == 0:
            found.pop(name, None)
        elif how == 1:
            found[name] = word(script)
        elif how == 2:
            found[name] = changed(script, _encoded(found.get(name, "http://127.0.0.1:80/"))).decode("utf-8", "replace")
        else:
            found[name] = script.pick((WITH_PASSWORD, *VALUES) if name.lower().endswith(PLACES) else VALUES)
    return {name: text.replace("\0", "") for name, text in found.items()}


def _environ(script: Script) -> bytes:
    """A file /proc/PID/environ, which its process may have written over."""
    entries = [_encoded(f"{name}={text}") for name, text in variables(script).items()]
    text = b"\0".join(entries) + b"\0"
    return text if script.number(2) else changed(script, text)


CANARIES = ("canary-header", "canary-secret")


def _assert_told(environment: HostEnvironment) -> None:
    """Everything that is made of variables alone can be made, and shows no secret."""
    detection = detect(environment)
    source = source_of(detection.source)
    identities: list[Identity] = [SystemAssigned(), ClientId("6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")]
    warnings = lint(environment, detection, identities, ["https://vault.azure.net"], 1_767_225_600.0)
    facts = _from_variables(environment, detection.source)
    authority_of(environment)
    texts = [text for each in warnings for text in (each.message, each.remedy, *each.commands)]
    texts += [each.note for each in detection.evidence]
    texts += [proxy_label(proxy_for("https://contoso-kv.vault.azure.net", environment.variables))]
    texts += [facts.name, facts.location, *(part for pair in facts.detail for part in pair)]
    if source is not None:
        unmet = source.unmet_condition(environment)
        texts += [unmet.message] if unmet else []
        endpoint = source.endpoint(environment)
        if unmet is None:
            request = source.request(Call(environment, identities[-1], "https://vault.azure.net", endpoint))
            texts += [request.message if isinstance(request, Refusal) else f"{request.headers!r}{request.body!r}"]
    for text in texts:
        assert not UNSAFE.search(visible(text))
        assert not any(each in text for each in CANARIES), text


@SOME
@given(content=scripted(_environ))
def test_any_environment_of_a_process_is_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.getbasetemp()
    place = root / "proc" / "7" / "environ"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    environment = environment_of(7, root)
    assert isinstance(environment, HostEnvironment)
    entries = content.split(b"\0")
    for name, text in environment.variables.items():
        assert os.fsencode(f"{name}={text}") in entries


@SOME
@given(scripted(variables), st.sampled_from([None, 7]))
def test_any_environment_is_told(found: dict[str, str], process_id: int | None) -> None:
    """Ours, and another process's."""
    _assert_told(HostEnvironment(MappingProxyType(found), Path("/nonexistent"), process_id=process_id))


@SOME
@given(scripted(variables))
def test_every_sdk_has_a_choice_in_any_environment(found: dict[str, str]) -> None:
    for choice in sdk_choices(HostEnvironment(MappingProxyType(found), Path("/nonexistent")), ()):
        assert not UNSAFE.search(visible(choice.sdk + choice.note))
        assert not any(each in choice.note for each in CANARIES)


URLS = (
    "https://contoso-kv.vault.azure.net",
    "http://169.254.169.254/metadata",
    "http://127.0.0.1:1/",
    "https://[::1]/",
)


@given(scripted(lambda script: (script.pick(URLS), variables(script))))
def test_any_proxy_variables_name_a_proxy_or_none(asked: tuple[str, dict[str, str]]) -> None:
    url, found = asked
    proxy = proxy_for(url, found)
    if not proxy:
        return
    assert "://" in proxy
    assert any(proxy.endswith(each.strip()) for name, each in found.items() if name.lower().endswith("_proxy"))
    assert "@" not in proxy_label(proxy)
    host = urlsplit(url).hostname or ""
    assert host == "contoso-kv.vault.azure.net" or not ipaddress.ip_address(host).is_loopback
    assert "*" not in (found.get("no_proxy") or found.get("NO_PROXY", "")).split(",")


@given(scripted(lambda script: {**HOSTS[7], **variables(script)}))
def test_a_token_proxy_is_one_over_tls_or_none(found: dict[str, str]) -> None:
    proxy = token_proxy(HostEnvironment(MappingProxyType(found)))
    if isinstance(proxy, TokenProxy):
        parts = urlsplit(proxy.url)
        assert (parts.scheme, parts.username, parts.query, parts.fragment) == ("https", None, "", "")
        assert parts.hostname
        assert not (proxy.ca_file and proxy.ca_data)


THUMBPRINTS = (
    b"0123456789ABCDEF0123456789abcdef01234567",
    b"01:23:45:67:89:AB:CD:EF:01:23:45:67:89:ab:cd:ef:01:23:45:67",
)


@given(scripted(lambda script: changed(script, script.pick(THUMBPRINTS)) if script.number(8) else script.raw(40)))
def test_a_thumbprint_has_forty_digits_or_nothing_is_sent(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    variables = {"IDENTITY_ENDPOINT": "https://127.0.0.1:1/", "IDENTITY_SERVER_THUMBPRINT": text}
    environment = HostEnvironment(MappingProxyType(variables))
    digits = [each for each in text if each in "0123456789abcdefABCDEF"]
    if service_fabric.SOURCE.unmet_condition(environment) is None:
        assert len(digits) == 40
        pin = service_fabric.SOURCE.endpoint(environment).certificate_sha1
        assert pin == "".join(digits).lower()
