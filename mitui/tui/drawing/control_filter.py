"""The nets below every widget: no control character leaves this program, and in ASCII mode only ASCII pictures do."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from mitui.safe_text import UNSAFE
from mitui.tui.drawing.glyphs import TO_ASCII


class ControlFilter(LineFilter):
    """Replaces whatever control, bidi or invisible character a widget let through."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(UNSAFE.sub("\ufffd", segment.text), segment.style, segment.control)
            if UNSAFE.search(segment.text)
            else segment
            for segment in segments
        ]


class AsciiFilter(LineFilter):
    """Draws glyphs, frames and punctuation with ASCII, cell for cell; text from outside stays as it is."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(TO_ASCII), segment.style, segment.control)
            for segment in segments
        ]
