"""Every command of the catalogue is one: a program, and for ``az`` a verb, options and required options of its own.

``az-commands.json`` is what azure-cli itself knows of the commands that are used (its command table, every argument
loaded), and of those of extensions what their reference in MicrosoftDocs/azure-docs-cli says. Each entry is the
options, where "!" marks a required one and "|" joins its names.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from mitui.diagnosis.commands import fill
from mitui.diagnosis.notices import _WARNINGS
from mitui.diagnosis.placeholders import WHERE, where_to_find
from mitui.diagnosis.workload_identity import node_identity_beside
from tests.diagnosis.cases import EVERY_CAUSE, written

_AZ: Final[dict[str, list[str]]] = json.loads(Path(__file__).with_name("az-commands.json").read_text())["commands"]
# What the extension aks-preview adds to commands of azure-cli itself.
_OF_AKS_PREVIEW: Final = {"--enable-imds-restriction"}
_OF_EVERY_COMMAND: Final = {"--output", "--query", "--subscription"}
_PROGRAMS: Final = (
    *("az", "azcmagent", "curl", "date", "echo", "env", "export", "getent", "grep", "id", "ip", "kubectl", "ls"),
    *("mitui", "nc", "net", "openssl", "sudo", "systemctl", "timedatectl", "unset"),
)


def _every_command() -> list[str]:
    every = [each for cause in EVERY_CAUSE for each in cause.commands] + [
        each for words in _WARNINGS.values() for each in words.commands
    ]
    shown = {fill(template.replace("{singular}", "secret"), {}) for each in every for template in written(each)}
    # An optional part is left out of a command with gaps, and must be right all the same.
    whole = {re.sub(r"\[\[|\]\]", "", template) for each in every for template in written(each)}
    filled = {fill(each, {}) for each in whole if "{singular}" not in each}
    return sorted(shown | filled | set(node_identity_beside("").commands))


_COMMANDS: Final = _every_command()
_TO_FIND: Final = sorted(
    way for where in WHERE.values() for way in re.split(r", or |, ", where) if way.startswith(("az ", "kubectl "))
)


def _problems(command: str) -> list[str]:
    """What ``az`` would say against it."""
    words = [re.sub(r"^<(.*)>$", r"\1", word) for word in shlex.split(command.replace("</dev/null", ""))][1:]
    length = next((at for at in range(len(words), 0, -1) if " ".join(words[:at]) in _AZ), 0)
    if not length:
        return ["no such command"]
    options = _AZ[" ".join(words[:length])]
    given = [word for word in words[length:] if word.startswith("-")]
    known = {name for option in options for name in option.lstrip("!").split("|")} | _OF_EVERY_COMMAND | _OF_AKS_PREVIEW
    # An option takes one word here, and nothing stands alone.
    stray = [
        word
        for before, word in zip(words[length - 1 :], words[length:], strict=False)
        if not before.startswith("-") and not word.startswith("-")
    ]
    return [
        *(f"{name} is no option" for name in given if name not in known),
        *(
            f"{option} is required"
            for option in options
            if option[0] == "!" and not {*option[1:].split("|")} & {*given}
        ),
        *(f"{word} belongs to no option" for word in stray),
    ]


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_command_is_a_program_with_its_arguments(command: str) -> None:
    words = shlex.split(command.replace("</dev/null", ""))
    assert words[0] in _PROGRAMS
    if words[0] == "az":
        assert _problems(command) == []


@pytest.mark.parametrize("command", _TO_FIND)
def test_what_a_placeholder_is_found_with_is_a_command_too(command: str) -> None:
    if command.startswith("az "):
        assert _problems(command) == []
    assert where_to_find([command]) == tuple((name, WHERE[name]) for name, _ in where_to_find([command]))
    assert {*re.findall(r"<([a-z-]+)>", command)} <= {name for name, _ in where_to_find([command])}


def test_prose_and_a_missing_option_would_be_seen() -> None:
    assert _problems("az network vnet subnet list --output table") == [
        "!--resource-group|-g is required",
        "!--vnet-name is required",
    ]
    assert _problems("az network private-endpoint-connection list --id of the vault") == [
        "the belongs to no option",
        "vault belongs to no option",
    ]
    assert _problems("az keyvault private-endpoint-connection list --vault-name x")[0] == "no such command"


def test_no_way_to_find_a_placeholder_hides_a_command_in_a_sentence() -> None:
    for where in WHERE.values():
        assert not re.search(r"(?<!, or )(?<!, )(?<!^)\baz [a-z]", where), where


def test_what_is_found_with_a_placeholder_says_where_to_find_that() -> None:
    found = dict(where_to_find(["az network vnet subnet update --name <subnet>"]))
    assert [*found] == ["subnet", "network-resource-group", "virtual-network"]


def test_an_option_of_an_extension_comes_after_the_extension() -> None:
    looking, adding, using = node_identity_beside("").commands
    assert looking.startswith("az aks show")
    assert adding.startswith("az extension add")
    assert "aks-preview" in adding
    assert any(option in using for option in _OF_AKS_PREVIEW)
