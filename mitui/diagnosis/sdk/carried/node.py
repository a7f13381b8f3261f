"""The SDKs of a Node process, by the package.json files of the node_modules that its script and directory see.

Where Node looks: https://nodejs.org/api/modules.html (loading from node_modules folders, NODE_PATH). pnpm keeps each
package in ``node_modules/.pnpm/NAME@VERSION/node_modules``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.sdk.carried.packages import NODE, CarriedSdk, distinct, is_version, json_object
from mitui.diagnosis.sdk.carried.running_process import RunningProcess

_PROGRAM: Final = re.compile(r"node(?:js)?(?:-?\d+)?")
_IN_PATH: Final = re.compile(r"/v?(\d+\.\d+\.\d+)/")
_HEADER: Final = re.compile(rb"(?m)^#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d{1,4})$")
_LARGEST: Final = 1 << 20  # bytes of a package.json
_WITH_VALUE: Final = frozenset(
    {"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file", "--title"}
)
_NO_SCRIPT: Final = frozenset({"-e", "--eval", "-p", "--print", "-i", "--interactive"})


def node_process(process: RunningProcess) -> tuple[str, tuple[CarriedSdk, ...]] | None:
    """Its runtime ("node 20.11.1") and the SDKs within its reach, the ones that its script would load first."""
    if not _PROGRAM.fullmatch(process.program):
        return None
    sdks: list[CarriedSdk] = []
    seen: set[str] = set()
    waiting = deque(dict.fromkeys(_folders(process)))
    while waiting:
        folder = process.files.resolve(waiting.popleft())
        if folder is None or folder in seen:
            continue
        seen.add(folder)
        for package in _packages(process, folder):
            sdk = _sdk(process, package)
            if sdk is not None:
                sdks.append(sdk)
            waiting.append(f"{package}/node_modules")
        if process.files.stopped:
            break
    return f"node {_version(process)}".strip(), distinct(sdks)


def _folders(process: RunningProcess) -> Iterator[str]:
    """The node_modules above the script, above the directory, and those of NODE_PATH."""
    script = _script(process.arguments)
    real = process.files.resolve(process.path(script)) if script else None
    for start in (real.rpartition("/")[0] if real else "", process.directory):
        folder = start.rstrip("/")
        while folder:
            if not folder.endswith("/node_modules"):
                yield f"{folder}/node_modules"
            folder = folder.rpartition("/")[0]
    yield "/node_modules"
    yield from (process.path(each) for each in process.variables.get("NODE_PATH", "").split(":") if each)


def _script(arguments: tuple[str, ...]) -> str:
    rest = iter(arguments[1:])
    for each in rest:
        if each in _NO_SCRIPT:
            return ""
        if each in _WITH_VALUE:
            next(rest, None)
        elif not each.startswith("-"):
            return each
    return ""


def _packages(process: RunningProcess, folder: str) -> Iterator[str]:
    """Every package in a node_modules folder, those that are looked for first."""
    names = process.files.names(folder)
    yield from (f"{folder}/{each}" for each in sorted(NODE) if each.partition("/")[0] in names)
    for name in names:
        if name == ".pnpm":
            yield from _of_store(folder, process.files.names(f"{folder}/.pnpm"))
        elif name.startswith("@"):
            yield from (f"{folder}/{name}/{each}" for each in process.files.names(f"{folder}/{name}"))
        elif not name.startswith("."):
            yield f"{folder}/{name}"


def _of_store(folder: str, entries: tuple[str, ...]) -> Iterator[str]:
    for entry in entries:
        name = entry[:1] + entry[1:].partition("@")[0].replace("+", "/")
        if name in NODE:
            yield f"{folder}/.pnpm/{entry}/node_modules/{name}"


def _sdk(process: RunningProcess, package: str) -> CarriedSdk | None:
    name = "/".join(package.rsplit("/", 2)[-2:])
    if name not in NODE:
        return None
    place = process.files.resolve(f"{package}/package.json")
    text = process.files.read(place, _LARGEST) if place else b""
    document = json_object(text)
    if document.get("name") != name or not is_version(document.get("version")):
        return None
    return CarriedSdk(name, str(document["version"]), str(place))


def _version(process: RunningProcess) -> str:
    """By the headers beside the program, else by the folder that version managers name after it; "" if neither."""
    header = process.executable.rpartition("/bin/")[0] + "/include/node/node_version.h"
    found = dict(_HEADER.findall(process.files.read(header, _LARGEST)))
    if len(found) == 3:
        return ".".join(found[each].decode() for each in (b"MAJOR", b"MINOR", b"PATCH"))
    match = _IN_PATH.search(process.executable)
    return match[1] if match else ""
