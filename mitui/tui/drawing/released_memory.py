"""Lets Textual and Rich forget what is gone.

In Textual 8.2.8 ``StylesCache.get_inner_outer`` is an ``lru_cache`` on a method, whose keys hold the styles caches of
up to 1,024 widgets that were removed, with all their rendered lines (Textualize/textual#6665): 1.2 MB for each page
that was opened and closed. Its answer depends on the two colours only.

Their other caches are sound, but sized for large programs: thousands of rectangles and texts that were shown once, 4 MB
after some minutes of pages and resizes.
"""

from __future__ import annotations

import gc
from functools import lru_cache, partial
from typing import Any, Final

from rich.cells import cached_cell_len
from rich.segment import Segment
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.css.scalar import Scalar
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip


def _function(attribute: Any) -> Any:
    """What a class method wraps."""
    return getattr(attribute, "__func__", attribute)


_KEEPERS: Final = (ANSIToTruecolor, Region, Scalar, Segment, Strip, Style)
_SMALL_CHANGE: Final = (
    cached_cell_len,
    *(each for kind in _KEEPERS for each in map(_function, vars(kind).values()) if hasattr(each, "cache_clear")),
)
"""Caches of what is worked out anew in microseconds."""


def release_removed_widgets() -> None:
    """Key that cache by the colours alone; to be called once, before anything is drawn."""
    method: Any = StylesCache.get_inner_outer
    of_colours = lru_cache(1024)(partial(method.__wrapped__, None))

    def get_inner_outer(self: StylesCache, *colours: Any) -> Any:
        return of_colours(*colours)

    StylesCache.get_inner_outer = get_inner_outer  # type: ignore[assignment]


def release_what_was_shown() -> None:
    """Give back what a page has left, which is in cycles and would lie there for minutes, and what was kept of it."""
    for each in _SMALL_CHANGE:
        each.cache_clear()
    gc.collect()
