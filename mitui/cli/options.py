"""argv -> Options, or a usage error of one sentence."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

from mitui import __version__
from mitui.engine.identity import Identity, IdentitySyntaxError, parse_identity
from mitui.monitor.plan import DEPTHS

if TYPE_CHECKING:
    from mitui.keyvault.verdict import ProbeDepth

Command = Literal["dashboard", "check", "explain", "simulate", "config", "version"]
COMMANDS: Final = ("check", "explain", "simulate", "config", "version")
DEFAULT_SCENARIO: Final = "vm"
CHECK_TIMEOUT: Final = 10.0
LONGEST_TIMEOUT: Final = 3_600.0
_EPILOG: Final = """commands:
  mitui check              one answer for scripts: exit 0 ok, 1 warning, 2 critical, 3 unknown
  mitui explain [CODE]     what a failure, an AADSTS or AKV code or a warning means, offline
  mitui simulate SOURCE    serve a simulated host for other programs
  mitui config path|show|init
  mitui version
Each has its own --help."""
_CHECK_EPILOG: Final = "exit code: 0 ok, 1 warning, 2 critical, 3 unknown, and 3 for a usage error"
_IDENTITY_HELP: Final = "system, client:<guid>, object:<guid> or resource:<ARM id>; may be repeated"


class UsageError(Exception):
    """A command line that can't be carried out; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """A command line. What was not said is None, False or empty.

    ``what`` is the source to simulate, the code to explain or the part of ``mitui config``; ``timeout`` is in seconds.
    """

    command: Command = "dashboard"
    identities: tuple[Identity, ...] = ()
    resources: tuple[str, ...] = ()
    vaults: tuple[str, ...] = ()
    want: tuple[str, ...] = ()
    probe: ProbeDepth | None = None
    config: str = ""
    process_id: int | None = None
    timeout: float | None = None
    allow_endpoints: frozenset[str] = field(default=frozenset())
    allow_loopback_vault: bool = False
    ca_file: str = ""
    demo: str | None = None
    json: bool = False
    markdown: bool = False
    redact: bool = False
    watch: bool = False
    quiet: bool = False
    ascii: bool = False
    no_mouse: bool = False
    what: str = ""
    port: int = 0
    host: str = "127.0.0.1"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; {self.prog} --help shows what is allowed")


def parse(arguments: Sequence[str]) -> Options:
    """Read a command line. Raises UsageError, and SystemExit(0) after printing help or the version."""
    command: Command = "dashboard"
    rest = list(arguments)
    for name in COMMANDS:
        if rest[:1] == [name]:
            command = name
            rest = rest[1:]
    parser = _parser(command)
    if command == "dashboard" and rest and not rest[0].startswith("-"):
        raise UsageError(f"there is no command {rest[0]!r}; there are {', '.join(COMMANDS)}{_close(rest[0], COMMANDS)}")
    given, unknown = parser.parse_known_args(rest)
    if unknown:
        raise UsageError(_unknown(parser, unknown[0], command))
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in vars(given).items()
    }
    if "allow_endpoints" in values:
        values["allow_endpoints"] = frozenset(values["allow_endpoints"])
    options = Options(command=command, **values)
    _check(options)
    return options


def _parser(command: Command) -> _Parser:
    prog = "mitui" if command == "dashboard" else f"mitui {command}"
    epilog = {"dashboard": _EPILOG, "check": _CHECK_EPILOG}.get(command, "")
    parser = _Parser(
        prog=prog,
        description=_DESCRIPTIONS[command],
        epilog=epilog,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if command == "dashboard":
        _add_shared(parser)
        parser.add_argument(
            "--demo", nargs="?", const=DEFAULT_SCENARIO, metavar="SCENARIO", help="a simulated host; no Azure needed"
        )
        parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
        parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
        parser.add_argument(
            "--version", action="version", version=f"mitui {__version__}", help="say which mitui this is"
        )
    elif command == "check":
        _add_shared(parser)
        _add_check(parser)
    elif command == "explain":
        parser.add_argument("what", metavar="CODE", nargs="?", default="", help="such as AADSTS700213; none lists all")
        parser.add_argument("--json", action="store_true", help="as JSON")
    elif command == "simulate":
        parser.add_argument("what", metavar="SOURCE", help="a kind of host such as imds or azure_arc, or a scenario")
        parser.add_argument("--port", type=_port, help="the port to listen on; any free one by default")
        parser.add_argument("--host", help="the address to listen on; 127.0.0.1 by default")
    elif command == "config":
        parser.add_argument("what", metavar="path|show|init", choices=("path", "show", "init"))
        parser.add_argument("--config", metavar="FILE", help="the config file")
    return parser


_DESCRIPTIONS: Final = {
    "dashboard": "Is the managed identity on this host healthy, and if not, what to do.",
    "check": "Look once, print the answer, and say it with the exit code.",
    "explain": "Say what a code means: a cause, a failure's or a warning's kind, or a code of Entra ID or Key Vault.",
    "simulate": "Serve a simulated host on loopback until Ctrl-C, and print the variables that point a client at it.",
    "config": "Say where the config is, what is in force and where each value came from, or write a commented one.",
    "version": "Say which mitui this is.",
}


def _add_shared(parser: _Parser) -> None:
    add = parser.add_argument
    add("--identity", dest="identities", type=_identity, action="append", metavar="SPEC", help=_IDENTITY_HELP)
    add("--resource", dest="resources", type=_resource, action="append", metavar="URI", help="ask for a token for it")
    add("--vault", dest="vaults", action="append", metavar="URL", help="a vault to probe, by URL or name")
    add("--want", type=_want, metavar="PERMISSIONS", help="secrets/get,secrets/list: what the identity must be allowed")
    add("--probe", choices=DEPTHS, help="how deep to probe vaults: read by default")
    add("--config", metavar="FILE", help="the config file")
    add("--pid", dest="process_id", type=_process_id, metavar="PID", help="see the host as that process does")
    add("--timeout", type=_seconds, metavar="SECONDS", help="the longest any one token or vault exchange may take")
    add("--allow-endpoint", dest="allow_endpoints", action="append", metavar="HOST", help="a token endpoint to trust")
    add("--allow-loopback-vault", action="store_true", help="take vaults on this machine: emulators")
    add("--ca-file", metavar="FILE", help="PEM authorities to trust for vaults and for Entra ID")


def _add_check(parser: _Parser) -> None:
    add = parser.add_argument
    add("--json", action="store_true", help="print JSON")
    add("--markdown", action="store_true", help="print Markdown, for a ticket")
    add("--redact", action="store_true", help="mask every id")
    add("--watch", action="store_true", help="go on, with one line for each change")
    add("--quiet", action="store_true", help="print nothing; the exit code says it")
    add("--demo", nargs="?", const=DEFAULT_SCENARIO, metavar="SCENARIO", help="a simulated host; no Azure needed")


def _check(options: Options) -> None:
    if options.json and options.markdown:
        raise UsageError("--json and --markdown exclude each other: choose one")
    if options.watch and options.markdown:
        raise UsageError("--watch prints lines, or JSON with --json; it has no Markdown")
    if options.demo is not None and options.process_id is not None:
        raise UsageError("--demo and --pid exclude each other: a simulated host has no processes")
    if options.vaults:
        from mitui.keyvault.address import parse_vault
        from mitui.keyvault.verdict import VaultFailure

        for vault in options.vaults:
            address = parse_vault(vault, allow_loopback=options.allow_loopback_vault)
            if isinstance(address, VaultFailure):
                raise UsageError(f"--vault: {address.message}")


def _identity(text: str) -> Identity:
    try:
        return parse_identity(text)
    except IdentitySyntaxError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _resource(text: str) -> str:
    if not text.strip() or any(char.isspace() for char in text.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is no resource: write one such as https://management.azure.com")
    return text.strip()


def _want(text: str) -> tuple[str, ...]:
    from mitui.keyvault.wanted import WantSyntaxError, parse_want

    try:
        return parse_want(text)
    except WantSyntaxError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0 and up to {LONGEST_TIMEOUT:.0f}")
    return value


def _process_id(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no process ID: it must be a whole number above 0")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: it must be a number from 0 to 65535")
    return int(text)


def _unknown(parser: _Parser, text: str, command: Command) -> str:
    if not text.startswith("-"):
        words = f" (put the command first: mitui {text})" if command == "dashboard" and text in COMMANDS else ""
        return f"{text!r} was not expected{words}; {parser.prog} --help shows what is allowed"
    name = text.partition("=")[0]
    known = [option for action in parser._actions for option in action.option_strings]  # noqa: SLF001
    return f"there is no option {name}{_close(name, known)}; {parser.prog} --help shows what is allowed"


def _close(text: str, known: Sequence[str]) -> str:
    import difflib

    found = difflib.get_close_matches(text, known, 1)
    return f"; did you mean {found[0]}?" if found else ""
