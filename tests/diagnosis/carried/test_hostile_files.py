"""Whatever lies where a process keeps its packages: nothing hangs, nothing breaks, nothing outside is read."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mitui.diagnosis.sdk.carried.go import go_process
from mitui.diagnosis.sdk.carried.inspection import inspect, inspect_process
from mitui.diagnosis.sdk.carried.rooted_files import Limits, RootedFiles
from mitui.diagnosis.sdk.carried.running_process import RunningProcess
from mitui.monitor.snapshot import Snapshot
from mitui.report.json_report import json_report
from mitui.report.markdown import markdown_report
from mitui.report.text import text_report
from tests.diagnosis.carried.executables import GO, old_go
from tests.diagnosis.carried.programs import WAITING_NODE, WAITING_PYTHON, install, look, node_package, running, told
from tests.support.hostile import FORBIDDEN, HOSTILE

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")

NAME = HOSTILE.replace("/", "_").replace("\0", "") + os.fsdecode(b"\xff\xfe")


@pytest.fixture
def files(tmp_path: Path) -> RootedFiles:
    return RootedFiles(tmp_path)


def test_a_link_is_followed_below_the_root_and_never_out_of_it(files: RootedFiles, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("inside")
    (tmp_path / "absolute").symlink_to("/etc/passwd")
    (tmp_path / "upwards").symlink_to("../../../../../../../../etc/passwd")
    (tmp_path / "proc").symlink_to("/proc/self/root/etc/passwd")
    (tmp_path / "folder").symlink_to("/")

    for path in ("/absolute", "/upwards", "/folder/folder/absolute", "/../../etc/passwd"):
        assert files.read(path, 100) == b"inside"
        assert files.resolve(path) == "/etc/passwd"
    assert files.read("/proc", 100) == b""
    assert files.resolve("/proc") is None


def test_loops_and_paths_without_an_end_are_nothing(files: RootedFiles, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "there").symlink_to("back")
    (tmp_path / "back").symlink_to("there/x")
    (tmp_path / "deep").symlink_to("deep/" * 100)

    for path in ("/loop", "/there", "/back/y", "/deep", "/x" * 5_000, "/" + "x" * 5_000, "/a\0b"):
        assert files.resolve(path) is None
        assert files.read(path, 1) == b""
        assert files.names(path) == ()


def test_only_regular_files_are_read_and_nothing_waits(files: RootedFiles, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "null").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        started = time.monotonic()
        for name in ("fifo", "folder", "null", "socket"):
            assert files.read(f"/{name}", 10) == b""
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("limits", "word"),
    [(Limits(files=3), "3 files"), (Limits(size=2 << 20), "2 MiB"), (Limits(seconds=-1), "s")],
    ids=["files", "size", "seconds"],
)
def test_every_limit_ends_it_and_says_so(limits: Limits, word: str, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * (1 << 20))
    files = RootedFiles(tmp_path, limits)
    read = [len(files.read("/big", 1 << 20)) for _ in range(5)]

    assert sum(read) <= 3 << 20
    assert read[-1] == 0
    assert word in files.stopped
    assert files.names("/") == ()


def test_a_package_json_that_is_a_fifo_and_one_that_nests_without_an_end(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    os.mkfifo(node_package(modules, "@azure/identity", "1.0.0") / "gone")
    (modules / "@azure/identity/package.json").unlink()
    os.mkfifo(modules / "@azure/identity/package.json")
    node_package(modules, "@azure/msal-node", "1.0.0")
    (modules / "@azure/msal-node/package.json").write_text("[" * 500_000)
    (modules / NAME).mkdir()
    with running(["node", "-e", WAITING_NODE], cwd=tmp_path) as process:
        started = time.monotonic()
        facts = look(process)

    assert time.monotonic() - started < 3
    assert facts.sdks == ()
    assert "no identity SDK" in facts.note


def test_folders_without_an_end_stop_at_the_limit(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    node_package(modules, "@azure/identity", "4.5.0")
    for number in range(2_100):
        (modules / f"p{number}/node_modules").mkdir(parents=True)
    with running(["node", "-e", WAITING_NODE], cwd=tmp_path) as process:
        facts = look(process)

    assert told(facts) == {"@azure/identity": "4.5.0"}
    assert "may carry more" in facts.note


def test_an_executable_of_2_gb_takes_no_time(tmp_path: Path) -> None:
    program = tmp_path / "huge"
    program.write_bytes(Path("/usr/bin/cat").read_bytes())
    program.chmod(0o755)
    os.truncate(program, 2 << 30)
    with running([program], ready=False) as process:
        started = time.monotonic()
        facts = look(process)

    assert time.monotonic() - started < 2.5
    assert facts.sdks == ()


def test_a_process_that_has_ended_is_told_as_such() -> None:
    child = subprocess.Popen(["sleep", "60"])
    child.kill()
    while "State:\tZ" not in Path(f"/proc/{child.pid}/status").read_text():
        time.sleep(0.001)
    unreaped = inspect(child.pid, {})
    child.wait()
    reaped = inspect(child.pid, {})

    assert unreaped.note == reaped.note == f"process {child.pid} has ended meanwhile"


async def test_files_that_never_answer_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object) -> None:
        time.sleep(3)

    monkeypatch.setattr("mitui.diagnosis.sdk.carried.inspection.running_process", hang)
    started = asyncio.get_running_loop().time()
    facts = await inspect_process(os.getpid(), {}, limits=Limits(seconds=0.1))

    assert asyncio.get_running_loop().time() - started < 2
    assert "did not answer" in facts.note


def test_a_hostile_name_is_harmless_in_every_report(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    folder = next((venv / "lib").glob("python*")) / "site-packages"
    (folder / f"azure_identity-{NAME}.dist-info").mkdir()
    install(tmp_path / NAME, "msal", "1.28.0")
    place = install(folder, "azure-identity", "1.15.0")
    (place / "METADATA").write_text(f"Name: azure-identity\nVersion: {HOSTILE}\n")
    with running([venv / "bin/python", "-c", WAITING_PYTHON], env={"PYTHONPATH": f"{tmp_path}/{NAME}"}) as process:
        facts = look(process)

    assert told(facts) == {"msal": "1.28.0"}
    for report in (text_report, markdown_report, json_report):
        text = report(Snapshot(process=facts))
        text.encode()
        assert not [each for each in FORBIDDEN if each in text]


def executable(tmp_path: Path, content: bytes) -> RunningProcess:
    """A process whose executable holds this."""
    (tmp_path / "exe").write_bytes(content)
    return RunningProcess(1, RootedFiles(tmp_path), tmp_path, executable="/exe")


def test_an_executable_of_an_old_go_is_read(tmp_path: Path) -> None:
    modules = f"path\tx\nmod\tx\t(devel)\t\ndep\t{GO}\tv1.0.0\th1:x\n=>\texample.com/fork\tv1.1.0\th1:y\n".encode()
    found = go_process(executable(tmp_path, old_go(modules)))

    assert found is not None
    assert found[0] == "go 1.17.5"
    assert [(each.name, each.version) for each in found[1]] == [(GO, "v1.1.0")]
