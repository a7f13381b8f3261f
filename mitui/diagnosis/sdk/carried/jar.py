"""The list of contents of a zip file, and one text in it, within bounds that the file can't stretch.

Layout: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. zip64 is not read; jars of 4 GiB are rare.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mitui.diagnosis.sdk.carried.rooted_files import RegularFile

_END: Final = struct.Struct("<4s4H2LH")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT: Final = 1 << 16
_LARGEST_LIST: Final = 8 << 20
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class JarEntry:
    """One file in it: its name, how it is packed, how many bytes that takes, and where its own header is."""

    name: str
    method: int
    size: int
    offset: int


def jar_names(file: RegularFile) -> Iterator[JarEntry]:
    """The entries of the central directory; none where there is none, or it is larger than 8 MiB."""
    tail, at = b"", -1
    for length in (_END.size, _END.size + _LONGEST_COMMENT):
        if at < 0:
            tail = file.read_at(max(0, file.size - length), length)
            at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        return
    *_, size, offset, _ = _END.unpack_from(tail, at)
    if size > _LARGEST_LIST:
        return
    listed = file.read_at(offset, size)
    at = 0
    while at + _ENTRY.size <= len(listed):
        fields = _ENTRY.unpack_from(listed, at)
        if fields[0] != b"PK\1\2":
            return
        name_at = at + _ENTRY.size
        name = listed[name_at : name_at + fields[10]].decode("utf-8", "replace")
        yield JarEntry(name, fields[4], fields[8], fields[16])
        at = name_at + fields[10] + fields[11] + fields[12]


def jar_text(file: RegularFile, entry: JarEntry, limit: int) -> bytes:
    """The first ``limit`` bytes of an entry, unpacked; b"" where it can't be."""
    header = file.read_at(entry.offset, _LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
        return b""
    *_, name_size, extra_size = _LOCAL.unpack(header)
    packed = file.read_at(entry.offset + _LOCAL.size + name_size + extra_size, min(entry.size, limit))
    if entry.method == _STORED:
        return packed
    if entry.method != _DEFLATED:
        return b""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, limit)
    except zlib.error:
        return b""
