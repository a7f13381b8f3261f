"""The way to a vault: its addresses, a connection to each, and its certificate. Nothing is said to it yet."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import ssl
from typing import Final

from mitui.clock import Clock
from mitui.http import GuardedClient, HttpFailure, TransportProblem, resolve
from mitui.keyvault.address import VaultAddress
from mitui.keyvault.probe_result import VaultFailureKind
from mitui.keyvault.stage import Facts, Outcome, Route

_MOST_ADDRESSES: Final = 8
_CONNECT_SECONDS: Final = 5.0
_ALIAS_SECONDS: Final = 2.0
_DNS_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,253}\Z")
_PLATFORM_ADDRESS: Final = "168.63.129.16"


def address_kind(text: str) -> str:
    """What an IP address is, in a word or two: public, private, loopback, link-local, reserved."""
    if text == _PLATFORM_ADDRESS:
        return "Azure's platform address, not a vault's"
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "not an address"
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return "reserved"
    return "public" if address.is_global else "private"


async def resolve_vault(address: VaultAddress, client: GuardedClient, clock: Clock, timeout: float) -> Outcome:
    """All addresses of the vault, or of the proxy that stands between, with what kind of address each is."""
    proxy = client.proxy_of(address.url)
    host, port = _proxy_target(proxy) if proxy else (address.host, address.port)
    pin = client.pinned(host)
    if pin is not None:
        route = Route((pin[0],), pin[1], proxy)
        return Outcome.ok("resolve", f"{pin[0]} port {pin[1]}, as set for this host", route=route)
    started = clock.monotonic()
    found: tuple[str, ...] | HttpFailure
    if unknown := client.unknown(host):
        found = HttpFailure(TransportProblem.NAME_NOT_RESOLVED, unknown, 0.0)
    else:
        found = await resolve(host, port, timeout=timeout, clock=clock)
    elapsed = (clock.monotonic() - started) * 1000
    if isinstance(found, HttpFailure):
        what = f"the proxy {proxy}" if proxy else f"the vault's name {address.host}"
        facts: Facts = (("proxy", proxy),) if proxy else ()
        message = f"{what} can't be resolved: {found.message.partition(': ')[2] or found.message}"
        return Outcome.failed("resolve", VaultFailureKind.NAME_NOT_RESOLVED, message, elapsed, facts=facts)
    kinds = [(ip, address_kind(ip)) for ip in found]
    detail = ", ".join(f"{ip} ({kind})" for ip, kind in kinds)
    if proxy:
        detail = f"the proxy's name: {detail}; the vault's own is left to the proxy"
    notes = []
    odd = [ip for ip, kind in kinds if kind not in ("public", "private")]
    if odd and not proxy and not address.loopback:
        notes.append(
            f"{address.host} resolves to {', '.join(odd)}, which no vault has: look in the hosts file and at the DNS "
            "server"
        )
    if proxy:
        facts = (("proxy", proxy),)
    else:
        facts = (("addresses", " ".join(found)), ("address_kind", _overall(kinds)))
        aliases = await _aliases(address.host, timeout)
        if aliases:
            detail += f", by way of {', '.join(aliases)}"
            facts = (*facts, ("aliases", " ".join(aliases)))
    route = Route(found[:_MOST_ADDRESSES], port, proxy)
    return Outcome.ok("resolve", detail, elapsed, facts=facts, notes=tuple(notes), route=route)


async def connect_vault(route: Route, clock: Clock, timeout: float) -> Outcome:
    """A TCP connection to each address, closed again at once; the first that stands is used from here on."""
    started = clock.monotonic()
    limit = min(timeout, _CONNECT_SECONDS)
    attempts = await asyncio.gather(*(_try(ip, route.port, clock, limit) for ip in route.addresses))
    elapsed = (clock.monotonic() - started) * 1000
    detail = ", ".join(f"{ip} {words}" for ip, (words, _) in zip(route.addresses, attempts, strict=True))
    if route.proxy:
        detail = f"through the proxy {route.proxy}: {detail}"
    good = [ip for ip, (_, problem) in zip(route.addresses, attempts, strict=True) if problem is None]
    if good:
        return Outcome.ok("connect", detail, elapsed, route=route.through(good[0]))
    problems = {problem for _, problem in attempts}
    slow = problems == {TransportProblem.TIMEOUT}
    kind = VaultFailureKind.TIMEOUT if slow else VaultFailureKind.CONNECTION_FAILED
    where = f"the proxy {route.proxy}" if route.proxy else "the vault"
    message = f"{where} can't be reached on port {route.port}: {detail}"
    problem = next(iter(problems)) if len(problems) == 1 else TransportProblem.UNREACHABLE
    return Outcome.failed("connect", kind, message, elapsed, facts=(("transport_problem", str(problem)),))


async def _try(ip: str, port: int, clock: Clock, limit: float) -> tuple[str, TransportProblem | None]:
    """In a few words how a connection to this address went, and the problem if it did not come about."""
    started = clock.monotonic()
    try:
        async with asyncio.timeout(limit):
            _, writer = await asyncio.open_connection(ip, port)
    except TimeoutError:
        return f"no answer within {limit:g} s", TransportProblem.TIMEOUT
    except OSError as error:
        from mitui.http.transport_errors import explain_connecting

        problem, _ = explain_connecting(error, ip, limit)
        return str(problem).replace("_", " "), problem
    elapsed = (clock.monotonic() - started) * 1000
    await _close(writer)
    return f"connected in {elapsed:.0f} ms", None


async def secure_vault(
    address: VaultAddress, route: Route, client: GuardedClient, clock: Clock, timeout: float
) -> Outcome:
    """A TLS handshake with full verification: version, issuer and the days that the certificate has left."""
    if address.scheme != "https":
        return Outcome.skipped("tls", "plain HTTP, which is allowed on this machine only")
    if route.proxy:
        return Outcome.skipped("tls", "the proxy passes TLS on; the certificate is verified with the first request")
    from mitui.http.dial_error import DialError

    started = clock.monotonic()

    def failed(message: str, problem: str, kind: VaultFailureKind = VaultFailureKind.TLS_FAILED) -> Outcome:
        elapsed = (clock.monotonic() - started) * 1000
        return Outcome.failed("tls", kind, message, elapsed, facts=(("tls_problem", problem),))

    try:
        context = client.tls_context()
        async with asyncio.timeout(timeout):
            _, writer = await asyncio.open_connection(
                route.dial,
                route.port,
                ssl=context,
                server_hostname=address.host,
                ssl_handshake_timeout=timeout,
                ssl_shutdown_timeout=1.0,
            )
    except DialError as error:
        return failed(error.message, "ca_file")
    except ssl.SSLCertVerificationError as error:
        return failed(*_distrust(error, address.host))
    except ssl.SSLEOFError:
        return failed("the connection was closed before TLS was agreed", "closed")
    except ssl.SSLError as error:
        if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
            return failed(f"what answers on port {route.port} does not speak TLS, so it is not a Key Vault", "not_tls")
        return failed(f"TLS was not agreed: {error.reason or error}", "handshake")
    except TimeoutError:
        return failed(f"TLS was not agreed within {timeout:g} s", "timeout", VaultFailureKind.TIMEOUT)
    except OSError:
        return failed("the connection was closed before TLS was agreed", "closed")
    tls = writer.get_extra_info("ssl_object")
    certificate = tls.getpeercert() or {}
    version, cipher = tls.version() or "", (tls.cipher() or ("",))[0]
    elapsed = (clock.monotonic() - started) * 1000
    await _close(writer)
    issuer = _issuer(certificate)
    expires_at = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = (expires_at - clock.now()) / 86400
    detail = f"{version}, issued by {issuer}, {days:.0f} days left"
    facts = (
        ("tls_version", version),
        ("tls_cipher", cipher),
        ("issuer", issuer),
        ("days_left", f"{days:.0f}"),
        ("certificate_expires_at", str(expires_at)),
    )
    return Outcome.ok("tls", detail, elapsed, facts=facts)


def _distrust(error: ssl.SSLCertVerificationError, host: str) -> tuple[str, str]:
    """A sentence and a word for a certificate that was refused, by OpenSSL's verification codes."""
    if error.verify_code in (62, 64):
        return f"the certificate is not for {host}: something else answers in the vault's place", "name_mismatch"
    if error.verify_code == 10:
        return "the certificate has expired, or this host's clock is wrong", "expired"
    if error.verify_code == 9:
        return "the certificate is not valid yet, or this host's clock is wrong", "not_yet_valid"
    if error.verify_code in (2, 18, 19, 20, 21):
        sentence = (
            "the certificate's issuer is not trusted on this host: a proxy that intercepts TLS stands between, or its "
            "authority is missing (--ca-file names one)"
        )
        return sentence, "unknown_issuer"
    return f"the certificate is not trusted: {error.verify_message}", "untrusted"


def _issuer(certificate: dict[str, object]) -> str:
    parts = certificate.get("issuer", ())
    names = {key: value for part in parts for key, value in part} if isinstance(parts, tuple) else {}
    return str(names.get("commonName") or names.get("organizationName") or "an unnamed authority")


async def _aliases(host: str, timeout: float) -> tuple[str, ...]:
    """The names between; one in the zone privatelink.vaultcore.azure.net means that a private endpoint exists."""
    from mitui.http.name_lookup import look_up_aliases

    names = await look_up_aliases(host, timeout=min(timeout, _ALIAS_SECONDS))
    return tuple(name.lower() for name in names if _DNS_NAME.match(name))[:_MOST_ADDRESSES]


def _overall(kinds: list[tuple[str, str]]) -> str:
    found = {kind for _, kind in kinds}
    return found.pop() if len(found) == 1 else "mixed"


def _proxy_target(proxy: str) -> tuple[str, int]:
    host, colon, port = proxy.rpartition(":")
    if colon and port.isdigit():
        return host.strip("[]"), int(port)
    return proxy.strip("[]"), 80


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
