"""Strategies for what comes from outside, closer to the truth than noise is."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st

from tests.support.hostile import HOSTILE

SOME: Final = settings(max_examples=max(30, settings().max_examples if settings().max_examples > 1000 else 0))
"""A few examples of what takes long, and as many as of anything else in the long form."""
WORDS: Final = st.one_of(
    st.text(max_size=40),
    st.just(HOSTILE),
    st.sampled_from(
        [
            "AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.",
            "AADSTS500011: The resource principal named x was not found in the tenant",
            "AADSTS" + "9" * 40,
            "Identity not found",
            "No Managed Identity found",
            "(pid: 1) exception: x ExceptionMessage: y",
            "${jndi:ldap://x}",
            "[bold red]x[/]",
            "1767312000",
            "1/16/2027 5:24:12 AM +00:00",
            "-1",
            "1e400",
            "9" * 400,
            "NaN",
            "0x10",
            "٣",
        ]
    ),
)
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
FIELDS: Final = st.sampled_from(
    [
        *("access_token", "expires_on", "expires_in", "refresh_in", "token_type", "client_id", "resource", "object_id"),
        *("error", "error_description", "error_codes", "message", "statusCode", "Message", "code", "ExceptionMessage"),
        *("correlationId", "correlation_id", "innererror", "details", "msi_res_id", "not_before", "error_uri"),
    ]
)


def _text(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


BODIES: Final = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(FIELDS, VALUES, max_size=8).map(_text),
    st.dictionaries(FIELDS, VALUES, max_size=4).map(lambda inner: _text({"error": inner})),
    st.dictionaries(FIELDS, VALUES, max_size=6).map(lambda body: _text(body)[:-7]),
    VALUES.map(_text),
    WORDS.map(lambda text: f"<html><title>{text}</title><body>{text}".encode("utf-8", "replace")),
    st.integers(1, 3000).map(lambda depth: b"[" * depth + b"]" * depth),
)
"""Replies of token endpoints: tokens, errors of every shape, halves, pages, and nests."""

MOMENTS: Final = st.one_of(
    WORDS,
    st.integers(-(10**12), 10**24).map(str),
    st.floats().map(str),
    st.tuples(
        st.sampled_from(["Sun", "Xxx", "sUN"]),
        st.integers(0, 99),
        st.sampled_from(["Nov", "Foo", "Feb"]),
        st.integers(0, 99999),
        st.integers(0, 99),
        st.sampled_from(["GMT", "+9999", "-0000", "EST", ""]),
    ).map(lambda each: f"{each[0]}, {each[1]:02} {each[2]} {each[3]:04} {each[4]:02}:49:37 {each[5]}"),
)
HEADERS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("Retry-After"), MOMENTS),
        st.tuples(st.just("Date"), MOMENTS),
        st.tuples(st.sampled_from(["Server", "Location", "Content-Type", "WWW-Authenticate", "Via"]), WORDS),
    ),
    max_size=4,
)
STATUSES: Final = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 405, 410, 429, 500, 503, 599])
