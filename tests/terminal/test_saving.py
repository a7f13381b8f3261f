"""``S`` and ``C`` in a real terminal: the file that is written, and what differs."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mitui.cli.main import main
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM
from tests.support.terminal import Terminal
from tests.terminal.programs import MITUI

ESCAPE = "\x1b[27u"
_MASK = re.compile(r"\b[a-z]+-[0-9a-f]{6}\b|x{8}(?:-x{4}){3}-x{6}[0-9a-f]{6}")
_NAME = re.compile(r"mitui-\d{8}T\d{6}Z\.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    place = tmp_path / "here"
    place.mkdir()
    return place


def test_what_is_saved_can_be_sent_and_replayed(folder: Path) -> None:
    with Terminal([*MITUI, "--demo", "healthy"], size=(120, 40), folder=folder) as terminal:
        terminal.wait_for("● healthy")  # the badge says "demo healthy" from the start
        terminal.wait_for("probed")
        terminal.settle()
        terminal.press("S")
        terminal.wait_for("ids masked; mitui --replay opens it")
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
    [place] = folder.iterdir()
    assert _NAME.fullmatch(place.name)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    text = place.read_text()
    assert SYSTEM.object_id not in text
    assert json.loads(text)["options"] == [["demo", "healthy"]]
    with Terminal([*MITUI, "--replay", place.name], folder=folder) as terminal:
        # When it was saved, which may be minutes after the last change.
        terminal.wait_for(f"{datetime.fromisoformat(place.stem[6:]):saved %Y-%m-%d %H:%M}Z  masked")
        terminal.wait_for("healthy")


def test_the_masks_on_the_screen_are_those_in_the_file(folder: Path) -> None:
    with Terminal([*MITUI, "--demo", "vault-roles"], size=(160, 60), folder=folder) as terminal:
        terminal.wait_for("probed")
        terminal.settle()
        terminal.press("x")
        terminal.wait_for("ids masked")
        terminal.settle()
        shown = {*_MASK.findall(terminal.text)}
        terminal.press("S")
        terminal.wait_for("saved as")
        terminal.press("q")
        assert terminal.wait_exit()[0] == 0
    [place] = folder.iterdir()
    assert {each.partition("-")[0] for each in shown} >= {"host", "identity", "vault"}
    assert shown <= {*_MASK.findall(place.read_text())}
    with Terminal([*MITUI, "--replay", place.name], size=(160, 60), folder=folder) as terminal:
        terminal.wait_for("probed")
        terminal.settle()
        assert {*_MASK.findall(terminal.text)} == shown


def test_ids_stay_only_after_a_yes(folder: Path) -> None:
    with Terminal([*MITUI, "--demo", "healthy"], size=(120, 40), folder=folder) as terminal:
        terminal.wait_for("healthy")
        terminal.settle()
        for answer, words in (("n", ""), ("y", "ids as they are")):
            terminal.press("\x10")
            terminal.wait_for("Commands")
            terminal.press("save with ids")
            terminal.settle()
            terminal.press("\r")
            terminal.wait_for("Save ids as they are?")
            assert list(folder.iterdir()) == []
            terminal.press(answer)
            terminal.wait_for_no("Save ids as they are?")
            terminal.wait_for(words)
    [place] = folder.iterdir()
    assert SYSTEM.object_id in place.read_text()


def save(terminal: Terminal, times: int) -> list[str]:
    """Press ``S`` so often; the names that the footer gives."""
    names = []
    for _ in range(times):
        terminal.press("S")
        terminal.wait_for("saved as")
        names += re.findall(r"saved as (mitui-\S+\.json),", terminal.text)
        terminal.press(ESCAPE)
        terminal.wait_for_no("saved as")
    return names


def test_saving_leaves_every_file_that_is_there(folder: Path) -> None:
    with Terminal([*MITUI, "--demo", "empty"], folder=folder) as terminal:
        terminal.wait_for("no identity endpoint")
        terminal.settle()
        names = save(terminal, 3)
    assert sorted(names) == sorted(each.name for each in folder.iterdir())
    assert len(set(names)) == 3


def test_a_replayed_file_is_not_what_is_saved_from_it(folder: Path) -> None:
    place = folder / "here.json"
    assert main(["check", "--demo", "healthy", "--save", str(place), "--no-redact", "--quiet"]) == 0
    taken = datetime.fromtimestamp(json.loads(place.read_text())["snapshot"]["generated_at"], UTC)
    place = place.rename(folder / taken.strftime("mitui-%Y%m%dT%H%M%SZ.json"))
    before = place.read_bytes()
    with Terminal([*MITUI, "--replay", place.name], size=(120, 40), folder=folder) as terminal:
        terminal.wait_for("healthy")
        terminal.settle()
        started = datetime.now(UTC).replace(microsecond=0)
        [name] = save(terminal, 1)
    assert place.read_bytes() == before
    assert SYSTEM.object_id not in (folder / name).read_text()
    stamp = name.removeprefix("mitui-")[:16]
    assert datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) >= started, "the time of saving"


def test_a_folder_that_takes_no_file(folder: Path) -> None:
    with Terminal([*MITUI, "--demo", "empty"], folder=folder) as terminal:
        terminal.wait_for("no identity endpoint")
        terminal.settle()
        folder.rmdir()
        terminal.press("S")
        terminal.wait_for("can't be written")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_another_identity(folder: Path, size: tuple[int, int]) -> None:
    with Terminal([*MITUI, "--demo", "healthy"], size=size, folder=folder) as terminal:
        terminal.wait_for(lambda text: re.search(r"○ web .*● ok", text) is not None)
        terminal.press("C")
        terminal.wait_for("Compare with")
        terminal.press("web\r")
        terminal.wait_for("What differs")
        terminal.wait_for("Whose identity answers")
        terminal.wait_for("A system-assigned")
        terminal.press(ESCAPE)
        terminal.wait_for_no("What differs")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--demo", "healthy"], "from another identity, a file saved here or the start"),
        (["--replay", "saved.json"], "from another identity or a file saved here"),
        ([], "from another identity, a file saved here, the start or what another process sees"),
    ],
)
def test_help_promises_what_the_session_can_compare_with(
    options: list[str], told: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    main(["check", "--demo", "healthy", "--save", "saved.json", "--quiet"])
    with Terminal([*MITUI, *options], size=(120, 80), folder=folder) as terminal:
        terminal.wait_for("4 Claims" if options else "What to do")
        terminal.settle()
        terminal.press("?")
        terminal.wait_for("Say what differs")
        terminal.settle()
        rows = " ".join(" ".join(row.strip("│ ") for row in terminal.rows).split())
        assert re.search(rf"Say what differs {told} (?:x|X|\S+) [A-Z]", rows)


def test_what_another_process_sees(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_POD_IDENTITY_AUTHORITY_HOST")
    with SimulatedHost("app_service") as host, SimulatedHost("imds") as vm:
        clean = {**os.environ, **vm.variables}
        for name, value in host.variables.items():
            monkeypatch.setenv(name, value)
        command = [sys.executable, "-c", "input()", "the-service"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=clean) as service:
            try:
                with Terminal([*MITUI], size=(120, 40), folder=folder) as terminal:
                    terminal.wait_for("healthy")
                    terminal.settle()
                    terminal.press("C")
                    terminal.wait_for("another process")
                    terminal.press("another")
                    terminal.settle()
                    terminal.press("\r")
                    terminal.wait_for("Which process?")
                    terminal.press(str(service.pid))
                    terminal.settle()
                    terminal.press("\r")
                    terminal.wait_for("What differs")
                    terminal.wait_for(f"process {service.pid}")
                    terminal.wait_for("app_service at")
            finally:
                service.kill()
