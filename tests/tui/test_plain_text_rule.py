"""No text that could hold data goes into a widget as a plain str: Textual would read it as markup."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mitui.tui

ROOT = Path(mitui.tui.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
WIDGETS = {"Static", "Label", "Button", "Option", "Markdown", "Tab", "TabPane", "Collapsible", "Link"}
METHODS = {"update", "notify", "add_option", "add_row", "write", "write_line"}
SLOTS = {"border_title", "border_subtitle", "tooltip", "label", "loading"}


def offences(source: str) -> list[str]:
    """Where a literal, an f-string or a concatenation goes into a widget's text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in WIDGETS:
                values = [first]
            case ast.Call(func=ast.Attribute(attr=name), args=[first, *_]) if name in METHODS:
                values = [first]
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in SLOTS:
                values = [value]
            case ast.Attribute(attr="sub_title"):
                found.append(f"line {node.lineno}: sub_title repaints the whole screen")
                continue
            case _:
                continue
        found += [f"line {node.lineno}: {ast.unparse(value)}" for value in values if _is_text(value)]
    return found


def _is_text(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=str(text)):
            return bool(text)
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_text(left) or _is_text(right)
        case ast.Call(func=ast.Attribute(attr="format" | "join")):
            return True
        case ast.Call(func=ast.Name(id="str" | "visible" | "visible_line" | "middle")):
            return True
    return False


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_plain_text_goes_into_a_widget(module: Path) -> None:
    assert offences(module.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'Static(f"{name}")',
        'Label("[b]x")',
        "self.update(str(name))",
        'self.border_title = "a" + name',
        "self.notify(visible(name))",
        'self.sub_title = "x"',
    ],
)
def test_the_rule_sees_what_it_forbids(source: str) -> None:
    assert offences(source)


def test_the_rule_lets_content_through() -> None:
    assert offences('Static(Content(name)); Static(said_line(name)); self.border_title = said(name); Static("")') == []


def test_modules_stay_small() -> None:
    assert [str(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > 300] == []
