"""Commands that can be pasted: templates, filled with facts that can't break out of their quotes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mitui.diagnosis.host_type import HostType
from mitui.diagnosis.steps import Step, Steps, in_order
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
class Template:
    """A command with ``{fact}`` where a fact belongs.

    ``mends`` says that it changes something, on this host or in Azure, so that the fault goes; any other only looks.
    ``finds`` are the facts that it prints, for the commands after it. ``cost`` says what it deletes, overwrites or
    opens besides, "" for nothing: such a command has one before it that shows what is there.
    """

    text: str
    mends: bool = False
    finds: tuple[str, ...] = ()
    cost: str = ""


def looks(text: str, *finds: str) -> Template:
    """A command that changes nothing and prints these facts."""
    return Template(text, finds=finds)


def mends(text: str, *, cost: str = "") -> Template:
    """A command that changes something, so that the fault goes; ``cost`` is what it deletes, overwrites or opens."""
    return Template(text, mends=True, cost=cost)


@dataclass(frozen=True, slots=True)
class PerHost:
    """Templates that depend on the kind of host; a kind that is not named has no command."""

    templates: Mapping[HostType, tuple[Template, ...]]


@dataclass(frozen=True, slots=True)
class WhenKnown:
    """A template that makes no sense with a gap in it: no command unless every fact is known."""

    template: Template


@dataclass(frozen=True, slots=True)
class Listing:
    """A template that ends in a list: the facts ``<prefix>_0``, ``<prefix>_1`` and so on, as many as there are."""

    template: Template
    prefix: str

    def spelled(self, facts: Mapping[str, str]) -> str:
        """The template with a placeholder for every item, one at least."""
        count = next(at for at in range(len(facts) + 1) if f"{self.prefix}_{at}" not in facts)
        return " ".join([self.template.text, *(f"{{{self.prefix}_{at}}}" for at in range(max(count, 1)))])


@dataclass(frozen=True, slots=True)
class Way:
    """One of several ways to mend the same fault, any one of which is enough. ``name`` says which, after "or:"."""

    name: str
    commands: tuple[Template | PerHost | WhenKnown | Listing, ...]


Command = Template | PerHost | WhenKnown | Listing | Way


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
        return f"<{_spelled(name)}>"

    def optional(match: re.Match[str]) -> str:
        return f" {match.group(1)}" if _all_known(match.group(1), facts) else ""

    return _PLACEHOLDER.sub(value, _OPTIONAL.sub(optional, template))


def fill_all(commands: Iterable[Command], facts: Mapping[str, str], kind_of_host: HostType | None = None) -> Steps:
    """Every command for this kind of host, filled, each one once and in the order in which they are run."""
    return in_order(
        step_of(single, facts)
        for command in commands
        for single in singles(command)
        if single.kind in (None, kind_of_host) and single.makes_sense(facts)
    )


@dataclass(frozen=True, slots=True)
class Single:
    """One command line of a Command: for which kind of host, None for any, and of which way."""

    template: Template | WhenKnown | Listing
    kind: HostType | None = None
    way: str = ""

    def makes_sense(self, facts: Mapping[str, str]) -> bool:
        """Whether nothing is missing that must be known."""
        return not isinstance(self.template, WhenKnown) or _all_known(self.template.template.text, facts)


def singles(command: Command) -> Iterator[Single]:
    """Every command line that there may be of it, on any kind of host."""
    match command:
        case PerHost(templates):
            yield from (Single(each, kind) for kind, group in templates.items() for each in group)
        case Way(name, parts):
            yield from (replace(single, way=name) for part in parts for single in singles(part))
        case _:
            yield Single(command)


def step_of(single: Single, facts: Mapping[str, str]) -> Step:
    """The command line, filled."""
    template = single.template if isinstance(single.template, Template) else single.template.template
    text = single.template.spelled(facts) if isinstance(single.template, Listing) else template.text
    finds = tuple(_spelled(name) for name in template.finds)
    return Step(fill(text, facts), template.mends, finds, template.cost, single.way)


def _spelled(fact: str) -> str:
    """A fact's name as it stands in a placeholder."""
    return fact.replace("_", "-")


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
# What each host's list of its identities holds: the resource ID of every user-assigned one, with its client ID.
_LISTED: Final = ("identity_resource_id", "client_id")
# Of these hosts the identities can be looked at, and are given to them in other ways than by a verb of the CLI.
_SHOWN: Final[Mapping[HostType, tuple[Template, ...]]] = {
    "automation": (
        looks(
            "az automation account show --resource-group {resource_group} --name {automation_account} --query identity",
            *_LISTED,
        ),
    ),
    "container_instance": (
        looks(
            "az container show --resource-group {resource_group} --name {container_group} --query identity", *_LISTED
        ),
    ),
    "batch": (
        looks("az batch pool show --account-name {batch_account} --pool-id {batch_pool} --query identity", *_LISTED),
    ),
    "synapse": (
        looks("az synapse workspace show --resource-group {resource_group} --name {workspace} --query identity"),
    ),
}
_SHOW_INSTANCES: Final = looks(f"az vmss list-instances {_VMSS} --query '[].[instanceId,latestModelApplied]'")
_UPDATE_INSTANCES: Final = mends(
    f"az vmss update-instances {_VMSS} --instance-ids '*'",
    cost="it brings every instance to the scale set's present model, with whatever else was changed in that, and may "
    "restart them",
)


def _identity_command(verb: str, option: str = "", option_of_container_app: str = "", *, cost: str = "") -> PerHost:
    """``az … identity <verb>`` for each kind of host that has it; ``show`` only looks. ``cost`` is as in a Template."""
    tail = f" {option}" if option else ""
    app_tail = f"{option_of_container_app and ' '}{option_of_container_app}"
    is_show = verb == "show"

    def template(text: str) -> Template:
        return looks(text, *_LISTED) if is_show else mends(text, cost=cost)

    return PerHost(
        {
            **(_SHOWN if is_show else {}),
            "logic_app": (template(f"az webapp identity {verb} {_SITE}{tail}"),),
            "static_web_app": (template(f"az staticwebapp identity {verb} {_ON} {{site}}{tail}"),),
            "container_app_job": (template(f"az containerapp job identity {verb} {_JOB}{app_tail}"),),
            "vm": (template(f"az vm identity {verb} {_VM}{tail}"),),
            "vmss": (
                *(() if is_show else (_SHOW_INSTANCES,)),
                template(f"az vmss identity {verb} {_VMSS}{tail}"),
                *(() if is_show else (_UPDATE_INSTANCES,)),
            ),
            "web_app": (template(f"az webapp identity {verb} {_SITE}{tail}"),),
            "function_app": (template(f"az functionapp identity {verb} {_SITE}{tail}"),),
            "container_app": (template(f"az containerapp identity {verb} {_APP}{app_tail}"),),
            "arc": (looks("azcmagent show"),),
        }
    )


SHOW_ASSIGNED: Final = _identity_command("show")
_ENABLE_BY_VERB: Final = _identity_command("assign", "", "--system-assigned")
# A PATCH of an Automation account's identity leaves only what it names: learn.microsoft.com, "Disable system-assigned
# managed identity for Azure Automation account".
ENABLE_SYSTEM: Final = PerHost(
    {
        **_ENABLE_BY_VERB.templates,
        "automation": (
            *_SHOWN["automation"],
            mends(
                f"""az rest --method PATCH --url {_ACCOUNT} --body '{{"identity":{{"type":"SystemAssigned"}}}}'""",
                cost="it takes the account's user-assigned identities off, if the look-up shows any",
            ),
        ),
    }
)
LIST_ROLES: Final = looks("az role assignment list --assignee {oid} --all --output table")
DISABLE_SYSTEM: Final = _identity_command(
    "remove",
    "--identities '[system]'",
    "--system-assigned",
    cost="it deletes the identity for good; the next one is another principal, and has none of its roles",
)
ASSIGN_USER: Final = _identity_command(
    "assign", "--identities {identity_resource_id}", "--user-assigned {identity_resource_id}"
)
REMOVE_USER: Final = _identity_command(
    "remove",
    "--identities {identity_resource_id}",
    "--user-assigned {identity_resource_id}",
    cost="it takes the identity off, and no program here has a token of it until it is assigned again",
)
PIN_CLIENT_ID: Final = PerHost(
    {
        "web_app": (mends(f"az webapp config appsettings set {_SITE} --settings AZURE_CLIENT_ID={{client_id}}"),),
        "function_app": (
            mends(f"az functionapp config appsettings set {_SITE} --settings AZURE_CLIENT_ID={{client_id}}"),
        ),
        "container_app": (mends(f"az containerapp update {_APP} --set-env-vars AZURE_CLIENT_ID={{client_id}}"),),
    }
)
RESTART: Final = PerHost(
    {
        "web_app": (mends(f"az webapp restart {_SITE}"),),
        "function_app": (mends(f"az functionapp restart {_SITE}"),),
        "container_app": (mends(f"az containerapp revision restart {_ON} {{app}} --revision {{revision}}"),),
    }
)
PASS_PROXY_TO_IMDS: Final = mends('export NO_PROXY="${NO_PROXY:+$NO_PROXY,}169.254.169.254,168.63.129.16"')
_OF_IDENTITY: Final = ("identity_resource_id", "identity_name", "identity_resource_group")
# These two facts are GUIDs and nothing else, so they may stand inside the query's own quotes.
FIND_BY_CLIENT_ID: Final = WhenKnown(
    looks("az identity list --query \"[?clientId=='{asked_client_id}'].id\" --output tsv", *_OF_IDENTITY)
)
FIND_BY_OBJECT_ID: Final = WhenKnown(
    looks("az identity list --query \"[?principalId=='{asked_object_id}'].id\" --output tsv", *_OF_IDENTITY)
)
TRY_AS_CLIENT_ID: Final = WhenKnown(looks("mitui check --identity client:{asked_object_id}"))
TRY_AS_OBJECT_ID: Final = WhenKnown(looks("mitui check --identity object:{asked_client_id}"))
FIND_BY_EITHER: Final = WhenKnown(
    looks(
        "az identity list --query \"[?clientId=='{asked_guid}' || principalId=='{asked_guid}']"
        '.{id:id,clientId:clientId,objectId:principalId}" --output table'
    )
)
SELF_CHECK: Final = looks("mitui check --resource {arm_resource}")
SHOW_ROUTE: Final = looks("ip route get 169.254.169.254")
TRY_IMDS: Final = looks(
    "curl --silent --show-error --include --noproxy '*' --max-time 3"
    " 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01'"
)
