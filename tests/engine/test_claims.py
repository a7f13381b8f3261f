"""Claims: decoding, whose token it is, and a phrase for each."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.claims import ORDER, ActualIdentity, Claims, classify, decode, explain, is_time
from mitui.secret import Secret
from mitui.simulator.host import SimulatedHost
from tests.engine.support import ARM, SYSTEM, engine_on, token

MACHINE = "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm-web-01"
ASSIGNED = "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web"


def _segment(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _jwt(payload: object, header: object = None) -> Secret:
    return Secret(f"{_segment({'alg': 'RS256'} if header is None else header)}.{_segment(payload)}.c2ln")


def test_a_token_is_read_in_its_own_order() -> None:
    claims = decode(_jwt({"oid": "1", "aud": "x", "n": 5}))
    assert list(claims.payload()) == ["oid", "aud", "n"]
    assert claims.header() == {"alg": "RS256"}
    assert claims.text("aud") == "x"
    assert claims.text("n") == ""
    assert claims


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "opaque",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "☃.☃.☃",
        f"{_segment({})}.{_segment([1])}.x",
        f"{_segment([])}.{_segment({})}.x",
        f"{_segment({})}.{_segment(bytes([0xFF, 0xFE]))}.x",
        f"{_segment({})}.{_segment(b'[' * 90_000)}.x",
        f"{_segment({})}.{_segment(b'{' + b'[' * 500 + b']' * 500)}.x",
        f"{_segment({})}.{_segment(b'{%s: 1}' % (b'9' * 5000))}.x",
        f"{_segment({})}.!!!!.x",
    ],
)
def test_anything_else_is_opaque(raw: str) -> None:
    assert decode(Secret(raw)) == Claims()
    assert not decode(Secret(raw))


def test_brackets_in_a_string_are_no_depth() -> None:
    payload = {"note": "[{" * 500, "many": [[index] for index in range(400)]}
    assert decode(_jwt(payload)).payload() == payload


@given(st.text())
def test_no_text_raises(raw: str) -> None:
    classify(decode(Secret(raw)))


@given(
    st.dictionaries(st.sampled_from([*ORDER, "xms_idrel"]), st.none() | st.integers() | st.text() | st.lists(st.text()))
)
def test_no_claim_raises(payload: dict[str, Any]) -> None:
    claims = decode(_jwt(payload))
    classify(claims)
    for name, value in claims.payload().items():
        assert isinstance(explain(name, value), str)


@pytest.mark.parametrize(
    ("payload", "actual"),
    [
        (
            {"appid": "a", "oid": "o", "tid": "t", "xms_mirid": MACHINE, "xms_az_rid": MACHINE, "idtyp": "app"},
            ActualIdentity("system-assigned", "a", "o", "t", MACHINE, MACHINE),
        ),
        (
            {"appid": "a", "oid": "o", "tid": "t", "xms_mirid": ASSIGNED.upper(), "xms_az_rid": MACHINE},
            ActualIdentity("user-assigned", "a", "o", "t", ASSIGNED.upper(), MACHINE),
        ),
        ({"azp": "a", "oid": "o", "ver": "2.0"}, ActualIdentity("unknown", "a", "o")),
        ({"appid": "a", "oid": "o", "idtyp": "user"}, ActualIdentity("user", "a", "o")),
        ({"oid": "o", "scp": "user_impersonation"}, ActualIdentity("user", "", "o")),
        ({"oid": "o", "upn": "me@contoso.example", "xms_mirid": MACHINE}, ActualIdentity("user", "", "o", "", MACHINE)),
        ({"oid": 5, "appid": None, "xms_mirid": []}, ActualIdentity()),
    ],
)
def test_whose_token_it_is(payload: dict[str, Any], actual: ActualIdentity) -> None:
    assert classify(decode(_jwt(payload))) == actual


@pytest.mark.parametrize(
    ("name", "value", "phrase"),
    [
        ("aud", "x", "the resource it is for"),
        ("oid", "x", "object ID, for grants"),
        ("xms_mirid", MACHINE, "system-assigned, this VM"),
        ("xms_mirid", ASSIGNED, "user-assigned, web"),
        ("idtyp", "user", "a user's token, not a managed identity's"),
        ("appidacr", "2", "how it authenticated: certificate, as managed identities do"),
        ("xms_idrel", "7 18", "relationship to the tenant: service principal"),
        ("no_such_claim", 1, ""),
    ],
)
def test_phrases(name: str, value: object, phrase: str) -> None:
    assert explain(name, value) == phrase


def test_times() -> None:
    assert is_time("exp")
    assert not is_time("aud")


def _as_pyjwt_reads(raw: str) -> object:
    """The header and payload by an independent reading, None where that refuses."""
    try:
        whole = jwt.decode_complete(raw, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return whole["header"], whole["payload"]


@pytest.mark.parametrize("kind", ["imds", "app_service", "azure_ml", "cloud_shell"])
async def test_the_simulators_tokens_are_read_as_pyjwt_reads_them(kind: str) -> None:
    with SimulatedHost(kind) as host:
        async with engine_on(host) as engine:
            acquired = token(await engine.acquire(SYSTEM, ARM))
    claims = acquired.claims
    assert (claims.header(), claims.payload()) == _as_pyjwt_reads(acquired.secret.reveal())
    assert claims.text("aud").startswith(ARM)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"aud": ["a", "b"], "nested": {"deep": [1, 2.5, None, True]}},
        {"oid": "Zoë ☃ \u202e \x1b[31m", "n": 1 << 70, "f": 1e300},
        {"exp": "soon", "nbf": -1, "iat": "yesterday", "sub": 7},
        b'{"a": 1, "a": 2}',
        b'\n {"a" : "\\ud83d\\ude00"} ',
    ],
)
def test_odd_tokens_are_read_as_pyjwt_reads_them(payload: object) -> None:
    raw = _jwt(payload)
    claims = decode(raw)
    assert (claims.header(), claims.payload()) == _as_pyjwt_reads(raw.reveal())


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()), min_size=1)
)
def test_any_claims_are_read_as_pyjwt_reads_them(payload: dict[str, object]) -> None:
    raw = _jwt(payload)
    assert (decode(raw).header(), decode(raw).payload()) == _as_pyjwt_reads(raw.reveal())
