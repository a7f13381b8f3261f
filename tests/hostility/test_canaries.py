"""Tokens, the pod's assertion, the identity header and a vault's secret: looked for in every byte that comes out."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM
from mitui.simulator.sources.pod import TOKEN_FILE
from mitui.simulator.vault.server import SimulatedVault
from tests.cli.commands import command, run
from tests.cli.exporter.running import LOCAL, running_exporter
from tests.support.terminal import Terminal

FORMATS = ("text", "json", "markdown", "prometheus", "openmetrics", "nagios")
HOSTS = ("app_service", "workload_identity")
FAULT = "html"
"""After which the causes and the wire are told as well; nothing waits for a second try."""


@dataclass
class Scene:
    """A host with a vault, and everything on them that must stay there."""

    host: SimulatedHost
    vault: SimulatedVault
    home: Path

    @property
    def options(self) -> list[str]:
        pod = self.host.kind == "workload_identity"
        return [
            *("--vault", self.vault.url, "--allow-loopback-vault", "--want", "secrets/get"),
            *(["--allow-endpoint", "127.0.0.1"] if pod else []),
        ]

    @property
    def variables(self) -> dict[str, str]:
        folders = {"XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
        return {**self.host.exported_variables, **{name: str(self.home / each) for name, each in folders.items()}}

    def secrets(self) -> set[str]:
        """The canaries with their parts: half a token is one as well."""
        tokens = [token.raw for _, token in self.host.mint._kept.values()]
        whole = [*tokens, self.host.secret, self.vault.canary]
        place = self.host.root / TOKEN_FILE.lstrip("/")
        if place.exists():
            whole.append(place.read_text())
        sent = [each.headers.get("authorization", "").removeprefix("Bearer ") for each in self.vault.requests]
        whole += [each for each in sent if each]
        assert tokens, "nothing was asked for"
        return {part for each in whole for part in (each, each.rpartition(".")[2]) if len(part) > 12}

    def assert_nowhere(self, *written: bytes) -> None:
        """Fail if a canary stands in what was written, or in a file below the home folder."""
        files = [each.read_bytes() for each in self.home.rglob("*") if each.is_file()]
        for secret in self.secrets():
            for text in (*written, *files):
                assert secret.encode() not in text, "a canary is out"


@pytest.fixture(params=HOSTS)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        host = stack.enter_context(SimulatedHost(request.param, tls=False if request.param == "app_service" else None))
        host.platform_cache = True
        vault = stack.enter_context(SimulatedVault("contoso-kv", tls=False))
        vault.secrets["db-password"] = vault.canary
        vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
        yield Scene(host, vault, tmp_path)


def test_every_format_of_check(scene: Scene) -> None:
    for name in FORMATS:
        done = run("check", "--format", name, *scene.options, variables=scene.variables)
        assert done.stdout
        scene.assert_nowhere(done.stdout.encode(), done.stderr.encode())
    scene.host.fail(FAULT)
    for name in ("text", "json"):
        output = scene.home / f"check.{name}"
        done = run("check", "--format", name, "--output", str(output), *scene.options, variables=scene.variables)
        assert done.returncode == 2
        scene.assert_nowhere(done.stdout.encode(), done.stderr.encode())


def test_a_watch_its_arguments_and_its_end(scene: Scene) -> None:
    with subprocess.Popen(
        command("check", "--watch", *scene.options),
        env={**os.environ, **scene.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        title = Path(f"/proc/{process.pid}/comm").read_bytes()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    scene.assert_nowhere(first, out, err, arguments, title)


def test_every_page_of_the_exporter(scene: Scene) -> None:
    with running_exporter(*LOCAL, *scene.options, variables=scene.variables) as exporter:
        exporter.wait_until_ready()
        pages = [exporter.get(path) for path in ("/", "/metrics", "/-/ready", "/-/healthy", "/nothing")]
        pages.append(exporter.get("/metrics", Accept="application/openmetrics-text"))
        arguments = Path(f"/proc/{exporter.process.pid}/cmdline").read_bytes()
        exporter.process.terminate()
        out, err = exporter.process.communicate(timeout=30)
    written = [f"{each.headers}{each.text}".encode() for each in pages]
    scene.assert_nowhere(arguments, out.encode(), err.encode(), *written)


LOGGING = {"PYTHONDEVMODE": "1", "PYTHONASYNCIODEBUG": "1", "PYTHONFAULTHANDLER": "1", "HTTPX_LOG_LEVEL": "trace"}
"""By which Python and the libraries say more of what they do."""


def test_every_saved_file(scene: Scene) -> None:
    for name, more in (("masked", ()), ("whole", ("--no-redact",))):
        place = scene.home / f"{name}.json"
        done = run("check", "--save", str(place), *more, *scene.options, variables=scene.variables)
        assert place.stat().st_size > 1000
        scene.assert_nowhere(done.stdout.encode(), done.stderr.encode())
        replayed = run("check", "--replay", str(place), "--json", variables=scene.variables)
        scene.assert_nowhere(replayed.stdout.encode(), replayed.stderr.encode())


def test_the_history_of_a_watch_and_an_abort(scene: Scene) -> None:
    """The history has ids as they are; the abort tells where each thread is."""
    history = scene.home / "history.jsonl"
    with subprocess.Popen(
        command("check", "--watch", "--save", str(history), "--no-redact", *scene.options),
        env={**os.environ, **scene.variables, **LOGGING},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGABRT)
        out, err = process.communicate(timeout=30)
    assert b"Fatal Python error: Aborted" in err
    assert history.read_text().count("\n") >= 1
    scene.assert_nowhere(out, err)


DEFECTIVE = """
import sys
from mitui.cli.main import main
from mitui.engine.asking import acquisition

def crash(identity, actual, payload, grant, *rest):
    secret = grant.secret.reveal()
    raise ValueError(secret) from LookupError(secret)

acquisition.notices = crash
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("form", FORMATS)
def test_a_defect_whose_message_is_the_token(scene: Scene, form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DEFECTIVE, "check", "--format", form, *scene.options],
        env={**os.environ, **scene.variables, **LOGGING},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"defect" in done.stdout
    scene.assert_nowhere(done.stdout, done.stderr)


def test_a_defect_of_the_dashboard_whose_message_is_the_token(scene: Scene) -> None:
    log = {"TEXTUAL_LOG": str(scene.home / "textual.log"), "TEXTUAL": "devtools,debug"}
    variables = {**scene.variables, **LOGGING, **log}
    with Terminal([sys.executable, "-c", DEFECTIVE, *scene.options], size=(120, 40), environment=variables) as terminal:
        terminal.wait_for("defect")
        terminal.press("3\r")
        terminal.settle(quiet=0.3, seconds=5)
        terminal.signal(signal.SIGABRT)
        terminal.wait_exit()
        scene.assert_nowhere(terminal.raw)


def test_every_byte_of_the_dashboard(scene: Scene) -> None:
    command_line = command(*scene.options)
    here = scene.home / "here"
    here.mkdir()
    log = {"TEXTUAL_LOG": str(scene.home / "textual.log"), "PYTHONPATH": str(Path(__file__).parents[2])}
    variables = {**scene.variables, **log}
    with Terminal(command_line, size=(120, 40), environment=variables, folder=here) as terminal:
        terminal.wait_for("management.azure.com")
        for keys in ("v", "3", "\r", "4", "y", "5", "6", "1", "\r", "Y"):
            terminal.press(keys)
            terminal.settle(quiet=0.2, seconds=5)
            terminal.press("\x1b[27u")
            terminal.settle(quiet=0.1, seconds=2)
        terminal.press("T")
        terminal.wait_for("Themes")
        terminal.press("dracula")
        terminal.wait_for_no("gruvbox")
        terminal.wait_for("dracula")
        terminal.press("\r")
        terminal.wait_for_no("Themes")
        terminal.press("S")
        terminal.wait_for("ids masked")
        scene.host.fail(FAULT)
        for keys in ("3", "r", "\r", "Y"):
            terminal.press(keys)
            terminal.settle(quiet=0.3, seconds=5)
        assert list(here.iterdir()), "nothing was saved"
        assert list((scene.home / "state").rglob("*.toml")), "nothing was remembered"
        arguments = Path(f"/proc/{terminal.process.pid}/cmdline").read_bytes()
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit()[0] == 128 + signal.SIGTERM
        copied = [base64.b64decode(each) for each in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", terminal.raw)]
        assert copied, "nothing was copied"
        scene.assert_nowhere(terminal.raw, arguments, *copied)


def test_the_canaries_are_found_where_they_are(scene: Scene) -> None:
    """The search itself: a file with a token in it is noticed."""
    run("check", *scene.options, variables=scene.variables)
    (scene.home / "leak").write_text(f"x{next(iter(scene.secrets()))}x")
    with pytest.raises(AssertionError, match="a canary is out"):
        scene.assert_nowhere()
