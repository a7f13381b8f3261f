"""Values in fewer cells than they need: what tells them apart stays."""

from __future__ import annotations

from rich.cells import cell_len

from mitui.safe_text import middle


def is_arm_id(text: str) -> bool:
    """Whether it is the id of a resource in Azure."""
    return text.startswith("/subscriptions/")


def arm_tail(text: str, width: int) -> str:
    """An ARM id in at most ``width`` cells, its last segments whole: ``…/virtualMachines/vm-web-01``."""
    while cell_len(text) > width and "/" in text[2:]:
        text = "…" + text[text.index("/", 2) :]
    return middle(text, width)


def shortened(text: str, width: int) -> str:
    """A value in at most ``width`` cells: an ARM id loses its front, anything else its middle."""
    if cell_len(text) <= width:
        return text
    return arm_tail(text, width) if is_arm_id(text) else middle(text, width)
