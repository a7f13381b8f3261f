"""The SDKs of a Rust process, by what its executable says of the crates in it.

``cargo auditable`` writes them into the section ``.dep-v0``, as JSON packed by zlib
(https://github.com/rust-secure-code/cargo-auditable, PARSING.md). Else a crate's version stands in the paths of its
sources, which panic messages hold: ``registry/src/…/azure_identity-0.20.0/src/…``.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.sdk.carried.elf import Executable, read_executable
from mitui.diagnosis.sdk.carried.packages import RUST, CarriedSdk, is_version
from mitui.diagnosis.sdk.carried.rooted_files import RegularFile
from mitui.diagnosis.sdk.carried.running_process import RunningProcess

_LARGEST_LIST: Final = 1 << 20
_LARGEST_TEXTS: Final = 32 << 20
_CRATE: Final = re.compile(rb"/registry/src/[^/\0]{1,80}/([a-z0-9_-]{1,64})-(\d[0-9A-Za-z.+-]{0,32})/src/")
_COMPILER: Final = re.compile(rb"/rustc/[0-9a-f]{40}/library/|rustc version (\d+\.\d+\.\d+)")


def rust_process(process: RunningProcess) -> tuple[str, tuple[CarriedSdk, ...]] | None:
    """Its runtime ("rust") and its SDKs; None where nothing in the executable tells of Rust."""
    with process.open_executable() as file:
        executable = read_executable(file) if file else None
        if file is None or executable is None:
            return None
        texts = _texts(file, executable)
        version = _compiler(file, executable, texts)
        if version is None:
            return None
        names = dict.fromkeys((*_listed(file, executable), *_in_paths(texts)))
    sdks = {name: CarriedSdk(name, version, process.executable) for name, version in reversed(names)}
    return f"rust {version}".strip(), tuple(sdks.values())


def _compiler(file: RegularFile, executable: Executable, texts: bytes) -> str | None:
    section = executable.section(".comment")
    match = _COMPILER.search(file.read_at(section.offset, min(section.size, 1 << 16))) if section else None
    if match:
        return (match[1] or b"").decode("ascii")
    return "" if _COMPILER.search(texts) else None


def _texts(file: RegularFile, executable: Executable) -> bytes:
    section = executable.section(".rodata")
    return file.read_at(section.offset, min(section.size, _LARGEST_TEXTS)) if section else b""


def _listed(file: RegularFile, executable: Executable) -> Iterator[tuple[str, str]]:
    section = executable.section(".dep-v0")
    if section is None:
        return
    try:
        packed = file.read_at(section.offset, min(section.size, _LARGEST_LIST))
        document = json.loads(zlib.decompressobj().decompress(packed, 8 * _LARGEST_LIST))
        packages = document["packages"]
        for each in packages:
            if each["name"] in RUST and is_version(each["version"]):
                yield each["name"], each["version"]
    except (zlib.error, ValueError, RecursionError, KeyError, TypeError):
        return


def _in_paths(texts: bytes) -> Iterator[tuple[str, str]]:
    for match in _CRATE.finditer(texts):
        name, version = match[1].decode("ascii"), match[2].decode("ascii")
        if name in RUST and is_version(version):
            yield name, version
