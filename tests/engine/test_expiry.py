"""Expiry in every spelling, and when the next token is due."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.token.expiry import read_expiry, read_moment, refresh_moment
from mitui.engine.token.reply import TokenReply, read_token_reply
from mitui.http import HttpReply

NOW = 1_767_225_600.0  # 2026-01-01
DAY = 86_400


def _at(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("spelling", "moment"),
    [
        (1_800_000_000, 1_800_000_000.0),
        (1_800_000_000.5, 1_800_000_000.5),
        ("1800000000", 1_800_000_000.0),
        (" 1800000000 ", 1_800_000_000.0),
        ("1800000000.25", 1_800_000_000.25),
        ("1/16/2027 5:24:12 AM +00:00", _at(2027, 1, 16, 5, 24, 12)),
        ("1/16/2027 5:24:12 PM +00:00", _at(2027, 1, 16, 17, 24, 12)),
        ("1/16/2027 12:24:12 AM +00:00", _at(2027, 1, 16, 0, 24, 12)),
        ("1/16/2027 12:24:12 PM +00:00", _at(2027, 1, 16, 12, 24, 12)),
        ("06/20/2027 02:57:58 +00:00", _at(2027, 6, 20, 2, 57, 58)),
        ("06/20/2027 02:57:58", _at(2027, 6, 20, 2, 57, 58)),
        ("06/20/2027 02:57:58 -02:30", _at(2027, 6, 20, 5, 27, 58)),
        ("2027-10-18T19:51:37.0000000+00:00", _at(2027, 10, 18, 19, 51, 37)),
        ("2027-10-18T19:51:37Z", _at(2027, 10, 18, 19, 51, 37)),
        ("2027-10-18 19:51:37", _at(2027, 10, 18, 19, 51, 37)),
        ("2027-10-18T19:51:37+0530", _at(2027, 10, 18, 14, 21, 37)),
    ],
)
def test_spellings(spelling: object, moment: float) -> None:
    assert read_moment(spelling) == moment
    assert read_expiry({"expires_on": spelling}, NOW) == moment


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        [],
        {},
        "",
        "soon",
        "nan",
        "inf",
        "1e9",
        "٣",
        float("nan"),
        float("inf"),
        10**400,
        "9" * 5000,
        -5,
        10**12,
        253402300800000,
        "13/45/2027 05:24:12 AM +00:00",
        "1/16/2027 13:24:12 PM +00:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2027-10-18T19:51:37+99:99",
    ],
)
def test_absurd_values_are_no_expiry(value: object) -> None:
    assert read_expiry({"expires_on": value}, NOW) is None
    assert read_expiry({"expires_on": value, "expires_in": "3600"}, NOW) == NOW + 3600


@pytest.mark.parametrize("value", [3600, "3600", 3600.0, "3600.0"])
def test_expires_in_alone(value: object) -> None:
    assert read_expiry({"expires_in": value}, NOW) == NOW + 3600


@pytest.mark.parametrize("value", [True, "soon", 1e400, -(10**400), 10**12])
def test_absurd_lifetimes(value: object) -> None:
    assert read_expiry({"expires_in": value}, NOW) is None


@pytest.mark.parametrize(
    ("lifetime", "refresh_in", "due_after"),
    [
        (DAY, None, DAY / 2),
        (7200, None, 3600),
        (7199, None, 7199 - 300),
        (3600, None, 3300),
        (DAY, 600, 600),
        (DAY, -1, DAY / 2),
        (DAY, DAY * 2, DAY / 2),
        (DAY, 1, 30),
        (310, None, 30),
        (20, None, 30),
        (-10, None, 30),
    ],
)
def test_the_next_token_is_due(lifetime: float, refresh_in: float | None, due_after: float) -> None:
    assert refresh_moment(NOW, NOW + lifetime, refresh_in) == NOW + due_after


def _reply(body: bytes) -> HttpReply:
    return HttpReply(200, "OK", (), body, 1.0)


def test_a_grant_with_a_refresh_hint() -> None:
    body = json.dumps({"Access_Token": "t", "expires_in": "60", "refresh_in": "30", "token_type": "PoP"}).encode()
    grant = read_token_reply(_reply(b"\xef\xbb\xbf" + body), NOW)
    assert isinstance(grant, TokenReply)
    assert (grant.secret.reveal(), grant.expires_at, grant.refresh_in, grant.token_type) == ("t", NOW + 60, 30, "PoP")


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b"", FailureKind.REPLY_NOT_JSON, "empty"),
        (b"<html>", FailureKind.REPLY_NOT_JSON, "web page"),
        (b'{"access_token": "abc', FailureKind.REPLY_NOT_JSON, "cut off"),
        (b"hello", FailureKind.REPLY_NOT_JSON, "no JSON"),
        (b"\xff\xfe{\x00}\x00", FailureKind.REPLY_NOT_JSON, "no JSON"),
        (b"[" * 100_000, FailureKind.REPLY_NOT_JSON, "broken JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", FailureKind.REPLY_NOT_JSON, "JSON"),
        (b"[1]", FailureKind.REPLY_NOT_JSON, "no object"),
        (b"null", FailureKind.REPLY_NOT_JSON, "no object"),
        (b"{}", FailureKind.REPLY_INCOMPLETE, "access_token"),
        (b'{"access_token": 5, "expires_in": 5}', FailureKind.REPLY_INCOMPLETE, "access_token"),
        (b'{"access_token": "", "expires_in": 5}', FailureKind.REPLY_INCOMPLETE, "access_token"),
        (b'{"access_token": "a\\r\\nb", "expires_in": 5}', FailureKind.REPLY_INCOMPLETE, "header"),
        (b'{"access_token": "a"}', FailureKind.REPLY_INCOMPLETE, "expires"),
        (b'{"access_token": "a", "expires_on": "whenever"}', FailureKind.REPLY_INCOMPLETE, "whenever"),
        (b'{"access_token": "a", "expires_on": 1e400}', FailureKind.REPLY_INCOMPLETE, "inf"),
    ],
)
def test_replies_that_grant_nothing(body: bytes, kind: FailureKind, says: str) -> None:
    refused = read_token_reply(_reply(body), NOW)
    assert isinstance(refused, Refusal)
    assert refused.kind is kind
    assert says in refused.message


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3)


@given(expires_on=JSON, expires_in=JSON, refresh_in=JSON)
def test_no_value_raises(expires_on: Any, expires_in: Any, refresh_in: Any) -> None:
    fields = {"access_token": "t", "expires_on": expires_on, "expires_in": expires_in, "refresh_in": refresh_in}
    grant = read_token_reply(_reply(json.dumps(fields).encode()), NOW)
    if isinstance(grant, TokenReply):
        assert 0 <= refresh_moment(NOW, grant.expires_at, grant.refresh_in) < NOW * 2
