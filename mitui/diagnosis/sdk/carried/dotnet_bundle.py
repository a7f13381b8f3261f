"""The deps.json inside a .NET program that was published as a single file.

Layout: dotnet/runtime src/native/corehost/bundle/header.h and apphost/bundle_marker.cpp. 8 bytes before a signature,
which is the SHA-256 of ".net core bundle", stands where the bundle's header is; that says where the deps.json lies.
"""

from __future__ import annotations

import struct
from typing import Final

from mitui.diagnosis.sdk.carried.elf import read_executable
from mitui.diagnosis.sdk.carried.rooted_files import RegularFile

_SIGNATURE: Final = bytes.fromhex("8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae")
_SEARCHED: Final = 20 << 20  # an apphost is smaller, says dotnet/runtime
_HEADER: Final = struct.Struct("<2Ii")
_LOCATION: Final = struct.Struct("<2q")
_LONGEST_ID: Final = 256


def bundled_deps(file: RegularFile, limit: int) -> bytes | None:
    """The deps.json, b"" where it has none or one larger than ``limit`` bytes; None for whatever is no bundle."""
    executable = read_executable(file)
    if executable is None:
        return None
    section = executable.section(".data")
    start, size = (section.offset, section.size) if section else (0, file.size)
    data = file.read_at(start, min(size, _SEARCHED))
    at = data.find(_SIGNATURE)
    header_at = struct.unpack_from("<q", data, at - 8)[0] if at >= 8 else 0
    if header_at <= 0:
        return None
    head = file.read_at(header_at, _HEADER.size + 2 + _LONGEST_ID + _LOCATION.size)
    if len(head) < _HEADER.size + 1 + _LOCATION.size:
        return None
    major, _, _ = _HEADER.unpack_from(head)
    named = head[_HEADER.size]
    if major < 2 or named >= 0x80:
        return b""
    location_at = _HEADER.size + 1 + named
    if location_at + _LOCATION.size > len(head):
        return b""
    offset, length = _LOCATION.unpack_from(head, location_at)
    return file.read_at(offset, length) if 0 < length <= limit and offset > 0 else b""
