"""The SDKs of a Go process, by the build information that the linker writes into every executable.

Layout: Go's src/debug/buildinfo/buildinfo.go (1.22): 16 bytes that begin with a magic, then since Go 1.18 the version
and the modules as two strings, each after its length; before that two pointers to string headers.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.sdk.carried.elf import Executable, read_executable
from mitui.diagnosis.sdk.carried.packages import GO, CarriedSdk, is_version
from mitui.diagnosis.sdk.carried.rooted_files import RegularFile
from mitui.diagnosis.sdk.carried.running_process import RunningProcess

_MAGIC: Final = b"\xff Go buildinf:"
_ALIGNED: Final = 16
_HEADER: Final = 32
_LARGEST: Final = 1 << 20  # bytes of the list of modules, and of data searched where there are no section headers
_INLINE, _BIG_ENDIAN = 2, 1
_FRAME: Final = 16  # bytes of a mark before and after the list of modules


def go_process(process: RunningProcess) -> tuple[str, tuple[CarriedSdk, ...]] | None:
    """Its runtime ("go 1.22.1") and its SDKs; None where the executable was not built by Go."""
    with process.open_executable() as file:
        executable = read_executable(file) if file else None
        found = _build_info(file, executable) if file and executable else None
    if found is None:
        return None
    version, modules = found
    said = re.match(r"go(\d+(?:\.\d+)*)", version)
    return f"go {said[1] if said else ''}".strip(), tuple(_sdks(modules, process.executable))


def _sdks(modules: str, evidence: str) -> Iterator[CarriedSdk]:
    """The program itself, its dependencies, and for a replaced one the version that stands in for it."""
    rows = [line.split("\t") for line in modules.splitlines()]
    for index, row in enumerate(rows):
        if row[0] not in ("mod", "dep") or len(row) < 3 or row[1] not in GO:
            continue
        after = rows[index + 1] if index + 1 < len(rows) else []
        stands_in = after[2] if len(after) > 2 and after[0] == "=>" else ""
        version = stands_in if is_version(stands_in) else row[2]
        yield CarriedSdk(row[1], version if is_version(version) else "(devel)", evidence)


def _build_info(file: RegularFile, executable: Executable) -> tuple[str, str] | None:
    for at, data in _places(file, executable):
        start = data.find(_MAGIC)
        while start >= 0 and start % _ALIGNED:
            start = data.find(_MAGIC, start + 1)
        if start < 0 or len(data) < start + _HEADER:
            continue
        flags = data[start + 15]
        if flags & _INLINE:
            return _inline(file, at + start + _HEADER)
        return _pointed_to(file, executable, data[start : start + _HEADER])
    return None


def _places(file: RegularFile, executable: Executable) -> Iterator[tuple[int, bytes]]:
    section = executable.section(".go.buildinfo")
    if section is not None:
        yield section.offset, file.read_at(section.offset, min(section.size, _LARGEST))
    elif not executable.sections:
        for each in executable.segments:
            yield each.offset, file.read_at(each.offset, min(each.size, _LARGEST))


def _inline(file: RegularFile, at: int) -> tuple[str, str]:
    version, at = _counted(file, at)
    modules, _ = _counted(file, at)
    return version.decode("utf-8", "replace"), _unframed(modules)


def _counted(file: RegularFile, at: int) -> tuple[bytes, int]:
    """The string at this place, after its length as a varint, and where the next begins."""
    length = shift = 0
    head = file.read_at(at, 10)
    for index, byte in enumerate(head):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            start = at + index + 1
            return file.read_at(start, min(length, _LARGEST)), start + length
    return b"", at


def _pointed_to(file: RegularFile, executable: Executable, header: bytes) -> tuple[str, str]:
    order = ">" if header[15] & _BIG_ENDIAN else "<"
    word = "Q" if header[14] == 8 else "I"
    pointers = struct.unpack_from(f"{order}2{word}", header, 16)
    version, modules = (_string_at(file, executable, each, f"{order}2{word}") for each in pointers)
    return version.decode("utf-8", "replace"), _unframed(modules)


def _string_at(file: RegularFile, executable: Executable, address: int, layout: str) -> bytes:
    at = executable.offset_of(address)
    head = file.read_at(at, struct.calcsize(layout)) if at is not None else b""
    if len(head) < struct.calcsize(layout):
        return b""
    data, length = struct.unpack(layout, head)
    place = executable.offset_of(data)
    return file.read_at(place, min(length, _LARGEST)) if place is not None else b""


def _unframed(modules: bytes) -> str:
    """The list without the marks around it; "" where they are not there."""
    if len(modules) < 2 * _FRAME + 1 or modules[-_FRAME - 1 : -_FRAME] != b"\n":
        return ""
    return modules[_FRAME:-_FRAME].decode("utf-8", "replace")
