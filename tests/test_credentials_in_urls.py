"""A password in an address that a variable holds is shown nowhere; the rest of the address is."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from mitui.clock import ManualClock
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.engine.asking.endpoint_rule import judge
from mitui.engine.asking.refusal import Refusal
from mitui.engine.detection import detect
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.sources.source import Endpoint
from mitui.safe_text import without_credentials

ADDRESS = "http://ada:canary-password@127.0.0.1:41000/msi/token"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ADDRESS, "http://(redacted)@127.0.0.1:41000/msi/token"),
        ("https://token@host", "https://(redacted)@host"),
        ("http://a:b@c@host/", "http://(redacted)@host/"),
        ("a:b@host:1", "(redacted)@host:1"),
        (r"http:\\a:b@host", r"http:\\(redacted)@host"),
        ("http://host/path?mail=a@b.example", "http://host/path?mail=a@b.example"),
        ("ada@contoso.example", "ada@contoso.example"),
        ("", ""),
    ],
)
def test_what_is_left_of_an_address(text: str, shown: str) -> None:
    assert without_credentials(text) == shown


@pytest.mark.parametrize(
    "variables",
    [
        {"IDENTITY_ENDPOINT": ADDRESS, "IDENTITY_HEADER": "h"},
        {"MSI_ENDPOINT": ADDRESS, "MSI_SECRET": "s"},
        {"MSI_ENDPOINT": ADDRESS},
        {"IDENTITY_ENDPOINT": ADDRESS, "IMDS_ENDPOINT": ADDRESS},
        {"AZURE_POD_IDENTITY_AUTHORITY_HOST": ADDRESS},
    ],
)
def test_detection_and_the_choices_of_the_sdks_show_none(variables: dict[str, str]) -> None:
    environment = HostEnvironment(MappingProxyType(variables))
    detection = detect(environment)
    assert "(redacted)@127.0.0.1:41000" in detection.endpoint
    assert "canary" not in repr(detection)
    assert "canary" not in repr(sdk_choices(environment))


async def test_nor_does_the_refusal_to_call_it() -> None:
    refused = await judge(Endpoint(ADDRESS, "IDENTITY_ENDPOINT"), frozenset(), ManualClock(), timeout=1)
    assert isinstance(refused, Refusal)
    assert "canary" not in repr(refused)
