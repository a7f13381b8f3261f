"""What a command line says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.keyvault.verdict import ProbeDepth

Command = Literal[
    "dashboard",
    "check",
    "compare",
    "exporter",
    "explain",
    "fleet",
    "schema",
    "completion",
    "simulate",
    "config",
    "version",
]
COMMANDS: Final[tuple[Command, ...]] = get_args(Command)[1:]
"""Those that are named; the dashboard is what opens without a name."""
HERE: Final = "-"
PROCESS: Final = "pid:"
DEFAULT_SCENARIO: Final = "vm"
CHECK_TIMEOUT: Final = 10.0


def is_live(name: str) -> bool:
    """Whether it names this host, or a process on it, and not a file."""
    return name == HERE or name.startswith(PROCESS)


class UsageError(Exception):
    """A command line that can't be carried out; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """A command line. What was not said is None, False or empty.

    ``a`` and ``b`` are what to compare: files, ``HERE``, or ``PROCESS`` with a number. ``what`` is the source to
    simulate, the code to explain or the part of ``mitui config`` or ``mitui fleet``. ``bench`` holds the options of
    ``mitui simulate`` as they came, by name. ``formats`` are those that were named, in whichever way; one at most.
    ``timeout``, ``warn_below`` and ``critical_below`` are in seconds.
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
    formats: tuple[str, ...] = ()
    output: str = ""
    save: str = ""
    replay: str = ""
    no_redact: bool = False
    warn_below: float | None = None
    critical_below: float | None = None
    redact: bool = False
    watch: bool = False
    quiet: bool = False
    ascii: bool = False
    no_mouse: bool = False
    what: str = ""
    a: str = ""
    b: str = ""
    bench: tuple[tuple[str, str], ...] = ()
    listed: bool = False
    listen: tuple[str, int] = ("127.0.0.1", 9914)

    @property
    def format(self) -> str:
        """The format that was asked for, "" for the command's own."""
        return self.formats[0] if self.formats else ""
