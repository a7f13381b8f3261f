"""The 401 challenge in every spelling, and which of them earns a token."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitui.keyvault.challenge import Challenge, judge, parse_challenges
from tests.keyvault.support import address_of

TENANT = "72f9ab01-86f1-41af-91ab-2d7cd011db47"
LOGIN = f"https://login.microsoftonline.com/{TENANT}"
RESOURCE = "https://vault.azure.net"

SPELLINGS = [
    f'Bearer authorization="{LOGIN}", resource="{RESOURCE}"',
    f'Bearer authorization="{LOGIN}",resource="{RESOURCE}"',
    f'Bearer authorization_uri="{LOGIN}", resource="{RESOURCE}"',
    f"Bearer authorization={LOGIN}, resource={RESOURCE}",
    f"Bearer authorization={LOGIN},resource={RESOURCE}",
    f'bearer   resource = "{RESOURCE}" ,  authorization = "{LOGIN}"',
    f'BEARER Authorization="{LOGIN}", Resource="{RESOURCE}/"',
    f'Bearer authorization="{LOGIN}", scope="{RESOURCE}/.default"',
    f'Bearer authorization="{LOGIN}", scope="{RESOURCE}/.default", resource="{RESOURCE}"',
    f'Bearer authorization="{LOGIN}", authorization_uri="{LOGIN}", resource="{RESOURCE}", resource="{RESOURCE}"',
    f'Bearer authorization="{LOGIN}/oauth2/token?x=1,2", resource="{RESOURCE}"',
    f'PoP nonce="a, b", Bearer authorization="{LOGIN}", resource="{RESOURCE}"',
    f'Negotiate, Bearer authorization="{LOGIN}", resource="{RESOURCE}"',
    f'Bearer authorization="{LOGIN}", resource="{RESOURCE}", PoP authorization="https://x/y", resource="z"',
]


@pytest.mark.parametrize("header", SPELLINGS)
def test_every_spelling_is_understood(header: str) -> None:
    [challenge] = parse_challenges([header])
    assert challenge.tenant == TENANT
    assert challenge.authority == "login.microsoftonline.com"
    assert challenge.resource == RESOURCE
    assert judge((challenge,), address_of()) == ""


def test_the_claims_of_a_revoked_session_are_kept() -> None:
    claims = 'claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
    [challenge] = parse_challenges([f'{SPELLINGS[0]}, error="insufficient_claims", {claims}'])
    assert challenge.error == "insufficient_claims"
    assert challenge.claims == "eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="


@pytest.mark.parametrize(
    ("authorization", "tenant"),
    [
        ("https://login.windows.net/common", ""),
        ("https://login.windows.net/adfs/x", ""),
        ("https://login.windows.net", ""),
        (f"https://login.windows.net/{TENANT.upper()}/", TENANT),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_the_tenant_is_the_first_segment_if_it_is_one(authorization: str, tenant: str) -> None:
    [challenge] = parse_challenges([f'Bearer authorization="{authorization}", resource="{RESOURCE}"'])
    assert challenge.tenant == tenant


def test_headers_that_say_the_same_count_once_and_those_that_differ_are_refused() -> None:
    assert len(parse_challenges([SPELLINGS[0], SPELLINGS[1]])) == 1
    two = parse_challenges([SPELLINGS[0], f'Bearer authorization="{LOGIN}", resource="https://management.azure.com"'])
    assert "disagree" in judge(two, address_of())


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ([], "no Bearer challenge"),
        ([""], "no Bearer challenge"),
        (["Basic realm=x"], "no Bearer challenge"),
        (["Bearer"], "no Bearer challenge"),
        (["Bearer \t=,,==,\x80"], "no Bearer challenge"),
        ([f'Bearer authorization="{LOGIN}"'], "names no resource"),
        ([f'Bearer authorization="{LOGIN}", resource=""'], "names no resource"),
        (['Bearer resource="https://management.azure.com"'], "https://management.azure.com"),
        (['Bearer resource="https://vault.azure.net.evil.example.com"'], "evil.example.com"),
        (['Bearer resource="https://azure.net"'], "https://azure.net"),
        (['Bearer resource="https://contoso-kv.vault.azure.net"'], "contoso-kv.vault.azure.net"),
        (['Bearer resource="https://vault.azure.cn"'], "vault.azure.cn"),
        (['Bearer resource="http://vault.azure.net"'], "http://vault.azure.net"),
        (['Bearer resource="https://vault.azure.net:443"'], ":443"),
        ([f'Bearer resource="{RESOURCE}", resource="https://management.azure.com"'], "twice"),
        ([f'Bearer resource="{RESOURCE}", scope="https://management.azure.com/.default"'], "contradicts itself"),
        ([f'Bearer authorization="{LOGIN}", authorization_uri="https://x/y", resource="{RESOURCE}"'], "contradicts"),
    ],
)
def test_a_challenge_that_is_not_this_vaults_gets_no_token(headers: list[str], part: str) -> None:
    assert part in judge(parse_challenges(headers), address_of())


def test_the_terminal_is_safe_from_a_hostile_resource() -> None:
    objection = judge((Challenge(resource="https://\x1b]52;c;x\x07"),), address_of())
    assert "\x1b" not in objection
    assert "\x07" not in objection


def test_an_emulator_may_name_itself_and_nobody_else() -> None:
    emulator = address_of("https://localhost:8443", allow_loopback=True)
    for resource in (RESOURCE, "https://localhost", "https://127.0.0.1:8443"):
        assert judge(parse_challenges([f'Bearer resource="{resource}", authorization_uri=x']), emulator) == ""
    assert judge(parse_challenges(['Bearer resource="https://management.azure.com"']), emulator)
    assert judge(parse_challenges(['Bearer resource="https://localhost"']), address_of())


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.text(max_size=200) | st.text(alphabet='Bearer ",=\\resouc\tx', max_size=200), max_size=3))
def test_no_header_raises(headers: list[str]) -> None:
    challenges = parse_challenges(headers)
    assert isinstance(judge(challenges, address_of()), str)
    for challenge in challenges:
        assert len(challenge.tenant) in (0, 36)


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='",\\'), min_size=1))
def test_only_the_vaults_own_resource_passes(resource: str) -> None:
    verdict = judge(parse_challenges([f'Bearer resource="{resource}"']), address_of())
    assert bool(verdict) != (resource.removesuffix("/.default").rstrip("/").lower() == RESOURCE)


def test_a_header_of_a_megabyte_is_read_in_a_moment() -> None:
    assert parse_challenges(["Bearer " + 'a="' * 400_000]) is not None
    assert parse_challenges(["Bearer " + "a " * 400_000]) is not None
