"""When a token expires, in every spelling that an endpoint has been seen to use, and when to ask for the next one."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

FAR: Final = 10 * 365.25 * 86400  # seconds ahead of now that no expiry goes beyond; more is garbage
EARLY: Final = 300.0  # a token is replaced this long before it expires
LONG: Final = 7200.0  # from this lifetime on it is replaced at half of it instead
SOONEST: Final = 30.0  # no new token is asked for sooner than this after the last came
_NUMBER: Final = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,12})?\Z", re.ASCII)
_SLASHED: Final = (
    "%m/%d/%Y %I:%M:%S %p %z",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S %z",
    "%m/%d/%Y %H:%M:%S",
)


def read_number(value: object) -> float | None:
    """A finite JSON number, or a string that holds one; None for anything else, true and false included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        return float(text) if _NUMBER.match(text) else None
    if isinstance(value, (int, float)):
        try:
            number = float(value)
        except OverflowError:
            return None
        return number if math.isfinite(number) else None
    return None


def read_moment(value: object) -> float | None:
    """Epoch seconds from a number or one of the date spellings; None for anything else. A date without zone is UTC.

    Seen in the field: ``1767312000``, ``"1767312000"``, ``1/16/2027 5:24:12 AM +00:00`` (App Service on Windows),
    ``06/20/2027 02:57:58 +00:00`` (on Linux), ``2027-10-18T19:51:37.0000000+00:00`` and ``2027-10-18 19:51:37``.
    """
    number = read_number(value)
    if number is not None or not isinstance(value, str):
        return number
    moment = _read_date(value.strip())
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _read_date(text: str) -> datetime | None:
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(text)
    for spelling in _SLASHED:
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, spelling)  # noqa: DTZ007 - one without a zone is UTC
    return None


@lru_cache(maxsize=4)  # the replies of one second share it
def read_http_date(text: str) -> float | None:
    """Epoch seconds of a date as HTTP headers have it ("Sun, 06 Nov 1994 08:49:37 GMT"); None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def read_expiry(reply: Mapping[str, object], now: float) -> float | None:
    """Epoch seconds of the expiry, from ``expires_on`` or else ``expires_in``; None when neither can be read."""
    moment = read_moment(reply.get("expires_on"))
    if moment is not None and 0 <= moment <= now + FAR:
        return moment
    lifetime = read_number(reply.get("expires_in"))
    if lifetime is not None and abs(lifetime) <= FAR:
        return now + lifetime
    return None


def refresh_moment(now: float, expires_at: float, refresh_in: float | None) -> float:
    """When to ask for the next token, in epoch seconds.

    The server's ``refresh_in`` counts first; then half the lifetime where that is two hours or more, else five minutes
    before the end. A platform that hands out tokens about to expire is still not asked again within 30 s.
    """
    lifetime = expires_at - now
    if refresh_in is not None and 0 < refresh_in <= lifetime:
        wanted = now + refresh_in
    elif lifetime >= LONG:
        wanted = now + lifetime / 2
    else:
        wanted = expires_at - EARLY
    return max(wanted, now + SOONEST)
