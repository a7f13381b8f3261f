"""Faults that any source can have: slow, broken, lying and hostile endpoints, and tokens that are wrong."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mitui.simulator.faults.fault import Answer, Fault, Situation, always, with_settings
from mitui.simulator.replies import text_reply
from mitui.simulator.server import Abort, Reply
from mitui.simulator.settings import DAY_AND_FIVE_MINUTES

_JSON: Final = (("Content-Type", "application/json"),)
_PAGE: Final = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"


def _slow(situation: Situation) -> Answer:
    situation.wait(float(situation.options.get("seconds", 3)))
    return situation.healthy(situation.settings)


def _healthy_reply(situation: Situation) -> Reply:
    answer = situation.healthy(situation.settings)
    return answer if isinstance(answer, Reply) else Reply(200, _JSON, b"{}")


def _drip(situation: Situation) -> Answer:
    reply = _healthy_reply(situation)
    pace = float(situation.options.get("pace", 0.1))

    def bytes_one_by_one() -> Iterator[bytes]:
        for byte in reply.body:
            if situation.wait(pace):
                return
            yield bytes((byte,))

    return replace(reply, body=b"", length=len(reply.body), pieces=bytes_one_by_one(), close=True)


def _truncated(situation: Situation) -> Answer:
    reply = _healthy_reply(situation)
    return replace(reply, body=reply.body[: len(reply.body) // 2], length=len(reply.body), close=True)


def _wrong_length(situation: Situation) -> Answer:
    reply = _healthy_reply(situation)
    return replace(reply, length=max(len(reply.body) - 7, 0), close=True)


def _garbage(situation: Situation) -> Answer:
    return Reply(200, _JSON, os.urandom(int(situation.options.get("size", 1 << 20))))


def _huge(_situation: Situation) -> Answer:
    return Reply(200, _JSON, b'{"access_token":"', pieces=itertools.repeat(b"A" * 65_536), length=1 << 50, close=True)


def _html(situation: Situation) -> Answer:
    return text_reply(int(situation.options.get("status", 200)), _PAGE, kind="text/html")


def _half_json(situation: Situation) -> Answer:
    reply = _healthy_reply(situation)
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _expired(situation: Situation) -> Answer:
    since = float(situation.options.get("seconds", 3600))
    return situation.healthy(replace(situation.settings, lifetime=-since, lifetimes={}, platform_cache=False))


def _expiring(situation: Situation) -> Answer:
    left = float(situation.options.get("seconds", 252))
    age = DAY_AND_FIVE_MINUTES - left
    return situation.healthy(replace(situation.settings, lifetime=left, lifetimes={}, age=age, ages={}))


TRANSPORT_FAULTS: Final = (
    Fault("slow", "answers after `seconds` (3)", _slow, reach="request"),
    Fault("blackhole", "takes the request and never answers", always(lambda: Abort.HANG), reach="request"),
    Fault("reset", "takes the request and resets the connection", always(lambda: Abort.RESET), reach="request"),
    Fault("closed", "takes the request and closes the connection", always(lambda: Abort.CLOSE), reach="request"),
    Fault("drip", "sends one byte of the body each `pace` (0.1) seconds", _drip),
    Fault("truncated", "closes the connection in the middle of the body", _truncated),
    Fault("wrong-length", "announces a Content-Length that is 7 bytes short", _wrong_length),
    Fault("garbage", "answers 200 with `size` (1 MiB) random bytes", _garbage),
    Fault("huge", "answers 200 with a body that never ends", _huge),
    Fault("html", "answers `status` (200) with a web page", _html),
    Fault("half-json", "answers with the first half of the JSON, its length correct", _half_json),
    Fault("empty-body", "answers 200 with nothing in it", always(lambda: Reply(200, _JSON))),
    Fault(
        "not-a-jwt",
        "the token is some text that is no JWT",
        with_settings(token_style="not-a-jwt", platform_cache=False),
    ),
    Fault(
        "opaque",
        "the token is encrypted: five parts, and no claims to read",
        with_settings(token_style="opaque", platform_cache=False),
    ),
    Fault("expiring", "the token lasts `seconds` (252) more", _expiring),
    Fault("expired", "the token expired `seconds` (3600) ago", _expired),
)
