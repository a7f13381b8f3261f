"""Which source each SDK would pick on this host. Nothing is sent; the rules are data in ``sdk_rules``."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.rules import SDKS, Condition, Meaning, Rule, Sdk, Trap
from mitui.engine.federation.authorities import AUTHORITY_HOST, authority_url
from mitui.engine.host.environment import HostEnvironment

_THUMBPRINT = re.compile(r"[0-9a-fA-F]{40}\Z")
_FABRIC_PORT = 2377  # Service Fabric's token service; it speaks TLS only


def sdk_choices(environment: HostEnvironment) -> tuple[SdkChoice, ...]:
    """The choice of every SDK, in the table's order."""
    return tuple(_choice(sdk, environment) for sdk in SDKS)


def _choice(sdk: Sdk, environment: HostEnvironment) -> SdkChoice:
    rule = next(rule for rule in sdk.rules if _fits(rule, sdk, environment))
    if rule.source in sdk.delegated:
        sender = next(each for each in SDKS if each.name == sdk.delegates)
        sent = _choice(sender, environment)
        note = sent.note
        if sent.source != rule.source:
            note = f"calls it {rule.source}, but {sender.name} inside it decides: {note or sent.source or 'nothing'}"
        return SdkChoice(sdk.name, sent.source, note, sent.endpoint)
    endpoint = environment.get(rule.endpoint) if rule.endpoint.isupper() else rule.endpoint
    if rule.endpoint == AUTHORITY_HOST:
        endpoint = authority_url(environment)
    for trap in rule.traps:
        if _springs(trap, endpoint, environment):
            return SdkChoice(sdk.name, None, trap.note)
    if rule.source and not _is_url(endpoint):
        return SdkChoice(sdk.name, None, f"picks {rule.source}, then fails because {rule.endpoint} holds no URL")
    note = rule.note if rule.note and not _hides(rule, endpoint) else ""
    return SdkChoice(sdk.name, rule.source, note, endpoint)


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
    return name in environment.variables if meaning == "present" else bool(environment.get(name))


def _himds_found(sdk: Sdk, environment: HostEnvironment) -> bool:
    if sdk.himds_on_windows == "nowhere":
        return False
    path = "/opt/azcmagent/bin/himds"
    if environment.is_windows:
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
