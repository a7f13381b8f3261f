"""Which operation a method and a path name, and the right that each operation needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mitui.simulator.vault.permissions import Asked


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the vault's REST surface. ``{n}`` is an object's name, ``{v}`` a version that may be left out."""

    method: str
    path: str
    verb: str
    object_type: str
    permissions: tuple[str, ...]
    action: str
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A request understood: its operation, and the name and version in it ("" where there is none)."""

    operation: Operation
    name: str = ""
    version: str = ""

    @property
    def asked(self) -> Asked:
        """What the caller must hold."""
        row = self.operation
        return Asked(row.object_type, self.name, row.action, row.permissions)


_OBJECTS: Final = """
    GET     /{kind}                     list          list     {listed}
    POST    /{kind}/restore             restore       restore  {kind}/restore/action  changes
    GET     /{kind}/{n}/versions        versions      list     {listed}
    POST    /{kind}/{n}/backup          backup        backup   {kind}/backup/action
    DELETE  /{kind}/{n}                 delete        delete   {kind}/delete          changes
    GET     /deleted{kind}              list_deleted  list     {listed}
    GET     /deleted{kind}/{n}          get_deleted   get      {listed}
    POST    /deleted{kind}/{n}/recover  recover       recover  {kind}/recover/action  changes
    DELETE  /deleted{kind}/{n}          purge         purge    {kind}/purge/action    changes
    GET     /{kind}/{n}{v}              get           get      {got}
"""
"""What secrets, keys and certificates share. What ends in an optional version comes last."""

_SECRETS: Final = """
    PUT    /secrets/{n}     set     set  secrets/setSecret/action  changes
    PATCH  /secrets/{n}{v}  update  set  secrets/update/action     changes
"""
_KEYS: Final = """
    POST   /keys/{n}/create          create        create             keys/create/action       changes
    PUT    /keys/{n}                 import        import             keys/import/action       changes
    POST   /keys/{n}/rotate          rotate        rotate             keys/rotate/action       changes
    GET    /keys/{n}/rotationpolicy  get_rotation  getrotationpolicy  keyrotationpolicies/read
    PUT    /keys/{n}/rotationpolicy  set_rotation  setrotationpolicy  keyrotationpolicies/write  changes
    POST   /keys/{n}{v}/encrypt      encrypt       encrypt            keys/encrypt/action
    POST   /keys/{n}{v}/decrypt      decrypt       decrypt            keys/decrypt/action
    POST   /keys/{n}{v}/sign         sign          sign               keys/sign/action
    POST   /keys/{n}{v}/verify       verify        verify             keys/verify/action
    POST   /keys/{n}{v}/wrapkey      wrapkey       wrapKey            keys/wrap/action
    POST   /keys/{n}{v}/unwrapkey    unwrapkey     unwrapKey          keys/unwrap/action
    POST   /keys/{n}{v}/release      release       release            keys/release/action
    GET    /keys/{n}{v}/attestation  get           get                keys/read
    PATCH  /keys/{n}{v}              update        update             keys/update/action       changes
"""
_CERTIFICATES: Final = """
    GET     /certificates/issuers            list_issuers    listissuers,manageissuers   certificatecas/read
    GET     /certificates/issuers/{n}        get_issuer      getissuers,manageissuers    certificatecas/read
    PUT     /certificates/issuers/{n}        set_issuer      setissuers,manageissuers    certificatecas/write  changes
    PATCH   /certificates/issuers/{n}        update_issuer   setissuers,manageissuers    certificatecas/write  changes
    DELETE  /certificates/issuers/{n}        delete_issuer   deleteissuers,manageissuers certificatecas/delete changes
    GET     /certificates/contacts           get_contacts    managecontacts certificatecontacts/write
    PUT     /certificates/contacts           set_contacts    managecontacts certificatecontacts/write  changes
    DELETE  /certificates/contacts           delete_contacts managecontacts certificatecontacts/write  changes
    POST    /certificates/{n}/create         create          create         certificates/create/action changes
    POST    /certificates/{n}/import         import          import         certificates/import/action changes
    POST    /certificates/{n}/pending/merge  merge           create         certificates/create/action changes
    GET     /certificates/{n}/pending        get_pending     get            certificates/read
    PATCH   /certificates/{n}/pending        update_pending  update         certificates/update/action changes
    DELETE  /certificates/{n}/pending        delete_pending  update         certificates/update/action changes
    GET     /certificates/{n}/policy         get_policy      get            certificates/read
    PATCH   /certificates/{n}/policy         update_policy   update         certificates/update/action changes
    PATCH   /certificates/{n}{v}             update          update         certificates/update/action changes
"""


def _rows(kind: str, table: str, listed: str, got: str) -> Iterator[Operation]:
    """The table's operations: method, path, verb, permissions, action, and whether it changes anything."""
    shared = _OBJECTS.replace("{kind}", kind).replace("{listed}", listed).replace("{got}", got)
    for line in f"{table}{shared}".split("\n"):
        if line.strip():
            method, path, verb, permissions, action, *changes = line.split()
            yield Operation(method, path, verb, kind, tuple(permissions.split(",")), action, bool(changes))


OPERATIONS: Final = (
    *_rows("secrets", _SECRETS, "secrets/readMetadata/action", "secrets/getSecret/action"),
    *_rows("keys", _KEYS, "keys/read", "keys/read"),
    *_rows("certificates", _CERTIFICATES, "certificates/read", "certificates/read"),
)

# Words that the path grammar takes before it takes a name or a version.
_RESERVED: Final = "restore|versions|backup|create|import|pending|policy|rotate|rotationpolicy|recover|contacts|issuers"


def _compile(path: str) -> re.Pattern[str]:
    escaped = re.escape(path).replace(r"\{n\}", "(?P<name>[^/]+)")
    return re.compile(escaped.replace(r"\{v\}", f"(?:/(?!(?:{_RESERVED})$)(?P<version>[^/]*))?") + "/?")


_PATTERNS: Final = tuple((_compile(row.path), row) for row in OPERATIONS)
_EMPTY_NAME: Final = re.compile(r"/(secrets|keys|certificates)/(/(create|import))?")


def route(method: str, path: str) -> Route | int:
    """The operation that ``method`` and ``path`` name, or the status of the refusal: 404 or 405."""
    if _EMPTY_NAME.fullmatch(path) and method != "GET":
        return 405
    matched = 404
    for pattern, row in _PATTERNS:
        if found := pattern.fullmatch(path):
            if row.method == method:
                parts = found.groupdict()
                return Route(row, parts.get("name") or "", parts.get("version") or "")
            matched = 405
    return matched
