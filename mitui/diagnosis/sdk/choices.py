"""Which source each SDK would pick on this host. Nothing is sent; the rules are data in ``families``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.carried.packages import CarriedSdk
from mitui.diagnosis.sdk.rules import BY_NAME, SDKS
from mitui.diagnosis.sdk.schema import FEDERATED, Condition, Meaning, Rule, Sdk, Trap
from mitui.diagnosis.sdk.versions import in_range
from mitui.engine.federation.authorities import AUTHORITY_HOST, authority_url
from mitui.engine.host.environment import HostEnvironment
from mitui.safe_text import without_credentials

_THUMBPRINT = re.compile(r"[0-9a-fA-F]{40}\Z")
_FABRIC_PORT = 2377  # Service Fabric's token service; it speaks TLS only


def sdk_choices(environment: HostEnvironment, carried: Iterable[CarriedSdk] = ()) -> tuple[SdkChoice, ...]:
    """The choice of every SDK, in the table's order; first of those that the process itself carries, as it has them."""
    versions: dict[str, str] = {}
    for each in carried:
        versions.setdefault(each.name, each.version)
    choices = [_described(sdk, _choice(sdk, environment, versions), versions) for sdk in SDKS]
    first = [name for each in carried for name in _sdks_of(each)]
    return tuple(sorted(choices, key=lambda each: first.index(each.sdk) if each.sdk in first else len(first)))


def _sdks_of(carried: CarriedSdk) -> list[str]:
    return [sdk.name for sdk in SDKS if carried.name in sdk.packages]


def _described(sdk: Sdk, choice: SdkChoice, versions: dict[str, str]) -> SdkChoice:
    return replace(
        choice,
        basis=sdk.basis.how,
        revision=sdk.basis.source,
        carried=_carried(sdk, versions),
        selectors=sdk.takes(choice.source),
        reads=sdk.reads,
        reads_client_id=sdk.client_id,
    )


def _carried(sdk: Sdk, versions: dict[str, str]) -> str:
    """The package that the process carries, with its version; one whose name is an address goes by the SDK's."""
    package = next((each for each in sdk.packages if each in versions), "")
    if not package:
        return ""
    plain = not package.startswith("github.com/") and ":" not in package
    return f"{package if plain else sdk.name.rpartition(' ')[0]} {versions[package]}"


def _version(sdk: Sdk, versions: dict[str, str]) -> str:
    """That which the process carries, else the one that the rules were made from."""
    return next((versions[each] for each in sdk.packages if each in versions), sdk.version)


def _choice(sdk: Sdk, environment: HostEnvironment, versions: dict[str, str]) -> SdkChoice:
    version = _version(sdk, versions)
    rules = (each for each in sdk.rules if in_range(version, each.since, each.until))
    rule = next((each for each in rules if _fits(each, sdk, environment)), None)
    if rule is None:
        choice = replace(_choice(BY_NAME[sdk.inner], environment, versions), sdk=sdk.name)
    elif rule.source in sdk.delegated:
        choice = _delegated(sdk, rule, _choice(BY_NAME[sdk.delegates], environment, versions))
    else:
        choice = _by_rule(sdk, rule, environment)
    if sdk.chained_workload and choice.source == "imds" and all(environment.get(each) for each in FEDERATED):
        words = "DefaultAzureCredential takes the workload identity first"
        note = "; ".join(each for each in (choice.note, words) if each)
        choice = replace(choice, note=note, ahead="workload_identity")
    return choice


def _delegated(sdk: Sdk, rule: Rule, sent: SdkChoice) -> SdkChoice:
    note = sent.note
    if sent.source != rule.source:
        note = f"calls it {rule.source}, but {sdk.delegates} inside it decides: {note or sent.source or 'nothing'}"
    return SdkChoice(sdk.name, sent.source, note, sent.endpoint)


def _by_rule(sdk: Sdk, rule: Rule, environment: HostEnvironment) -> SdkChoice:
    endpoint = environment.get(rule.endpoint) if rule.endpoint.isupper() else rule.endpoint
    if rule.endpoint == AUTHORITY_HOST:
        endpoint = authority_url(environment)
    for trap in rule.traps:
        if _springs(trap, endpoint, environment):
            return SdkChoice(sdk.name, None, trap.note, limit=rule.limit)
    if rule.source and not _is_url(endpoint):
        return SdkChoice(sdk.name, None, f"picks {rule.source}, then fails because {rule.endpoint} holds no URL")
    note = rule.note if rule.note and not _hides(rule, endpoint) else ""
    return SdkChoice(sdk.name, rule.source, note, without_credentials(endpoint), limit=rule.limit)


def _hides(rule: Rule, endpoint: str) -> bool:
    """The remark about plain http says nothing where the endpoint is https."""
    return rule.source == "service_fabric" and endpoint.lower().startswith("https:")


def _fits(rule: Rule, sdk: Sdk, environment: HostEnvironment) -> bool:
    return (
        all(_is_set(name, rule.meaning or sdk.meaning, environment) for name in rule.needs)
        and not any(environment.get(name) for name in rule.empty)
        and (not rule.himds or _himds_found(sdk, environment))
    )


def _is_set(name: str, meaning: Meaning, environment: HostEnvironment) -> bool:
    if meaning == "present":
        return name in environment.variables
    value = environment.get(name)
    return bool(value.strip() if meaning == "not_blank" else value)


def _himds_found(sdk: Sdk, environment: HostEnvironment) -> bool:
    path = "/opt/azcmagent/bin/himds"
    if environment.is_windows:
        if sdk.himds_on_windows == "nowhere":
            return False
        default = r"C:\Program Files" if sdk.himds_on_windows == "ProgramFiles" else r"C:\ProgramData"
        base = environment.get(sdk.himds_on_windows) or default
        path = f"{base}\\AzureConnectedMachineAgent\\himds.exe"
    place = environment.path(path)
    try:
        return os.access(place, os.R_OK) if sdk.himds_readable else place.exists()
    except (OSError, ValueError):
        return False


def _springs(trap: Trap, endpoint: str, environment: HostEnvironment) -> bool:
    if trap.unless and environment.get(trap.unless):
        return False
    return _holds(trap.condition, endpoint, environment)


def _holds(condition: Condition, endpoint: str, environment: HostEnvironment) -> bool:
    scheme, port = _scheme_and_port(endpoint)
    match condition:
        case "not_https":
            return scheme != "https"
        case "https":
            return scheme == "https"
        case "tls_port":
            return scheme == "http" and port == _FABRIC_PORT
        case "bad_thumbprint":
            text = re.sub(r"[\s:]", "", environment.get("IDENTITY_SERVER_THUMBPRINT"))
            return not _THUMBPRINT.match(text)
        case "no_client_id":
            return not environment.get("AZURE_CLIENT_ID")


def _is_url(endpoint: str) -> bool:
    return _scheme_and_port(endpoint)[0] in ("http", "https")


def _scheme_and_port(endpoint: str) -> tuple[str, int | None]:
    """("", None) where it is no URL with a host."""
    try:
        parts = urlsplit(endpoint)
        return (parts.scheme.lower(), parts.port) if parts.hostname else ("", None)
    except ValueError:
        return "", None
