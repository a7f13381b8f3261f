"""The rule that no plain string with data in it goes into a widget, held in the source of every screen."""

from __future__ import annotations

import ast
from pathlib import Path

import mitui.tui.screens

WIDGETS = {"Static", "Label", "Option", "Button", "Pairs"}
METHODS = {"update", "notify"}
TITLES = {"border_title", "border_subtitle", "prompt"}
MADE_SAFE = {"said", "said_line", "linked", "joined", "key_hints", "join"}
SOURCES = sorted(Path(mitui.tui.screens.__path__[0]).glob("*.py"))


def _is_made_safe(node: ast.expr) -> bool:
    """Whether an expression is content from ``words``, made by a method of the screen, or the empty string."""
    if isinstance(node, ast.Constant):
        return node.value == ""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return name in MADE_SAFE or name.startswith("_") or name in ("words", "hints")
    return isinstance(node, ast.List | ast.ListComp | ast.Name) and not isinstance(node, ast.JoinedStr)


def _violations(source: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if (name in WIDGETS or name in METHODS) and not _is_made_safe(node.args[0]):
                found.append(f"{source.name}:{node.lineno} {ast.unparse(node)}")
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Attribute) and target.attr in TITLES and not _is_made_safe(node.value):
                found.append(f"{source.name}:{node.lineno} {ast.unparse(node)}")
    return found


def test_every_text_is_made_safe_before_it_is_shown() -> None:
    assert len(SOURCES) > 15
    assert [line for source in SOURCES for line in _violations(source)] == []


def test_the_rule_finds_what_it_is_for(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text(
        'Static(f"{name}")\nStatic(view.name)\nself.query_one("#x").update("a" + name)\nbox.border_title = view.name\n'
    )
    assert len(_violations(bad)) == 4
