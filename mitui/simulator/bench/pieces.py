"""Identities, faults and vaults of a bench, from tables as a command line, TOML or JSON hold them.

Each function raises ValueError, with one sentence, for what it doesn't understand.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from mitui.simulator.bench.spec import FaultSpec, Grant, VaultSpec
from mitui.simulator.bench.values import guid, nearest, number, port, shown, text, whole
from mitui.simulator.faults.table import FAULTS
from mitui.simulator.identities import SimulatedIdentity, default_identities
from mitui.simulator.vault.faults import FAULTS as VAULT_FAULTS
from mitui.simulator.vault.permissions import ROLES
from mitui.simulator.vault.routes import OPERATIONS
from mitui.simulator.vault.store import KINDS

Table = Mapping[str, Any]
_MADE_UP: Final = uuid.UUID("6f0c2a7e-3a5d-4d0e-9b39-5f2b9b1c7d10")
_MATCHES: Final = ("resource", "identity", "path")
_VAULT_OPTIONS: Final[dict[str, Callable[[Any, str], Any]]] = {
    "retry_after": lambda value, what: str(whole(value, what)),
    "size": whole,
    "pace": number,
}
_PERMISSIONS: Final = {
    kind: sorted(
        {"all", *(word.lower() for each in OPERATIONS if each.object_type == kind for word in each.permissions)}
    )
    for kind in KINDS
}


def known_only(table: Any, known: Iterable[str], what: str) -> dict[str, Any]:
    """The table, if every key in it is known."""
    known = tuple(known)
    if not isinstance(table, Mapping):
        raise ValueError(f"{what}: {shown(table)} is no table of {', '.join(known)}")
    for key in table:
        if key not in known:
            raise ValueError(f"{what} takes no {shown(key)}; it takes {', '.join(known)}{nearest(key, known)}")
    return dict(table)


def identity_of(value: Any, what: str = "identity") -> SimulatedIdentity:
    """A user-assigned identity: ``name``, ``client``, ``object`` and ``resource``, of which one is enough.

    IDs that are not given are made up from the name, always the same ones; "web" and "jobs" are those of every
    simulated host.
    """
    table = known_only(value, ("name", "client", "object", "resource"), what)
    if not table:
        raise ValueError(f"{what}: it has neither a name nor an ID")
    given = {key: guid(table[key], f"{what}: {key}") for key in ("client", "object") if key in table}
    resource = text(table.get("resource", "/subscriptions/"), f"{what}: resource")
    if not resource.lower().startswith("/subscriptions/"):
        raise ValueError(f"{what}: {shown(resource)} is no ARM id: it begins with /subscriptions/")
    name = text(table.get("name", resource.rpartition("/")[2] or next(iter(given.values()), "")), f"{what}: name")
    if name.lower() in ("system", "system-assigned"):
        raise ValueError(f"{what}: the system-assigned identity is there unless it is switched off; name another")
    usual = {each.name: each for each in default_identities()}.get(name)
    client = usual.client_id if usual else str(uuid.uuid5(_MADE_UP, f"client/{name}"))
    object_id = usual.object_id if usual else str(uuid.uuid5(_MADE_UP, f"object/{name}"))
    return SimulatedIdentity(
        name, given.get("client", client), given.get("object", object_id), resource if "resource" in table else ""
    )


def fault_of(value: Any, what: str = "fault") -> FaultSpec:
    """A fault: ``name``, ``times``, ``after``, ``lasting``, what it matches, and its own options.

    One of a vault takes ``times``, ``path`` (a pattern), ``vault`` and, where it has a use for them, ``retry_after``,
    ``size`` and ``pace``.
    """
    if not isinstance(value, Mapping) or "name" not in value:
        raise ValueError(f"{what}: {shown(value)} has no name of a fault")
    name = text(value["name"], f"{what}: name")
    what = f"{what} {name}"
    if name in VAULT_FAULTS:
        return _vault_fault(name, value, what)
    if name not in FAULTS:
        close = nearest(name, (*FAULTS, *VAULT_FAULTS))
        raise ValueError(f"there is no fault {shown(name)}{close}; mitui simulate --list shows all")
    own = FAULTS[name].options
    table = known_only(value, ("name", "times", "after", "lasting", *_MATCHES, *own), what)
    return FaultSpec(
        name,
        whole(table["times"], f"{what}: times", 1) if "times" in table else None,
        whole(table.get("after", 0), f"{what}: after"),
        number(table["lasting"], f"{what}: lasting") if "lasting" in table else None,
        {key: text(table[key], f"{what}: {key}") for key in _MATCHES if key in table},
        {key: _option(key, table[key], what) for key in own if key in table},
    )


def _option(key: str, value: Any, what: str) -> Any:
    what = f"{what}: {key}"
    match key:
        case "location":
            return text(value, what)
        case "status":
            return whole(value, what, 100, 999)
        case "size" | "retry_after":
            return whole(value, what)
    return number(value, what)


def _vault_fault(name: str, value: Table, what: str) -> FaultSpec:
    table = known_only(value, ("name", "times", "path", "vault", *_VAULT_OPTIONS), what)
    return FaultSpec(
        name,
        whole(table["times"], f"{what}: times", 1) if "times" in table else None,
        match={"path": text(table["path"], f"{what}: path")} if "path" in table else {},
        options={key: take(table[key], f"{what}: {key}") for key, take in _VAULT_OPTIONS.items() if key in table},
        vault=text(table.get("vault", "all"), f"{what}: vault") if "vault" in table else "",
    )


def vault_of(value: Any, what: str = "vault") -> VaultSpec:
    """A vault: ``name``, ``port``, ``roles`` or ``access_policies``, and ``secrets``, a table of values by name."""
    table = known_only(value, ("name", "port", "roles", "access_policies", "secrets"), what)
    name = text(table.get("name", ""), f"{what}: name")
    what = f"{what} {name}"
    if not all(each.isascii() and (each.isalnum() or each == "-") for each in name) or not 3 <= len(name) <= 24:
        raise ValueError(f"{what}: a vault's name has 3 to 24 letters, digits and dashes")
    if table.get("roles") and table.get("access_policies"):
        raise ValueError(f"{what}: a vault goes by roles or by access policies, not by both")
    grants = [role_of(each, what) for each in _listed(table, "roles", what)]
    grants += [policy_of(each, what) for each in _listed(table, "access_policies", what)]
    secrets = table.get("secrets", {})
    if not isinstance(secrets, Mapping) or not all(isinstance(each, str) for each in secrets.values()):
        raise ValueError(f"{what}: secrets is a table of texts by name")
    for each in secrets:
        if not each.replace("-", "").isalnum() or not each.isascii() or len(each) > 127:
            raise ValueError(f"{what}: {shown(each)} can't name a secret: letters, digits and dashes only")
    return VaultSpec(name, port(table.get("port", 0), f"{what}: port"), tuple(grants), tuple(secrets.items()))


def _listed(table: Table, key: str, what: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{what}: {key} is a list")
    return value


def role_of(value: Any, what: str) -> Grant:
    """A role of all identities by its name, or ``{role, identity}``."""
    table = known_only({"role": value} if isinstance(value, str) else value, ("role", "identity"), f"{what}: role")
    role = text(table.get("role", ""), f"{what}: role")
    known = {each.lower(): each for each in ROLES}
    if role.lower() not in known:
        raise ValueError(f"{what}: there is no role {shown(role)}; there are {', '.join(ROLES)}{nearest(role, ROLES)}")
    return Grant(role=known[role.lower()], identity=_whose(table, what))


def policy_of(value: Any, what: str) -> Grant:
    """Permissions of all identities, such as ``secrets/get,list``, or ``{permissions, identity}``."""
    keys = ("permissions", "identity")
    table = known_only({"permissions": value} if isinstance(value, str) else value, keys, f"{what}: access policy")
    object_type, _, names = text(table.get("permissions", ""), f"{what}: access policy").partition("/")
    if object_type not in _PERMISSIONS or not names:
        raise ValueError(f"{what}: {shown(table.get('permissions'))} is no access policy: write secrets/get,list")
    permissions = tuple(each.strip().removeprefix(f"{object_type}/").lower() for each in names.split(","))
    for each in permissions:
        if each not in _PERMISSIONS[object_type]:
            close = nearest(each, _PERMISSIONS[object_type])
            raise ValueError(f"{what}: there is no permission {shown(each)} on {object_type}{close}")
    return Grant(object_type=object_type, permissions=permissions, identity=_whose(table, what))


def _whose(table: Table, what: str) -> str:
    return text(table["identity"], f"{what}: identity") if "identity" in table else ""
