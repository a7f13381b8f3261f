"""How the screens look, as pictures that were looked at before they were accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.screens.gallery import SCREENS
from tests.tui.screens.host import Host


@pytest.mark.parametrize(
    ("name", "theme", "keys"),
    [
        ("why_token", "mitui-dark", ()),
        ("why_permission", "mitui-light", ()),
        ("help_of_two_keys", "mitui-dark", ()),
        ("add_identity", "mitui-dark", ("6", "a", "1", "c")),
        ("add_resource", "ansi-dark", ("down",)),
        ("confirm_deep", "mitui-light", ()),
        ("comparison", "mitui-dark", ()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_picture(snap_compare: Callable[..., bool], name: str, theme: str, keys: tuple[str, ...]) -> None:
    app = Host(SCREENS[name](), theme)
    assert snap_compare(app, press=keys, terminal_size=(80, 24))


def test_a_comparison_side_by_side(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Host(SCREENS["comparison"](), "mitui-dark"), terminal_size=(120, 40))
