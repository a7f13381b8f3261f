"""Every text of mitui's own themes can be read on whatever it lies on."""

from __future__ import annotations

from typing import get_args

import pytest
from textual.color import Color
from textual.theme import Theme

from mitui.tui.drawing.lines import Role, Span
from mitui.tui.drawing.palette import LEGIBLE, contrast, palette
from mitui.tui.drawing.themes import DARK, LIGHT
from mitui.tui.drawing.words import MUTED

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
TEXTS = [role for role in get_args(Role) if role not in ("frame", "rail")]


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21.0)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize("role", TEXTS)
@pytest.mark.parametrize("marked", [False, True])
@pytest.mark.parametrize("bar", [False, True])
def test_a_role_on_board_bar_and_cursor(theme: Theme, role: Role, marked: bool, bar: bool) -> None:
    made = palette(theme.to_color_system().generate(), ansi=False, dark=theme.dark)
    style = made.style(Span("text", role, marked=marked), bar)
    assert style.color is not None
    assert style.bgcolor is not None
    assert contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)) >= LEGIBLE


@THEMES
def test_dim_is_still_dimmer_than_the_text(theme: Theme) -> None:
    made = palette(theme.to_color_system().generate(), ansi=False, dark=theme.dark)
    ground = Color.parse(theme.background or "")
    of = {role: made.style(Span("text", role)).color for role in ("dim", "text")}
    dim, text = (contrast(Color.from_rich_color(each), ground) for each in of.values() if each is not None)
    assert dim < 0.7 * text


@THEMES
def test_explanations_on_pages_fields_and_marked_choices(theme: Theme) -> None:
    share = int(MUTED.removeprefix("$foreground ").removesuffix("%")) / 100
    background, panel, primary, text = (
        Color.parse(each or "") for each in (theme.background, theme.panel, theme.primary, theme.foreground)
    )
    for ground in (background, panel, background.blend(primary, 0.20)):
        assert contrast(ground.blend(text, share), ground) >= LEGIBLE
