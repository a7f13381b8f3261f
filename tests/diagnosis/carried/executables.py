"""Executables, bundles and jars in a few hundred bytes, laid out as linkers and packers lay them out."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from typing import Final

GO: Final = "github.com/Azure/azure-sdk-for-go/sdk/azidentity"
_BASE: Final = 0x400000
_BUNDLE: Final = bytes.fromhex("8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae")


def old_go(modules: bytes) -> bytes:
    """An executable as Go wrote them before 1.18: two pointers to string headers. One segment maps the whole file."""
    frame = b"\x30" * 16
    version, listed = b"go1.17.5", frame + modules + frame
    header = b"\xff Go buildinf:" + bytes([8, 0])
    at = 128
    strings = at + 32
    texts = strings + 32
    elf = bytearray(b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + b"\0" * 112)
    struct.pack_into("<QQ", elf, 32, 64, 0)
    struct.pack_into("<HHHH", elf, 56, 1, 64, 0, 0)
    size = texts + len(version) + len(listed)
    struct.pack_into("<II6Q", elf, 64, 1, 6, 0, _BASE, _BASE, size, size, 4096)
    body = header + struct.pack("<QQ", _BASE + strings, _BASE + strings + 16)
    body += struct.pack("<QQQQ", _BASE + texts, len(version), _BASE + texts + len(version), len(listed))
    return bytes(elf) + body + version + listed


def go(modules: bytes) -> bytes:
    """One of Go 1.18 and later: both strings stand after their lengths in a section of their own."""
    frame = b"\x30" * 16
    header = (b"\xff Go buildinf:" + bytes([8, 2])).ljust(32, b"\0")
    counted = b"".join(_varint(len(each)) + each for each in (b"go1.22.1", frame + modules + frame))
    return _sections({".go.buildinfo": header + counted})


def rust(packages: list[dict[str, str]], path: str) -> bytes:
    """One that ``cargo auditable`` built, with a path of a source in its panics."""
    return _sections(
        {
            ".comment": b"rustc version 1.79.0 (129f3b996 2024-06-10)\0",
            ".rodata": path.encode() + b"\0",
            ".dep-v0": zlib.compress(json.dumps({"packages": packages}).encode()),
        }
    )


def dotnet_bundle(deps: bytes) -> bytes:
    """A .NET program in a single file: the signature, and 8 bytes before it where the header is."""
    empty = _sections({".data": bytes(8) + _BUNDLE})
    head = struct.pack("<2Ii", 6, 0, 1) + bytes([4]) + b"name"
    at = len(empty)
    head += struct.pack("<2q", at + len(head) + 16, len(deps))
    return _sections({".data": struct.pack("<q", at) + _BUNDLE}) + head + deps


def jar(files: dict[str, bytes]) -> bytes:
    """A jar, its files not packed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)
    return written.getvalue()


def _varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def _sections(contents: dict[str, bytes]) -> bytes:
    """An ELF file with these sections, after the one that is always empty, and with their names in the last one."""
    names = b"\0" + b"".join(each.encode() + b"\0" for each in (*contents, ".shstrtab"))
    whole = {**contents, ".shstrtab": names}
    elf, table = bytearray(64), bytearray(64)
    for name, content in whole.items():
        elf += bytes(-len(elf) % 16)
        row = struct.pack("<II4Q", names.index(b"\0" + name.encode() + b"\0") + 1, 1, 2, 0, len(elf), len(content))
        table += row.ljust(64, b"\0")
        elf += content
    elf[:16] = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    struct.pack_into("<QQ", elf, 32, 0, len(elf))
    struct.pack_into("<HHHHH", elf, 54, 56, 0, 64, len(whole) + 1, len(whole))
    return bytes(elf + table)
