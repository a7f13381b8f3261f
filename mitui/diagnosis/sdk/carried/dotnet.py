"""The SDKs of a .NET process, by the *.deps.json beside its assembly or in it, or by PowerShell's own modules.

The file: https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md; ``libraries`` names
each package as NAME/VERSION.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.sdk.carried.dotnet_bundle import bundled_deps
from mitui.diagnosis.sdk.carried.packages import DOTNET, POWERSHELL, CarriedSdk, distinct, is_version, json_object
from mitui.diagnosis.sdk.carried.running_process import RunningProcess

_RUNTIME: Final = re.compile(r"/Microsoft\.NETCore\.App/(\d+\.\d+\.\d+)[^/]*/")
_MODULE: Final = re.compile(r"(/.*/([A-Za-z.]+)/(\d+\.\d+\.\d+(?:\.\d+)?))/")
_SHARED: Final = re.compile(r"/shared/Microsoft\.[A-Za-z]+\.App/")
_TARGET: Final = re.compile(r"\.NETCoreApp,Version=v(\d+\.\d+)")
_LARGEST: Final = 8 << 20  # bytes of a deps.json


def dotnet_process(process: RunningProcess) -> tuple[str, tuple[CarriedSdk, ...]] | None:
    """Its runtime (".NET 8.0.11") and its SDKs; None where it runs no .NET."""
    core = any(each.endswith(("/libcoreclr.so", "/libhostpolicy.so")) for each in process.mapped)
    bundled = _bundled(process)
    if not core and bundled is None and process.program != "dotnet":
        return None
    version = next((match[1] for each in process.mapped if (match := _RUNTIME.search(each))), "")
    sdks: list[CarriedSdk] = []
    texts = {process.executable: bundled} if bundled else {}
    texts |= {place: process.files.read(place, _LARGEST) for place in dict.fromkeys(_files(process))}
    for place, text in texts.items():
        document = json_object(text)
        target = _TARGET.match(str(_part(document, "runtimeTarget").get("name", "")))
        version = version or (target[1] if target else "")
        sdks += _libraries(document, place)
    return f".NET {version}".strip(), distinct((*sdks, *_modules(process)))


def _bundled(process: RunningProcess) -> bytes | None:
    with process.open_executable() as file:
        return bundled_deps(file, _LARGEST) if file else None


def _files(process: RunningProcess) -> Iterator[str]:
    """The deps.json of the assembly that was started; where that is not told, all that lie beside what it loaded."""
    program = process.arguments[0] if process.arguments else ""
    started = [each for each in process.arguments[1:] if each.endswith(".dll")][:1]
    if process.program != "dotnet":
        started = [process.executable, program]
    for each in started:
        place = process.files.resolve(process.path(each).removesuffix(".dll") + ".deps.json")
        if place:
            yield place
            return
    loaded = [each for each in process.mapped if each.endswith(".dll") and not _SHARED.search(each)]
    for folder in dict.fromkeys(each.rpartition("/")[0] for each in (*loaded, process.executable)):
        names = process.files.names(folder)
        yield from (f"{folder}/{each}" for each in names if each.endswith(".deps.json"))


def _libraries(document: dict[str, object], place: str) -> Iterator[CarriedSdk]:
    for key in _part(document, "libraries"):
        name, _, version = key.partition("/")
        if name in DOTNET and is_version(version):
            yield CarriedSdk(name, version, place)


def _modules(process: RunningProcess) -> Iterator[CarriedSdk]:
    """PowerShell's modules lie in a folder named after them and their version."""
    for each in process.mapped:
        match = _MODULE.match(each)
        if match and match[2] in POWERSHELL:
            yield CarriedSdk(match[2], match[3], match[1])


def _part(document: dict[str, object], name: str) -> dict[str, object]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
