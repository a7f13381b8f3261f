"""Every error of the network stack in one sentence."""

from __future__ import annotations

import errno
import ssl

import httpcore

from mitui.http.dial_error import DialError
from mitui.http.httpx_without_its_cli import httpx
from mitui.http.message import TransportProblem

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_UNREACHABLE_WINDOWS = frozenset({10049, 10050, 10051, 10064, 10065})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
_FORBIDDEN_WINDOWS = 10013


def explain(error: BaseException, proxy: str = "") -> tuple[TransportProblem, str]:
    """The problem and a sentence for whatever an exchange raised. ``proxy`` is the proxy's host and port, if any."""
    if isinstance(error, DialError):
        if proxy and error.problem not in (TransportProblem.TLS_FAILED, TransportProblem.CERTIFICATE_MISMATCH):
            return TransportProblem.PROXY_FAILED, f"the proxy {proxy} can't be used: {error.message}"
        return error.problem, error.message
    if isinstance(error, httpcore.ProxyError):
        refused = f"it refused to connect: {error}".rstrip()
        return TransportProblem.PROXY_FAILED, f"the proxy {proxy} can't be used: {refused}"
    return _unsendable(error) or _broken(error)


def _unsendable(error: BaseException) -> tuple[TransportProblem, str] | None:
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return TransportProblem.INVALID_URL, f"the URL can't be used: {error}"
    if isinstance(error, (httpcore.LocalProtocolError, UnicodeError, ValueError, TypeError)):
        return TransportProblem.INVALID_URL, "the URL or a header holds a character that HTTP does not allow"
    return None


def _broken(error: BaseException) -> tuple[TransportProblem, str]:
    if isinstance(error, httpcore.RemoteProtocolError):
        return TransportProblem.CONNECTION_LOST, _protocol_sentence(str(error))
    if isinstance(error, (httpcore.NetworkError, httpcore.TimeoutException, OSError, EOFError)):
        return TransportProblem.CONNECTION_LOST, "the connection was reset before a whole reply had come"
    return TransportProblem.CONNECTION_LOST, f"the exchange broke off ({type(error).__name__})"


def explain_securing(error: OSError, limit: float) -> tuple[TransportProblem, str]:
    """The problem and a sentence for a connection on which TLS was not agreed within ``limit`` seconds."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TransportProblem.TLS_FAILED, f"the server's certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and not isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return TransportProblem.TLS_FAILED, f"TLS failed: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return TransportProblem.TIMEOUT, f"TLS was not agreed within {limit:g} s"
    return TransportProblem.CONNECTION_LOST, "the connection was closed before TLS was agreed"


def explain_connecting(error: OSError, where: str, limit: float) -> tuple[TransportProblem, str]:
    """The problem and a sentence for a connection to ``where`` that was not made within ``limit`` seconds."""
    code, windows = error.errno, getattr(error, "winerror", None)
    if isinstance(error, TimeoutError):
        return TransportProblem.TIMEOUT, f"{where} did not accept the connection within {limit:g} s"
    if isinstance(error, ConnectionRefusedError):
        return TransportProblem.REFUSED, f"{where} refused the connection"
    if code in _UNREACHABLE or windows in _UNREACHABLE_WINDOWS:
        return TransportProblem.UNREACHABLE, f"there is no route from here to {where}"
    if code in _FORBIDDEN or windows == _FORBIDDEN_WINDOWS:
        return (
            TransportProblem.UNREACHABLE,
            f"the connection to {where} is forbidden by its access permissions: a firewall on this host stops it",
        )
    if isinstance(error, ConnectionError):
        return TransportProblem.CONNECTION_LOST, f"{where} closed the connection at once"
    return TransportProblem.UNREACHABLE, f"{where} can't be reached: {error.strerror or error}"


def _protocol_sentence(said: str) -> str:
    if "disconnected" in said or "closed connection" in said or "incomplete" in said:
        return "the connection was closed before a whole reply had come"
    return "what answered does not speak proper HTTP"
