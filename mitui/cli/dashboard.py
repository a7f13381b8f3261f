"""``mitui``: the dashboard. Nothing heavy is loaded before its first frame."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.garbage_collection import collect_garbage
from mitui.cli.ground_question import asked_for_ground, can_be_asked
from mitui.clock import StillClock, SystemClock
from mitui.config.config import AUTO, Config, ConfigError
from mitui.config.loading import load_config
from mitui.config.locations import state_path
from mitui.config.state_file import StateFile
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.snapshot import Snapshot
from mitui.safe_text import visible_line

if TYPE_CHECKING:
    from mitui.engine.identity import Identity
    from mitui.monitor.intents import Intent
    from mitui.monitor.plan import Plan
    from mitui.monitor.refresher import Refresher
    from mitui.report.saved.document import Saved
    from mitui.tui.app import MituiApp
    from mitui.tui.feed import SnapshotFeed
    from mitui.tui.settings import DashboardSettings

PACE: Final = 0.1
"""Seconds between two Snapshots: over a slow link, a dozen of them in the first moment would each cost a layout."""


_DARK: Final = "mitui-dark"
_LIGHT: Final = "mitui-light"
_COERCED: Final = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python itself puts into LC_CTYPE where the locale is C or can't be had (PEP 538)."""


def dashboard(options: Options) -> int:
    """Run the dashboard until it is left. Raises UsageError for what can't be done."""
    # What was named wrongly first: with a terminal it would be wrong all the same.
    if options.demo is not None:
        _require_scenario(options.demo)
    saved = _saved(options)
    _require_terminal()
    environment = HostEnvironment.current()
    config = load_config(Path(options.config).expanduser() if options.config else None, environment)
    if isinstance(config, ConfigError):
        raise UsageError(config.message)
    state = StateFile(state_path(environment))
    settings = _settings(options, config, state, saved)
    with asked_for_ground(ask=settings.follow_ground) as question:
        app = _run(options, config, state, environment, saved, settings)
        question.answered = app.ground_told
    return app.return_code or 0


def _run(
    options: Options,
    config: Config,
    state: StateFile,
    environment: HostEnvironment,
    saved: Saved | None,
    settings: DashboardSettings,
) -> MituiApp:
    """The application once it has been left. Raises UsageError for a theme that there is not."""
    from mitui.cli.output.exports import BoardExports
    from mitui.tui.app import MituiApp
    from mitui.tui.feed import Exports

    feeds = _Feeds(options, config, state, environment, saved)
    ways = BoardExports(options, feeds.plan, saved)
    app = MituiApp(
        feeds.build,
        StillClock(saved.moment) if saved is not None else SystemClock(),
        settings=settings,
        exports=Exports(
            ways.redact,
            ways.report,
            feeds.raw_token if settings.allow_token_copy else None,
            ways.save,
            ways,
            processes=options.demo is None and saved is None,
            masked=saved is not None and saved.masked,
        ),
    )
    _require_theme(config, app.available_themes)
    app.run(mouse=settings.mouse)
    return app


def _saved(options: Options) -> Saved | None:
    """What the file holds that ``--replay`` names. Raises UsageError for one that can't be used."""
    if not options.replay:
        return None
    from mitui.cli.output.saved_file import read_saved

    return read_saved(options.replay)


def _badge(options: Options, saved: Saved | None) -> str:
    if saved is not None:
        from mitui.report.values import iso

        minute = (iso(saved.moment) or "")[:16].replace("T", " ")
        return f"saved {minute}{'Z' if minute else ''}"
    return f"demo {options.demo}" if options.demo is not None else ""


def _require_terminal() -> None:
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stdout)):
        raise UsageError("the dashboard needs a terminal; `mitui check` answers without one")
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise UsageError("TERM names no terminal that the dashboard can draw on; `mitui check` answers without one")


def _is_terminal(stream: object) -> bool:
    return stream is not None and getattr(stream, "isatty", lambda: False)()


def _require_scenario(name: str) -> None:
    from mitui.simulator.scenarios.table import find_scenario

    try:
        find_scenario(name)
    except ValueError as error:
        raise UsageError(f"--demo: {error}") from None


def _require_theme(config: Config, themes: Collection[str]) -> None:
    """Only Textual knows which themes there are, so this is checked last."""
    theme = config.dashboard.theme
    if theme != AUTO and theme not in themes:
        from mitui.tui.drawing.themes import in_order

        allowed = ", ".join((AUTO, *in_order(themes)))
        where = visible_line(str(config.path))
        raise UsageError(f"{where}: dashboard.theme: {visible_line(repr(theme))} is no theme; allowed are {allowed}")


def _settings(options: Options, config: Config, state: StateFile, saved: Saved | None) -> DashboardSettings:
    from mitui.tui.keys.keymap import keymap_problems
    from mitui.tui.settings import DashboardSettings

    keys = dict(config.keys)
    problems = keymap_problems(keys)
    if problems:
        raise UsageError(f"{visible_line(str(config.path))}: keys: {visible_line(problems[0], 1024)}")
    look = config.dashboard
    default = DashboardSettings()
    of_config = look.theme if look.theme != AUTO else _theme_of_ground(os.environ)
    chosen = state.remembered.theme or of_config
    return replace(
        default,
        theme=chosen or default.theme,
        follow_ground=not chosen and can_be_asked(os.environ),
        times=look.time_zone,
        ascii=options.ascii or look.glyphs == "ascii" or (look.glyphs == "auto" and _has_ascii_only(os.environ)),
        mouse=look.mouse and not options.no_mouse,
        keys=MappingProxyType(keys),
        allow_token_copy=look.allow_token_copy and saved is None,
        badge=_badge(options, saved),
        live=saved is None,
        remember_theme=lambda theme: state.update(lambda remembered: replace(remembered, theme=theme)),
    )


def _theme_of_ground(variables: Mapping[str, str]) -> str:
    """The theme for the ground that the terminal says it has, "" where it says nothing: rxvt, Konsole and iTerm2 set
    COLORFGBG to such as "0;15"."""
    ground = variables.get("COLORFGBG", "").rpartition(";")[2]
    return (_LIGHT if ground in ("7", "15") else _DARK) if ground.isdecimal() else ""


def _has_ascii_only(variables: Mapping[str, str]) -> bool:
    """Whether the terminal can't be trusted with more: Linux's own console, or a locale that names no UTF-8.

    No locale at all says nothing: containers seldom have one, and their terminals have UTF-8 all the same.
    """
    if variables.get("TERM") == "linux":
        return True
    names = ["LC_ALL", "LC_CTYPE", "LANG"]
    if variables.get("LANG") and variables.get("LC_CTYPE") in _COERCED:
        names.remove("LC_CTYPE")
    locale = next((value for name in names if (value := variables.get(name))), "")
    charset = locale.partition("@")[0].partition(".")[2].lower().replace("-", "")
    return bool(locale) and charset != "utf8"


class _Feeds:
    """Builds the refresher once the first frame stands, and remembers it for whoever may ask it for a token."""

    def __init__(
        self, options: Options, config: Config, state: StateFile, environment: HostEnvironment, saved: Saved | None
    ) -> None:
        self._saved = saved
        self._options = options
        self._config = config
        self._state = state
        self._environment = environment
        self._feed: Refresher | DemoFeed | None = None

    def build(self) -> SnapshotFeed:
        """A new feed; its imports are the heavy ones."""
        if self._saved is not None:
            from mitui.cli.replay import ReplayFeed

            return ReplayFeed(self._saved.snapshot)
        from mitui.cli.planning import make_plan
        from mitui.monitor.refresher import Refresher

        collect_garbage()
        options, state = self._options, self._state
        if options.demo is not None:
            self._feed = DemoFeed(options.demo, make_plan(options, Config(dashboard=self._config.dashboard)))
            return self._feed
        plan = make_plan(options, self._config, state.remembered)
        if state.warning:
            plan = replace(plan, assumptions=(*plan.assumptions, state.warning))
        self._feed = Refresher(plan, self._environment, SystemClock(), remember=state.update, pace=PACE)
        return self._feed

    def plan(self) -> Plan:
        """What this command line, the config and the remembered state want watched by now."""
        from mitui.cli.planning import make_plan

        return make_plan(self._options, self._config, self._state.remembered)

    def raw_token(self, identity: Identity, resource: str) -> str:
        """The token itself, "" if there is none."""
        return self._feed.raw_token(identity, resource) if self._feed is not None else ""


class DemoFeed:
    """The refresher on a simulated host, which runs for as long as somebody iterates."""

    def __init__(self, scenario: str, plan: Plan) -> None:
        self._scenario = scenario
        self._plan = plan
        self._refresher: Refresher | None = None

    def send(self, intent: Intent) -> None:
        """Hand the intent on, once there is somebody to take it."""
        if self._refresher is not None:
            self._refresher.send(intent)

    def raw_token(self, identity: Identity, resource: str) -> str:
        """As the refresher's."""
        return self._refresher.raw_token(identity, resource) if self._refresher is not None else ""

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """As the refresher's."""
        from contextlib import aclosing

        from mitui.cli.demo import simulated
        from mitui.monitor.refresher import Refresher

        with simulated(self._scenario, self._plan) as (plan, environment):
            self._refresher = Refresher(plan, environment, SystemClock(), pace=PACE)
            async with aclosing(self._refresher.snapshots()) as snapshots:
                async for snapshot in snapshots:
                    yield snapshot
