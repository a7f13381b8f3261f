"""The SDKs of a Python process, by the metadata of what is installed where its interpreter looks.

Where it looks: https://docs.python.org/3/library/site.html and pyvenv.cfg (PEP 405); Debian's own folders are
``dist-packages``. What is installed says so in ``*.dist-info/METADATA`` or ``*.egg-info/PKG-INFO``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.sdk.carried.packages import PYTHON, CarriedSdk, is_version
from mitui.diagnosis.sdk.carried.running_process import RunningProcess

_PROGRAM: Final = re.compile(r"(?:python|pypy)(\d(?:\.\d+)?)?\w*")
_LIBRARY: Final = re.compile(r"/lib(?:python|pypy)(\d\.\d+)\w*\.so|/lib/python(\d\.\d+)/")
_PACKAGES: Final = re.compile(r"(/.*/(?:site|dist)-packages)/")
_METADATA: Final = 1 << 16  # bytes; the headers come first
_WITH_VALUE: Final = frozenset({"-W", "-X", "--check-hash-based-pycs"})


def python_process(process: RunningProcess) -> tuple[str, tuple[CarriedSdk, ...]] | None:
    """Its runtime ("python 3.11") and its SDKs as it would import them; None where it runs no Python."""
    program = _PROGRAM.fullmatch(process.program)
    libraries = [match for each in process.mapped if (match := _LIBRARY.search(each))]
    if program is None and not any(match[1] for match in libraries):
        return None
    found = (program[1] or "") if program else ""
    version = found if "." in found else next((each[1] or each[2] for each in libraries), found)
    sdks: dict[str, CarriedSdk] = {}
    places = (process.files.resolve(each) for each in dict.fromkeys(_folders(process, version)))
    for folder in dict.fromkeys(each for each in places if each):
        for sdk in _installed(process, folder):
            sdks.setdefault(sdk.name, sdk)
    return f"python {version}".strip(), tuple(sdks.values())


def _folders(process: RunningProcess, version: str) -> Iterator[str]:
    """Where Python would look, in its order."""
    flags, script = _command(process.arguments)
    beside = process.path(script).rpartition("/")[0] if script else process.directory
    if "I" not in flags:
        yield beside
    if not {"I", "E"} & flags:
        yield from (process.path(each) for each in process.variables.get("PYTHONPATH", "").split(":") if each)
    for base in (beside, process.directory, process.variables.get("AzureWebJobsScriptRoot", "")):
        if base:  # where Azure Functions keeps an app's packages; its worker adds the folder by itself
            yield f"{base.rstrip('/')}/.python_packages/lib/site-packages"
    prefix, with_base = _environment(process)
    base_prefix = process.executable.rpartition("/")[0].rpartition("/")[0]
    home = process.variables.get("HOME", "")
    if prefix:
        yield from _of_prefix(process, prefix, version)
    if with_base:
        if home and not {"I", "s"} & flags:
            yield f"{home.rstrip('/')}/.local/lib/python{version}/site-packages"
        yield from _of_prefix(process, base_prefix, version)
    yield from (match[1] for each in process.mapped if (match := _PACKAGES.match(each)))


def _of_prefix(process: RunningProcess, prefix: str, version: str) -> Iterator[str]:
    names = [f"python{version}"] if "." in version else _versions(process, prefix)
    for library in (f"{prefix}/local/lib", f"{prefix}/lib", f"{prefix}/lib64"):
        for name in (*names, "python3"):
            yield f"{library}/{name}/site-packages"
            yield f"{library}/{name}/dist-packages"


def _versions(process: RunningProcess, prefix: str) -> list[str]:
    return [each for each in process.files.names(f"{prefix}/lib") if re.fullmatch(r"(?:python|pypy)\d\.\d+", each)]


def _environment(process: RunningProcess) -> tuple[str, bool]:
    """The folder of the virtual environment, "" for none, and whether the base's packages are seen beside it.

    Python takes the one whose pyvenv.cfg is beside its program as it was called, or one folder up. VIRTUAL_ENV only
    counts where that can't be told, because the process has written over its arguments.
    """
    launcher = _launcher(process)
    beside = launcher.rpartition("/")[0]
    folders = [beside, beside.rpartition("/")[0]] if launcher else [process.variables.get("VIRTUAL_ENV", "")]
    for folder in folders:
        text = process.files.read(f"{folder}/pyvenv.cfg", _METADATA) if folder else b""
        if text:
            shared = re.search(rb"(?im)^include-system-site-packages\s*=\s*true\s*$", text)
            return folder, shared is not None
    return "", True


def _launcher(process: RunningProcess) -> str:
    """The program as it was called, not followed through links; "" where the arguments don't tell."""
    called = process.arguments[0] if process.arguments else ""
    if "/" in called:
        places = [process.path(called)]
    else:
        folders = process.variables.get("PATH", "").split(":")
        places = [f"{process.path(each).rstrip('/')}/{called}" for each in folders if each and called]
    for place in places:
        if process.files.resolve(place) == process.executable:
            return place
    return ""


def _command(arguments: tuple[str, ...]) -> tuple[set[str], str]:
    """The letters of Python's own options, and the script; "" for -c, -m and a prompt."""
    flags: set[str] = set()
    rest = iter(arguments[1:])
    for each in rest:
        if each in _WITH_VALUE:
            next(rest, None)
        elif not each.startswith("-") or each == "-":
            return flags, "" if each == "-" else each
        elif not each.startswith("--"):
            letters = each[1:]
            flags |= set(letters)
            if {"c", "m"} & set(letters):
                return flags, ""
    return flags, ""


def _installed(process: RunningProcess, folder: str) -> Iterator[CarriedSdk]:
    for entry in process.files.names(folder):
        stem, dot, kind = entry.rpartition(".")
        if not dot or kind not in ("dist-info", "egg-info"):
            continue
        name = _normal(stem.partition("-")[0])
        if name not in PYTHON:
            continue
        place = f"{folder}/{entry}"
        inside = f"{place}/METADATA" if kind == "dist-info" else f"{place}/PKG-INFO"
        text = process.files.read(inside, _METADATA) or process.files.read(place, _METADATA)
        headers = _headers(text)
        if _normal(headers.get("name", "")) == name and is_version(headers.get("version")):
            yield CarriedSdk(name, headers["version"], place)


def _headers(text: bytes) -> dict[str, str]:
    """The first of each header, by its name in lower case."""
    headers: dict[str, str] = {}
    for line in text.decode("utf-8", "replace").splitlines():
        if not line:
            break
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), value.strip())
    return headers


def _normal(name: str) -> str:
    """As PEP 503 spells a project's name."""
    return re.sub(r"[-_.]+", "-", name).lower()
