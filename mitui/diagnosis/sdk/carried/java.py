"""The SDKs of a Java process, by the jars that it has open or was started with.

A jar says what it is by its name, ARTIFACT-VERSION.jar, else by what is within: jars of its own (Spring Boot's
BOOT-INF/lib), or the ``pom.properties`` that Maven leaves of what was merged into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mitui.diagnosis.sdk.carried.jar import jar_names, jar_text
from mitui.diagnosis.sdk.carried.packages import JAVA, CarriedSdk, distinct, is_version
from mitui.diagnosis.sdk.carried.running_process import RunningProcess

_JAR: Final = re.compile(r"(?:.*/)?([A-Za-z0-9.-]+?)-(\d[^/]*)\.jar")
_POM: Final = re.compile(r"META-INF/maven/([^/]+)/([^/]+)/pom\.properties")
_RELEASE: Final = re.compile(rb'(?m)^JAVA_VERSION="([0-9._]{1,32})"')
_CLASS_PATH: Final = frozenset({"-cp", "-classpath", "--class-path"})
_MOST_JARS: Final = 1_000
_RELEASE_SIZE: Final = 1 << 16
_LARGEST_POM: Final = 1 << 16


def java_process(process: RunningProcess) -> tuple[str, tuple[CarriedSdk, ...]] | None:
    """Its runtime ("java 17.0.15") and its SDKs; None where it runs no Java."""
    machine = next((each for each in process.mapped if each.endswith("/libjvm.so")), "")
    if not machine and process.program != "java":
        return None
    jars = list(dict.fromkeys(_jars(process)))[:_MOST_JARS]
    named = {place: sdk for place in jars if (sdk := _by_name(place, place))}
    inside = (sdk for place in jars if place not in named for sdk in _within(process, place))
    return f"java {_version(process)}".strip(), distinct((*named.values(), *inside))


def _version(process: RunningProcess) -> str:
    home = process.executable.rpartition("/bin/")[0]
    found = _RELEASE.search(process.files.read(f"{home}/release", _RELEASE_SIZE))
    return found[1].decode("ascii") if found else ""


def _jars(process: RunningProcess) -> Iterator[str]:
    """Those that are open, then those of the class path, which are opened only when they are needed."""
    yield from (each for each in process.opened if each.endswith((".jar", ".war")))
    for entry in _class_path(process):
        if entry.endswith("/*"):
            folder = process.path(entry[:-2])
            yield from (f"{folder}/{each}" for each in process.files.names(folder) if each.endswith(".jar"))
        elif entry.endswith((".jar", ".war")):
            place = process.files.resolve(process.path(entry))
            if place:
                yield place


def _class_path(process: RunningProcess) -> Iterator[str]:
    yield from process.variables.get("CLASSPATH", "").split(":")
    rest = iter(process.arguments[1:])
    for each in rest:
        if each in _CLASS_PATH:
            yield from next(rest, "").split(":")
        elif each.startswith("--class-path="):
            yield from each.partition("=")[2].split(":")
        elif each == "-jar":
            yield next(rest, "")
            return
        elif not each.startswith("-"):
            return


def _by_name(name: str, evidence: str) -> CarriedSdk | None:
    match = _JAR.fullmatch(name)
    if match is None or match[1] not in JAVA or not is_version(match[2]):
        return None
    return CarriedSdk(JAVA[match[1]], match[2], evidence)


def _within(process: RunningProcess, place: str) -> Iterator[CarriedSdk]:
    with process.files.open(place) as file:
        for entry in jar_names(file) if file else ():
            inner = _by_name(entry.name, f"{place}!/{entry.name}")
            if inner is not None:
                yield inner
            pom = _POM.fullmatch(entry.name)
            if file and pom and JAVA.get(pom[2]) == f"{pom[1]}:{pom[2]}":
                found = re.search(rb"(?m)^version=(\S{1,64})\s*$", jar_text(file, entry, _LARGEST_POM))
                version = found[1].decode("ascii", "replace") if found else ""
                if is_version(version):
                    yield CarriedSdk(JAVA[pom[2]], version, f"{place}!/{entry.name}")
