"""Every error of the network stack in one sentence."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator

import httpcore

from mitui.http import TransportProblem
from mitui.lean_httpx import httpx
from mitui.transport import DialError

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_UNREACHABLE_WINDOWS = frozenset({10049, 10050, 10051, 10064, 10065})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
_FORBIDDEN_WINDOWS = 10013
_NO_TLS_FAULT = (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


def explain(error: BaseException, proxy: str = "") -> tuple[TransportProblem, str]:
    """The problem and a sentence for whatever an exchange raised. ``proxy`` is the proxy's host and port, if any."""
    for cause in _chain(error):
        if isinstance(cause, DialError):
            if proxy and cause.problem not in (TransportProblem.TLS_FAILED, TransportProblem.CERTIFICATE_MISMATCH):
                return TransportProblem.PROXY_FAILED, f"the proxy {proxy} can't be used: {cause.message}"
            return cause.problem, cause.message
    return _unsendable(error) or _proxy_trouble(error, proxy) or _broken(error)


def _unsendable(error: BaseException) -> tuple[TransportProblem, str] | None:
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol)):
        return TransportProblem.INVALID_URL, f"the URL can't be used: {error}"
    if isinstance(error, (httpcore.LocalProtocolError, UnicodeError, ValueError, TypeError)):
        return TransportProblem.INVALID_URL, "the URL or a header holds a character that HTTP does not allow"
    return None


def _proxy_trouble(error: BaseException, proxy: str) -> tuple[TransportProblem, str] | None:
    if isinstance(error, httpcore.ProxyError):
        return TransportProblem.PROXY_FAILED, f"the proxy {proxy} refused to connect: {error}"
    return None


def _broken(error: BaseException) -> tuple[TransportProblem, str]:
    if isinstance(error, httpcore.TimeoutException):
        return TransportProblem.TIMEOUT, "the connection did not come about in time"
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TransportProblem.TLS_FAILED, f"the server's certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _NO_TLS_FAULT):
            return TransportProblem.TLS_FAILED, f"TLS failed: {cause.reason or cause}"
    if isinstance(error, httpcore.ConnectError):
        return TransportProblem.CONNECTION_LOST, "the connection was closed before TLS was agreed"
    if isinstance(error, httpcore.RemoteProtocolError):
        return TransportProblem.CONNECTION_LOST, _protocol_sentence(str(error))
    if isinstance(error, (httpcore.NetworkError, OSError, EOFError)):
        return TransportProblem.CONNECTION_LOST, "the connection was reset before a whole reply had come"
    return TransportProblem.CONNECTION_LOST, f"the exchange broke off ({type(error).__name__})"


def explain_connecting(error: BaseException, where: str, limit: float) -> tuple[TransportProblem, str]:
    """The problem and a sentence for a connection to ``where`` that was not made within ``limit`` seconds."""
    for cause in _chain(error):
        if not isinstance(cause, OSError) or cause.errno is None:
            continue
        code = getattr(cause, "winerror", None)
        if isinstance(cause, ConnectionRefusedError):
            return TransportProblem.REFUSED, f"{where} refused the connection"
        if cause.errno in _UNREACHABLE or code in _UNREACHABLE_WINDOWS:
            return TransportProblem.UNREACHABLE, f"there is no route from here to {where}"
        if cause.errno in _FORBIDDEN or code == _FORBIDDEN_WINDOWS:
            return (
                TransportProblem.UNREACHABLE,
                f"the connection to {where} is forbidden by its access permissions: a firewall on this host stops it",
            )
        if cause.errno == errno.ETIMEDOUT:
            return TransportProblem.TIMEOUT, f"{where} did not accept the connection in time"
        if isinstance(cause, ConnectionError):
            return TransportProblem.CONNECTION_LOST, f"{where} closed the connection at once"
        return TransportProblem.UNREACHABLE, f"{where} can't be reached: {cause.strerror or cause}"
    if isinstance(error, httpcore.ConnectTimeout):
        return TransportProblem.TIMEOUT, f"{where} did not accept the connection within {limit:g} s"
    return TransportProblem.UNREACHABLE, f"{where} can't be reached: {error}"


def _protocol_sentence(said: str) -> str:
    if "disconnected" in said or "closed connection" in said or "incomplete" in said:
        return "the connection was closed before a whole reply had come"
    return "what answered does not speak proper HTTP"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, the errors that it comes from, and the members of exception groups among them."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
