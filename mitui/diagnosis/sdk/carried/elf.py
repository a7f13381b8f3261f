"""Where the sections and segments of a 64-bit ELF executable lie, read from its headers alone.

Layout: the System V ABI, chapter 4 (object files) and 5 (program loading). Both byte orders are read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from mitui.diagnosis.sdk.carried.rooted_files import RegularFile

_HEADER_SIZE: Final = 64
_SECTION_SIZE: Final = 64
_SEGMENT_SIZE: Final = 56
_MOST: Final = 512  # headers; Go and Rust have a few dozen
_LONGEST_NAMES: Final = 1 << 16
_LOADED: Final = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of the file: its address in memory, where it lies in the file, and how long it is."""

    name: str
    address: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the file that is mapped to an address."""

    address: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Executable:
    """What the headers tell. ``order`` is "<" for little-endian, ">" for big-endian, as `struct` has it."""

    order: str
    sections: tuple[Section, ...]
    segments: tuple[Segment, ...]

    def section(self, name: str) -> Section | None:
        """The section of this name, None where it has none or its headers are stripped."""
        return next((each for each in self.sections if each.name == name), None)

    def offset_of(self, address: int) -> int | None:
        """Where in the file the byte lies that is mapped to this address."""
        for each in self.segments:
            if each.address <= address < each.address + each.size:
                return each.offset + address - each.address
        return None


def read_executable(file: RegularFile) -> Executable | None:
    """None for whatever is no 64-bit ELF file."""
    head = file.read_at(0, _HEADER_SIZE)
    if len(head) < _HEADER_SIZE or head[:5] != b"\x7fELF\x02" or head[5] not in (1, 2):
        return None
    order = "<" if head[5] == 1 else ">"
    segments_at, sections_at = struct.unpack_from(f"{order}QQ", head, 32)
    segment_count, section_size, section_count, names_index = struct.unpack_from(f"{order}HHHH", head, 56)
    found = _sections(file, order, sections_at, section_count, names_index) if section_size == _SECTION_SIZE else ()
    return Executable(order, found, _segments(file, order, segments_at, segment_count))


def _sections(file: RegularFile, order: str, at: int, count: int, names_index: int) -> tuple[Section, ...]:
    rows = _rows(file, order, at, count, _SECTION_SIZE)
    if names_index >= len(rows):
        return ()
    *_, names_at, names_size = rows[names_index]
    names = file.read_at(names_at, min(names_size, _LONGEST_NAMES))
    return tuple(
        Section(names[name : names.find(b"\0", name)].decode("ascii", "replace"), address, offset, size)
        for name, _, _, address, offset, size in rows
    )


def _segments(file: RegularFile, order: str, at: int, count: int) -> tuple[Segment, ...]:
    rows = _rows(file, order, at, count, _SEGMENT_SIZE)
    return tuple(Segment(address, offset, size) for kind, _, offset, address, _, size in rows if kind == _LOADED)


def _rows(file: RegularFile, order: str, at: int, count: int, size: int) -> list[tuple[int, ...]]:
    """The first six fields of each header in a table; both kinds of header begin with two words and four longs."""
    table = file.read_at(at, min(count, _MOST) * size)
    return [struct.unpack_from(f"{order}II4Q", table, start) for start in range(0, len(table) - size + 1, size)]
