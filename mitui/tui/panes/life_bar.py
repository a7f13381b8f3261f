"""What is left of a token's life, as a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import TOKEN
from mitui.tui.drawing.lines import Span, span

if TYPE_CHECKING:
    from mitui.monitor.identity_view import TokenView


def issued_at(token: TokenView) -> float | None:
    """When the token's life began: its ``iat``, since a token can be hours old when it is handed out."""
    issued = token.claims.payload().get("iat") if token.claims else None
    if isinstance(issued, int | float) and token.expires_at is not None and issued < token.expires_at:
        return float(issued)
    return token.acquired_at


def life_bar(token: TokenView, now: float, width: int) -> list[Span]:
    """What is left of the token's life, with the point at which a new one is asked for."""
    issued, expires = issued_at(token), token.expires_at
    if issued is None or expires is None or expires <= issued or width < 4:
        return [span(glyphs.RAIL * width, "rail")]
    life = expires - issued
    left = max(0.0, min(1.0, (expires - now) / life))
    halves = round(left * width * 2)
    if left > 0:
        halves = max(1, halves)
    full, half = divmod(halves, 2)
    cells = [glyphs.BAR] * full + [glyphs.BAR_HALF] * half
    cells += [glyphs.RAIL] * (width - len(cells))
    bar_cells = full + half
    if token.refresh_at is not None and issued < token.refresh_at < expires:
        at = min(width - 1, int((expires - token.refresh_at) / life * width))
        cells[at] = glyphs.BAR_MARK if at < bar_cells else glyphs.RAIL_MARK
    role = TOKEN[token.status][1]
    text = "".join(cells)
    return [each for each in (span(text[:bar_cells], role), span(text[bar_cells:], "rail")) if each.text]
