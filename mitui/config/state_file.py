"""What the dashboard remembers between two runs, in a file of its own: the config a person wrote is never rewritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mitui.monitor.remembered import Remembered

_LARGEST_FILE = 1 << 20


class StateFile:
    """The state file at ``path``; ``remembered`` is what it holds.

    ``warning`` is "" or one sentence: the file could not be read (it is then kept aside as ``.bad``, not lost), or
    could not be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning = ""
        self.remembered = self._read()

    def update(self, change: Callable[[Remembered], Remembered]) -> None:
        """Remember the changed state, and write it if it differs."""
        changed = change(self.remembered)
        if changed == self.remembered:
            return
        self.remembered = changed
        self._write()

    def _read(self) -> Remembered:
        try:
            with self.path.open("rb") as file:
                text = file.read(_LARGEST_FILE)
        except FileNotFoundError:
            return Remembered()
        except OSError as error:
            self.warning = f"what the dashboard remembers can't be read: {self.path}: {error.strerror}"
            return Remembered()
        from mitui.config.state_document import parse_state

        try:
            return parse_state(text)
        except ValueError as error:
            reason = str(error)
        aside = self.path.with_suffix(self.path.suffix + ".bad")
        try:
            self.path.replace(aside)
        except OSError:
            aside = self.path
        self.warning = f"what the dashboard remembers was damaged and is set aside in {aside}: {reason}"
        return Remembered()

    def _write(self) -> None:
        from mitui.config.file_replacement import replace_file
        from mitui.config.state_document import state_text

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self.path, state_text(self.remembered))
        except OSError as error:
            self.warning = f"what the dashboard remembers can't be written: {self.path}: {error.strerror}"
        else:
            self.warning = ""
