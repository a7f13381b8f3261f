"""When to try again, and when never to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mitui.engine.failure import FailureKind
from mitui.engine.token.expiry import read_http_date, read_number
from mitui.http import HttpReply

LONGEST: Final = 60.0  # a Retry-After beyond this is reported instead of waited for
SHORTEST_TRY: Final = 0.5  # seconds that must be left for the try itself
COMMON: Final[Mapping[FailureKind, tuple[float, ...]]] = {
    FailureKind.THROTTLED: (1, 2, 4, 8),
    FailureKind.SERVER_ERROR: (1, 2),
    FailureKind.CONNECTION_REFUSED: (1,),  # a token service that is only just starting
    FailureKind.CONNECTION_LOST: (1,),
}
IMDS: Final[Mapping[FailureKind, tuple[float, ...]]] = {
    FailureKind.THROTTLED: (1, 2, 4, 8),
    FailureKind.SERVER_ERROR: (1, 2),
    FailureKind.CONNECTION_LOST: (1,),
    FailureKind.NOT_FOUND: (1, 2),  # seen for a moment while IMDS is updated
    FailureKind.ENDPOINT_UPDATING: (1, 2, 4, 8, 10, 10, 10, 10, 10, 10),  # an upgrade takes up to 70 s
}


class Retries:
    """The tries of one acquisition. What the table has no waits for (400, 401, 403, a timeout) is never tried again."""

    def __init__(self, table: Mapping[FailureKind, tuple[float, ...]]) -> None:
        self._table = table
        self._spent: dict[FailureKind, int] = {}

    def wait_after(self, kind: FailureKind, retry_after: float | None, remaining: float) -> float | None:
        """Seconds to wait before the next try, None to give up.

        ``retry_after`` is what the endpoint asked for, ``remaining`` what is left of the time for the whole.
        """
        waits = self._table.get(kind, ())
        spent = self._spent.get(kind, 0)
        if spent >= len(waits):
            return None
        wait = waits[spent] if retry_after is None else max(retry_after, 0.0)
        if wait > LONGEST or wait + SHORTEST_TRY > remaining:
            return None
        self._spent[kind] = spent + 1
        return wait


def retry_after(reply: HttpReply, now: float) -> float | None:
    """Retry-After in seconds, from its number or its HTTP date."""
    text = reply.header("retry-after").strip()
    number = read_number(text)
    if number is not None:
        return max(0.0, number)
    moment = read_http_date(text)
    return None if moment is None else max(0.0, moment - now)
