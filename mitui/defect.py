"""A defect in mitui itself, in words that hold no values: they could be secrets."""

from __future__ import annotations

import os


def describe(error: BaseException) -> str:
    """``a defect in mitui: ValueError in engine/probe.py:12; please report it``."""
    return f"a defect in mitui: {type(error).__name__} in {_place(error)}; please report it"


def _place(error: BaseException) -> str:
    """The innermost place within mitui, as file and line."""
    place = "an unknown place"
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if f"{os.sep}mitui{os.sep}" in path:
            place = f"{path.rpartition(f'{os.sep}mitui{os.sep}')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
