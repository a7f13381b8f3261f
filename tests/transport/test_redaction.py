"""What is covered in an exchange: every secret of the request, and no letter of anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.http.evidence import REDACTED, exchange_of, redact
from mitui.http.message import HttpReply, HttpRequest
from mitui.secret import Secret

URL = "http://127.0.0.1:41000/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net"
GUID = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"


@pytest.mark.parametrize("secret", ["s", "in", "api", "token", "version"])
def test_a_short_secret_does_not_show_by_what_is_missing_from_other_words(secret: str) -> None:
    request = HttpRequest("GET", URL, (("X-IDENTITY-HEADER", Secret(secret)),))
    body = b'{"expires_in":"1","error":"the app\'s token_s"}'
    exchange = exchange_of(request, HttpReply(400, "Bad Request", (), body, 1.0), 0.0)

    assert exchange.url.count(REDACTED) == 0 or secret == "token"  # in the path, token is a word of its own
    assert "api-version=2019-08-01&resource=https" in exchange.url
    assert "expires_in" in exchange.body
    assert "the app's" in exchange.body


@pytest.mark.parametrize(
    "text", ["s", "key=s&x=1", '"secret": "s"', "'s' was refused", "refused s.", "a%3Ds%26b", "(s)", "Basic s", "'s'"]
)
def test_a_short_secret_is_covered_where_it_is_a_value(text: str) -> None:
    assert redact(text, ("s",)) != text
    assert redact(text, ("Basic s",)) != text


@given(st.text("abcdef0123456789-", min_size=8, max_size=48), st.text(max_size=20), st.text(max_size=20))
def test_a_secret_of_any_usual_length_is_covered_wherever_it_stands(secret: str, before: str, after: str) -> None:
    assert secret not in redact(f"{before}{secret}{after}", (secret,)).replace(REDACTED, "")


def test_what_a_platform_hands_out_is_covered_inside_other_words_too() -> None:
    assert redact(f"x{GUID}y and {GUID.upper()}", (f"Basic {GUID}",)) == f"x{REDACTED}y and {GUID.upper()}"
