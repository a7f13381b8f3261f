"""Sound replies and errors of every source and of vaults, as the simulator puts them on the wire."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Final

from mitui.engine.source_kind import SourceKind
from mitui.http import HttpReply
from mitui.simulator.faults.of_entra import ENTRA_FAULTS
from mitui.simulator.faults.of_sources import SOURCE_FAULTS
from mitui.simulator.host import SimulatedHost
from mitui.simulator.vault.faults import FAULTS
from mitui.simulator.vault.server import SimulatedVault
from tests.diagnosis.wire_cases import CERTAIN
from tests.simulator.vault.wire import CALLER, Wire
from tests.simulator.wire import Answer, ask_arc_token, ask_token

NOW: Final = 1_767_225_600.0
"""What the clock of every source shows, in epoch seconds."""
_SILENT: Final = ("wire.", "tls.", "hostile.huge_body", "hostile.slow_drip")
_PATHS: Final = ("/secrets/x", "/keys", "/certificates/x", "/deletedsecrets/x", "/healthstatus")


@cache
def recorded_replies(kind: SourceKind) -> tuple[HttpReply, ...]:
    """What a source of this kind says: a token first, then every error that it or what is in its way can have."""
    with SimulatedHost(str(kind), tls=False, now=lambda: NOW) as host:
        whole = (ask_arc_token if kind is SourceKind.AZURE_ARC else ask_token)(host)
        found = [_reply(whole)]
        for fault in (*SOURCE_FAULTS, *ENTRA_FAULTS):
            if fault.reach != "connection" and (not fault.kinds or kind in fault.kinds):
                host.fail(fault.name)
                with suppress(OSError, http.client.HTTPException):
                    found.append(_reply(ask_token(host)))
                host.heal()
    found += (
        HttpReply(case.status, case.reason, case.headers, case.body.encode(), 1.0)
        for case in CERTAIN
        if case.source == kind
    )
    return tuple(dict.fromkeys(found))


def _reply(answer: Answer) -> HttpReply:
    return HttpReply(answer.status, answer.reason, tuple(answer.headers.items()), answer.body, 1.0)


@cache
def recorded_vault_replies() -> tuple[HttpReply, ...]:
    """What a vault says to a caller with and without rights, in every state and behind every firewall."""
    found: list[HttpReply] = []
    with SimulatedVault(tls=False) as vault:
        for name in ("", *(each for each in FAULTS if not each.startswith(_SILENT))):
            if name:
                vault.fail(name)
            for granted in (False, True):
                if granted:
                    vault.grant(CALLER, "Key Vault Administrator")
                for path in _PATHS:
                    found += _of_vault(vault, path)
            vault.revoke(CALLER)
            vault.heal()
    return tuple(dict.fromkeys(found))


def _of_vault(vault: SimulatedVault, path: str) -> Iterator[HttpReply]:
    for bare in (True, False):
        wire = Wire(vault)
        try:
            answer = wire.bare("GET", path) if bare else wire.send("GET", path)
            yield HttpReply(answer.status, "", tuple(answer.all_headers), answer.body[:20_000], 1.0)
        except (OSError, http.client.HTTPException):
            continue
        finally:
            wire.close()
