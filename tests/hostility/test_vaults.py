"""Whatever a vault says, its answer is read as a verdict, and only its own challenge is answered with a token."""

from __future__ import annotations

from hypothesis import given

from mitui.http import HttpReply
from mitui.keyvault.address import CLOUDS, VaultAddress, parse_vault
from mitui.keyvault.challenge import judge, parse_challenges
from mitui.keyvault.reading import read_reply
from mitui.keyvault.verdict import Verdict
from mitui.safe_text import UNSAFE, visible
from tests.hostility.mutations import changed, changed_reply
from tests.hostility.recorded import recorded_vault_replies
from tests.hostility.script import Script, scripted
from tests.hostility.texts import STATUSES, body, header, word


def _vault() -> VaultAddress:
    address = parse_vault("contoso-kv")
    assert isinstance(address, VaultAddress)
    return address


VAULT = _vault()
TENANT = "72f9ab01-86f1-41af-91ab-2d7cd011db47"
SOUND = (
    f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"',
    f'Bearer authorization_uri="https://login.windows.net/{TENANT}", scope="https://vault.azure.net/.default"',
    f"Bearer authorization=https://login.microsoftonline.com/{TENANT},resource=https://vault.azure.net",
    'Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ==", resource="https://vault.azure.net"',
    'Basic realm="x", Bearer resource="https://vault.azure.net"',
)
PIECES = (
    *("Bearer ", "bearer", "Basic ", "PoP ", "resource=", "scope=", "authorization=", "authorization_uri=", '"', ","),
    *("https://vault.azure.net", "https://vault.azure.net/", "https://vault.azure.net@evil.example", "https://graph.x"),
    *("https://VAULT.azure.net", "https://vault.azure.net.evil.example", "/.default", "\\", " ", "=", "\t", "x=y"),
)


def _challenge(script: Script) -> str:
    """A sound one, changed; or pieces of some."""
    if script.number(2):
        return changed(script, script.pick(SOUND).encode()).decode("latin-1")
    pieces = (script.pick((script.pick(PIECES), script.pick(PIECES), word(script))) for _ in range(script.number(14)))
    return "".join(pieces)


def test_a_sound_challenge_is_answered() -> None:
    assert [judge(parse_challenges([each]), VAULT) for each in SOUND] == [""] * len(SOUND)


@given(scripted(lambda script: [_challenge(script) for _ in range(1 + script.number(2))]))
def test_a_challenge_is_answered_only_where_it_asks_for_this_vaults_resource(headers: list[str]) -> None:
    challenges = parse_challenges(headers)
    refusal = judge(challenges, VAULT)
    if refusal:
        assert "\n" not in refusal
        assert not UNSAFE.search(refusal)
        return
    assert {each.resource for each in challenges} == {"https://vault.azure.net"}
    written = " ".join(headers).lower().replace("\\", "")  # before any character of a quoted string one may stand
    assert "https://vault.azure.net" in written


def _reply(script: Script) -> HttpReply:
    if script.number(4):
        return changed_reply(script, script.pick(recorded_vault_replies()))
    return HttpReply(script.pick(STATUSES), word(script), tuple(script.several(3, header)), body(script), 1.0)


def test_what_was_recorded_is_told_apart() -> None:
    readings = [read_reply(each, VAULT) for each in recorded_vault_replies()]
    assert {each.verdict for each in readings} >= {Verdict.GRANTED, Verdict.DENIED, Verdict.UNKNOWN}
    assert len({each.stop for each in readings}) > 5


@given(scripted(_reply))
def test_an_answer_is_read_as_a_verdict(reply: HttpReply) -> None:
    reading = read_reply(reply, VAULT)
    assert reading.verdict in Verdict
    assert reading.evidence.startswith(str(reply.status))
    assert not UNSAFE.search(reading.evidence + reading.request_id + reading.assignment_id)
    assert len(reading.error.message) <= 5000
    for name, text in reading.facts:
        assert text.isprintable(), name
        assert not set(text) & set("`$;|&<>\n"), name
    if reading.verdict is Verdict.GRANTED and reply.status == 404:
        assert reading.assignment_id or "NotFound" in reply.body.decode("utf-8", "replace")


HOSTS = (
    *("contoso-kv.vault.azure.net", "contoso-kv.vault.azure.cn", "contoso-kv", "https://contoso-kv.vault.azure.net/"),
    *("https://contoso-kv.vault.azure.net:443", "https://contoso-kv.vault.azure.net@evil.example", "127.0.0.1:80"),
    *("https://contoso-kv.vault.azure.net.evil.example", "https://evilvault.azure.net", "https://x.vault.azure.net."),
    *("https://contoso-kv.privatelink.vaultcore.azure.net", "http://contoso-kv.vault.azure.net", "https://[::1]"),
    *("https://xn--vult-5qa.azure.net", "https://contoso-kv.vault\u3002azure\u3002net", "//contoso-kv.vault.azure.net"),
)
SUFFIXES = tuple(f".{cloud.vault_suffix}" for cloud in CLOUDS)


@given(scripted(lambda script: changed(script, script.pick(HOSTS).encode()).decode("utf-8", "replace")))
def test_only_a_vault_of_a_known_cloud_is_one(text: str) -> None:
    found = parse_vault(text)
    if not isinstance(found, VaultAddress):
        assert "\n" not in found.message
        assert not UNSAFE.search(visible(found.message))
        return
    assert found.host.endswith(SUFFIXES)
    assert found.host.count(".") == found.resource.count(".") + 1
    assert found.host == f"{found.name}.{found.resource.removeprefix('https://')}"
    assert set(found.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert (found.scheme, found.port, found.url) == ("https", 443, f"https://{found.host}")
