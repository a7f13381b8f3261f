"""Completion and the man page: as fresh as the parser, and understood by the programs that read them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mitui.cli.command_line.options import COMMANDS
from mitui.cli.main import main
from mitui.cli.packaged_files import packaged_text
from release.shell_files import FOLDER, shell_files
from tests.support.terminal import Terminal


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="they are made with Python 3.11")
def test_they_are_as_fresh_as_the_parser() -> None:
    for name, text in shell_files().items():
        assert (FOLDER / name).read_text("utf-8") == text, "run: python .ci/release/shell_files.py"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "man"])
def test_the_command_prints_them(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    out, err = capsys.readouterr()
    assert out == packaged_text(f"shell/mitui.{'1' if shell == 'man' else shell}")
    assert (err, out.isascii()) == ("", True)


def test_a_shell_that_there_is_none_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 3
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mitui ", {"check", "exporter", "fleet", "simulate"}),
        ("mitui check --critical", {"--critical-below"}),
        ("mitui check --format n", {"nagios"}),
        ("mitui fleet ", {"rules", "dashboard", "timer", "unit", "textfile"}),
        ("mitui check --demo heal", {"healthy"}),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_shell_completes(shell: str, line: str, words: set[str]) -> None:
    binary, file = program(shell), FOLDER / f"mitui.{shell}"
    script = {
        "bash": (
            f'source {file}; COMP_LINE="{line}"; COMP_WORDS=($COMP_LINE); '
            '[[ "$COMP_LINE" == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); '
            '_shtab_mitui; printf "%s\\n" "${COMPREPLY[@]}"'
        ),
        "fish": f'source {file}; complete -C "{line}"',
    }[shell]
    done = subprocess.run([binary, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert words <= {each.split("\t")[0].strip() for each in done.stdout.splitlines()}
    assert done.stderr == ""


def test_zsh_completes(tmp_path: Path) -> None:
    zsh = program("zsh")
    shutil.copy(FOLDER / "mitui.zsh", tmp_path / "_mitui")
    (tmp_path / ".zshrc").write_text(f"PS1='ready> '; fpath=({tmp_path} $fpath); autoload -Uz compinit; compinit -u\n")
    with Terminal([zsh, "-i"], environment={"ZDOTDIR": str(tmp_path), "HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("ready>")
        terminal.press("mitui check --critic\t")
        terminal.wait_for("mitui check --critical-below")
        terminal.press("\x15mitui fleet te\t")
        terminal.wait_for("mitui fleet textfile")


def test_man_has_no_complaint() -> None:
    man = program("man")
    done = subprocess.run(
        [man, "--warnings", "-l", str(FOLDER / "mitui.1")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "PATH": "/usr/bin:/bin"},
    )
    if "has been minimized" in done.stdout:
        pytest.skip("man was taken out of this system")
    assert (done.returncode, done.stderr) == (0, "")
    for each in (*COMMANDS, "MITUI_LISTEN", "EXIT STATUS", "--critical-below"):
        assert each in done.stdout
