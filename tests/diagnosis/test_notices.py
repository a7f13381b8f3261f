"""Every notice of the engine as a warning."""

from __future__ import annotations

import pytest

from mitui.diagnosis.notices import warning_of
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.token.notice import Notice
from tests.diagnosis.cases import VM

NOTICES = (
    Notice("identity_substituted", "x", (("asked", "system"), ("got", "/id/web"), ("client_id", "c-1"))),
    Notice("identity_substituted", "x", (("asked", "c-1"), ("got", "c-2"))),
    Notice("expiry_disagrees", "the reply and the token differ by 900 s", (("reply", "1"), ("token", "2"))),
    Notice("expiry_format", "x", (("stated", "1/16/2027 5:24:12 AM +00:00"),)),
    Notice("user_token", "x"),
    Notice("clock_skew", "x", (("seconds", "-90"),)),
    Notice("opaque_token", "x"),
)


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.kind)
def test_a_notice_becomes_a_warning_with_a_remedy(notice: Notice) -> None:
    warning = warning_of(notice, VM, HostEnvironment())

    assert warning.kind == notice.kind
    assert warning.message.endswith(".")
    assert warning.remedy.endswith(".")
    assert "the message" not in warning.message


def test_a_lone_user_assigned_identity_is_to_be_pinned() -> None:
    warning = warning_of(NOTICES[0], VM, HostEnvironment())

    assert "used its only user-assigned one" in warning.message
    assert warning.commands[0] == "export AZURE_CLIENT_ID=c-1"


def test_a_clock_is_off_by_its_seconds() -> None:
    assert "1 min 30 s off" in warning_of(NOTICES[5], VM, HostEnvironment()).message


def test_an_unknown_notice_keeps_its_words() -> None:
    warning = warning_of(Notice("new_kind", "something new"), VM, HostEnvironment())

    assert (warning.kind, warning.message, warning.commands) == ("new_kind", "something new", ())
