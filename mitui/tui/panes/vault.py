"""Pane 5: how far the way to the vault goes, and what the selected identity may do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitui.durations import in_words
from mitui.keyvault.verdict import Verdict
from mitui.tui.drawing import glyphs
from mitui.tui.drawing.labels import VERDICT
from mitui.tui.drawing.lines import Line, Role, cut, line, span, spread, width_of, wrap
from mitui.tui.drawing.times import clock_time, day_time, milliseconds
from mitui.tui.panes.advice_items import advice_items, first_command
from mitui.tui.panes.pane import Pane
from mitui.tui.panes.view import ADD, Item, View, lines_in, note
from mitui.tui.scene import Scene
from mitui.tui.settings import TimeFormat

if TYPE_CHECKING:
    from mitui.monitor.identity_view import PermissionView, VaultView

PROBE, REMEDY = "probe", "remedy:"
"""Keys of the items that aren't a permission."""

_ROOMY: Final = 14
"""From this many lines on there is room for the stages' times."""
_STAGE: Final[dict[str, tuple[str, Role]]] = {
    "ok": (glyphs.GRANTED, "ok"),
    "failed": (glyphs.DENIED, "error"),
    "skipped": (glyphs.UNTESTED, "dim"),
}
_MODELS = {"rbac": "RBAC", "access_policy": "access policy", "unknown": "unknown"}


def stage_lines(vault: VaultView, width: int, *, times: bool = True) -> list[Line]:
    """The stages with their verdicts, and how long each took, wrapped between stages."""
    rows: list[Line] = []
    current: Line = ()
    for stage in vault.stages:
        glyph, role = _STAGE[stage.status]
        took = f" {milliseconds(stage.latency_ms)}" if times and stage.latency_ms is not None else ""
        made = line(span(f"{stage.stage} "), span(glyph, role), span(took, "dim"))
        if current and width_of(current) + 2 + width_of(made) > width:
            rows.append(current)
            current = ()
        current = (*current, span("  "), *made) if current else made
    return [*rows, current] if current else rows


def model_line(vault: VaultView, width: int) -> Line:
    """Who decides about permissions, and whether vault and token are of one tenant."""
    parts = [span("model "), span(_MODELS[vault.model], strong=True)]
    if vault.tenant_id and vault.token_tenant_id:
        same = vault.tenant_id == vault.token_tenant_id
        glyph = span(glyphs.GRANTED, "ok") if same else span(glyphs.DENIED, "error")
        words = span(" same as the token's", "dim") if same else span(" not the token's", "error")
        for tenant in ([span("   tenant "), glyph, words], [span("   tenant "), glyph]):
            if width_of([*parts, *tenant]) <= width:
                parts += tenant
                break
    for name in ("region", "proxy"):
        fact = [span(f"   {name} "), span(vault.fact(name), "dim")]
        if vault.fact(name) and width_of([*parts, *fact]) <= width:
            parts += fact
    return line(*parts)


def worst_cell(vault: VaultView) -> PermissionView | None:
    """The denied permission to speak of: where something is wanted, only what is wanted."""
    cells = vault.one_each
    asked = any(cell.wanted for cell in cells)
    denied = (cell for cell in cells if cell.result.verdict is Verdict.DENIED)
    return next((cell for cell in denied if cell.wanted or not asked), None)


def _refused(cell: PermissionView) -> bool:
    return cell.result.verdict in (Verdict.DENIED, Verdict.BLOCKED)


def remedy_lines(cell: PermissionView, width: int) -> tuple[Line, ...]:
    """Why one permission is denied, and what would grant it."""
    name = cell.result.label
    advice = cell.advice[0] if cell.advice else None
    cause = advice.cause if advice else cell.result.evidence or "denied"
    start = (span(f"{glyphs.DENIED} ", "error"), span(name, strong=True), span(" "))
    hint = [span(f"  {glyphs.ENTER} fix", "dim")]
    rows = wrap(cause, width, indent="  ", first=" " * width_of(start))
    rows[0] = (*start, *cut(rows[0], width_of(start), width)[1])
    ends = [len(rows) - 1]
    if advice:
        rows += wrap(advice.remedy, width, indent="  ", first="  ")
        ends.append(len(rows) - 1)
    # The hint stands beside the last words of a sentence, and not in their midst.
    at = next((end for end in ends if width_of([*rows[end], *hint]) <= width), None)
    if at is None:
        rows.append(spread((), hint, width))
    else:
        rows[at] = spread(rows[at], hint, width)
    return tuple(rows)


class VaultPane(Pane):
    """The stages, the matrix with a cursor on its cells, and the first thing to mend."""

    name_id = "vault"
    adds = True

    def view(self, scene: Scene, width: int, height: int) -> View:
        vault = scene.the_vault
        if vault is None:
            return View(self._no_vault(width, live=scene.live))
        many = f" {min(scene.vault, len(scene.vaults) - 1) + 1}/{len(scene.vaults)}" if len(scene.vaults) > 1 else ""
        stages = stage_lines(vault, width)
        if vault.permissions and len(stages) > 1 and height < _ROOMY:
            stages = stage_lines(vault, width, times=False)
        items = [Item((row,)) for row in stages]
        if vault.failure is not None:
            air = [Item(((),))] if height >= _ROOMY else []
            advice = advice_items(vault.failure, width, height - lines_in(items))
            items += [*air, *advice, *(air if vault.permissions else [])]
        legend = _legend(vault, width)
        if vault.permissions:
            items += self._permissions(vault, legend, width, height - lines_in(items))
        elif vault.failure is None:
            items += self._unprobed(vault, width, live=scene.live)
        # Below a failure the table is out of sight where there is no room for the legend.
        has_room = not legend or items[-1].lines == legend or vault.failure is not None
        first_words = () if has_room else _legend(vault, width // 4)[0]
        return View(
            tuple(items),
            subject=f"{vault.name or vault.vault}{many}",
            status=self._status(vault, scene.times, scene.now),
            note=first_words,
        )

    def corners(self) -> tuple[str, tuple[Line, ...]]:
        vault = self.scene.the_vault
        told = _watch_lines(vault, self.scene) if vault is not None and self.scene.live else ()
        return ("watch" if vault is not None and vault.is_watched else "", told) if told else super().corners()

    @staticmethod
    def _no_vault(width: int, *, live: bool) -> tuple[Item, ...]:
        if not live:
            return (Item((line(span("No vault was watched.", "dim")),)),)
        words = "No vault yet. Add one by name or URL to see what this identity may do there."
        rows = [line(span("+ add a Key Vault", "text")), *wrap(words, width, "dim")]
        return (Item((rows[0],), key=ADD), Item(tuple(rows[1:])))

    @staticmethod
    def _unprobed(vault: VaultView, width: int, *, live: bool) -> list[Item]:
        if vault.activity is not None:
            return [Item((line(span(vault.activity.words or "probing", "dim")),))]
        if not live:
            return [Item((line(span("It was not probed.", "dim")),), key=PROBE, copy=vault.vault)]
        words = "Not probed yet. v sends harmless reads for names that don't exist; the vault's audit log shows each."
        return [Item(tuple(wrap(words, width, "dim")), key=PROBE, copy=vault.vault)]

    def _permissions(self, vault: VaultView, legend: tuple[Line, ...], width: int, spare: int) -> list[Item]:
        """Model, matrix, the first remedy, the rest of the permissions; notes and air as far as there is room."""
        from mitui.tui.panes.matrix import lay_out

        worst = self._explained(vault)
        remedy = remedy_lines(worst, width) if worst is not None else ()
        if worst is not None:  # as tall for each, so that nothing moves as the cursor goes from one to the next
            others = (remedy_lines(cell, width) for cell in vault.one_each if _refused(cell))
            tallest = max(map(len, others), default=0)
            remedy += ((),) * (tallest - len(remedy))
        matrix = lay_out(vault.one_each, width)
        notes = [row for words in vault.notes for row in wrap(words, width, "dim")]
        spare -= 1 + len(remedy) + lines_in(matrix.items) + lines_in(matrix.extras)
        air = [Item(((),))]
        items = [Item((model_line(vault, width),)), *(air if spare > 0 else []), *matrix.items]
        if worst is not None:
            items += [*(air if spare > 1 else []), self._remedy(worst, remedy)]
        items += [*(air if spare > 2 else []), *matrix.extras]
        spare -= 3
        if notes and spare > len(notes):
            items += [*air, *(Item((row,)) for row in notes)]
            spare -= len(notes) + 1
        if spare >= len(legend):
            items += [*(air if spare > len(legend) else []), Item(legend)]
        return items

    def _explained(self, vault: VaultView) -> PermissionView | None:
        """The refused permission that is told of below the table: the marked one, else the first to mend."""
        word = self._key.partition(":")[2] if self.has_focus else ""
        marked = (cell for cell in vault.one_each if cell.result.word == word and _refused(cell))
        return next(marked, None) or worst_cell(vault)

    @staticmethod
    def _remedy(cell: PermissionView, rows: tuple[Line, ...]) -> Item:
        from mitui.tui.panes.matrix import cell_words

        return Item(rows, f"{REMEDY}{cell.result.word}", copy=cell_words(cell), command=first_command(cell.advice))

    @staticmethod
    def _status(vault: VaultView, times: TimeFormat, now: float) -> Line:
        if vault.activity is not None:
            return note(vault.activity.words or "probing")
        why = f"{glyphs.ENTER} why" if vault.failure is not None else ""
        if vault.probed_at is None:
            return note(why)
        targets = {cell.result.target for cell in vault.permissions}
        return note(
            f"probed {day_time(vault.probed_at, now, times)}",
            why or ("vault-wide" if targets <= {"vault"} else "with a named secret"),
        )

    def go_to_failure(self) -> None:
        """The failure, or else the first permission that is wanted and refused."""
        vault = self.scene.the_vault
        worst = worst_cell(vault) if vault is not None and vault.failure is None else None
        self.go_to(0)
        if worst is not None:
            self.go_to_key(f"cell:{worst.result.word}")

    def move(self, direction: str) -> bool:
        """Between the matrix's cells; up and down keep to the column, and pass the remedy."""
        from mitui.tui.panes.matrix import lay_out

        vault = self.scene.the_vault
        worst = self._explained(vault) if vault else None
        matrix = lay_out(vault.one_each if vault else (), max(1, self.size.width - 4))
        if worst is not None:
            matrix = matrix.with_row(f"{REMEDY}{worst.result.word}")
        key = self.item.key if self.item else ""
        target = matrix.step(key, direction)
        self.prepare()
        if target is not None and not (direction in ("up", "down") and self._window.hides(self.at, direction)):
            self.go_to([item.key for item in self._stops()].index(target))
            return True
        if target is None and direction == "up" and any(cell.key == key for cell in matrix.cells):
            # Out of the table, to what stands above it and not along its first row.
            first = next(at for at, item in enumerate(self._stops()) if item.key == matrix.cells[0].key)
            if first == 0:
                return super().move("top") if self._window.top else True
            self.go_to(first - 1)
            return True
        return super().move(direction) if direction not in ("left", "right") else False


def _watch_lines(vault: VaultView, scene: Scene) -> tuple[Line, ...]:
    """How the wait for a grant stands, in ever fewer words; nothing where there is none."""
    watch = vault.watch
    if watch is None:
        return ()
    if watch.granted_at is not None:
        took = in_words(watch.granted_at - watch.started_at)
        mark = span(f"{glyphs.GRANTED} ", "ok")
        return (line(mark, span(f"granted after {took}")), line(mark, span("granted")))
    moment = clock_time(watch.next_probe_at, scene.times) if watch.next_probe_at is not None else ""
    told = [*([f"watching, next {moment}", f"probes {moment}"] if moment else []), "watching"]
    if not scene.watch_key:
        return tuple(line(span(words, "warn")) for words in told)
    stop = line(span(scene.watch_key, "key", strong=True), span(" stops", "dim"))
    return (*(line(span(f"{words} · ", "warn"), *stop) for words in told), stop)


def _legend(vault: VaultView, width: int) -> tuple[Line, ...]:
    """What each glyph of the matrix means: of those only that are there; nothing where there is no permission."""
    cells = vault.one_each
    met = {cell.result.verdict for cell in cells}
    parts = [line(span("[ ] wanted", "dim"))] if any(cell.wanted for cell in cells) else []
    parts += [
        line(span(f"{VERDICT[each][0]} ", VERDICT[each][1]), span(each, "dim")) for each in VERDICT if each in met
    ]
    rows: list[Line] = []
    for part in parts:
        if rows and width_of(rows[-1]) + 2 + width_of(part) <= width:
            rows[-1] = (*rows[-1], span("  "), *part)
        else:
            rows.append(part)
    return tuple(rows)
