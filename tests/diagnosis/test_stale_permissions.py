"""Tokens that are older than a grant."""

from __future__ import annotations

import json

import pytest

from mitui.claims import Claims
from mitui.diagnosis.stale_permissions import same_token_warning, token_age_note


def claims(**values: object) -> Claims:
    return Claims("{}", json.dumps(values))


def test_the_same_unique_id_is_the_same_token() -> None:
    warning = same_token_warning(claims(uti="a", iat=1), claims(uti="a", iat=1))

    assert warning is not None
    assert warning.kind == "same_token"
    assert "returned the same cached token" in warning.message


def test_another_or_no_unique_id_says_nothing() -> None:
    assert same_token_warning(claims(uti="a"), claims(uti="b")) is None
    assert same_token_warning(claims(), claims()) is None
    assert same_token_warning(Claims(), Claims()) is None


@pytest.mark.parametrize(
    ("age", "said"),
    [(0, ""), (599, ""), (600, "10 min"), (3599, "59 min"), (3600, "1 h 0 min"), (90_000, "25 h 0 min"), (-500, "")],
)
def test_the_age_of_a_token_in_words(age: float, said: str) -> None:
    note = token_age_note(claims(iat=1_000_000), 1_000_000 + age)

    assert (f"issued {said} ago" in note) if said else (note == "")


@pytest.mark.parametrize("value", ["soon", None, True, [1]])
def test_a_strange_time_of_issue_says_nothing(value: object) -> None:
    assert token_age_note(claims(iat=value), 2_000_000) == ""
    assert token_age_note(Claims(), 2_000_000) == ""
