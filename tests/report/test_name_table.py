"""Names found by words are those that one expression of all the names finds."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mitui.report.name_table import END, START, NameTable

_PART = st.text("aBk1%-._ é\u212a\u017f/", min_size=1, max_size=4)
_NAMES = st.lists(_PART.map(str.lower), min_size=1, max_size=6, unique=True)
_TEXT = st.lists(st.one_of(_PART, st.sampled_from(["%2F", "%3a", " ", "https://"])), max_size=8).map("".join)


def _by_expression(names: list[str], text: str) -> str:
    alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"{START}(?:{alternatives}){END}", lambda match: f"<{match[0]}>", text, flags=re.IGNORECASE)


@settings(max_examples=600, deadline=None)
@given(_NAMES, _TEXT)
@example(["contoso"], "a=%2Fcontoso")
@example(["contoso", "contoso-kv"], "CONTOSO-kv.contoso contoso-kvx")
@example(["a.b", "a"], "a.bc a.b%20a.b")
@example(["k"], "\u212a k")
@example(["2fa"], "%2fa")
def test_the_same_is_found(names: list[str], text: str) -> None:
    assert NameTable(names).replace(text, lambda name: f"<{name}>") == _by_expression(names, text)


def test_a_name_that_is_added_is_found() -> None:
    table = NameTable(["web"])
    assert table.replace("web of é-shop", str.upper) == "WEB of é-shop"
    table.add("é-shop")
    assert table.replace("web of é-shop", str.upper) == "WEB of É-SHOP"
