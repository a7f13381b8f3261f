"""The parser of each command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final, NoReturn

from mitui import __version__
from mitui.cli.command_line.options import COMMANDS, DEFAULT_SCENARIO, Command, UsageError
from mitui.cli.command_line.values import duration, identity, listen_address, process_id, resource, seconds, want
from mitui.cli.fleet import FLEET
from mitui.monitor.plan import DEPTHS
from mitui.report.formats import FORMATS

_EXIT_CODES: Final = "exit code: 0 ok, 1 warning, 2 critical, 3 unknown, and 3 for a usage error"
_IDENTITY_HELP: Final = "system, client:<guid>, object:<guid> or resource:<ARM id>; may be repeated"
DESCRIPTIONS: Final[dict[Command, str]] = {
    "dashboard": "Is the managed identity on this host healthy, and if not, what to do.",
    "check": "Look once, print the answer, and say it with the exit code.",
    "compare": "Say what differs, by meaning and in the order in which it matters: "
    "between two files that `mitui check --save` wrote, this host, and this host as a process sees it.",
    "exporter": "Look again and again, and serve what is found as Prometheus metrics until a signal ends it.",
    "explain": "Say what a code means: a cause, a failure's or a warning's kind, or a code of Entra ID or Key Vault.",
    "fleet": "Print a file that watches many hosts: "
    "alerting rules, a Grafana dashboard, or systemd units for the exporter or the textfile collector.",
    "schema": "Print the JSON Schema of what `mitui check --json` prints.",
    "completion": "Print the completion for a shell, or the man page.",
    "simulate": "Serve a simulated host on loopback until Ctrl-C, and print the variables that point a client at it.",
    "config": "Say where the config is, what is in force and where each value came from, or write a commented one.",
    "version": "Say which mitui this is.",
}
_EPILOG: Final = """commands:
  mitui check              one answer for scripts: exit 0 ok, 1 warning, 2 critical, 3 unknown
  mitui compare A B        what differs between saved files, this host (-) and processes (pid:N)
  mitui exporter           the same as Prometheus metrics, on loopback, kept up to date
  mitui explain [CODE]     what a failure, an AADSTS or AKV code or a warning means, offline
  mitui fleet PART         alerting rules, a Grafana dashboard, systemd units
  mitui schema             the JSON Schema of `mitui check --json`
  mitui completion SHELL   for bash, zsh or fish, and the man page
  mitui simulate SOURCE    serve a simulated host for other programs
  mitui config path|show|init
  mitui version
Each has its own --help."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are usage errors."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with the message."""
        raise UsageError(f"{message}; {self.prog} --help shows what is allowed")


def parser_of(command: Command) -> Parser:
    """The parser of what follows the command's name."""
    parser = Parser(
        prog="mitui" if command == "dashboard" else f"mitui {command}",
        description=DESCRIPTIONS[command],
        epilog=_epilog_of(command),
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser, command)
    return parser


def add_arguments(parser: argparse.ArgumentParser, command: Command) -> None:
    """Give the parser all that this command takes."""
    add = _ARGUMENTS.get(command)
    if add is not None:
        add(parser)


def _epilog_of(command: Command) -> str:
    match command:
        case "dashboard":
            return _EPILOG
        case "check":
            return f"{_listed('formats', {name: each.words for name, each in FORMATS.items()})}\n{_EXIT_CODES}"
        case "compare":
            return "exit code: 0 nothing differs, 1 something does, 3 it can't be compared"
        case "fleet":
            return _listed("parts", {name: each.words for name, each in FLEET.items()})
    return ""


def _listed(title: str, words: dict[str, str]) -> str:
    return "\n".join([f"{title}:", *(f"  {name:<13}{each}" for name, each in words.items())])


class _InOrder(argparse.Action):
    """Keeps the options of a bench as they come: some belong to the one before them."""

    def __call__(self, _parser: object, given: argparse.Namespace, value: Any, option: str | None = None) -> None:
        """Append the option's name and its value."""
        before = getattr(given, self.dest, [])
        setattr(given, self.dest, [*before, ((option or "").lstrip("-"), value or "")])


_BENCH: Final = (
    ("--port", "PORT", "the port to listen on; any free one by default"),
    ("--host", "ADDRESS", "the address to listen on; 127.0.0.1 by default"),
    ("--root", "DIR", "where the host puts its files: / for those of Arc's agent; a temporary folder by default"),
    (
        "--identity",
        "SPEC",
        "an identity: its name, then ,client=GUID ,object=GUID or ,resource=ID where they matter; may be repeated",
    ),
    ("--no-system-assigned", "", "the host has no system-assigned identity"),
    ("--lifetime", "SECONDS", "how long tokens last"),
    ("--latency", "MS", "wait so many milliseconds before each answer"),
    (
        "--fault",
        "SPEC",
        "a fault: its name, then ,resource=URI ,identity=NAME ,times=N ,after=N ,lasting=SECONDS or its own options",
    ),
    ("--vault", "NAME", "a Key Vault over TLS: its name, then ,port=PORT where it matters; may be repeated"),
    ("--role", "ROLE", "a role on that vault, of all identities or ROLE,identity=NAME"),
    ("--access-policy", "PERMISSIONS", "secrets/get,list: in place of roles, an access policy of that vault"),
    ("--secret", "NAME=VALUE", "a secret in that vault"),
    ("--arm", "", "a Resource Manager over TLS, for az login --identity"),
    ("--format", "FORMAT", "how the variables are printed: env, json, dotenv, docker or github"),
    ("--log", "FORMAT", "how requests are told on stderr: text, json or none"),
    ("--control-port", "PORT", "the port of GET /_mitui/requests and its kin; any free one by default"),
)


def _add_shared(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--identity", dest="identities", type=identity, action="append", metavar="SPEC", help=_IDENTITY_HELP)
    add("--resource", dest="resources", type=resource, action="append", metavar="URI", help="ask for a token for it")
    add("--vault", dest="vaults", action="append", metavar="URL", help="a vault to probe, by URL or name")
    add("--want", type=want, metavar="PERMISSIONS", help="secrets/get,secrets/list: what the identity must be allowed")
    add("--probe", choices=DEPTHS, help="how deep to probe vaults: read by default")
    add("--config", metavar="FILE", help="the config file")
    add("--timeout", type=seconds, metavar="SECONDS", help="the longest any one token or vault exchange may take")
    add("--allow-endpoint", dest="allow_endpoints", action="append", metavar="HOST", help="a token endpoint to trust")
    add("--allow-loopback-vault", action="store_true", help="take vaults on this machine: emulators")
    add("--ca-file", metavar="FILE", help="PEM authorities to trust for vaults and for Entra ID")


def _add_process(parser: argparse.ArgumentParser) -> None:
    words = "see the host as that process does"
    parser.add_argument("--pid", dest="process_id", type=process_id, metavar="PID", help=words)


class _Demo(argparse.Action):
    """A scenario's name; for ``list``, all of them are printed and nothing else is done."""

    def __call__(
        self, parser: argparse.ArgumentParser, given: argparse.Namespace, value: object, option: str | None = None
    ) -> None:
        if value == "list":
            from mitui.cli.output.columns import in_columns
            from mitui.simulator.scenarios.table import SCENARIOS

            print(in_columns([(name, scenario.words) for name, scenario in SCENARIOS.items()]), end="")
            parser.exit()
        setattr(given, self.dest, value)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    words = "a simulated host, no Azure needed; list tells them apart"
    parser.add_argument("--demo", action=_Demo, nargs="?", const=DEFAULT_SCENARIO, metavar="SCENARIO", help=words)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    words = "what a file holds that S in the dashboard or check --save wrote; nothing is asked"
    parser.add_argument("--replay", metavar="FILE", help=words)


def _add_dashboard(parser: argparse.ArgumentParser) -> None:
    _add_shared(parser)
    _add_process(parser)
    _add_demo(parser)
    _add_replay(parser)
    add = parser.add_argument
    add("--ascii", action="store_true", help="draw with ASCII characters only")
    add("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    add("--version", action="version", version=f"mitui {__version__}", help="say which mitui this is")


def _add_check(parser: argparse.ArgumentParser) -> None:
    _add_shared(parser)
    _add_process(parser)
    _add_thresholds(parser)
    add = parser.add_argument
    forms = tuple(FORMATS)
    add("--format", dest="formats", action="append", choices=forms, help="how the answer is written: text if not said")
    add("--json", dest="formats", action="append_const", const="json", help="short for --format json")
    add("--markdown", dest="formats", action="append_const", const="markdown", help="short for --format markdown")
    add("--output", metavar="FILE", help="write there, in place of what it held, once the whole answer stands")
    add("--redact", action="store_true", help="mask every id")
    save = (
        "write all that was found there, ids masked, to be replayed and compared; with --watch a line for each change"
    )
    add("--save", metavar="FILE", help=save)
    add("--no-redact", action="store_true", help="leave ids as they are in what --save writes")
    add("--watch", action="store_true", help="go on, with one line for each change")
    add("--quiet", action="store_true", help="print nothing; the exit code says it")
    _add_demo(parser)
    _add_replay(parser)


def _add_thresholds(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--warn-below",
        type=duration,
        metavar="TIME",
        help="warn of a token with less left: 900, 15m, 2h; 5m if not said",
    )
    add(
        "--critical-below",
        type=duration,
        metavar="TIME",
        help="call a token with less left critical, as an expired one",
    )


def _add_compare(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    words = "a file that check --save wrote, - for this host now, or pid:N for it as that process sees it"
    add("a", metavar="A", help=words)
    add("b", metavar="B", help="the other side, in the same way")
    add("--json", dest="formats", action="append_const", const="json", help="as JSON")
    add("--markdown", dest="formats", action="append_const", const="markdown", help="for a ticket")
    add("--redact", action="store_true", help="mask every id")
    add("--quiet", action="store_true", help="print nothing; the exit code says it")
    _add_shared(parser)


def _add_exporter(parser: argparse.ArgumentParser) -> None:
    _add_shared(parser)
    _add_process(parser)
    _add_thresholds(parser)
    add = parser.add_argument
    add("--listen", type=listen_address, metavar="ADDRESS:PORT", help="where to serve; 127.0.0.1:9914 if not said")
    add("--redact", action="store_true", help="mask every id")
    _add_demo(parser)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="CODE", nargs="?", default="", help="such as AADSTS700213; none lists all")
    parser.add_argument("--json", dest="formats", action="append_const", const="json", help="as JSON")


def _add_fleet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="PART", choices=tuple(FLEET), help=", ".join(FLEET))


def _add_completion(parser: argparse.ArgumentParser) -> None:
    words = "bash, zsh or fish; man for the man page"
    parser.add_argument("what", metavar="SHELL", choices=("bash", "zsh", "fish", "man"), help=words)


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    words = "a kind of host such as imds or azure_arc, or a scenario"
    parser.add_argument("what", metavar="SOURCE", nargs="?", default="", help=words)
    for option, metavar, words in _BENCH:
        more: dict[str, Any] = {"metavar": metavar} if metavar else {"nargs": 0}
        parser.add_argument(option, dest="bench", action=_InOrder, help=words, **more)
    parser.add_argument("--config", metavar="FILE", help="a TOML file that says all of this")
    parser.add_argument("--list", dest="listed", action="store_true", help="print what there is: sources, faults")


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="path|show|init", choices=("path", "show", "init"))
    parser.add_argument("--config", metavar="FILE", help="the config file")


_ARGUMENTS: Final[dict[Command, Callable[[argparse.ArgumentParser], None]]] = {
    "dashboard": _add_dashboard,
    "check": _add_check,
    "compare": _add_compare,
    "exporter": _add_exporter,
    "explain": _add_explain,
    "fleet": _add_fleet,
    "completion": _add_completion,
    "simulate": _add_simulate,
    "config": _add_config,
}


def whole_parser() -> argparse.ArgumentParser:
    """All commands in one parser: what completions and the man page are made from."""
    parser = parser_of("dashboard")
    parser.epilog = None
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        words = DESCRIPTIONS[command]
        add_arguments(commands.add_parser(command, help=words, description=words), command)
    return parser
