"""Variables that stand in for options."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.cli.command_line.arguments import parser_of
from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.command_line.parsing import parse
from mitui.cli.command_line.variables import OPTIONS, REPEATABLE, variable_of
from mitui.engine.identity import ClientId, SystemAssigned
from tests.cli.commands import one_line, run

WEB = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"


def test_every_one_belongs_to_an_option() -> None:
    actions = {
        name: action
        for command in ("check", "exporter")
        for action in parser_of(command)._actions
        for name in action.option_strings
    }
    assert set(OPTIONS) <= set(actions)
    of_one = {name for name in OPTIONS if isinstance(actions[name], argparse._AppendAction)} - {"--format"}
    assert of_one == REPEATABLE


def test_what_they_say() -> None:
    variables = {
        "MITUI_IDENTITY": f"system client:{WEB}",
        "MITUI_VAULT": "contoso-kv  other-kv",
        "MITUI_WANT": "secrets/get, secrets/list",
        "MITUI_WARN_BELOW": "15m",
        "MITUI_LISTEN": "[::1]:9000",
        "MITUI_TIMEOUT": "2.5",
        "MITUI_FORMAT": "json",
        "MITUI_RESOURCE": "",
    }
    shared = Options(
        identities=(SystemAssigned(), ClientId(WEB)),
        vaults=("contoso-kv", "other-kv"),
        want=("secrets/get", "secrets/list"),
        timeout=2.5,
    )
    assert parse([], variables) == shared
    check = replace(shared, command="check", warn_below=900.0, formats=("json",))
    assert parse(["check"], variables) == check
    exporter = replace(shared, command="exporter", warn_below=900.0, listen=("::1", 9000))
    assert parse(["exporter"], variables) == exporter


def test_an_option_wins_and_a_simulated_host_has_none() -> None:
    variables = {"MITUI_VAULT": "contoso-kv", "MITUI_FORMAT": "nagios", "MITUI_RESOURCE": "https://x.example"}
    options = parse(["check", "--vault", "my-kv", "--json"], variables)
    assert (options.vaults, options.formats, options.resources) == (("my-kv",), ("json",), ("https://x.example",))
    assert parse(["check", "--demo", "vm"], variables) == Options(command="check", demo="vm")


@pytest.mark.parametrize(
    ("name", "value"), [("MITUI_IDENTITY", "web"), ("MITUI_TIMEOUT", "soon"), ("MITUI_FORMAT", "xml")]
)
def test_a_mistake_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        parse(["check"], {name: value})


def test_a_real_process_reads_them(tmp_path: Path) -> None:
    done = run("check", variables={"MITUI_WARN_BELOW": "never"})
    assert done.returncode == 3
    assert "MITUI_WARN_BELOW" in one_line(done.stderr)


@pytest.mark.parametrize("option", OPTIONS)
def test_the_names(option: str) -> None:
    assert variable_of(option) == "MITUI_" + option[2:].upper().replace("-", "_")
