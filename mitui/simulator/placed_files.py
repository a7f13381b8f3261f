"""The folders that a host has to itself below a root that others use, too: claimed at its start, gone at its end."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import Final

_MARKER: Final = ".simulated-by-mitui"


class PlacedFolders:
    """Claims ``folders``, such as /var/opt/azcmagent, below ``root``; nothing that is there already is touched.

    What a simulator left behind that was killed is taken over.
    """

    def __init__(self, root: Path, folders: tuple[str, ...], files: tuple[str, ...] = ()) -> None:
        self._folders = [root / each.lstrip("/") for each in folders]
        self._files = [root / each.lstrip("/") for each in files]
        self._claimed: list[Path] = []
        self._parents: list[Path] = []

    def claim(self) -> None:
        """Make the folders. Raises ValueError, having made none, where one is somebody else's or can't be made."""
        try:
            for each in (*self._folders, *self._files):
                self._check(each)
            for each in self._folders:
                self._make(each)
            for each in self._files:
                self._make_parents(each)
                self._claimed.append(each)
        except OSError as error:
            self.release()
            raise ValueError(
                f"{error.filename} can't be made: {error.strerror}; the root needs the right to write there"
            ) from None

    def release(self) -> None:
        """Remove what was claimed, and the folders above that were made for it and hold nothing else."""
        for each in self._claimed:
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)
        for each in reversed(self._parents):
            with contextlib.suppress(OSError):
                each.rmdir()
        self._claimed.clear()
        self._parents.clear()

    def _check(self, place: Path) -> None:
        if not os.path.lexists(place):
            return
        marker = place / _MARKER
        owner = marker.read_text() if place.is_dir() and marker.is_file() else ""
        if not owner.isdigit():
            raise ValueError(f"{place} is there already, and no simulator put it there: it is left alone")
        if _runs(int(owner)):
            raise ValueError(f"{place} belongs to another simulator, process {owner}: end it first")
        shutil.rmtree(place)

    def _make(self, place: Path) -> None:
        self._make_parents(place)
        place.mkdir()
        self._claimed.append(place)
        (place / _MARKER).write_text(str(os.getpid()))

    def _make_parents(self, place: Path) -> None:
        missing = [each for each in place.parents if not each.exists()]
        for each in reversed(missing):
            each.mkdir()
            self._parents.append(each)


def _runs(process_id: int) -> bool:
    if sys.platform == "win32":  # where there is no harmless way to ask
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (OverflowError, PermissionError):
        return True
    return True
