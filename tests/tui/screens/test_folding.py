"""Long commands and addresses survive a copy."""

from __future__ import annotations

import subprocess

import pytest

from mitui.diagnosis.steps import Use
from mitui.tui.screens.folding import fold_command
from mitui.tui.screens.why.lines import Pair, Section, Why
from mitui.tui.screens.why.screen import WhyScreen
from tests.tui.screens import values
from tests.tui.screens.host import Host, shown

LONG = (
    "az role assignment create --role 'Key Vault Secrets User' --assignee 0f3c8b1e-77d0-4c0e-b8de-52c1f6a39c41 "
    f"--query \"[?name=='a b'].id\" --scope {values.GROUP}/providers/Microsoft.KeyVault/vaults/contoso-kv"
)
ADDRESS = "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"


def arguments(command: str) -> list[str]:
    """What a shell makes of it."""
    script = f"set -- {command}\nprintf '%s\\n' \"$@\""
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("width", [40, 58, 78, 118])
def test_a_shell_reads_a_folded_command_as_the_one_it_is(width: int) -> None:
    folded = fold_command(LONG, width, "  ")
    assert arguments(folded) == arguments(LONG)
    assert all(len(row) <= width or len(row.split()) <= 2 for row in folded.splitlines())


@pytest.mark.parametrize("command", ["az account show", "one\ntwo " + "x" * 90, "an 'open quote " + "x" * 90])
def test_what_fits_or_cannot_be_continued_stays_as_it_is(command: str) -> None:
    assert fold_command(command, 78) == command


async def test_a_command_can_be_selected_where_it_takes_several_lines() -> None:
    app = Host(WhyScreen(Why("t", "h", "plain", "", (Section("What to do", (Use(LONG),)),))))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await pilot.pause()
        rows = shown(app).splitlines()
        start = next(number for number, row in enumerate(rows) if "az role" in row)
        end = next(number for number, row in enumerate(rows) if "contoso-kv" in row)
        assert arguments("\n".join(rows[start : end + 1])) != []
        assert [row[-1] for row in rows[start : start + 2]] == ["\\", "\\"]


async def test_an_address_is_one_link_on_however_many_lines_and_only_ours_are() -> None:
    theirs = "https://evil.example/learn.microsoft.com/x"
    lines = (Pair("to read", ADDRESS), Pair("came back", theirs))
    app = Host(WhyScreen(Why("t", "h", "plain", "", (Section("What to do", lines),))))
    async with app.run_test(size=(60, 24)) as pilot:
        for keys in ((), ("s",)):
            await pilot.press(*keys)
            await pilot.pause()
            linked: dict[str, str] = {}
            for strip in app.screen._compositor.render_strips():
                for segment in strip:
                    if segment.style is not None and segment.style.link:
                        linked[segment.style.link] = linked.get(segment.style.link, "") + segment.text.strip()
            assert linked == {ADDRESS: ADDRESS}
