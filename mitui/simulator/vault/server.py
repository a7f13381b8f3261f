"""A Key Vault on loopback: it challenges, checks tokens and permissions, and keeps secrets, keys and certificates."""

from __future__ import annotations

import ipaddress
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import fields, replace
from http import HTTPStatus
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, Self

from mitui.simulator.certificates import write_authority
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.served import Watcher, served_by_token
from mitui.simulator.server import Abort, Greeting, LoopbackServer, Reply
from mitui.simulator.vault.certificates import add_certificate
from mitui.simulator.vault.errors import as_recorded, html_reply, method_not_allowed, vault_headers
from mitui.simulator.vault.faults import ActiveFault, Moment, activate, settings_under
from mitui.simulator.vault.gate import Gate
from mitui.simulator.vault.keys import new_jwk
from mitui.simulator.vault.log import VaultRequest, logged
from mitui.simulator.vault.permissions import Permissions
from mitui.simulator.vault.refusals import REFUSALS, Refused
from mitui.simulator.vault.routes import Route, route
from mitui.simulator.vault.settings import PUBLIC_SUFFIX, VaultSettings
from mitui.simulator.vault.store import SecretValues, Store, Version
from mitui.simulator.vault.tls import greeting

_HEALTH: Final = "/healthstatus"


class SimulatedVault(VaultSettings):
    """One vault. Use it as a context manager, or call ``start()`` and ``stop()``; it listens on loopback only.

    With ``tls`` it is ``https://<name>.<suffix>`` to a client that dials ``address`` for ``host`` and trusts
    ``ca_file``; without, it is plain HTTP on loopback, as emulators are. Every field of ``VaultSettings`` is an
    attribute of the vault. ``clock`` gives epoch seconds. ``watch`` is told of each request, with the object ID of its
    token's identity, once it is answered. Raises ValueError for a ``host`` that isn't loopback, and
    OSError from ``start()`` when the port is taken.
    """

    def __init__(
        self,
        name: str = "contoso-kv",
        *,
        tls: bool = True,
        suffix: str = PUBLIC_SUFFIX,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Callable[[], float] = time.time,
    ) -> None:
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"a simulated vault listens on loopback, not on {host}")
        super().__init__()
        self.name = name
        self.tls = tls
        self.resource = f"https://{suffix}"
        self.ca_file = ""
        self.requests: list[VaultRequest] = []
        self.watch: Watcher | None = None
        self._suffix = suffix
        self._clock = clock
        self._lock = threading.RLock()
        self._store = Store()
        self._permissions = Permissions(clock)
        self.grant = self._permissions.grant
        self.allow = self._permissions.allow
        self.deny = self._permissions.deny
        self.require_prefix = self._permissions.require_prefix
        self.revoke = self._permissions.revoke
        self._faults: list[ActiveFault] = []
        self._server = LoopbackServer(self._handle, host, port, self._greet, names=None if tls else frozenset())
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.secrets = SecretValues(self._store, clock, self._lock)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, once started."""
        return self._server.address

    @property
    def host(self) -> str:
        """The name in its URL."""
        return f"{self.name}.{self._suffix}" if self.tls else self._server.host

    @property
    def url(self) -> str:
        """The vault's URL as a client is to use it."""
        return f"https://{self.host}" if self.tls else f"http://{self.host}:{self._server.port}"

    def start(self) -> Self:
        """Begin to listen. With TLS this needs the ``trustme`` package."""
        if self.tls:
            self._folder = tempfile.TemporaryDirectory(prefix="mitui-simulator-")
            self.ca_file = write_authority(Path(self._folder.name, "simulated-vault-ca.pem"))
            greeting("", self.host, tls=True)
        try:
            self._server.start()
        except OSError:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close the port and every connection."""
        self._server.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def add_key(self, name: str, kind: str = "RSA") -> None:
        """Add a version of a key; ``kind`` is RSA, RSA-HSM, EC or EC-HSM."""
        now = int(self._clock())
        with self._lock:
            self._store.add("keys", name, Version({"key": new_jwk(kind)}, now, now))

    def add_certificate(self, name: str) -> None:
        """Add a version of a certificate, with its key and its secret."""
        with self._lock:
            add_certificate(self._store, name, int(self._clock()))

    def empty(self) -> None:
        """Take everything out of it, and forget who asked; rights and faults stay."""
        with self._lock:
            self._store.clear()
            self.requests.clear()

    def disable_secret(self, name: str) -> None:
        """Disable a secret's newest version. Raises KeyError where there is none."""
        with self._lock:
            self._store.live["secrets"][name].versions[-1].enabled = False

    def fail(
        self,
        name: str,
        times: int | None = None,
        *,
        path: str = "*",
        moments: tuple[Moment, ...] = (),
        **options: Any,
    ) -> None:
        """Put a fault of ``list_vault_faults()`` in force, for so many requests or until ``heal()``.

        ``path`` is a pattern that narrows it, ``moments`` replaces the moments at which it strikes, and ``options``
        are further settings that hold while it does (``retry_after="7"``). Faults of a connection end those that are
        open and count connections. Raises ValueError for an unknown fault or option.
        """
        fault = activate(name, times, path, moments, options)
        with self._lock:
            self._faults.append(fault)
        if "connection" in fault.moments:
            self._server.drop_connections()

    def heal(self, name: str | None = None) -> None:
        """End the faults of this name, or all of them."""
        with self._lock:
            self._faults[:] = [each for each in self._faults if name not in (None, each.name)]

    def mutating_requests_that_could_succeed(self) -> list[VaultRequest]:
        """The requests that would have changed the vault if their caller had held every right."""
        return [each for each in self.requests if each.could_succeed]

    def authorizations_before_challenge(self) -> list[VaultRequest]:
        """The requests that carried a token before the vault had said which one it wants."""
        unchallenged = takewhile(lambda each: not each.challenged, self.requests)
        return [each for each in unchallenged if "authorization" in each.headers]

    def names_used(self) -> set[str]:
        """The names of objects in the paths of all requests."""
        return {each.name for each in self.requests if each.name}

    def _greet(self) -> Greeting:
        with self._lock:
            wire = settings_under(self._faults, self._settings(), "connection", "").wire
        return greeting(wire, self.host, tls=self.tls)

    def _settings(self) -> VaultSettings:
        return VaultSettings(**{each.name: getattr(self, each.name) for each in fields(VaultSettings)})

    def _handle(self, request: RecordedRequest) -> Reply | Abort:
        started = time.perf_counter()
        answer = self._answer_and_log(request)
        if self.watch is not None:
            self.watch(served_by_token(self.name, request, answer, started))
        return answer

    def _answer_and_log(self, request: RecordedRequest) -> Reply | Abort:
        with self._lock:
            moment: Moment = "caller" if "authorization" in request.headers else "challenge"
            if request.path == _HEALTH:
                moment = "health"
            settings = settings_under(self._faults, self._settings(), moment, request.path)
            found = route(request.headers.get("x-http-method", request.method), request.path)
            gate = Gate(
                name=self.name,
                resource=self.resource,
                base=self.url,
                next_base=f"{self.url}:443" if self.tls else self.url,
                settings=settings,
                permissions=self._permissions,
                store=self._store,
                now=self._clock(),
            )
            changes = isinstance(found, Route) and gate.could_succeed(request, found)
            answer = self._answer(request, found, gate)
            self.requests.append(logged(request, found, answer, could_succeed=changes))
            return answer

    def _answer(self, request: RecordedRequest, found: Route | int, gate: Gate) -> Reply | Abort:
        settings = gate.settings
        if settings.refusal:
            answer = REFUSALS[settings.refusal](Refused(request, settings, self.resource, self._server.stopping))
        elif self.tls and request.headers.get("host", "").lower().removesuffix(":443") != self.host.lower():
            return html_reply(400, "Bad Request - Invalid Hostname")
        elif request.path == _HEALTH:
            answer = Reply(200, (("Content-Type", "application/json"),), b'"OK"')
        elif isinstance(found, Route):
            answer = gate.answer(request, found)
        elif found == HTTPStatus.NOT_FOUND:
            return html_reply(404, "File or directory not found.", (("Server", "Microsoft-IIS/10.0"),))
        else:
            answer = method_not_allowed(settings, request.method)
        if isinstance(answer, Abort):
            return answer
        return as_recorded(replace(answer, headers=(*answer.headers, *vault_headers(request, settings))))
