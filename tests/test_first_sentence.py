"""What others wrote, by its first sentence."""

from __future__ import annotations

from mitui.safe_text import LONG, first_sentence

FIRST = "AADSTS500011: the resource principal named https://graph.example.com was not found in the tenant."


def test_a_long_text_is_told_by_its_first_sentence() -> None:
    assert first_sentence(FIRST + " Then there is more." * 10) == FIRST


def test_a_short_text_and_one_without_an_end_stay_whole() -> None:
    short = "No. Not found."
    endless = "word " * LONG
    assert first_sentence(short) == short
    assert first_sentence(endless) == endless
