"""When the garbage collector runs: not while starting, when it would only look again and again through what stays."""

from __future__ import annotations

import gc


def leave_garbage() -> None:
    """Collect nothing for now; a job that ends soon never has to."""
    gc.disable()


def collect_garbage() -> None:
    """Collect from now on, passing over what is loaded by now: for a job that goes on."""
    gc.freeze()
    gc.enable()
