"""``mitui explain``: what a code means, offline and without a host."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Iterator

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.output.columns import in_columns
from mitui.diagnosis.explain import Explanation, explain, known_codes, nearest
from mitui.diagnosis.placeholders import beside, where_to_find
from mitui.diagnosis.steps import labelled, uses_of
from mitui.safe_text import visible_line

_WIDTH = 80


def explain_command(options: Options) -> int:
    """Print what the code means, or every code in a line each. Raises UsageError for one that is not known."""
    if not options.what:
        codes = known_codes()
        if options.format == "json":
            print(json.dumps([{"code": code, "sentence": sentence} for code, sentence in codes.items()], indent=2))
            return 0
        print(in_columns(list(codes.items())), end="")
        return 0
    found = explain(options.what)
    if not found:
        close = nearest(options.what)
        hint = f"did you mean {close}? " if close else ""
        asked = visible_line(options.what, 64)
        raise UsageError(f"there is no code {asked!r}; {hint}mitui explain lists all")
    if options.format == "json":
        print(json.dumps([_document(each) for each in found], indent=2))
        return 0
    print("\n\n".join("\n".join(_text(each)) for each in found))
    return 0


def _document(found: Explanation) -> dict[str, object]:
    return {**dataclasses.asdict(found), "placeholders": dict(where_to_find(found.commands))}


def _text(found: Explanation) -> Iterator[str]:
    yield found.code + (f" ({found.certainty})" if found.certainty else " (a warning)")
    yield from _wrapped(found.sentence, "  ")
    for words in found.recognised_by:
        yield from _wrapped(f"recognised by: {words}", "  ")
    if found.certain_where:
        yield from _wrapped(f"certain where: {found.certain_where}; likely otherwise", "  ")
    if found.remedy:
        yield from _wrapped(f"what to do: {found.remedy}", "  ")
    yield from _steps(found)
    if found.who:
        yield f"  who can do it: {found.who}"
    if found.link:
        yield f"  to read: {found.link}"


def _steps(found: Explanation) -> Iterator[str]:
    """The commands by the kind of host that they are for, those for any first; a placeholder where it first stands."""
    hosts = found.hosts or ("",) * len(found.commands)
    told: set[str] = set()
    for host in sorted(dict.fromkeys(hosts), key=bool):
        if host:
            yield f"  {host}:"
        its = [use for use, each in zip(uses_of(found), hosts, strict=True) if each == host]
        for label, commands, placeholders in beside(labelled(its), found.found_above):
            indent = "    " if host else "  "
            yield from _wrapped(f"{label}:", indent)
            yield from (f"{indent}  {command}" for command in commands)
            for name, where in placeholders:
                if name not in told:
                    told.add(name)
                    yield from _wrapped(f"<{name}>: {where}", f"{indent}    ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
