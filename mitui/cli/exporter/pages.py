"""What the exporter answers: the metrics, whether it is alive, and whether it is ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import make_wsgi_app
from prometheus_client.exposition import choose_encoder

from mitui.cli.exporter.http_server import Request, Response
from mitui.clock import Clock
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.metrics import registry_of

PATHS: Final = ("/metrics", "/-/healthy", "/-/ready")
PATIENCE: Final = 300.0
"""Seconds after which a health check that is due and does not come says that the refresher is stuck."""


class Pages:
    """Answers from the Snapshot that was published last: no answer ever asks anybody anything.

    ``mask`` is applied once a Snapshot is scraped. Nothing is told of the host before its first whole Snapshot.
    """

    def __init__(
        self, clock: Clock, warn_below: float, critical_below: float, mask: Callable[[Snapshot], Snapshot]
    ) -> None:
        self._clock = clock
        self._mask = mask
        self._thresholds = (warn_below, critical_below)
        self._started = clock.monotonic()
        self._duration: float | None = None
        self._latest: Snapshot | None = None
        self._masked: Snapshot | None = None
        self._metrics = make_wsgi_app(registry_of(self._current, clock.now))

    def publish(self, snapshot: Snapshot) -> None:
        """Tell this from now on."""
        self._latest, self._masked = snapshot, None
        if self._duration is None and snapshot.complete:
            self._duration = self._clock.monotonic() - self._started

    def answer(self, request: Request) -> Response:
        """The page that was asked for."""
        if request.path == "/metrics":
            return self._scrape(request)
        if request.method not in ("GET", "HEAD"):
            return Response.of_text(405, "only GET is answered")
        match request.path:
            case "/-/healthy":
                stuck = self._is_stuck()
                return Response.of_text(503 if stuck else 200, "stuck: nothing was looked at" if stuck else "healthy")
            case "/-/ready":
                ready = self._duration is not None
                return Response.of_text(200 if ready else 503, "ready" if ready else "not ready: still looking")
            case "/":
                return Response.of_text(200, f"mitui exporter: {' '.join(PATHS)}")
        return Response.of_text(404, f"there is no such page; there are {' '.join(PATHS)}")

    def _current(self) -> tuple[Snapshot, CheckRun] | None:
        if self._latest is None or self._duration is None:
            return None
        if self._masked is None:
            self._masked = self._mask(self._latest)
        return self._masked, CheckRun(self._duration, *self._thresholds)

    def _is_stuck(self) -> bool:
        latest = self._latest
        if latest is None or latest.next_check_at is None:
            return self._clock.monotonic() - self._started > PATIENCE
        return self._clock.now() - latest.next_check_at > PATIENCE

    def _scrape(self, request: Request) -> Response:
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "HTTP_ACCEPT": _readable(request.headers.get("accept", "")),
            "HTTP_ACCEPT_ENCODING": request.headers.get("accept-encoding", ""),
        }
        begun: list[tuple[str, tuple[tuple[str, str], ...]]] = []

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            begun.append((status, tuple(headers)))

        body = b"".join(self._metrics(environ, start))
        [(status, headers)] = begun
        return Response(int(status.split()[0]), body, headers)


def _readable(accept: str) -> str:
    """The header if the library can read it, else "", for which it has a default."""
    try:
        choose_encoder(accept)
    except (TypeError, ValueError):
        return ""
    return accept
