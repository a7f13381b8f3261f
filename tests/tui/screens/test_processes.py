"""The list of processes, read from a /proc made by hand and from the real one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mitui.tui.processes import list_processes

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")


def process(root: Path, number: int, command: bytes, environ: bytes | None, started: int | None = None) -> None:
    folder = root / "proc" / str(number)
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes(command)
    if started is not None:
        (folder / "stat").write_text(f"{number} (a (b) c) S {'0 ' * 18}{started} 0 0\n")
    if environ is None:
        (folder / "environ").mkdir()  # unreadable, even for root
    else:
        (folder / "environ").write_bytes(environ)


def test_those_with_identity_variables_come_first_and_the_unreadable_last(tmp_path: Path) -> None:
    process(tmp_path, 900_001, b"/usr/bin/python3\0/srv/app.py\0--password=x\0", b"PATH=/bin\0")
    process(tmp_path, 900_002, b"", b"")
    process(tmp_path, 900_003, b"/opt/himds\0", None)
    process(tmp_path, 900_004, b"node\0-e\0", b"IDENTITY_ENDPOINT=http://x\0IDENTITY_HEADER=canary\0MSI_ENDPOINT=\0")
    (tmp_path / "proc" / "version").write_text("Linux")
    rows = list_processes(tmp_path)
    assert [row.process_id for row in rows] == [900_004, 900_001, 900_003]
    assert rows[0].variables == ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT")
    assert rows[0].command == "node"
    assert rows[1].command == "python3 app.py"
    assert rows[2].unreadable
    assert "canary" not in repr(rows)


def test_among_their_like_they_stand_by_name_and_of_one_name_the_newest_is_first(tmp_path: Path) -> None:
    for number, command, environ, started in (
        (900_001, b"/usr/sbin/cron\0", b"", 10),
        (900_002, b"/usr/bin/Worker\0", b"", 10),
        (900_003, b"/usr/bin/worker\0", b"", 90),
        (900_004, b"/usr/bin/worker\0", b"", 50),
        (900_005, b"/srv/zebra\0", b"AZURE_CLIENT_SECRET=canary\0AZURE_TENANT_ID=t\0", 10),
        (900_006, b"/srv/api\0", b"AZURE_TOKEN_CREDENTIALS=prod\0", None),
        (900_007, b"/opt/agent\0", None, 99),
    ):
        process(tmp_path, number, command, environ, started)
    rows = list_processes(tmp_path)
    assert [row.process_id - 900_000 for row in rows] == [6, 5, 1, 3, 4, 2, 7]
    assert rows[1].variables == ("AZURE_TENANT_ID", "AZURE_CLIENT_SECRET")
    assert "canary" not in repr(rows)


def test_the_more_its_variables_say_the_sooner_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9")
    inherited = b"AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:9\0"
    named = inherited + b"AZURE_CLIENT_ID=i\0"
    for number, command, environ in (
        (900_001, b"/usr/bin/bash\0", inherited),
        (900_002, b"/srv/zebra\0", named + b"IDENTITY_ENDPOINT=http://x\0IDENTITY_HEADER=s\0"),
        (900_003, b"/usr/bin/worker\0", named),
        (900_004, b"/usr/bin/agent\0", b"AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:41000\0"),
        (900_005, b"/usr/sbin/cron\0", b"PATH=/bin\0"),
        (900_006, b"python3\0/usr/bin/mitui\0", inherited + b"IDENTITY_ENDPOINT=http://x\0"),
        (900_007, b"/usr/bin/a\0", None),
    ):
        process(tmp_path, number, command, environ)
    assert [row.process_id - 900_000 for row in list_processes(tmp_path)] == [2, 3, 4, 1, 5, 6, 7]


def test_a_real_process_is_found_with_its_user() -> None:
    with subprocess.Popen(["sleep", "60"], env={"MSI_ENDPOINT": ""}) as child:
        try:
            command_line = Path(f"/proc/{child.pid}/cmdline")
            while not command_line.read_bytes():  # the kernel fills it in a moment after the program has started
                time.sleep(0.001)
            row = next(row for row in list_processes() if row.process_id == child.pid)
        finally:
            child.kill()
    assert row.command == "sleep 60"
    assert row.started > 0
    assert row.variables == ("MSI_ENDPOINT",)
    assert row.user
    assert all(row.process_id != os.getpid() for row in list_processes())


def test_a_host_without_proc_has_no_list(tmp_path: Path) -> None:
    assert list_processes(tmp_path) == ()
