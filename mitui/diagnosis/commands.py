"""Commands that can be pasted: templates, filled with facts that can't break out of their quotes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mitui.diagnosis.host_type import HostType
from mitui.safe_text import UNSAFE

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_OPTIONAL: Final = re.compile(r" \[\[(.*?)\]\]")
_LONGEST: Final = 1024
# What a fact is put together from when it isn't known as a whole.
_COMPOSED: Final = {
    "vault_id": "/subscriptions/{vault_subscription}/resourceGroups/{vault_resource_group}"
    "/providers/Microsoft.KeyVault/vaults/{vault}",
}


@dataclass(frozen=True, slots=True)
class PerHost:
    """Templates that depend on the kind of host; a kind that is not named has no command."""

    templates: Mapping[HostType, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class WhenKnown:
    """A template that makes no sense with a gap in it: no command unless every fact is known."""

    template: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A template that ends in a list: the facts ``<prefix>_0``, ``<prefix>_1`` and so on, as many as there are."""

    template: str
    prefix: str

    def spelled(self, facts: Mapping[str, str]) -> str:
        """The template with a placeholder for every item, one at least."""
        count = next(at for at in range(len(facts) + 1) if f"{self.prefix}_{at}" not in facts)
        return " ".join([self.template, *(f"{{{self.prefix}_{at}}}" for at in range(max(count, 1)))])


Command = str | PerHost | WhenKnown | Listing


def fill(template: str, facts: Mapping[str, str]) -> str:
    """The template with each ``{name}`` as the shell-quoted fact, or as ``<name>`` where the fact is not known.

    A part ``[[--option {name}]]`` is left out when its fact is not known. Quoted values keep a hostile name one word;
    one that holds control characters, or that ``az`` would take for an option, is treated as unknown.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        known = facts.get(name, "")
        if usable(known):
            return shlex.quote(known)
        if name in _COMPOSED:
            return fill(_COMPOSED[name], facts)
        return f"<{name.replace('_', '-')}>"

    def optional(match: re.Match[str]) -> str:
        return f" {match.group(1)}" if _all_known(match.group(1), facts) else ""

    return _PLACEHOLDER.sub(value, _OPTIONAL.sub(optional, template))


def fill_all(
    commands: Iterable[Command], facts: Mapping[str, str], kind_of_host: HostType | None = None
) -> tuple[str, ...]:
    """Every command for this kind of host, filled, each one once."""
    filled: list[str] = []
    for command in commands:
        if isinstance(command, WhenKnown):
            filled += [fill(command.template, facts)] if _all_known(command.template, facts) else []
        elif isinstance(command, Listing):
            filled.append(fill(command.spelled(facts), facts))
        elif isinstance(command, PerHost):
            filled += [fill(each, facts) for each in (command.templates.get(kind_of_host, ()) if kind_of_host else ())]
        else:
            filled.append(fill(command, facts))
    return tuple(dict.fromkeys(filled))


def _all_known(template: str, facts: Mapping[str, str]) -> bool:
    return all(usable(facts.get(name, "")) for name in _PLACEHOLDER.findall(template))


def usable(value: str) -> bool:
    """Whether a fact may stand in a command."""
    return bool(value) and len(value) <= _LONGEST and value[0] != "-" and not UNSAFE.search(value) and "\n" not in value


_ON: Final = "[[--subscription {subscription}]] --resource-group {resource_group} --name"
_VM: Final = f"{_ON} {{vm}}"
_VMSS: Final = f"{_ON} {{vmss}}"
_SITE: Final = f"{_ON} {{site}} [[--slot {{slot}}]]"
_APP: Final = f"{_ON} {{app}}"
_JOB: Final = f"{_ON} {{job}}"
_ACCOUNT: Final = (
    "https://management.azure.com/subscriptions/{subscription}/resourceGroups/{resource_group}/providers"
    "/Microsoft.Automation/automationAccounts/{automation_account}?api-version=2023-11-01"
)
# Of these hosts the identities can be looked at, and are given to them in other ways than by a verb of the CLI.
_SHOWN: Final[Mapping[HostType, tuple[str, ...]]] = {
    "automation": (
        "az automation account show --resource-group {resource_group} --name {automation_account} --query identity",
    ),
    "container_instance": (
        "az container show --resource-group {resource_group} --name {container_group} --query identity",
    ),
    "batch": ("az batch pool show --account-name {batch_account} --pool-id {batch_pool} --query identity",),
    "synapse": ("az synapse workspace show --resource-group {resource_group} --name {workspace} --query identity",),
}
_UPDATE_INSTANCES: Final = f"az vmss update-instances {_VMSS} --instance-ids '*'"


def _identity_command(verb: str, option: str = "", option_of_container_app: str = "") -> PerHost:
    """``az … identity <verb>`` for each kind of host that has it."""
    tail = f" {option}" if option else ""
    rollout = () if verb == "show" else (_UPDATE_INSTANCES,)
    app_tail = f"{option_of_container_app and ' '}{option_of_container_app}"
    return PerHost(
        {
            **(_SHOWN if verb == "show" else {}),
            "logic_app": (f"az webapp identity {verb} {_SITE}{tail}",),
            "static_web_app": (f"az staticwebapp identity {verb} {_ON} {{site}}{tail}",),
            "container_app_job": (f"az containerapp job identity {verb} {_JOB}{app_tail}",),
            "vm": (f"az vm identity {verb} {_VM}{tail}",),
            "vmss": (f"az vmss identity {verb} {_VMSS}{tail}", *rollout),
            "web_app": (f"az webapp identity {verb} {_SITE}{tail}",),
            "function_app": (f"az functionapp identity {verb} {_SITE}{tail}",),
            "container_app": (f"az containerapp identity {verb} {_APP}{app_tail}",),
            "arc": ("azcmagent show",),
        }
    )


SHOW_ASSIGNED: Final = _identity_command("show")
_ENABLE_BY_VERB: Final = _identity_command("assign", "", "--system-assigned")
ENABLE_SYSTEM: Final = PerHost(
    {
        **_ENABLE_BY_VERB.templates,
        "automation": (
            f"""az rest --method PATCH --url {_ACCOUNT} --body '{{"identity":{{"type":"SystemAssigned"}}}}'""",
        ),
    }
)
DISABLE_SYSTEM: Final = _identity_command("remove", "--identities '[system]'", "--system-assigned")
ASSIGN_USER: Final = _identity_command(
    "assign", "--identities {identity_resource_id}", "--user-assigned {identity_resource_id}"
)
REMOVE_USER: Final = _identity_command(
    "remove", "--identities {identity_resource_id}", "--user-assigned {identity_resource_id}"
)
PIN_CLIENT_ID: Final = PerHost(
    {
        "web_app": (f"az webapp config appsettings set {_SITE} --settings AZURE_CLIENT_ID={{client_id}}",),
        "function_app": (f"az functionapp config appsettings set {_SITE} --settings AZURE_CLIENT_ID={{client_id}}",),
        "container_app": (f"az containerapp update {_APP} --set-env-vars AZURE_CLIENT_ID={{client_id}}",),
    }
)
RESTART: Final = PerHost(
    {
        "web_app": (f"az webapp restart {_SITE}",),
        "function_app": (f"az functionapp restart {_SITE}",),
        "container_app": (f"az containerapp revision restart {_ON} {{app}} --revision {{revision}}",),
    }
)
PASS_PROXY_TO_IMDS: Final = 'export NO_PROXY="${NO_PROXY:+$NO_PROXY,}169.254.169.254,168.63.129.16"'
# These two facts are GUIDs and nothing else, so they may stand inside the query's own quotes.
FIND_BY_CLIENT_ID: Final = WhenKnown("az identity list --query \"[?clientId=='{asked_client_id}'].id\" --output tsv")
FIND_BY_OBJECT_ID: Final = WhenKnown("az identity list --query \"[?principalId=='{asked_object_id}'].id\" --output tsv")
TRY_AS_CLIENT_ID: Final = WhenKnown("mitui check --identity client:{asked_object_id}")
TRY_AS_OBJECT_ID: Final = WhenKnown("mitui check --identity object:{asked_client_id}")
FIND_BY_EITHER: Final = WhenKnown(
    "az identity list --query \"[?clientId=='{asked_guid}' || principalId=='{asked_guid}']"
    '.{id:id,clientId:clientId,objectId:principalId}" --output table'
)
SELF_CHECK: Final = "mitui check --resource {arm_resource}"
SHOW_ROUTE: Final = "ip route get 169.254.169.254"
TRY_IMDS: Final = (
    "curl --silent --show-error --include --noproxy '*' --max-time 3"
    " 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01'"
)
