"""The command line: what is read from it, and that every mistake is one sentence with exit code 3."""

from __future__ import annotations

import pytest

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.command_line.parsing import parse
from mitui.cli.main import main
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.simulator.scenarios.table import SCENARIOS

WEB = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"


def test_a_bare_start_needs_no_parser() -> None:
    assert parse([]) == Options()


def test_everything_that_check_takes() -> None:
    line = (
        f"check --identity system --identity client:{WEB} --resource https://vault.azure.net --vault contoso-kv "
        "--want secrets/get,secrets/list --probe crypto --config my.toml --pid 42 --timeout 2.5 "
        "--allow-endpoint idp.internal --allow-loopback-vault --ca-file ca.pem --json --redact --watch --quiet"
    )
    assert parse(line.split()) == Options(
        command="check",
        identities=(SystemAssigned(), ClientId(WEB)),
        resources=("https://vault.azure.net",),
        vaults=("contoso-kv",),
        want=("secrets/get", "secrets/list"),
        probe="crypto",
        config="my.toml",
        process_id=42,
        timeout=2.5,
        allow_endpoints=frozenset({"idp.internal"}),
        allow_loopback_vault=True,
        ca_file="ca.pem",
        formats=("json",),
        redact=True,
        watch=True,
        quiet=True,
    )


def test_the_dashboard() -> None:
    assert parse([]) == Options()
    assert parse(["--demo"]).demo == "vm"
    assert parse(["--demo", "docker", "--ascii", "--no-mouse"]) == Options(demo="docker", ascii=True, no_mouse=True)


def test_the_other_commands() -> None:
    assert parse(["simulate", "imds", "--port", "8080"]) == Options(
        command="simulate", what="imds", bench=(("port", "8080"),)
    )
    assert parse(["config", "show"]) == Options(command="config", what="show")
    assert parse(["version"]).command == "version"


@pytest.mark.parametrize("line", ["check compare a.json b.json", "version check", "check check"])
def test_one_word_alone_names_the_command(line: str) -> None:
    first, second, *_ = line.split()
    with pytest.raises(UsageError, match=f"'{second}' was not expected; mitui {first} --help"):
        parse(line.split())
    assert parse(["explain", first]) == Options(command="explain", what=first)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chek", ["'chek'", "did you mean check?", "simulate"]),
        ("check --jsn", ["--jsn", "did you mean --json?"]),
        ("check --jso", ["--jso", "did you mean --json?"]),
        ("check extra", ["'extra'", "mitui check --help"]),
        ("--config x check", ["put the command first: mitui check"]),
        (f"check --identity {WEB}", [f"client:{WEB}", f"object:{WEB}", "resource:"]),
        ("check --identity web", ["'web'", "system, client:<guid>"]),
        ("check --identity", ["--identity", "expected one argument"]),
        ("check --resource=", ["''", "https://management.azure.com"]),
        ("check --vault https://evil.example.com", ["--vault", "evil.example.com"]),
        ("check --want secrets/frobnicate --vault kv1", ["frobnicate", "get"]),
        ("check --want secrets/get", ["--want", "--vault"]),
        ("check --probe all", ["'all'", "read", "crypto", "deep"]),
        ("check --timeout 0", ["'0'", "above 0"]),
        ("check --timeout nan", ["'nan'", "seconds"]),
        ("check --timeout soon", ["'soon'", "seconds"]),
        ("check --pid 0", ["'0'", "process ID"]),
        ("check --pid -5", ["--pid"]),
        ("check --json --markdown", ["--json", "--markdown", "exclude"]),
        ("check --json --format nagios", ["--json", "--format nagios", "exclude"]),
        ("check --format xml", ["--format", "'xml'", "prometheus", "nagios"]),
        ("check --watch --markdown", ["--watch", "markdown", "text, json"]),
        ("check --watch --output x.json --json", ["--watch", "--output", "exclude"]),
        ("check --warn-below soon", ["--warn-below", "'soon'", "15m"]),
        ("check --warn-below 0", ["--warn-below", "'0'", "15m"]),
        ("check --warn-below 5m --critical-below 1h", ["--critical-below", "--warn-below"]),
        ("check --demo vm --pid 4", ["--demo", "--pid"]),
        ("check --demo nowhere", ["--demo", "nowhere", "vm", "docker"]),
        ("check --config /no/such.toml", ["/no/such.toml", "no such file"]),
        ("config frobnicate", ["frobnicate", "path", "show", "init"]),
        ("simulate", ["SOURCE"]),
        ("simulate nothing", ["nothing", "imds", "azure_arc"]),
        ("simulate imds --port 70000", ["70000", "65535"]),
        ("simulate imds --host 8.8.8.8", ["8.8.8.8", "loopback"]),
        ("--demo nowhere", ["--demo", "nowhere", "vm", "docker"]),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_3(
    line: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("mitui: ")
    for word in words:
        assert word in err


def test_hostile_arguments_are_made_visible(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--identity", "\x1b]52;c;AAAA\x07\u202e"]) == 3
    assert main(["\x1b[31m"]) == 3
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\u202e" not in err


@pytest.mark.parametrize("line", ["--help", "check --help", "simulate --help", "config --help"])
def test_help_goes_to_stdout(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 0
    assert "usage: mitui" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["version", "--version"])
def test_the_version(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    from mitui import __version__

    assert main([line]) == 0
    assert capsys.readouterr().out == f"mitui {__version__}\n"


def test_a_usage_error_is_an_exception_of_its_own() -> None:
    with pytest.raises(UsageError, match="process ID"):
        parse(["check", "--pid", "x"])


def test_the_demos_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--demo", "list"], ["check", "--demo", "list"]):
        with pytest.raises(SystemExit) as ended:
            parse(arguments)
        assert ended.value.code == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == list(SCENARIOS)
        assert len({line.partition("  ")[2] for line in lines}) == len(SCENARIOS)
