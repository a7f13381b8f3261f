"""Pane 1: which identity source this host has, and the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.engine.source_kind import SourceKind
from mitui.monitor.snapshot import SourceView
from mitui.monitor.views.source_trouble import OUT_OF_REACH
from mitui.safe_text import middle
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import failure_word, kind_word
from mitui.tui.drawing.lines import Line, Role, line, pad, span, spread, width_of, wrap
from mitui.tui.drawing.shortening import shortened
from mitui.tui.drawing.times import milliseconds
from mitui.tui.panes.advice_items import first_command
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import Item, View, lines_in
from mitui.tui.scene import Scene

if TYPE_CHECKING:
    from mitui.engine.evidence import Evidence
    from mitui.engine.host.facts import HostFacts

_ROLES: Final[dict[str, Role]] = {
    "empty": "warn",
    "unreadable": "warn",
    "unset": "dim",
    "absent": "dim",
    "silent": "dim",
}
_SHORT: Final = {
    "absent": "absent",
    "empty": "empty",
    "answered": "answers",
    "silent": "silent",
    "unreadable": "denied",
}
_NOTHING: Final = "nothing"
_NARROW: Final = 32
_ROOMY: Final = 16
"""From this many lines on, everything is told, be it by scrolling."""
_MODEST: Final = 8
"""From this many lines on, who gets which identity is told in whole."""
_TELLING: Final = ("set", "empty", "present", "answered", "unreadable")


def source_line(source: SourceView, starting: bool, width: int) -> Line:
    """The verdict: which source, and how fast it answered."""
    if source.kind is SourceKind.NONE:
        if starting and source.failure is None:
            return line(span(glyphs.WAITING, "dim"), " looking for a source")
        word = "no managed identity endpoint" if width >= _NARROW else "no identity endpoint"
        return line(span(glyphs.CRITICAL, "error"), " ", span(word, strong=True))
    name = [span(glyphs.OK, "ok"), span(" "), span(source.label or source.kind.value, strong=True)]
    if source.failure is not None:
        name[0] = span(glyphs.CRITICAL, "error")
        return spread(name, [span(failure_word(source.failure), "error")], width)
    if source.trouble:
        out = source.trouble in OUT_OF_REACH
        role: Role = "error" if out else "warn"
        name[0] = span(glyphs.CRITICAL if out else glyphs.WARNING, role)
        return spread(name, [span(kind_word(source.trouble), role)], width)
    if source.answered_ms is None:
        silent = any(each.kind == "probe" and each.state == "silent" for each in source.evidence)
        if silent:
            name[0] = span(glyphs.WARNING, "warn")
        return spread(name, [span("no answer yet", "warn")] if silent else [], width)
    latency = milliseconds(source.answered_ms)
    answer = span(f"answered in {latency}", "dim")
    short = span(latency, "dim")
    return spread(name, [answer if width_of([*name, answer]) + 2 <= width else short], width)


def evidence_item(each: Evidence, name_width: int, width: int) -> Item:
    """One signal and its state; a long note only in full."""
    from mitui.engine.evidence import STATE_WORDS

    word, role = STATE_WORDS[each.state], _ROLES.get(each.state, "text")
    if width < _NARROW:
        word = _SHORT.get(each.state, word)
    if each.kind == "probe" and each.state == "answered":
        role = "ok"
    cells = [span("" if width < _NARROW else "  "), pad(each.signal, name_width), span("  "), span(word, role)]
    extra = [span("  "), span(each.note, "dim")]
    shown = [*cells, *extra] if each.note and width_of([*cells, *extra]) <= width else cells
    full = f"{each.signal}: {word}" + (f", {each.note}" if each.note else "")
    return Item(
        (tuple(shown),), key=f"evidence:{each.signal}", full=full if shown is cells and each.note else "", copy=full
    )


def sdk_items(source: SourceView, width: int, *, carried: bool) -> list[Item]:
    """What the SDKs would pick, those that agree in one line and those that don't in colour; or the same of the SDKs
    that the process at hand carries, marked.
    """
    if not source.sdk_choices:
        return []
    from mitui.diagnosis.sdk.groups import grouped

    every = grouped(source.sdk_choices)
    groups = [each for each in every if each.carried is carried]
    items = [Item((line(span("What each SDK would pick", "title")),))] if groups and not carried else []
    name_width = max((width_of([span(group.name)]) for group in groups), default=0)
    picked_width = max((len(group.source or _NOTHING) for group in groups), default=0)
    name_width = min(name_width, max(10, width // 2, width - 4 - picked_width))
    for group in groups:
        first = group.choices[0]
        mark = span(f"{glyphs.CURSOR} ", "key") if carried else span("  ")
        if any(each.fault for each in group.choices):
            mark = span(f"{glyphs.WARNING} ", "warn")
        picked = group.source or _NOTHING
        role: Role = (
            "text" if first.agrees_with(source.kind.value, source.endpoint) else "dim" if group.limit else "warn"
        )
        shown = middle(span(picked).text, max(1, width - name_width - 4))
        rows = [line(mark, pad(shortened(group.name, name_width), name_width), span("  "), span(shown, role))]
        if any(other.source == group.source and other.endpoint != group.endpoint for other in every):
            rows += wrap(f"at {group.endpoint}", width, "dim", indent="    ")
        if len(group.choices) == 1 and first.note and (width >= _NARROW or not group.limit):
            rows += wrap(first.note, width, "dim", indent="    ")
        text = "\n".join(each.sentence for each in group.choices)
        items.append(Item(tuple(rows), key=f"sdk:{first.sdk}", full=f"{picked}: {group.names}", copy=text))
    return items


def host_items(host: HostFacts, width: int) -> list[Item]:
    """Who this host is, a line for each fact that is known; what is too long is whole when it is marked."""
    facts = [
        ("kind", host.kind),
        ("name", host.name),
        ("location", host.location),
        ("cloud", host.cloud),
        ("resource ID", host.resource_id),
        ("subscription", host.subscription_id),
        ("resource group", host.resource_group),
        ("tenant", host.tenant_id),
        *host.detail,
    ]
    known = [(label, value) for label, value in facts if value]
    names = max((width_of([span(label)]) for label, _ in known), default=0)
    items = [Item((line(span("This host", "title")),))] if known else []
    for label, value in known:
        room = max(1, width - names - 4)
        whole = span(value).text
        shown = shortened(whole, room)
        row = line(span("  "), pad(label, names, "dim"), span("  "), span(shown))
        full = "" if shown == whole else f"{label}: {value}"
        items.append(Item((row,), key=f"host:{label}", full=full, copy=value))
    return items


def process_item(source: SourceView, width: int) -> Item:
    """Whose view it is, and by which two keys one is back in one's own: they stay together."""
    whose, keys = f"as process {source.process_id}", f"P then {glyphs.ENTER}"
    ways = (f"  {whose} sees it · {keys} goes back", f"  {whose} · {keys}: back")
    shown = next((way for way in ways if width_of([span(way)]) <= width), "")
    rows = [line(span(each, "warn")) for each in ([shown] if shown else [f"  {whose}", f"  {keys}: back"])]
    return Item(tuple(rows), key="process", copy=f"{whose} sees it. {source.process_note}".strip())


def told_item(key: str, text: str, width: int, *, roomy: bool) -> Item:
    """A text of several sentences: the first of them, or all where it is ``roomy`` or marked."""
    told = _sentences(text, roomy=roomy)
    return Item(
        tuple(wrap(told, width, indent="  ", first="  ")), key=key, full="" if told == text else text, copy=text
    )


def _sentences(text: str, *, roomy: bool) -> str:
    """The whole text where it is ``roomy``, else its first sentence."""
    return text if roomy or ". " not in text else text.partition(". ")[0] + "."


def _has_room(items: list[Item], more: list[Item], height: int) -> bool:
    return height >= _ROOMY or lines_in(items) + lines_in(more) <= height


class SourcePane(Pane):
    """The source, the signals that tell it, the SDKs' choices, and warnings about the host."""

    name_id = "source"

    def wanted_lines(self, width: int, most: int) -> int:
        """All there is until there is something to show: it will want it, and the board holds still when it comes."""
        return super().wanted_lines(width, most) if self.scene.snapshot.source.evidence else most

    def view(self, scene: Scene, width: int, height: int) -> View:
        snapshot = scene.snapshot
        source = snapshot.source
        items = [
            Item(
                (source_line(source, snapshot.phase == "starting", width),),
                key="source",
                copy=source.endpoint,
                note=line(span(source.endpoint, "dim")),
            )
        ]
        items += sdk_items(source, width, carried=True)
        if source.process_id is not None:
            items.append(process_item(source, width))
        if source.identity_note:
            items.append(told_item("who", source.identity_note, width, roomy=height >= _MODEST))
        if source.process_id is not None:
            if source.process_note:
                items.append(told_item("differs", source.process_note, width, roomy=height >= _ROOMY))
            if snapshot.process is not None and snapshot.process.carried:
                words = snapshot.process.carried
                items.append(Item(tuple(wrap(words, width, indent="  ", first="  ")), key="carried", copy=words))
        for index, warning in enumerate(snapshot.warnings):
            first, *others = wrap(warning.message, width - 2) or [()]
            rows = [(span(f"{glyphs.WARNING} ", "warn"), *first), *((span("  "), *each) for each in others)]
            command = first_command((warning,))
            items.append(Item(tuple(rows), key=f"warning:{index}", copy=warning.message, command=command))
        name_width = min(
            max((len(each.signal) for each in source.evidence), default=0),
            max(8, width - (9 if width < _NARROW else 17)),
        )
        telling = [each for each in source.evidence if each.state in _TELLING and each.kind != "probe"]
        rest = [each for each in source.evidence if each not in telling]
        items += [evidence_item(each, name_width, width) for each in (*telling, *rest)]
        if source.sdk_choices:
            choices = sdk_items(source, width, carried=False)
            disputed = agreement_of(source.sdk_choices).disputed
            items += choices if disputed or _has_room(items, choices, height) else []
        for index, words in enumerate(snapshot.assumptions):
            rows = wrap(f"assumed: {words}", width, "dim", indent="  ", first="  ")
            items.append(Item(tuple(rows), key=f"assumed:{index}", copy=words))
        for more in (self._verdicts(source, width), host_items(snapshot.host, width)):
            items += more if _has_room(items, more, height) else []
        return View(tuple(items), status=self._status(source), note=())

    @staticmethod
    def _verdicts(source: SourceView, width: int) -> list[Item]:
        items = [Item((line(span("Why this source", "title")),))] if source.verdicts else []
        for verdict in source.verdicts:
            glyph, role = (glyphs.GRANTED, "ok") if verdict.matched else (glyphs.UNTESTED, "dim")
            rows = wrap(f"{verdict.source.value}: {verdict.reason}", width - 2, indent="    ", first=f"  {glyph} ")
            made: Role = "text" if role == "ok" else "dim"
            lines = tuple(tuple(each._replace(role=made) for each in row) for row in rows)
            items.append(Item(lines, key=f"verdict:{verdict.source.value}", copy=verdict.reason))
        return items

    @staticmethod
    def _status(source: SourceView) -> Line:
        if not source.sdk_choices:
            return ()
        if any(choice.fault for choice in source.sdk_choices):
            return line(
                span(f"{glyphs.WARNING} ", "warn"), span("known fault ", "warn"), span(f"{glyphs.ENTER} which", "dim")
            )
        agreement = agreement_of(source.sdk_choices)
        if agreement.disputed:
            return line(
                span(f"{glyphs.WARNING} ", "warn"), span("SDKs disagree ", "warn"), span(f"{glyphs.ENTER} how", "dim")
            )
        if not agreement.unanimous:
            return line(span(f"{agreement.share} {glyphs.ENTER} which", "dim"))
        if source.kind is SourceKind.NONE:
            return line(span("no SDK finds an endpoint", "dim"))
        return line(span("every SDK agrees", "dim"))
