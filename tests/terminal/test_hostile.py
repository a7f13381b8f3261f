"""Nothing that comes from outside reaches the terminal as a sequence: looked for in every byte that is written."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from mitui.safe_text import UNSAFE
from tests.support.hostile import CLIPBOARD, FORBIDDEN, HOSTILE
from tests.support.terminal import Terminal
from tests.terminal.programs import BOARD, MITUI, black_hole

ESCAPE = "\x1b[27u"
"""As terminals send it that tell escape from the start of a sequence: nothing is waited for."""
OPENED = (
    ("1gjj", "\r", "Why · the identity source"),
    ("3gjj", "\r", "Why · https://graph"),
    ("4gjj", "\r", "Sending to the clipboard"),
    ("5", "\r", "Why · keys"),
    ("6G", "\r", "Sending to the clipboard"),
    ("3", "?", "Help · Tokens"),
    ("1", "f", "t Tokens"),
    ("1", "P", "Which process?"),
    ("2g", "a", "Add an identity"),
    ("2g", "n", "Rename an identity"),
    ("2g", "d", "Remove ─"),
    ("3", "a", "Add a resource"),
    ("5", "a", "Add a Key Vault"),
    ("5", "V", "Probe deeper"),
)
"""Keys that lead to a pane, the key that opens something there, and what is seen then."""


def open_page(terminal: Terminal, lead: str, key: str, sight: str) -> None:
    """Go to a pane, open something there, and leave it again.

    A pane that was behind a tab takes a frame to lay out; that the times have changed shows that it has had it.
    """
    terminal.press(f"{lead}t")
    terminal.wait_for("times in this machine")
    terminal.press("tt")
    terminal.wait_for("times in UTC")
    terminal.press(key)
    terminal.wait_for(sight)
    terminal.press(ESCAPE)
    terminal.wait_for_no(sight)


def walk(terminal: Terminal) -> None:
    """Go everywhere, and fail if any sequence of the payload was written or the program ended."""
    for lead, key, sight in OPENED:
        open_page(terminal, lead, key, sight)
    for keys in ("1zG", "z", "4zG", "z", "6/o", "\r", "x", "t", "]", "5jjjllll", "p"):
        terminal.press(keys)
        terminal.settle(quiet=0.05)
    assert_harmless(terminal)


def assert_harmless(terminal: Terminal, copied: bytes = b"") -> None:
    """Fail if any sequence of the payload was written; ``copied`` is what was sent to the clipboard on purpose."""
    written = terminal.raw.replace(copied, b"")
    for sequence in FORBIDDEN:
        assert sequence.encode() not in written, repr(sequence)
    assert terminal.process.poll() is None, terminal.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_hostile_text_in_every_slot_of_a_snapshot(size: tuple[int, int]) -> None:
    with Terminal([*BOARD, "hostile"], size=size) as terminal:
        terminal.wait_for("Tokens")
        terminal.wait_for("␛]52;c;")
        open_page(terminal, "1", "\r", "Which source each SDK picks here")
        walk(terminal)


def test_the_report_that_is_copied_holds_no_sequence_either() -> None:
    with Terminal([*BOARD, "hostile"]) as terminal:
        terminal.wait_for("␛]52;c;")
        terminal.press("Y")
        terminal.wait_for("The board, for a ticket")
        terminal.settle()
        [copied] = re.findall(rb"\x1b\]52;c;[A-Za-z0-9+/=]*\x07", terminal.raw)
        assert_harmless(terminal, copied)
        report = base64.b64decode(copied.split(b";")[2].rstrip(b"\x07")).decode("utf-8")
        assert report.startswith("## Managed identity: ")
        assert not UNSAFE.search(report)


def test_hostile_variables_and_config(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    text = json.dumps(HOSTILE.replace("\x7f", ""))
    config.write_text(
        f'[[identities]]\nname = {text}\nsystem = true\n[[resources]]\nname = {text}\nresource = "https://vault.azure.net"\n'
    )
    evil = HOSTILE.replace("\x00", "").replace("\r", "").replace("\n", "")
    with black_hole() as endpoint:
        variables = {
            "IDENTITY_ENDPOINT": f"{endpoint}/{evil}",
            "IDENTITY_HEADER": "canary-header" + CLIPBOARD,
            "AZURE_CLIENT_ID": evil,
            "MSI_ENDPOINT": evil,
            "HTTP_PROXY": f"http://{evil}",
        }
        with Terminal([*MITUI, "--config", str(config)], environment=variables) as terminal:
            terminal.wait_for("Tokens")
            sdks = ("1g", "\r", "Which source each SDK picks here")
            source = ("1G", "\r", "Why · the identity source")  # its evidence stands last
            failure = ("6G", "\r", "Why · https://vault")  # the first event that was told
            for lead, key, sight in sdks, source, failure, OPENED[5], OPENED[8]:
                open_page(terminal, lead, key, sight)
            assert_harmless(terminal)
            assert b"canary-header" not in terminal.raw
